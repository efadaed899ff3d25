package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// link is underlined text that can be clicked.
type link struct {
	widget.BaseWidget
	text   *canvas.Text
	tapped func()
}

var _ desktop.Cursorable = (*link)(nil)

func newLink(r run, c color.Color, tapped func()) *link {
	l := &link{text: canvasText(r, c), tapped: tapped}
	l.text.TextStyle.Underline = true
	l.ExtendBaseWidget(l)
	return l
}

func (l *link) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(l.text) }

func (l *link) Tapped(*fyne.PointEvent) { l.tapped() }

func (l *link) Cursor() desktop.Cursor { return desktop.PointerCursor }
