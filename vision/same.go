package vision

import (
	"bytes"
	"encoding/binary"
	"image"
	"sync/atomic"
)

// How two pictures are told apart.
const (
	cellSide    = 8  // pixels
	cellNotable = 6  // levels of 255, the mean over a cell: two pixels of black text on white are more
	cellsAlike  = 15 // so many may differ: a digit, or a block caret on a display of twice the density
)

// Same reports whether a person would say that two pictures show the same: one
// more is not worth its cost. A blinking caret and the ticking digit of a clock
// are no difference; a line of small text, of some twenty letters, is one in a
// picture of any size. Pictures of different sizes are different. They may be
// compared at once from several goroutines.
func Same(a, b *image.RGBA) bool {
	size := a.Rect.Size()
	if b.Rect.Size() != size {
		return false
	}
	var differ atomic.Int32 // cells
	Bands((size.Y+cellSide-1)/cellSide, func(from, to int) {
		for row := from; row < to && differ.Load() <= cellsAlike; row++ {
			y := row * cellSide
			differ.Add(int32(cellsThatDiffer(strip(a, y), strip(b, y), a.Stride, b.Stride, 4*size.X)))
		}
	})
	return differ.Load() <= cellsAlike
}

// strip is the rows of a picture that a row of cells covers.
func strip(p *image.RGBA, y int) []byte {
	last := min(y+cellSide, p.Rect.Dy()) - 1
	return p.Pix[y*p.Stride : last*p.Stride+4*p.Rect.Dx()]
}

// cellsThatDiffer counts the cells of a strip that differ notably, but no more
// than matter. width is in bytes.
func cellsThatDiffer(a, b []byte, strideA, strideB, width int) int {
	const notable = cellNotable * 3 * cellSide * cellSide // of three colours
	if alike(a, b, strideA, strideB, width) {
		return 0
	}
	n := 0
	for x := 0; x < width && n <= cellsAlike; x += 4 * cellSide {
		end := min(x+4*cellSide, width)
		var sums uint64
		for i, j := 0, 0; i < len(a); i, j = i+strideA, j+strideB {
			sums += distances(a[i+x:i+end], b[j+x:j+end])
		}
		if sums&0xffff+sums>>16&0xffff+sums>>32&0xffff+sums>>48 >= notable {
			n++
		}
	}
	return n
}

// alike reports whether two strips are equal.
func alike(a, b []byte, strideA, strideB, width int) bool {
	for i, j := 0, 0; i < len(a); i, j = i+strideA, j+strideB {
		if !bytes.Equal(a[i:i+width], b[j:j+width]) {
			return false
		}
	}
	return true
}

// distances adds up by how much each byte of a row of a cell differs: in four
// sums of 16 bits, which hold those of a whole cell.
func distances(p, q []byte) uint64 {
	var sums uint64
	for ; len(p) >= 8 && len(q) >= 8; p, q = p[8:], q[8:] {
		if v, w := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(q); v != w {
			sums += apart(v, w) + apart(v>>8, w>>8)
		}
	}
	if len(p) >= 4 && len(q) >= 4 {
		v, w := uint64(binary.LittleEndian.Uint32(p)), uint64(binary.LittleEndian.Uint32(q))
		sums += apart(v, w) + apart(v>>8, w>>8)
	}
	return sums
}

// apart is by how much every second byte of two words differs. Each difference
// has a bit above it that tells its sign.
func apart(v, w uint64) uint64 {
	const low, one = 0x00ff_00ff_00ff_00ff, 0x0001_0001_0001_0001
	d := (v&low | one<<8) - w&low
	negative := one &^ (d >> 8)
	return d&low ^ (negative<<8 - negative) + negative
}
