package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"aside/app/control"
)

// barsOf is what a chart shows.
type barsOf struct {
	values []float64 // of each day
	total  float64
	write  func(float64) string
	day    func(int) string
}

const (
	barsHead   = 20
	barsHeight = 48
	barsFoot   = 16
)

// bars is a chart of one bar a day. Beside its name stands the sum, and that of
// a day while the pointer is over it.
type bars struct {
	widget.BaseWidget
	sheet  *sheet
	of     barsOf
	all    []*canvas.Rectangle
	said   *canvas.Text
	drawn  *fyne.Container
	picked int // the day under the pointer, -1 for none
}

var _ desktop.Hoverable = (*bars)(nil)

func newBars(s *sheet, name string, of barsOf) *bars {
	b := &bars{sheet: s, of: of, picked: -1, said: words("", s.dim, sizeLabel)}
	b.said.Alignment = fyne.TextAlignTrailing
	b.drawn = &fyne.Container{Layout: &fixed{fyne.NewSize(s.width, barsHead+barsHeight+barsFoot)}}
	title := words(name, s.ink, sizeAsked)
	put(title, 0, 0, title.MinSize().Width, barsHead)
	put(b.said, 0, 0, s.width, barsHead)
	line := canvas.NewRectangle(s.line)
	put(line, 0, barsHead+barsHeight, s.width, 1)
	b.drawn.Objects = []fyne.CanvasObject{title, b.said, line}
	b.draw()
	b.pick(-1)
	b.ExtendBaseWidget(b)
	return b
}

// draw draws the bars, and below them the first and the last day. A day on
// which there was anything has a bar that can be seen.
func (b *bars) draw() {
	const least = 2
	n := len(b.of.values)
	if n == 0 {
		return
	}
	most := b.most()
	step := b.sheet.width / float32(n)
	gap := min(step/4, 4)
	for i, v := range b.of.values {
		r := canvas.NewRectangle(b.sheet.understanding)
		r.CornerRadius = min(2, (step-gap)/2)
		if v > 0 {
			h := max(float32(v/most)*(barsHeight-4), least)
			put(r, float32(i)*step+gap/2, barsHead+barsHeight-h, step-gap, h)
			b.drawn.Add(r)
		}
		b.all = append(b.all, r)
	}
	const below = barsHead + barsHeight + 2
	first, last := words(b.of.day(0), b.sheet.faint, sizeSmall), words(b.of.day(n-1), b.sheet.faint, sizeSmall)
	put(first, 0, below, first.MinSize().Width, barsFoot)
	last.Alignment = fyne.TextAlignTrailing
	put(last, 0, below, b.sheet.width, barsFoot)
	b.drawn.Objects = append(b.drawn.Objects, first, last)
}

func (b *bars) most() float64 {
	most := 0.0
	for _, v := range b.of.values {
		most = max(most, v)
	}
	return most
}

// pick tells of a day, -1 of all.
func (b *bars) pick(i int) {
	text := b.of.write(b.of.total)
	if i >= 0 {
		text = b.of.day(i) + " · " + b.of.write(b.of.values[i])
	}
	setText(b.said, text, b.sheet.dim)
	for at, r := range b.all {
		tint := color.Color(b.sheet.understanding)
		if at == i {
			tint = b.sheet.ink
		}
		if r.FillColor != tint {
			r.FillColor = tint
			r.Refresh()
		}
	}
	b.picked = i
}

func (b *bars) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.drawn) }

func (b *bars) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

// MouseMoved tells of the day under the pointer.
func (b *bars) MouseMoved(e *desktop.MouseEvent) {
	n := len(b.of.values)
	if n == 0 {
		return
	}
	if i := min(max(int(e.Position.X/b.sheet.width*float32(n)), 0), n-1); i != b.picked {
		b.pick(i)
	}
}

func (b *bars) MouseOut() { b.pick(-1) }

// stageRow draws a stage: the median on top of the P95, out of the longest.
func (k *kit) stageRow(name string, s control.Stage, most int64) fyne.CanvasObject {
	const label, height = 84, 18
	figures := words(duration(s.Median)+" / "+duration(s.P95), k.dim, sizeSmall)
	figures.Alignment = fyne.TextAlignTrailing
	title := words(shorten(tr(name), sizeLabel, label-8), k.dim, sizeLabel)
	c := &fyne.Container{Layout: &fixed{fyne.NewSize(k.width, height)}, Objects: []fyne.CanvasObject{title, figures}}
	put(title, 0, 0, label, height)
	const right = 84
	put(figures, k.width-right, 0, right, height)
	room := k.width - label - right - 8
	for _, part := range []struct {
		ms   int64
		tint color.Color
	}{{s.P95, k.line}, {s.Median, k.understanding}} {
		r := canvas.NewRectangle(part.tint)
		r.CornerRadius = barHeight / 2
		put(r, label, (height-2*barHeight)/2, max(room*float32(part.ms)/float32(max(most, 1)), barHeight), 2*barHeight)
		c.Add(r)
	}
	return c
}

// duration writes milliseconds for people.
func duration(ms int64) string {
	if ms < 100 {
		return trf("%d ms", ms)
	}
	return seconds(ms)
}

// meter draws how much of something there is, of 1 at most.
func (k *kit) meter(part float64) fyne.CanvasObject {
	whole, is := canvas.NewRectangle(k.line), canvas.NewRectangle(k.understanding)
	whole.CornerRadius, is.CornerRadius = barHeight/2, barHeight/2
	if part >= 1 {
		is.FillColor = k.ink
	}
	put(whole, 0, 0, k.width, barHeight)
	put(is, 0, 0, max(k.width*float32(min(max(part, 0), 1)), barHeight), barHeight)
	return &fyne.Container{Layout: &fixed{fyne.NewSize(k.width, barHeight)}, Objects: []fyne.CanvasObject{whole, is}}
}
