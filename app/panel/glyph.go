package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// glyph is a small drawing of lines. It tells what is looked at by its shape
// alone: an eye for the window in front, a monitor for the display, a dashed
// square for a region, a window for one that is picked, a crossed eye for
// nothing, a framed pupil for looking along. "more" is an arrow up, "back" one to the left, "menu" three lines.
type glyph struct {
	*fyne.Container
	side  float32
	shape string
	tint  color.Color
}

func newGlyph(side float32) *glyph {
	return &glyph{Container: &fyne.Container{Layout: &fixed{fyne.NewSquareSize(side)}}, side: side}
}

// set shows a shape in a colour.
func (g *glyph) set(shape string, tint color.Color) {
	if g.shape == shape && g.tint == tint {
		return
	}
	g.shape, g.tint = shape, tint
	g.Objects = nil
	switch shape {
	case "window":
		g.lids()
		g.dot(0.5, 0.5, 0.14)
	case "none":
		g.lids()
		g.line(0.14, 0.9, 0.86, 0.1)
	case "share": // an eye in the frame that is around the window then
		g.box(0.06, 0.06, 0.94, 0.94)
		g.dot(0.5, 0.5, 0.16)
	case "display":
		g.box(0.06, 0.14, 0.94, 0.72)
		g.line(0.3, 0.88, 0.7, 0.88)
	case "region":
		g.dashes()
	case "pick":
		g.box(0.06, 0.12, 0.94, 0.88)
		g.line(0.06, 0.32, 0.94, 0.32)
		g.dot(0.5, 0.6, 0.11)
	case "picture":
		g.box(0.06, 0.14, 0.94, 0.86)
		g.line(0.14, 0.76, 0.42, 0.46)
		g.line(0.42, 0.46, 0.6, 0.66)
		g.line(0.6, 0.66, 0.7, 0.56)
		g.line(0.7, 0.56, 0.86, 0.76)
	case "text":
		g.line(0.14, 0.22, 0.86, 0.22)
		g.line(0.14, 0.5, 0.86, 0.5)
		g.line(0.14, 0.78, 0.58, 0.78)
	case "more":
		g.line(0.2, 0.64, 0.5, 0.36)
		g.line(0.5, 0.36, 0.8, 0.64)
	case "back":
		g.line(0.62, 0.16, 0.3, 0.5)
		g.line(0.3, 0.5, 0.62, 0.84)
	case "menu":
		for _, y := range []float32{0.22, 0.5, 0.78} {
			g.line(0.1, y, 0.9, y)
		}
	}
	g.Refresh()
}

// stroke is the width of all lines.
func (g *glyph) stroke() float32 { return max(1.25, g.side*0.085) }

// line draws one between two points, in parts of the side.
func (g *glyph) line(x1, y1, x2, y2 float32) *canvas.Line {
	l := canvas.NewLine(g.tint)
	l.StrokeWidth = g.stroke()
	l.Position1, l.Position2 = fyne.NewPos(x1*g.side, y1*g.side), fyne.NewPos(x2*g.side, y2*g.side)
	g.Add(l)
	return l
}

func (g *glyph) box(x1, y1, x2, y2 float32) {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = g.tint, g.stroke(), g.side*0.1
	put(r, x1*g.side, y1*g.side, (x2-x1)*g.side, (y2-y1)*g.side)
	g.Add(r)
}

func (g *glyph) dot(x, y, radius float32) {
	c := canvas.NewCircle(g.tint)
	put(c, (x-radius)*g.side, (y-radius)*g.side, 2*radius*g.side, 2*radius*g.side)
	g.Add(c)
}

// lids draws the outline of an eye.
func (g *glyph) lids() {
	s := g.side
	for _, lid := range []float32{0, 1} {
		from, to := fyne.NewPos(s*0.04, s*0.5), fyne.NewPos(s*0.96, s*0.5)
		c := canvas.NewQuadraticBezierCurve(from, fyne.NewPos(s*0.5, s*lid), to, g.tint)
		c.StrokeWidth = g.stroke()
		put(c, 0, 0, s, s)
		g.Add(c)
	}
}

// dashes draws a square of short lines: its corners and a bit of each side.
func (g *glyph) dashes() {
	const a, b, corner, from, to = 0.1, 0.9, 0.2, 0.42, 0.58
	for _, at := range []float32{a, b} {
		for _, dash := range [][2]float32{{a, a + corner}, {from, to}, {b - corner, b}} {
			g.line(at, dash[0], at, dash[1]).StrokeWidth = g.stroke() * 0.75 // upright lines look heavier
			g.line(dash[0], at, dash[1], at).StrokeWidth = g.stroke() * 0.75
		}
	}
}
