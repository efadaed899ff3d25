package panel

import (
	"image"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aside/app/control"
)

// viewer shows, in a window of its own, all that a turn took of the screen: one
// picture after the other, and the text that went along.
type viewer struct {
	*fyne.Container
	sheet *sheet
	view  control.View
	fetch fetchThumb

	at     int // place of the picture that is shown, or on its way
	easel  *easel
	nav    *fyne.Container
	place  *canvas.Text // "2 of 4"
	look   *canvas.Text
	size   *canvas.Text
	pane   *fyne.Container // of the text
	text   *widget.Label
	copied string
}

const (
	viewerWidth  = 960
	viewerHeight = 720
)

// viewerTitle is the title of the window.
func viewerTitle(v control.View) string {
	switch {
	case anySent(v.Shots):
		return tr("Aside — what was sent")
	case v.Host == "":
		return tr("Aside — what stayed on this machine")
	}
	return tr("Aside — what was not sent")
}

func newViewer(s *sheet, v control.View, fetch fetchThumb, copyText func(string)) *viewer {
	w := &viewer{
		sheet: s, view: v, fetch: fetch, easel: newEasel(s),
		place: words("", s.dim, sizeLabel), look: words("", s.dim, sizeLabel), size: words("", s.faint, sizeLabel),
		text: widget.NewLabel(""),
	}
	w.nav = &fyne.Container{Layout: beside{8}, Objects: []fyne.CanvasObject{
		newChip(s, tr("Previous"), func() { w.step(-1) }), w.place, newChip(s, tr("Next"), func() { w.step(1) }),
	}}
	setVisible(w.nav, pictures(v.Shots) > 1)
	figures := &fyne.Container{Layout: column{2}, Objects: []fyne.CanvasObject{w.look, w.size}}
	bar := &fyne.Container{Layout: padded{margin, inside, margin, inside}, Objects: []fyne.CanvasObject{
		&fyne.Container{Layout: ends{}, Objects: []fyne.CanvasObject{figures, w.nav}},
	}}
	w.pane = w.newPane(copyText)
	w.Container = &fyne.Container{Layout: viewerLayout{w.paneHeight}, Objects: []fyne.CanvasObject{
		canvas.NewRectangle(s.paper), w.easel.Container, bar, w.pane,
	}}
	return w
}

// newPane makes the place of the text that went along.
func (w *viewer) newPane(copyText func(string)) *fyne.Container {
	w.text.TextStyle.Monospace = true
	w.text.Wrapping = fyne.TextWrapBreak
	head := &fyne.Container{Layout: padded{margin, 6, margin, 6}, Objects: []fyne.CanvasObject{
		&fyne.Container{Layout: ends{}, Objects: []fyne.CanvasObject{
			words(paneTitle(w.view), w.sheet.dim, sizeLabel),
			newTool(w.sheet, tr("Copy"), func() { copyText(w.copied) }),
		}},
	}}
	ground := canvas.NewRectangle(w.sheet.code)
	line := canvas.NewRectangle(w.sheet.line)
	line.SetMinSize(fyne.NewSize(0, 1))
	inner := container.NewBorder(head, nil, nil, nil, container.NewVScroll(&fyne.Container{Layout: padded{8, 0, 8, 8}, Objects: []fyne.CanvasObject{w.text}}))
	p := &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{ground, container.NewBorder(line, nil, nil, nil, inner)}}
	p.Hide()
	return p
}

// paneTitle is that of the text. It went along with the question wherever a model
// has it.
func paneTitle(v control.View) string {
	if anySent(v.Shots) || v.Host == "" && v.Engine != "offline" {
		return tr("Text that went along")
	}
	return tr("Text that was read along with it")
}

// paneHeight is the height of the text: what its lines need, but no more than a
// third of the window.
func (w *viewer) paneHeight(window float32) float32 {
	if !w.pane.Visible() {
		return 0
	}
	const head, line = 52, 16
	return min(window/3, head+line*float32(strings.Count(w.copied, "\n")+2))
}

// step goes to another picture, if there is one.
func (w *viewer) step(by int) {
	if n := w.at + by; n >= 0 && n < pictures(w.view.Shots) {
		w.show(n)
	}
}

