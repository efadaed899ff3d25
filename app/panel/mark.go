package panel

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/assets"
)

// mark is the mark of a phase: one shape and one colour for each.
type mark struct {
	*fyne.Container
	sheet *sheet
	side  float32
	shown assets.Mark
	parts []fyne.CanvasObject
}

func newMark(s *sheet, side float32) *mark {
	m := &mark{Container: &fyne.Container{Layout: &fixed{fyne.NewSquareSize(side)}}, sheet: s, side: side}
	m.set(assets.Ready, 0, 0)
	return m
}

// set shows a phase. level moves the halo and the bars, turned the arc, in
// degrees.
func (m *mark) set(shown assets.Mark, level float64, turned float32) {
	if shown != m.shown {
		m.shown = shown
		m.parts = m.build()
		m.Objects = m.parts
	}
	switch shown {
	case assets.Listening:
		m.halo(float32(level))
	case assets.Speaking:
		m.bars(float32(level))
	case assets.Thinking:
		arc := m.parts[0].(*canvas.Arc)
		if arc.StartAngle != turned {
			arc.StartAngle, arc.EndAngle = turned, turned+270
			arc.Refresh()
		}
	}
}

func (m *mark) build() []fyne.CanvasObject {
	s := m.side
	switch m.shown {
	case assets.Listening:
		halo, dot := canvas.NewCircle(fade(m.sheet.listening, 0x50)), canvas.NewCircle(m.sheet.listening)
		m.middle(dot, s*0.64)
		return []fyne.CanvasObject{halo, dot}
	case assets.Thinking:
		arc := canvas.NewArc(0, 270, 0.72, m.sheet.thinking)
		put(arc, s*0.08, s*0.08, s*0.84, s*0.84)
		return []fyne.CanvasObject{arc}
	case assets.Speaking:
		var bars []fyne.CanvasObject
		for range 4 {
			b := canvas.NewRectangle(m.sheet.speaking)
			b.CornerRadius = s * 0.07
			bars = append(bars, b)
		}
		return bars
	case assets.Offline:
		slash := canvas.NewLine(m.sheet.dim)
		slash.StrokeWidth = s * 0.1
		slash.Position1, slash.Position2 = fyne.NewPos(s*0.14, s*0.86), fyne.NewPos(s*0.86, s*0.14)
		return []fyne.CanvasObject{m.ring(), slash}
	case assets.Problem:
		return m.triangle()
	}
	return []fyne.CanvasObject{m.ring()}
}

func (m *mark) ring() *canvas.Circle {
	r := canvas.NewCircle(color.Transparent)
	r.StrokeColor, r.StrokeWidth = m.sheet.faint, max(1.5, m.side*0.08)
	put(r, m.side*0.08, m.side*0.08, m.side*0.84, m.side*0.84)
	return r
}

func (m *mark) triangle() []fyne.CanvasObject {
	s := m.side
	corners := []fyne.Position{fyne.NewPos(s*0.5, s*0.1), fyne.NewPos(s*0.94, s*0.88), fyne.NewPos(s*0.06, s*0.88)}
	var parts []fyne.CanvasObject
	line := func(a, b fyne.Position) {
		l := canvas.NewLine(m.sheet.listening)
		l.StrokeWidth, l.Position1, l.Position2 = s*0.1, a, b
		parts = append(parts, l)
	}
	for i, c := range corners {
		line(c, corners[(i+1)%3])
	}
	line(fyne.NewPos(s*0.5, s*0.4), fyne.NewPos(s*0.5, s*0.62))
	line(fyne.NewPos(s*0.5, s*0.7), fyne.NewPos(s*0.5, s*0.77))
	return parts
}

func (m *mark) halo(level float32) { m.middle(m.parts[0], m.side*(0.74+0.5*min(max(level, 0), 1))) }

// middle puts a circle around the middle of the mark. It is as wide as whole
// pixels on both sides of that are, or it would stand beside another circle.
func (m *mark) middle(circle fyne.CanvasObject, d float32) {
	r := float32(math.Round(float64(d / 2)))
	put(circle, m.side/2-r, m.side/2-r, 2*r, 2*r)
}

func (m *mark) bars(level float32) {
	level = min(max(level, 0), 1)
	for i, share := range []float32{0.45, 1, 0.8, 0.35} {
		h := m.side * (0.16 + 0.8*share*(0.35+0.65*level))
		w := m.side * 0.14
		put(m.parts[i], m.side*(0.1+0.22*float32(i)), (m.side-h)/2, w, h)
	}
}

// put moves and sizes an object at once.
func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func fade(c color.NRGBA, alpha uint8) color.NRGBA {
	c.A = alpha
	return c
}

// waves draws the level of the microphone over the last moments.
type waves struct {
	*fyne.Container
	bars   []*canvas.Rectangle
	levels []float64 // newest in the middle, then outwards
}

const (
	waveBars   = 11
	waveWidth  = 3
	waveGap    = 3
	waveHeight = 40
)

func newWaves(s *sheet) *waves {
	const width = waveBars*(waveWidth+waveGap) - waveGap
	w := &waves{
		Container: &fyne.Container{Layout: &fixed{fyne.NewSize(s.width, waveHeight)}},
		levels:    make([]float64, waveBars/2+1),
	}
	for range waveBars {
		b := canvas.NewRectangle(s.listening)
		b.CornerRadius = waveWidth / 2
		w.bars = append(w.bars, b)
		w.Objects = append(w.Objects, b)
	}
	w.place((s.width - width) / 2)
	return w
}

// add shows a new level; the older ones move outwards.
func (w *waves) add(level float64) {
	copy(w.levels[1:], w.levels)
	w.levels[0] = min(max(level, 0), 1)
	w.place(w.bars[0].Position().X)
}

// clear forgets all levels.
func (w *waves) clear() {
	clear(w.levels)
	w.place(w.bars[0].Position().X)
}

func (w *waves) place(left float32) {
	for i, b := range w.bars {
		away := max(i-waveBars/2, waveBars/2-i)
		h := 6 + (waveHeight-6)*float32(w.levels[away])*(1-0.09*float32(away))
		put(b, left+float32(i*(waveWidth+waveGap)), (waveHeight-h)/2, waveWidth, h)
	}
}
