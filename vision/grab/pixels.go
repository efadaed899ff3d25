package grab

import (
	"encoding/binary"
	"image"
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

// decode makes a picture with the bounds r of raw, which holds its rows.
func (l layout) decode(raw []byte, r image.Rectangle) *image.RGBA {
	p := image.NewRGBA(r)
	stride := l.stride(r.Dx())
	row := l.row
	if l == bgrx() {
		row = swap
	}
	vision.Bands(r.Dy(), func(from, to int) {
		for y := from; y < to; y++ {
			row(p.Pix[y*p.Stride:][:4*r.Dx()], raw[y*stride:][:stride])
		}
	})
	return p
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

// swap turns BGRX into RGBA, two pixels at a time: at the size of a screen that
// is what a shot takes longest for.
func swap(dst, src []byte) {
	const (
		blue  = 0x000000ff_000000ff
		green = 0x0000ff00_0000ff00
		alpha = 0xff000000_ff000000
	)
	for len(dst) >= 8 && len(src) >= 8 {
		v := binary.LittleEndian.Uint64(src)
		binary.LittleEndian.PutUint64(dst, v&green|v>>16&blue|v&blue<<16|alpha)
		dst, src = dst[8:], src[8:]
	}
	if len(dst) >= 4 && len(src) >= 4 {
		dst[0], dst[1], dst[2], dst[3] = src[2], src[1], src[0], 0xff
	}
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