// show fetches the n-th picture and shows it.
func (w *viewer) show(n int) {
	w.at = n
	w.fetch(w.view, n, func(p picture, err error) {
		if w.at == n { // else the user has gone on
			w.take(p, err)
		}
	})
}

// take shows the picture that came, or why none did.
func (w *viewer) take(p picture, err error) {
	i, view := pictureAt(w.view.Shots, w.at)
	setText(w.look, lookFigures(w.view.Shots, i), w.sheet.dim)
	if view != nil {
		setText(w.place, trf("%d of %d", w.at+1, pictures(w.view.Shots)), w.sheet.dim)
		setText(w.size, pictureFigures(&w.view.Shots[i], view), w.sheet.faint)
	}
	switch {
	case err != nil:
		w.easel.say(problemOf(pictureProblem(err)))
	case view == nil:
		w.easel.say(control.Problem{Message: "No picture was sent.", Hint: "The question was about the selected text."})
		w.tell(p.text)
	default:
		w.easel.show(p.full)
		w.tell(p.text)
	}
	w.Refresh()
}

// tell shows the text that went along.
func (w *viewer) tell(text string) {
	if w.copied != text {
		w.copied = text
		w.text.SetText(text)
	}
	setVisible(w.pane, text != "")
}

// typed is what the keyboard does in the window.
func (w *viewer) typed(name fyne.KeyName, shut func()) {
	switch name {
	case fyne.KeyEscape:
		shut()
	case fyne.KeyLeft, fyne.KeyUp, fyne.KeyPageUp:
		w.step(-1)
	case fyne.KeyRight, fyne.KeyDown, fyne.KeyPageDown, fyne.KeySpace:
		w.step(1)
	}
}

// openViewer makes the window of a viewer.
func openViewer(app fyne.App, w *viewer) {
	window := app.NewWindow(viewerTitle(w.view))
	window.SetPadded(false)
	window.SetContent(w.Container)
	window.Resize(fyne.NewSize(viewerWidth, viewerHeight))
	window.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { w.typed(e.Name, window.Close) })
	window.Show()
}

// easel shows a picture: all of it in the room there is, or, after a click,
// pixel by pixel.
type easel struct {
	*fyne.Container
	sheet *sheet
	fit   *canvas.Image
	own   *canvas.Image
	room  *container.Scroll // of own
	words *fyne.Container   // why there is no picture
}

func newEasel(s *sheet) *easel {
	g := &easel{sheet: s, fit: &canvas.Image{FillMode: canvas.ImageFillContain}, own: &canvas.Image{FillMode: canvas.ImageFillOriginal, ScaleMode: canvas.ImageScalePixels}}
	g.room = container.NewScroll(container.NewCenter(g.own))
	g.room.Hide()
	g.words = &fyne.Container{Layout: column{4}}
	pad := &fyne.Container{Layout: padded{margin, margin, margin, margin}, Objects: []fyne.CanvasObject{g.words}}
	tap := newTapArea(func() {
		setVisible(g.fit, !g.fit.Visible())
		setVisible(g.room, !g.fit.Visible())
		g.Refresh()
	})
	g.Container = &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{canvas.NewRectangle(s.line), g.fit, g.room, pad, tap}}
	return g
}

func (g *easel) show(img image.Image) {
	g.fit.Image, g.own.Image = img, img
	g.words.Objects = nil
	g.Refresh()
}

func (g *easel) say(p control.Problem) {
	g.fit.Image, g.own.Image = nil, nil
	g.words.Objects = problemLines(&sheet{g.sheet.palette, viewerWidth - 2*margin}, &p, nil)
	g.Refresh()
}

// viewerLayout is the layout of the viewer: ground, easel, bar, text.
type viewerLayout struct {
	text func(window float32) float32 // its height
}

func (viewerLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	bar := objects[2].MinSize()
	return fyne.NewSize(max(bar.Width, 360), bar.Height+240)
}

func (l viewerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, size.Width, size.Height)
	bar, text := objects[2].MinSize().Height, l.text(size.Height)
	put(objects[1], 0, 0, size.Width, size.Height-bar-text)
	put(objects[2], 0, size.Height-bar-text, size.Width, bar)
	put(objects[3], 0, size.Height-text, size.Width, text)
}
