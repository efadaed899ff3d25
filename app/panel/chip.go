package panel

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// chip is a small button with a border: a verb, or one of several choices.
type chip struct {
	widget.BaseWidget
	sheet    *sheet
	text     *canvas.Text
	ground   *canvas.Rectangle
	tapped   func()
	selected bool
	hovered  bool
}

var (
	_ desktop.Cursorable = (*chip)(nil)
	_ desktop.Hoverable  = (*chip)(nil)
)

func newChip(s *sheet, text string, tapped func()) *chip {
	c := &chip{sheet: s, text: words(text, s.dim, sizeLabel), ground: canvas.NewRectangle(s.paper), tapped: tapped}
	c.ground.StrokeColor, c.ground.StrokeWidth = s.line, 1
	c.ExtendBaseWidget(c)
	return c
}

// choose shows whether the chip is the choice.
func (c *chip) choose(selected bool) {
	if c.selected != selected {
		c.selected = selected
		c.paint()
	}
}

// paint gives the chip the colours of its state.
func (c *chip) paint() {
	c.text.Color, c.ground.FillColor = c.sheet.dim, c.sheet.paper
	if c.selected || c.hovered {
		c.text.Color = c.sheet.ink
	}
	if c.selected {
		c.ground.FillColor = c.sheet.raised
	}
	c.text.Refresh()
	c.ground.Refresh()
}

func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	inner := &fyne.Container{Layout: padded{10, 4, 10, 4}, Objects: []fyne.CanvasObject{c.text}}
	c.ground.CornerRadius = inner.MinSize().Height / 2
	return widget.NewSimpleRenderer(&fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{c.ground, inner}})
}

func (c *chip) Tapped(*fyne.PointEvent) { c.tapped() }

func (c *chip) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (c *chip) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.paint() }

func (c *chip) MouseMoved(*desktop.MouseEvent) {}

func (c *chip) MouseOut() { c.hovered = false; c.paint() }

// tool is a small button without a border, beside what it works on.
type tool struct {
	widget.BaseWidget
	text   *canvas.Text
	tapped func()
}

var _ desktop.Cursorable = (*tool)(nil)

func newTool(s *sheet, text string, tapped func()) *tool {
	t := &tool{text: words(text, s.dim, sizeSmall), tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

func (t *tool) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: padded{4, 2, 4, 2}, Objects: []fyne.CanvasObject{t.text}})
}

func (t *tool) Tapped(*fyne.PointEvent) { t.tapped() }

func (t *tool) Cursor() desktop.Cursor { return desktop.PointerCursor }

// hover is an invisible surface that notices the pointer. What lies over it
// must not be hoverable itself: the pointer would seem to have left.
type hover struct {
	widget.BaseWidget
	in, out func()
}

var _ desktop.Hoverable = (*hover)(nil)

func newHover(in, out func()) *hover {
	h := &hover{in: in, out: out}
	h.ExtendBaseWidget(h)
	return h
}

func (h *hover) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: &fixed{}})
}

func (h *hover) MouseIn(*desktop.MouseEvent) { h.in() }

func (h *hover) MouseMoved(*desktop.MouseEvent) {}

func (h *hover) MouseOut() { h.out() }

// stack is the layout of objects that all fill the same space.
type stack struct{}

func (stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

func (stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}
