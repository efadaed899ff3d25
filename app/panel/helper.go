package panel

import (
	"bytes"
	"image"
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
)

// helper is how the letters lie beside ours that another font helps out with.
// Fyne tells neither which font that is nor how high it is, so one of them is
// drawn and looked at.
type helper struct {
	low  float32 // the middle of its letters below that of ours, in parts of the size
	thin bool    // its bold letters are no bolder than others: it has none
}

var helpers sync.Map //nolint:gochecknoglobals // helper by fyne.TextStyle: a machine has its fonts

// helperOf is the helper of a style. Each is looked at once. Call it where
// windows are drawn.
func helperOf(style fyne.TextStyle) helper {
	if h, ok := helpers.Load(style); ok {
		return h.(helper)
	}
	wide, ours := inkOf("国", style), inkOf("H", style)
	h := helper{low: (middle(wide.Bounds()) - middle(ours.Bounds())) / probeSize}
	if style.Bold {
		plain := style
		plain.Bold = false
		h.thin = bytes.Equal(wide.Pix, inkOf("国", plain).Pix)
	}
	helpers.Store(style, h)
	return h
}

// probeSize is the size of a letter that is looked at.
const probeSize = 64

// inkOf is the part of a picture of text that something is drawn in.
func inkOf(text string, style fyne.TextStyle) *image.NRGBA {
	t := words(text, color.Black, probeSize)
	t.TextStyle = style
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(t)
	c.Resize(fyne.NewSize(2*probeSize, 3*probeSize))
	img := c.Capture()
	var ink image.Rectangle
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if _, _, _, a := img.At(x, y).RGBA(); a > 0x7fff {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	part := image.NewNRGBA(ink)
	for y := ink.Min.Y; y < ink.Max.Y; y++ {
		for x := ink.Min.X; x < ink.Max.X; x++ {
			part.Set(x, y, img.At(x, y))
		}
	}
	return part
}

func middle(r image.Rectangle) float32 { return float32(r.Min.Y+r.Max.Y) / 2 }

// twice is how far apart letters are drawn twice that have no bold ones: a pixel,
// whatever the scale.
const twice = 0.7
