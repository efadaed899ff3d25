package grab

import (
	"encoding/binary"
	"image"
	"iter"
	"math/bits"

	"aside/vision"
)

// layout is how a display keeps a pixel.
type layout struct {
	bytes            int // per pixel: 4 or 2
	pad              int // bytes to which a row is filled up
	order            binary.ByteOrder
	red, green, blue uint32 // masks
}

// bgrx is what nearly every display has.
func bgrx() layout {
	return layout{4, 4, binary.LittleEndian, 0xff0000, 0xff00, 0xff}
}

// stride is the length of a row of so many pixels in bytes.
func (l layout) stride(width int) int { return (width*l.bytes + l.pad - 1) / l.pad * l.pad }

// maxStrip bounds what is read at once.
const maxStrip = 64 << 20 // bytes

// strips cuts an area into what is read at once: nearly always all of it.
func (l layout) strips(area image.Rectangle) iter.Seq[image.Rectangle] {
	rows := max(1, maxStrip/max(1, l.stride(area.Dx())))
	return func(yield func(image.Rectangle) bool) {
		for y := area.Min.Y; y < area.Max.Y; y += rows {
			if !yield(image.Rect(area.Min.X, y, area.Max.X, min(y+rows, area.Max.Y))) {
				return
			}
		}
	}
}

// Bounds of a picture. One of more pixels is of what lies around the pointer,
// no larger than a display of 8K.
const (
	maxPixels = 64_000_000
	maxWidth  = 7680
	maxHeight = 4320
)

// within cuts a rectangle down to the bounds of a picture, around a point.
func within(r image.Rectangle, at image.Point) image.Rectangle {
	if r.Dx()*r.Dy() <= maxPixels {
		return r
	}
	size := image.Pt(min(r.Dx(), maxWidth), min(r.Dy(), maxHeight))
	x := min(max(at.X-size.X/2, r.Min.X), r.Max.X-size.X)
	y := min(max(at.Y-size.Y/2, r.Min.Y), r.Max.Y-size.Y)
	return image.Rect(x, y, x+size.X, y+size.Y)
}

// place puts the part of raw, which holds the rows of area, into a picture: over
// what is there where it can be seen through.
func (l layout) place(p *image.RGBA, raw []byte, area, part image.Rectangle, through bool) {
	if part.Empty() {
		return
	}
	row, stride := l.row, l.stride(area.Dx())
	switch {
	case through:
		row = over
	case l == bgrx():
		row = swap
	}
	vision.Bands(part.Dy(), func(from, to int) {
		for y := part.Min.Y + from; y < part.Min.Y+to; y++ {
			src := raw[(y-area.Min.Y)*stride+(part.Min.X-area.Min.X)*l.bytes:][:part.Dx()*l.bytes]
			row(p.Pix[p.PixOffset(part.Min.X, y):][:4*part.Dx()], src)
		}
	})
}

// over lays BGRA, whose colours are multiplied by their alpha, over RGBA.
func over(dst, src []byte) {
	for i := 0; i+4 <= len(dst); i += 4 {
		d, s := dst[i:i+4:i+4], src[i:i+4:i+4]
		left := 255 - uint32(s[3])
		for c := range 3 {
			d[c] = byte(min(255, uint32(s[2-c])+(uint32(d[c])*left+127)/255))
		}
		d[3] = 0xff
	}
}

// swap turns BGRX into RGBA, eight pixels at a time: at the size of a screen
// that is what a shot takes longest for.
func swap(dst, src []byte) {
	le := binary.LittleEndian
	for len(dst) >= 32 && len(src) >= 32 {
		d, s := (*[32]byte)(dst), (*[32]byte)(src)
		le.PutUint64(d[0:], swapped(le.Uint64(s[0:])))
		le.PutUint64(d[8:], swapped(le.Uint64(s[8:])))
		le.PutUint64(d[16:], swapped(le.Uint64(s[16:])))
		le.PutUint64(d[24:], swapped(le.Uint64(s[24:])))
		dst, src = dst[32:], src[32:]
	}
	for len(dst) >= 4 && len(src) >= 4 {
		dst[0], dst[1], dst[2], dst[3] = src[2], src[1], src[0], 0xff
		dst, src = dst[4:], src[4:]
	}
}

// swapped turns two pixels.
func swapped(v uint64) uint64 {
	const (
		blue  = 0x000000ff_000000ff
		green = 0x0000ff00_0000ff00
		alpha = 0xff000000_ff000000
	)
	return v&green | v>>16&blue | v&blue<<16 | alpha
}

// row turns any layout into RGBA.
func (l layout) row(dst, src []byte) {
	for i := 0; i < len(dst)/4; i++ {
		var v uint32
		if l.bytes == 2 {
			v = uint32(l.order.Uint16(src[2*i:]))
		} else {
			v = l.order.Uint32(src[4*i:])
		}
		dst[4*i], dst[4*i+1], dst[4*i+2], dst[4*i+3] = channel(v, l.red), channel(v, l.green), channel(v, l.blue), 0xff
	}
}

// channel is what mask selects of v, stretched to 0…255.
func channel(v, mask uint32) byte {
	if mask == 0 {
		return 0
	}
	shift := bits.TrailingZeros32(mask)
	full := uint64(mask >> shift)
	return byte((uint64(v&mask>>shift)*255 + full/2) / full)
}
