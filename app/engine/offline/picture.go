package offline

import (
	"bytes"
	"fmt"
	"image"
)

// The local background is looked for in cells, each with its neighbours.
const (
	cell       = 16 // pixels
	shadeBits  = 3  // of each channel, for counting colours
	shadeShift = 8 - shadeBits
	shades     = 1 << (3 * shadeBits)
)

// Small letters are enlarged: tesseract is made for scanned pages. Measured on
// a terminal, words of code read at once and twice their size: 84 and 98 % of
// those with lines 9 pixels high, 82 and 98 % at 13, 96 and 100 % at 18, no
// difference at 22.
const (
	smallLine   = 20         // height in pixels of a line of text, below which it is small
	maxEnlarged = 16_000_000 // pixels of the enlarged picture
)

// ink turns a picture into dark text on white, one byte a pixel: how far each
// pixel is from the background around it, by the channel that differs most.
// So light text on dark, coloured text and a mixture of windows all become
// what tesseract expects.
func ink(p *image.RGBA) *image.Gray {
	size := p.Rect.Size()
	ground := backgrounds(p)
	across := (size.X + cell - 1) / cell
	out := image.NewGray(image.Rectangle{Max: size})
	for y := range size.Y {
		row := p.Pix[y*p.Stride:][:4*size.X]
		to := out.Pix[y*out.Stride:][:size.X]
		cells := ground[y/cell*across:][:across]
		for x := range to {
			c, g := row[4*x:4*x+3:4*x+3], &cells[x/cell]
			to[x] = 255 - max(difference(c[0], g[0]), difference(c[1], g[1]), difference(c[2], g[2]))
		}
	}
	return out
}

func difference(a, b byte) byte {
	if a > b {
		return a - b
	}
	return b - a
}

// backgrounds returns the most frequent colour around each cell.
func backgrounds(p *image.RGBA) [][3]byte {
	size := p.Rect.Size()
	across, down := (size.X+cell-1)/cell, (size.Y+cell-1)/cell
	found := make([][3]byte, 0, across*down)
	var count [shades]int
	var last [shades][3]byte
	for cy := range down {
		for cx := range across {
			clear(count[:])
			best := 0
			for y := max(0, (cy-1)*cell); y < min(size.Y, (cy+2)*cell); y += 2 {
				for x := max(0, (cx-1)*cell); x < min(size.X, (cx+2)*cell); x += 2 {
					c := [3]byte(p.Pix[y*p.Stride+4*x:][:3])
					s := int(c[0]>>shadeShift)<<(2*shadeBits) | int(c[1]>>shadeShift)<<shadeBits | int(c[2]>>shadeShift)
					count[s]++
					last[s] = c
					if count[s] > count[best] {
						best = s
					}
				}
			}
			found = append(found, last[best])
		}
	}
	return found
}

// lineHeight is the usual height in pixels of the letters of a line: the
// median length of the vertical runs of rows with ink, in narrow columns of
// the picture. It is 0 if there is no text.
func lineHeight(p *image.Gray) int {
	const column, dark, shortest, longest = 64, 160, 4, 80
	size := p.Rect.Size()
	var runs []int
	for left := 0; left < size.X; left += column {
		run := 0
		for y := 0; y <= size.Y; y++ {
			if y < size.Y && darkest(p.Pix[y*p.Stride+left:][:min(column, size.X-left)]) < dark {
				run++
				continue
			}
			if run >= shortest && run <= longest {
				runs = append(runs, run)
			}
			run = 0
		}
	}
	return median(runs)
}

func darkest(row []byte) byte {
	d := byte(255)
	for _, v := range row {
		d = min(d, v)
	}
	return d
}

// double enlarges a picture to twice its size by linear interpolation.
func double(p *image.Gray) *image.Gray {
	size := p.Rect.Size()
	out := image.NewGray(image.Rect(0, 0, 2*size.X, 2*size.Y))
	at := func(x, y int) int {
		return int(p.Pix[min(max(y, 0), size.Y-1)*p.Stride+min(max(x, 0), size.X-1)])
	}
	for y := range 2 * size.Y {
		// Each new pixel lies a quarter of an old one from the nearer of two.
		near, far := y/2, y/2-1+y%2*2
		to := out.Pix[y*out.Stride:][:2*size.X]
		for x := range size.X {
			l := 3*at(x-1, near) + at(x-1, far)
			m := 3*at(x, near) + at(x, far)
			r := 3*at(x+1, near) + at(x+1, far)
			to[2*x], to[2*x+1] = byte((l+3*m+8)/16), byte((3*m+r+8)/16)
		}
	}
	return out
}

// graymap writes a picture in the form that needs no compressing: PGM.
func graymap(p *image.Gray) []byte {
	size := p.Rect.Size()
	var b bytes.Buffer
	b.Grow(size.X*size.Y + 32)
	fmt.Fprintf(&b, "P5\n%d %d\n255\n", size.X, size.Y)
	for y := range size.Y {
		b.Write(p.Pix[y*p.Stride:][:size.X])
	}
	return b.Bytes()
}
