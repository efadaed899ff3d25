package vision

import (
	"encoding/binary"
	"image"
	"math"
	"runtime"
	"sync"
)

// The three colours of a pixel travel in one word, so that one multiplication
// weighs them all. A lane has room for the weighted sum of any picture: that
// overshoots by a fifth at most, below zero as well as above, and below zero it
// is kept from its neighbour by the bias.
const (
	weightBits = 12 // the precision of a weight
	laneBits   = 21
	lane       = 1<<laneBits - 1
	bias       = 1<<18 + 1<<(weightBits-1) // with a half, which rounds
	biases     = bias | bias<<laneBits | bias<<(2*laneBits)
	overshoot  = 1 << 18
)

// taps are the source pixels that one destination pixel is made of, and their
// weights. The weights add up to 1<<weightBits.
type taps struct {
	first   int
	weights []int64
}

// shrink returns src at size by the Catmull-Rom filter, widened to the source
// pixels that each destination pixel covers. The picture is taken as opaque.
//
// The filter is the cubic of Keys, "Cubic Convolution Interpolation for
// Digital Image Processing" (1981), with a = -1/2, applied to the columns and
// then to the rows.
//
// What becomes very small is halved first, by the mean of four pixels: nobody
// reads it any more.
func shrink(src *image.RGBA, size image.Point) *image.RGBA {
	for src.Rect.Dx() >= verySmall*size.X && src.Rect.Dy() >= verySmall*size.Y {
		src = halve(src)
	}
	native := src.Rect.Size()
	across, down := catmullRom(native.X, size.X), catmullRom(native.Y, size.Y)
	dst := image.NewRGBA(image.Rectangle{Max: size})
	Bands(size.Y, func(from, to int) {
		narrow := newNarrow(src, across, down)
		for y := from; y < to; y++ {
			narrow.column(dst.Pix[y*dst.Stride:][:4*size.X], down[y])
		}
	})
	return dst
}

// verySmall is how many times smaller a picture becomes that is halved first.
const verySmall = 4

// halve makes a picture half as wide and half as high.
func halve(src *image.RGBA) *image.RGBA {
	const even = 0x00ff00ff // every second channel, with room for a sum
	size := src.Rect.Size().Div(2)
	dst := image.NewRGBA(image.Rectangle{Max: size})
	Bands(size.Y, func(from, to int) {
		for y := from; y < to; y++ {
			row := dst.Pix[y*dst.Stride:][:4*size.X]
			up, down := src.Pix[2*y*src.Stride:][:8*size.X], src.Pix[(2*y+1)*src.Stride:][:8*size.X]
			for x := 0; x < len(row); x += 4 {
				a, b := binary.LittleEndian.Uint64(up[2*x:]), binary.LittleEndian.Uint64(down[2*x:])
				low := a&(even<<32|even) + b&(even<<32|even)
				high := a>>8&(even<<32|even) + b>>8&(even<<32|even)
				low, high = low+low>>32+2<<16+2, high+high>>32+2<<16+2
				binary.LittleEndian.PutUint32(row[x:], uint32(low>>2&even|high>>2&even<<8))
			}
		}
	})
	return dst
}

// narrow makes the rows of a picture narrower, each when it is first needed. It
// keeps as many as one row of the result is made of.
type narrow struct {
	src    *image.RGBA
	across []taps
	wide   []uint64   // one row as it was
	rows   [][]uint64 // row y at y modulo their number
	sums   []uint64   // one row of the result
	next   int        // the row that has not been made
}

func newNarrow(src *image.RGBA, across, down []taps) *narrow {
	most := 0
	for _, t := range down {
		most = max(most, len(t.weights))
	}
	n := &narrow{src: src, across: across, wide: make([]uint64, src.Rect.Dx()), rows: make([][]uint64, most), sums: make([]uint64, len(across))}
	for i := range n.rows {
		n.rows[i] = make([]uint64, len(across))
	}
	return n
}

