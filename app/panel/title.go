package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// title is a line of bold words, in every script.
type title struct {
	*fyne.Container
	text  *canvas.Text
	again *canvas.Text // over it, where the font has no bold letters
}

func newTitle(text string, c color.Color) *title {
	t := &title{text: words("", c, sizeText), again: words("", c, sizeText)}
	t.text.TextStyle.Bold, t.again.TextStyle.Bold = true, true
	t.Container = &fyne.Container{Layout: titleLayout{}, Objects: []fyne.CanvasObject{t.text, t.again}}
	t.set(text, c)
	return t
}

// set says something else.
func (t *title) set(text string, c color.Color) {
	if t.text.Text == text && t.text.Color == c {
		return
	}
	setText(t.text, text, c)
	again := ""
	if wideIn(text) && helperOf(t.text.TextStyle).thin {
		again = text
	}
	setText(t.again, again, c)
	t.Layout.Layout(t.Objects, t.Size())
}

// wideIn reports whether another font helps out with a text.
func wideIn(text string) bool {
	for _, r := range text {
		if isWide(r) {
			return true
		}
	}
	return false
}

// titleLayout is the layout of a title: the words and those over them, in the
// middle of their height whatever they are written in.
type titleLayout struct{}

func (titleLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (titleLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	low := float32(0)
	if t := objects[0].(*canvas.Text); wideIn(t.Text) {
		low = helperOf(t.TextStyle).low * t.TextSize
	}
	put(objects[0], 0, -low, size.Width, size.Height)
	put(objects[1], twice, -low, size.Width, size.Height)
}
