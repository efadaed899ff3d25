package panel

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"aside/app/control"
)

const (
	thumbWidth  = 72
	thumbHeight = 44
	thumbGap    = 8
	maxThumbs   = 4
)

// shotBox shows what was looked at: a thumbnail of each look, the window, what
// was sent.
type shotBox struct {
	*fyne.Container
	sheet   *sheet
	fetch   fetchThumb
	size    *fixed
	thumbs  []*thumb
	title   *canvas.Text
	figures *canvas.Text
	words   *tapArea // the surface of the words
	view    control.View
}

// fetchThumb gets the n-th picture of a turn.
type fetchThumb func(v control.View, n int, take func(picture, error))

// newShotBox calls open with the turn and the place of the picture that was
// clicked.
func newShotBox(s *sheet, fetch fetchThumb, open func(v control.View, n int)) *shotBox {
	b := &shotBox{sheet: s, fetch: fetch, size: &fixed{}, title: words("", s.dim, sizeLabel), figures: words("", s.faint, sizeLabel)}
	b.Container = &fyne.Container{Layout: b.size}
	b.words = newTapArea(func() { open(b.view, 0) })
	for range maxThumbs {
		t := newThumb(s)
		t.tap.tapped = func() { open(b.view, t.n) }
		b.thumbs = append(b.thumbs, t)
		b.Add(t.Container)
	}
	b.Objects = append(b.Objects, b.title, b.figures, b.words)
	return b
}

// set shows the shots of a turn, of which there is at least one.
func (b *shotBox) set(v control.View, figures []figure) {
	b.view = v
	shown, n := 0, 0
	for _, s := range v.Shots {
		if shown < maxThumbs && len(s.Pictures) > 0 {
			t := b.thumbs[shown]
			t.n = n
			if t.want(s.Pictures[0].SHA256) {
				b.fetch(v, n, t.taker())
			}
			shown++
		}
		n += len(s.Pictures)
	}
	room := b.place(shown)
	setText(b.title, looksTitle(v.Shots, room), b.sheet.dim)
	setText(b.figures, inRoom(figures, sizeLabel, room), b.sheet.faint)
}

// place stands n thumbnails and the words: beside one thumbnail, below several.
// It returns the room that the words have.
func (b *shotBox) place(n int) (room float32) {
	for i, t := range b.thumbs {
		setVisible(t.Container, i < n)
		t.Move(fyne.NewPos(float32(i)*(thumbWidth+thumbGap), 0))
	}
	left, top, height := float32(0), float32(0), float32(thumbHeight)
	switch {
	case n == 0:
		height = 36
	case n == 1:
		left, top = thumbWidth+10, 4
	case n > 1:
		top = thumbHeight + 4
		height = top + 36
	}
	room = b.sheet.width - left
	put(b.title, left, top, room, 18)
	put(b.figures, left, top+18, room, 18)
	put(b.words, left, top, room, 36)
	b.size.size = fyne.NewSize(b.sheet.width, height)
	return room
}

// clear takes the pictures away.
func (b *shotBox) clear() {
	for _, t := range b.thumbs {
		t.clear()
	}
}

// thumb is a small picture that can be clicked.
type thumb struct {
	*fyne.Container
	ground *canvas.Rectangle
	image  *canvas.Image
	tap    *tapArea

	n       int    // place of the picture in its turn
	sum     string // of the picture that belongs here
	tries   int    // to fetch it that are left
	fetches bool   // it is on its way
}

// fetchTries is how often a picture is asked for that does not come.
const fetchTries = 3

func newThumb(s *sheet) *thumb {
	t := &thumb{ground: canvas.NewRectangle(s.code), image: &canvas.Image{FillMode: canvas.ImageFillContain, CornerRadius: radiusThumb - 1}, tap: newTapArea(nil)}
	t.ground.CornerRadius, t.ground.StrokeColor, t.ground.StrokeWidth = radiusThumb, s.line, 1
	put(t.tap, 0, 0, thumbWidth, thumbHeight)
	size := fyne.NewSize(thumbWidth, thumbHeight)
	t.Container = &fyne.Container{Layout: &fixed{size}, Objects: []fyne.CanvasObject{t.ground, t.image, t.tap}}
	t.Resize(size)
	t.show(nil)
	return t
}

// show shows a picture with its frame around it, whatever its shape is; nil is
// none, which leaves the frame.
func (t *thumb) show(img image.Image) {
	w, h := float32(thumbWidth-2), float32(thumbHeight-2)
	if img != nil {
		if b := img.Bounds(); b.Dx() > 0 && b.Dy() > 0 {
			scale := min(w/float32(b.Dx()), h/float32(b.Dy()))
			w, h = max(scale*float32(b.Dx()), 1), max(scale*float32(b.Dy()), 1)
		}
	}
	top := (thumbHeight - h) / 2
	put(t.ground, 0, top-1, w+2, h+2) // below the question, at the same edge
	put(t.image, 1, top, w, h)
	t.image.Image = img
	t.image.Refresh() // Fyne keeps what it drew by the object
	t.ground.Refresh()
}

// want says which picture belongs here. It reports whether that is to be
// fetched.
func (t *thumb) want(sum string) bool {
	if sum != t.sum {
		t.clear()
		t.sum, t.tries = sum, fetchTries
	}
	if t.sum == "" || t.fetches || t.tries == 0 || t.image.Image != nil {
		return false
	}
	t.tries--
	t.fetches = true
	return true
}

// clear takes the picture away.
func (t *thumb) clear() {
	t.sum, t.tries, t.fetches = "", 0, false
	t.show(nil)
}

// taker returns what takes the picture that belongs here now, once it has been
// fetched: by then another one may belong here.
func (t *thumb) taker() func(picture, error) {
	sum := t.sum
	return func(p picture, err error) {
		if t.sum != sum {
			return
		}
		t.fetches = false
		if err == nil {
			t.show(p.small)
		}
	}
}

// tapArea is an invisible surface that can be clicked.
type tapArea struct {
	widget.BaseWidget
	tapped func()
	frame  *canvas.Rectangle // seen while the keyboard works on it
}

var (
	_ desktop.Cursorable = (*tapArea)(nil)
	_ fyne.Focusable     = (*tapArea)(nil)
)

func newTapArea(tapped func()) *tapArea {
	t := &tapArea{tapped: tapped, frame: canvas.NewRectangle(color.Transparent)}
	t.frame.CornerRadius, t.frame.StrokeWidth = radiusThumb, 1
	t.frame.Hide()
	t.ExtendBaseWidget(t)
	return t
}

func (t *tapArea) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{t.frame}})
}

// MinSize is nothing: the surface is as large as what it lies on.
func (t *tapArea) MinSize() fyne.Size { return fyne.Size{} }

// FocusGained shows that the keyboard works on what lies below.
func (t *tapArea) FocusGained() {
	t.frame.StrokeColor = theme.Color(theme.ColorNamePrimary)
	t.frame.Show()
	t.Refresh()
}

// FocusLost shows that it does so no longer.
func (t *tapArea) FocusLost() {
	t.frame.Hide()
	t.Refresh()
}

// TypedRune has nothing to do: a surface has no letters.
func (t *tapArea) TypedRune(rune) {}

// TypedKey lets the keyboard press the surface, or leave it.
func (t *tapArea) TypedKey(e *fyne.KeyEvent) { pressed(t, e, t.tapped) }

func (t *tapArea) Tapped(*fyne.PointEvent) { t.tapped() }

func (t *tapArea) Cursor() desktop.Cursor { return desktop.PointerCursor }
