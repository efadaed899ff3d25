package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// link is underlined text that can be clicked. Before that it says where it
// leads.
type link struct {
	widget.BaseWidget
	text   *canvas.Text
	under  *canvas.Rectangle // the line
	below  float32           // the top of the text
	target string
	tapped func()
	points func(target string, e *desktop.MouseEvent) // nil for nobody
}

var (
	_ desktop.Cursorable = (*link)(nil)
	_ desktop.Hoverable  = (*link)(nil)
	_ fyne.Focusable     = (*link)(nil)
)

// newLink makes a link of r, with a line so far below its top. points hears where
// it leads before it is opened.
func newLink(r run, c color.Color, below float32, tapped func(), points func(string, *desktop.MouseEvent)) *link {
	l := &link{text: canvasText(r, c), under: canvas.NewRectangle(c), below: below, target: r.link, tapped: tapped, points: points}
	l.ExtendBaseWidget(l)
	return l
}

func (l *link) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: underlined{l.below}, Objects: []fyne.CanvasObject{l.text, l.under}})
}

// underlined is the layout of a text and the line so far below its top.
type underlined struct{ below float32 }

func (underlined) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (u underlined) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, size.Width, size.Height)
	put(objects[1], 0, u.below, size.Width, 1)
}

func (l *link) Tapped(*fyne.PointEvent) { l.tapped() }

func (l *link) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (l *link) MouseIn(e *desktop.MouseEvent) { l.tell(l.target, e) }

func (l *link) MouseMoved(*desktop.MouseEvent) {}

func (l *link) MouseOut() { l.tell("", nil) }

// FocusGained tells where the link leads on which the keyboard is.
func (l *link) FocusGained() {
	l.text.TextStyle.Bold = true
	l.text.Refresh()
	l.tell(l.target, nil)
}

// FocusLost tells it no longer.
func (l *link) FocusLost() {
	l.text.TextStyle.Bold = false
	l.text.Refresh()
	l.tell("", nil)
}

// TypedRune has nothing to do: a link has no letters.
func (l *link) TypedRune(rune) {}

// TypedKey lets the keyboard open the link, or leave it.
func (l *link) TypedKey(e *fyne.KeyEvent) { pressed(l, e, l.tapped) }

func (l *link) tell(target string, e *desktop.MouseEvent) {
	if l.points != nil {
		l.points(target, e)
	}
}
