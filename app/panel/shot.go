package panel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pictures are sent as JPEG or PNG
	_ "image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/draw"

	"aside/app/control"
)

const (
	thumbWidth  = 72
	thumbHeight = 44
	// maxPixels bounds the pictures that are decoded.
	maxPixels = 50_000_000
)

// errTampered means that a picture is not the one that the turn says was sent.
var errTampered = errors.New("the picture is not what was sent")

// picture is what was sent, decoded.
type picture struct {
	full  image.Image
	small image.Image // for the thumbnail
}

// fetchPicture gets the n-th picture that the turn with this ID sent, and makes
// sure that it has the sum that the turn promises.
func fetchPicture(ctx context.Context, core Core, id string, n int, sum string) (picture, error) {
	shot, err := core.Shot(ctx, id, n)
	if err != nil {
		return picture{}, fmt.Errorf("fetch picture: %w", err)
	}
	got := sha256.Sum256(shot.Bytes)
	if hex.EncodeToString(got[:]) != sum {
		return picture{}, fmt.Errorf("fetch picture: %w", errTampered)
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(shot.Bytes))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return picture{}, errors.New("fetch picture: not a picture of a sane size")
	}
	full, _, err := image.Decode(bytes.NewReader(shot.Bytes))
	if err != nil {
		return picture{}, fmt.Errorf("decode picture: %w", err)
	}
	return picture{full, shrink(full, 2*thumbWidth, 2*thumbHeight)}, nil
}

// shrink makes a picture that fits within w × h.
func shrink(img image.Image, w, h int) image.Image {
	b := img.Bounds()
	scale := min(float64(w)/float64(b.Dx()), float64(h)/float64(b.Dy()), 1)
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, b, draw.Src, nil)
	return small
}

// shotBox shows what was looked at: a thumbnail, the window, what was sent.
type shotBox struct {
	*fyne.Container
	sheet   *sheet
	thumb   *canvas.Image
	ground  *canvas.Rectangle
	title   *canvas.Text
	figures *canvas.Text

	sum     string // of the picture that belongs here
	tries   int    // to fetch it that are left
	fetches bool   // it is on its way
}

// fetchTries is how often a picture is asked for that does not come.
const fetchTries = 3

func newShotBox(s *sheet, tapped func()) *shotBox {
	b := &shotBox{
		sheet: s, thumb: &canvas.Image{FillMode: canvas.ImageFillContain, CornerRadius: radiusThumb},
		ground: canvas.NewRectangle(s.code), title: words("", s.dim, sizeLabel), figures: words("", s.faint, sizeLabel),
	}
	b.ground.CornerRadius, b.ground.StrokeColor, b.ground.StrokeWidth = radiusThumb, s.line, 1
	put(b.ground, 0, 0, thumbWidth, thumbHeight)
	put(b.thumb, 1, 1, thumbWidth-2, thumbHeight-2)
	const left = thumbWidth + 10
	put(b.title, left, 4, s.width-left, 18)
	put(b.figures, left, 22, s.width-left, 18)
	tap := newTapArea(fyne.NewSize(s.width, thumbHeight), tapped)
	tap.Resize(fyne.NewSize(s.width, thumbHeight))
	b.Container = &fyne.Container{
		Layout:  &fixed{fyne.NewSize(s.width, thumbHeight)},
		Objects: []fyne.CanvasObject{b.ground, b.thumb, b.title, b.figures, tap},
	}
	return b
}

// set shows the words of a shot. It reports whether its picture is to be
// fetched.
func (b *shotBox) set(s *control.ShotView, figures string) bool {
	room := b.sheet.width - thumbWidth - 10
	setText(b.title, shorten(shotTitle(s), sizeLabel, room), b.sheet.dim)
	setText(b.figures, shorten(figures, sizeLabel, room), b.sheet.faint)
	sum := ""
	if len(s.Pictures) > 0 {
		sum = s.Pictures[0].SHA256
	}
	if sum != b.sum {
		b.clear()
		b.sum, b.tries = sum, fetchTries
	}
	if b.sum == "" || b.fetches || b.tries == 0 || b.thumb.Image != nil {
		return false
	}
	b.tries--
	b.fetches = true
	return true
}

// clear takes the picture away.
func (b *shotBox) clear() {
	b.sum, b.tries, b.fetches = "", 0, false
	b.thumb.Image = nil
	b.thumb.Refresh() // Fyne keeps what it drew by the object
}

// taker returns what takes the picture that belongs here now, once it has been
// fetched: by then another one may belong here.
func (b *shotBox) taker() func(picture, error) {
	sum := b.sum
	return func(p picture, err error) {
		if b.sum != sum {
			return
		}
		b.fetches = false
		if err == nil {
			b.thumb.Image = p.small
			b.thumb.Refresh()
		}
	}
}

// tapArea is an invisible surface that can be clicked.
type tapArea struct {
	widget.BaseWidget
	size   fyne.Size
	tapped func()
}

var _ desktop.Cursorable = (*tapArea)(nil)

func newTapArea(size fyne.Size, tapped func()) *tapArea {
	t := &tapArea{size: size, tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

func (t *tapArea) MinSize() fyne.Size { return t.size }

func (t *tapArea) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: &fixed{t.size}})
}

func (t *tapArea) Tapped(*fyne.PointEvent) { t.tapped() }

func (t *tapArea) Cursor() desktop.Cursor { return desktop.PointerCursor }
