package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// hook is the content of the window. Being measured tells it that the window has
// just been made; its width, whether the panel is open or but a strip.
type hook struct {
	widget.BaseWidget
	dock   *dock
	open   fyne.CanvasObject // the whole panel
	strip  fyne.CanvasObject
	border border          // between the window and others
	grips  []*grip         // the header, the inner and the lower edge
	fold   *fold           // over the mark of the open panel
	width  func(w float32) // told how wide the open panel is now
}

func newHook(d *dock) *hook {
	h := &hook{dock: d}
	h.fold = newFold()
	h.border = newBorder()
	h.grips = []*grip{
		newGrip(nil, func(at fyne.Position) { d.drag(at, d.carry) }),
		newGrip(desktop.HResizeCursor, func(at fyne.Position) { d.drag(at, d.widen) }),
		newGrip(desktop.VResizeCursor, func(at fyne.Position) { d.drag(at, d.heighten) }),
	}
	h.ExtendBaseWidget(h)
	return h
}

// fill puts the panel and its strip into the window, with a line around them.
func (h *hook) fill(open, strip fyne.CanvasObject, line color.Color) {
	h.open, h.strip = open, strip
	h.border.paint(line)
	h.Refresh()
}

// MinSize is small: the window is as large as the dock says.
func (h *hook) MinSize() fyne.Size {
	h.dock.look()
	return fyne.NewSquareSize(stripWidth)
}

func (h *hook) CreateRenderer() fyne.WidgetRenderer { return &hookRenderer{h} }

type hookRenderer struct{ h *hook }

func (r *hookRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(stripWidth) }
func (r *hookRenderer) Destroy()           {}

func (r *hookRenderer) Refresh() {
	r.Layout(r.h.Size())
	r.h.dock.window.Canvas().Refresh(r.h)
}

func (r *hookRenderer) Objects() []fyne.CanvasObject {
	if r.h.open == nil {
		return nil
	}
	objects := []fyne.CanvasObject{r.h.open, r.h.strip, r.h.fold}
	for _, side := range r.h.border {
		objects = append(objects, side)
	}
	for _, g := range r.h.grips {
		objects = append(objects, g)
	}
	return objects
}

// edgeGrip is how far from an edge it can be taken hold of.
const edgeGrip = 6

func (r *hookRenderer) Layout(size fyne.Size) {
	h := r.h
	if h.open == nil {
		return
	}
	isStrip := size.Width < (stripWidth+leastWidth)/2
	setVisible(h.strip, isStrip)
	setVisible(h.open, !isStrip)
	p := h.dock.stand
	setVisible(h.fold, !isStrip && p.Strip)
	put(h.fold, 0, 0, margin+26, headerHeight)
	head, edge, foot := h.grips[0], h.grips[1], h.grips[2]
	setVisible(head, p.Mode == "floating")
	setVisible(edge, !isStrip)
	setVisible(foot, !isStrip && p.Mode == "floating")
	height := float32(headerHeight)
	if isStrip {
		height = size.Height
	}
	put(head, 0, 0, size.Width, height)
	inner := size.Width - edgeGrip
	if p.Edge != "left" {
		inner = 0
	}
	put(edge, inner, 0, edgeGrip, size.Height)
	h.border.place(size, p.Mode == "floating", p.Edge == "left")
	put(foot, 0, size.Height-edgeGrip, size.Width, edgeGrip)
	if isStrip {
		put(h.strip, 0, 0, size.Width, size.Height)
		return
	}
	put(h.open, 0, 0, size.Width, size.Height)
	if h.width != nil {
		h.width(size.Width)
	}
}

// border is the line around the window: left, right, above, below. One rectangle
// with a stroke would be drawn over the whole window, to be seen at its edge.
type border [4]*canvas.Rectangle

func newBorder() border {
	var b border
	for i := range b {
		b[i] = canvas.NewRectangle(color.Transparent)
	}
	return b
}

func (b border) paint(c color.Color) {
	for _, side := range b {
		side.FillColor = c
	}
}

// place puts the lines around a window of that size. At the edge of the display
// only the inner side is seen.
func (b border) place(size fyne.Size, floats, atLeft bool) {
	put(b[0], 0, 0, 1, size.Height)
	put(b[1], size.Width-1, 0, 1, size.Height)
	put(b[2], 0, 0, size.Width, 1)
	put(b[3], 0, size.Height-1, size.Width, 1)
	for i, seen := range []bool{floats || !atLeft, floats || atLeft, floats, floats} {
		setVisible(b[i], seen)
	}
}

// grip is a place at which the window can be taken hold of.
type grip struct {
	widget.BaseWidget
	cursor desktop.Cursor         // nil for the usual one
	pull   func(at fyne.Position) // where it was taken hold of, in the window
	held   bool
}

var _ fyne.Draggable = (*grip)(nil)

func newGrip(cursor desktop.Cursor, pull func(at fyne.Position)) *grip {
	g := &grip{cursor: cursor, pull: pull}
	g.ExtendBaseWidget(g)
	return g
}

// Dragged begins to move the window; the way of the pointer is followed by the
// dock, because this position moves with the window.
func (g *grip) Dragged(e *fyne.DragEvent) {
	if !g.held {
		g.held = true
		g.pull(e.AbsolutePosition.SubtractXY(e.Dragged.DX, e.Dragged.DY))
	}
}

// DragEnd lets the window go.
func (g *grip) DragEnd() { g.held = false }

// Cursor tells that there is something to take hold of.
func (g *grip) Cursor() desktop.Cursor {
	if g.cursor == nil {
		return desktop.DefaultCursor
	}
	return g.cursor
}

func (g *grip) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: &fixed{}})
}
