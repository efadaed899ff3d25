package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// chip is a small button with a border: a verb, or one of several choices.
type chip struct {
	widget.BaseWidget
	sheet    *sheet
	glyph    *glyph // before the text; nil for none
	shape    string // of the glyph
	text     *canvas.Text
	ground   *canvas.Rectangle
	tapped   func()
	over     *hover // what it lies on, which the pointer does not leave for it; nil for nothing
	selected bool
	hovered  bool
	focused  bool
}

var (
	_ desktop.Cursorable = (*chip)(nil)
	_ desktop.Hoverable  = (*chip)(nil)
	_ fyne.Focusable     = (*chip)(nil)
)

func newChip(s *sheet, text string, tapped func()) *chip {
	c := &chip{sheet: s, text: words(text, s.dim, sizeLabel), ground: canvas.NewRectangle(color.Transparent), tapped: tapped}
	c.ground.StrokeColor, c.ground.StrokeWidth = s.line, 1
	c.ExtendBaseWidget(c)
	return c
}

// newGlyphChip makes a chip with a drawing before its text, which may be "".
func newGlyphChip(s *sheet, shape, text string, tapped func()) *chip {
	c := newChip(s, text, tapped)
	c.glyph, c.shape = newGlyph(14), shape
	c.paint()
	return c
}

// set changes what the chip shows. It reports whether that is new.
func (c *chip) set(shape, text string, selected bool) bool {
	if c.shape == shape && c.text.Text == text && c.selected == selected {
		return false
	}
	c.shape, c.text.Text, c.selected = shape, text, selected
	c.paint()
	return true
}

// paint gives the chip the colours of its state.
func (c *chip) paint() {
	// OpenGL clears a window a little lighter than paper: a ground of that would be seen.
	c.text.Color, c.ground.FillColor, c.ground.StrokeColor = c.sheet.dim, color.Transparent, c.sheet.line
	if c.selected || c.hovered || c.focused {
		c.text.Color = c.sheet.ink
	}
	if c.focused {
		c.ground.StrokeColor = c.sheet.dim
	}
	if c.selected {
		c.ground.FillColor = c.sheet.raised
	}
	if c.glyph != nil {
		c.glyph.set(c.shape, c.text.Color)
	}
	c.text.Refresh()
	c.ground.Refresh()
}

func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	inner := &fyne.Container{Layout: padded{10, 4, 10, 4}, Objects: []fyne.CanvasObject{c.content()}}
	c.ground.CornerRadius = inner.MinSize().Height / 2
	return widget.NewSimpleRenderer(&fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{c.ground, inner}})
}

// content is the drawing, the text or both.
func (c *chip) content() fyne.CanvasObject {
	switch {
	case c.glyph == nil:
		return c.text
	case c.text.Text == "":
		return &fyne.Container{Layout: beside{}, Objects: []fyne.CanvasObject{c.glyph.Container, c.text}}
	}
	return &fyne.Container{Layout: beside{6}, Objects: []fyne.CanvasObject{c.glyph.Container, c.text}}
}

func (c *chip) Tapped(*fyne.PointEvent) { c.tapped() }

func (c *chip) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (c *chip) MouseIn(e *desktop.MouseEvent) {
	c.hovered = true
	c.paint()
	if c.over != nil {
		c.over.MouseIn(e)
	}
}

// MouseMoved is MouseIn for a pointer that has been outside the window.
func (c *chip) MouseMoved(e *desktop.MouseEvent) {
	if !c.hovered {
		c.MouseIn(e)
	}
}

func (c *chip) MouseOut() {
	c.hovered = false
	c.paint()
	if c.over != nil {
		c.over.MouseOut()
	}
}

// FocusGained shows that the keyboard works on the chip.
func (c *chip) FocusGained() {
	c.focused = true
	c.paint()
}

// FocusLost shows that it does so no longer.
func (c *chip) FocusLost() {
	c.focused = false
	c.paint()
}

// TypedRune has nothing to do: a chip has no letters.
func (c *chip) TypedRune(rune) {}

// TypedKey lets the keyboard press the chip, or leave it.
func (c *chip) TypedKey(e *fyne.KeyEvent) { pressed(c, e, c.tapped) }

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
