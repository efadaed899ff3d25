package panel

import (
	"image/color"
	"math"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

// prose draws runs of text within a width. Lines that stay as they are keep
// their objects, and with them what the graphics card holds of them.
type prose struct {
	*fyne.Container
	sheet  *sheet
	width  float32
	height float32 // of a line
	hang   float32 // how far a line that goes on is moved in, beside its first line
	grid   bool    // every letter stands in its column: that of another font is not as wide
	whole  bool    // the text is there as a whole: see wrapWhole
	open   func(*url.URL)
	points func(string, *desktop.MouseEvent) // see actions; nil for nobody
	size   *fixed
	runs   []run
	drawn  []drawnPiece
}

// drawnPiece is what is drawn, to find out whether it is still right.
type drawnPiece struct {
	piece
	y       float32
	goes    float32 // how far on the ground of what is said goes below the next piece
	objects []fyne.CanvasObject
}

// newProse returns an empty text. open is called for links that are clicked.
func newProse(s *sheet, width, height float32, open func(*url.URL)) *prose {
	size := &fixed{}
	return &prose{Container: &fyne.Container{Layout: size}, sheet: s, width: width, height: height, open: open, size: size}
}

// set draws runs instead of what was there.
func (p *prose) set(runs []run) {
	p.runs = runs
	lines := p.wrapped(drawable(runs))
	size := fyne.NewSize(p.width, float32(len(lines))*p.height)
	drawn := p.drawn[:0:0]
	var grounds, texts []fyne.CanvasObject // a ground reaches below the text beside it
	for i, line := range lines {
		if p.grid {
			inColumns(line)
		}
		for j, pc := range line {
			d := drawnPiece{piece: pc, y: float32(i) * p.height}
			if j+1 < len(line) && pc.spoken && line[j+1].spoken {
				d.goes = line[j+1].x + line[j+1].width/2 - pc.x - pc.width
			}
			if n := len(drawn); n < len(p.drawn) && p.drawn[n].piece == pc && p.drawn[n].y == d.y && p.drawn[n].goes == d.goes {
				d.objects = p.drawn[n].objects
			} else {
				d.objects = p.draw(d)
			}
			drawn = append(drawn, d)
			last := len(d.objects) - 1
			grounds, texts = append(grounds, d.objects[:last]...), append(texts, d.objects[last])
		}
	}
	p.drawn, p.Objects, p.size.size = drawn, append(grounds, texts...), size
	p.Resize(size)
}

// wrapped breaks runs into lines.
func (p *prose) wrapped(runs []run) [][]piece {
	if !p.whole {
		return wrapHanging(runs, p.width, p.hang, measureRun)
	}
	for i := range runs { // where something stands in the settings is one name
		runs[i].text = strings.ReplaceAll(runs[i].text, " › ", "\u00a0›\u00a0")
	}
	return wrapWhole(runs, p.width, measureRun)
}

// inColumns moves the pieces of a line to their columns.
func inColumns(line []piece) {
	at := 0
	for i := range line {
		one := measureRun(run{"0", line[i].style})
		line[i].x = float32(at) * one
		at += columns(line[i].text)
		line[i].width = float32(at)*one - line[i].x
	}
}

// drawable is runs without what must not be drawn.
func drawable(runs []run) []run {
	clean := make([]run, len(runs))
	for i, r := range runs {
		clean[i] = run{harmless(r.text, r.mono), r.style}
	}
	return clean
}

// draw returns the objects of a piece: its ground, if it has one, then its text.
func (p *prose) draw(d drawnPiece) []fyne.CanvasObject {
	if d.spoken && d.tone == toneFaint {
		d.tone = toneDim // on that ground faint words could not be read
	}
	var objects []fyne.CanvasObject
	ground := func(c, line color.Color, pad float32) {
		r := canvas.NewRectangle(c)
		r.CornerRadius = 3
		if line != nil {
			r.StrokeColor, r.StrokeWidth = line, 1
		}
		put(r, d.x-pad, d.y+1, d.width+d.goes+2*pad, p.height-2)
		objects = append(objects, r)
	}
	switch {
	case d.spoken:
		ground(p.sheet.spoken, nil, 2)
	case d.boxed:
		ground(p.sheet.code, p.sheet.line, padBoxed-1)
	}
	if d.link != "" {
		if u, err := url.Parse(d.link); err == nil {
			l := newLink(d.run, p.colour(d.tone), p.foot(d.run)-p.drop(d.run), func() { p.open(u) }, p.points)
			put(l, d.x, d.y+p.drop(d.run), d.width, l.text.MinSize().Height)
			return append(objects, l)
		}
	}
	t := canvasText(d.run, p.colour(d.tone))
	put(t, d.x, d.y+p.drop(d.run), d.width, t.MinSize().Height)
	if d.wide && t.TextStyle.Bold && helperOf(t.TextStyle).thin {
		again := canvasText(d.run, p.colour(d.tone))
		t.Move(fyne.NewPos(float32(math.Floor(float64(d.x))), t.Position().Y)) // at a pixel, so that the other is at the next
		put(again, t.Position().X+twice, t.Position().Y, d.width, t.MinSize().Height)
		objects = append(objects, again)
	}
	return append(objects, t)
}

// drop is how far below the top of its line a text begins, so that all stand on
// one baseline: a font that helps out with other scripts may be taller.
func (p *prose) drop(r run) float32 {
	driver := fyne.CurrentApp().Driver()
	own, baseline := driver.RenderedTextSize(r.text, r.size, textStyle(r.style), nil)
	if r.wide { // its baseline is that of a font that does not draw it
		return (p.height-own.Height)/2 - helperOf(textStyle(r.style)).low*r.size
	}
	size, common := driver.RenderedTextSize("x", r.size, textStyle(r.style), nil)
	return (p.height-size.Height)/2 + common - baseline
}

// foot is how far below the top of its line that of a link is drawn: below the
// feet of every script.
func (p *prose) foot(r run) float32 {
	size, baseline := fyne.CurrentApp().Driver().RenderedTextSize("x", r.size, textStyle(r.style), nil)
	return float32(math.Round(float64((p.height-size.Height)/2 + baseline + 2.5)))
}

func (p *prose) colour(t tone) color.Color { return p.sheet.tone(t) }

// tone is the colour of a tone.
func (s *sheet) tone(t tone) color.Color {
	switch t {
	case toneDim:
		return s.dim
	case toneFaint, toneComment:
		return s.faint
	case toneKeyword:
		return s.keyword
	case toneString:
		return s.text
	case toneNumber:
		return s.number
	}
	return s.ink
}

// textStyle is Fyne's name of a style. Not every theme has a bold or an italic
// monospace font.
func textStyle(s style) fyne.TextStyle {
	return fyne.TextStyle{Bold: s.bold && !s.mono, Italic: s.italic && !s.mono, Monospace: s.mono}
}

func measureRun(r run) float32 {
	if r.caret {
		return 0
	}
	return fyne.MeasureText(r.text, r.size, textStyle(r.style)).Width
}

func canvasText(r run, c color.Color) *canvas.Text {
	t := words(r.text, c, r.size)
	t.TextStyle = textStyle(r.style)
	return t
}
