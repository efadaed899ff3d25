package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// fixed is the layout of a container whose objects stand where they were put.
type fixed struct{ size fyne.Size }

func (f *fixed) MinSize([]fyne.CanvasObject) fyne.Size { return f.size }

func (*fixed) Layout([]fyne.CanvasObject, fyne.Size) {}

// column stands its visible objects under one another.
type column struct{ gap float32 }

func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if size.Height > 0 {
			size.Height += c.gap
		}
		m := o.MinSize()
		size.Height += m.Height
		size.Width = max(size.Width, m.Width)
	}
	return size
}

func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + c.gap
	}
}

// padded is the layout of one object with space around it.
type padded struct{ left, top, right, bottom float32 }

func (p padded) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(p.left+p.right, p.top+p.bottom)
}

func (p padded) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(p.left, p.top))
	objects[0].Resize(size.SubtractWidthHeight(p.left+p.right, p.top+p.bottom))
}

// flow stands its visible objects beside one another, in as many rows as they
// need within width.
type flow struct{ width, gap float32 }

func (f flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(f.width, f.place(objects, func(fyne.CanvasObject, fyne.Position) {}))
}

func (f flow) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	f.place(objects, func(o fyne.CanvasObject, at fyne.Position) {
		o.Resize(o.MinSize())
		o.Move(at)
	})
}

// place returns the height of all rows.
func (f flow) place(objects []fyne.CanvasObject, put func(fyne.CanvasObject, fyne.Position)) float32 {
	var x, y, row float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if x > 0 && x+m.Width > f.width {
			x, y = 0, y+row+f.gap
			row = 0
		}
		put(o, fyne.NewPos(x, y))
		x += m.Width + f.gap
		row = max(row, m.Height)
	}
	return y + row
}

// room is a place that is left free.
func room(size fyne.Size) fyne.CanvasObject { return &fyne.Container{Layout: &fixed{size}} }

// roomOf is a place as large as o, which is not there.
func roomOf(o fyne.CanvasObject) fyne.CanvasObject { return &fyne.Container{Layout: like{o}} }

// like is the layout of a place as large as another object.
type like struct{ other fyne.CanvasObject }

func (l like) MinSize([]fyne.CanvasObject) fyne.Size { return l.other.MinSize() }

func (like) Layout([]fyne.CanvasObject, fyne.Size) {}

// asHigh is a flow that is at least as high as it is with other objects.
type asHigh struct {
	flow
	others func() []fyne.CanvasObject
}

func (l asHigh) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return l.flow.MinSize(objects).Max(l.flow.MinSize(l.others()))
}

// words is a line of text.
func words(text string, c color.Color, size float32) *canvas.Text {
	t := canvas.NewText(harmless(text, false), c)
	t.TextSize = size
	return t
}

// setText changes a text if it differs.
func setText(t *canvas.Text, text string, c color.Color) {
	if text = harmless(text, false); t.Text == text && t.Color == c {
		return
	}
	t.Text, t.Color = text, c
	t.Refresh()
}

// shorten ends text with an ellipsis if it is wider than width.
func shorten(text string, size, width float32) string {
	measure := func(s string) float32 { return fyne.MeasureText(s, size, fyne.TextStyle{}).Width }
	text = clip(text, 200)
	if measure(text) <= width {
		return text
	}
	r := []rune(text)
	low, high := 0, len(r)
	for low < high {
		mid := (low + high + 1) / 2
		if measure(string(r[:mid])+"…") <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return string(r[:low]) + "…"
}

// setVisible shows or hides o. It reports whether that is new.
func setVisible(o fyne.CanvasObject, visible bool) bool {
	switch {
	case visible == o.Visible():
		return false
	case visible:
		o.Show()
	default:
		o.Hide()
	}
	return true
}

// arrange lays c out anew, as high as its objects need it now. Refresh would
// draw every text in it again; most of them have not changed.
func arrange(c *fyne.Container, width float32) {
	size := fyne.NewSize(width, c.MinSize().Height)
	c.Resize(size)
	c.Layout.Layout(c.Objects, size)
}

// beside is the layout of visible objects side by side, each in the middle of the row.
type beside struct{ gap float32 }

func (l beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if size.Width > 0 {
			size.Width += l.gap
		}
		size.Width += m.Width
		size.Height = max(size.Height, m.Height)
	}
	return size
}

func (l beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		put(o, x, (size.Height-m.Height)/2, m.Width, m.Height)
		x += m.Width + l.gap
	}
}

// centred is the layout of lines in the middle of a space. The first two are
// set apart by gap.
type centred struct{ gap float32 }

func (l centred) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, l.height(objects))
}

func (l centred) height(objects []fyne.CanvasObject) float32 {
	h := float32(0)
	for i, o := range objects {
		h += l.above(i) + max(o.MinSize().Height, lineText)
	}
	return h
}

// above is the space above the object at i.
func (l centred) above(i int) float32 {
	switch i {
	case 1:
		return l.gap
	case 2:
		return l.gap / 2
	}
	return 0
}

func (l centred) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := (size.Height - l.height(objects)) / 2
	for i, o := range objects {
		m := o.MinSize()
		y += l.above(i)
		put(o, (size.Width-m.Width)/2, y, m.Width, m.Height)
		y += max(m.Height, lineText)
	}
}

// bottom is the layout of one object at the bottom of a space.
type bottom struct{ margin float32 }

func (l bottom) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l bottom) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := objects[0].MinSize().Height
	put(objects[0], l.margin, size.Height-h-l.margin, size.Width-2*l.margin, h)
}

// corner is the layout of an object and another over its lower right corner.
type corner struct{}

func (corner) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().Max(objects[1].MinSize())
}

func (corner) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	m := objects[1].MinSize()
	objects[0].Move(fyne.Position{})
	objects[0].Resize(size)
	put(objects[1], size.Width-m.Width, size.Height-m.Height, m.Width, m.Height)
}