// column makes one row of the result of the rows that t names.
func (n *narrow) column(dst []byte, t taps) {
	for n.next = max(n.next, t.first); n.next < t.first+len(t.weights); n.next++ {
		n.row(n.rows[n.next%len(n.rows)], n.next)
	}
	for x := range n.sums {
		n.sums[x] = biases
	}
	for i, w := range t.weights {
		add(n.sums, n.rows[(t.first+i)%len(n.rows)], uint64(w))
	}
	for x, sum := range n.sums {
		d := dst[4*x : 4*x+4 : 4*x+4]
		d[0], d[1], d[2], d[3] = clamp(sum), clamp(sum>>laneBits), clamp(sum>>(2*laneBits)), 0xff
	}
}

// add adds a row, weighed, to sums.
func add(sums, row []uint64, weight uint64) {
	for len(sums) >= 4 && len(row) >= 4 {
		s, r := sums[:4:4], row[:4:4]
		s[0] += weight * r[0]
		s[1] += weight * r[1]
		s[2] += weight * r[2]
		s[3] += weight * r[3]
		sums, row = sums[4:], row[4:]
	}
	for i, r := range row {
		sums[i] += weight * r
	}
}

// row makes row y narrower.
func (n *narrow) row(dst []uint64, y int) {
	pixels := n.src.Pix[y*n.src.Stride:][:4*len(n.wide)]
	for x := range n.wide {
		p := pixels[4*x : 4*x+4 : 4*x+4]
		n.wide[x] = uint64(p[0]) | uint64(p[1])<<laneBits | uint64(p[2])<<(2*laneBits)
	}
	for x, t := range n.across {
		sum := uint64(biases)
		from := n.wide[t.first:][:len(t.weights)]
		for i, w := range t.weights {
			sum += uint64(w) * from[i]
		}
		dst[x] = uint64(clamp(sum)) | uint64(clamp(sum>>laneBits))<<laneBits | uint64(clamp(sum>>(2*laneBits)))<<(2*laneBits)
	}
}

// clamp is the colour of the lowest lane.
func clamp(sum uint64) byte {
	return byte(min(max(int64(sum&lane)-overshoot, 0)>>weightBits, 255))
}

// catmullRom returns the taps that shrink from pixels to the smaller to.
func catmullRom(from, to int) []taps {
	ratio := float64(from) / float64(to)
	all := make([]taps, to)
	for i := range all {
		centre := (float64(i)+0.5)*ratio - 0.5
		first := max(0, int(math.Ceil(centre-2*ratio)))
		last := min(from-1, int(math.Floor(centre+2*ratio)))
		all[i] = taps{first, fixed(first, last, centre, ratio)}
	}
	return all
}

// fixed returns the weights of the source pixels first to last in fixed point.
func fixed(first, last int, centre, ratio float64) []int64 {
	exact := make([]float64, last-first+1)
	var sum float64
	for i := range exact {
		exact[i] = cubic((float64(first+i) - centre) / ratio)
		sum += exact[i]
	}
	weights := make([]int64, len(exact))
	left, heaviest := int64(1<<weightBits), 0
	for i, w := range exact {
		weights[i] = int64(math.Round(w / sum * (1 << weightBits)))
		left -= weights[i]
		if weights[i] > weights[heaviest] {
			heaviest = i
		}
	}
	weights[heaviest] += left // so that a flat colour stays as it is
	return weights
}

// cubic is the Catmull-Rom kernel.
func cubic(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return 1 + x*x*(1.5*x-2.5)
	case x < 2:
		return 2 + x*(-4+x*(2.5-0.5*x))
	}
	return 0
}

// Bands does work on [0, n), the rows of a picture, in as many parts at once as
// there are cores.
func Bands(n int, work func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), max(1, n/64))
	var group sync.WaitGroup
	for i := range parts {
		group.Go(func() { work(n*i/parts, n*(i+1)/parts) })
	}
	group.Wait()
}
