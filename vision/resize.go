package vision

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// weightBits is the precision of a filter weight.
const weightBits = 14

// taps are the source pixels that one destination pixel is made of, and their
// weights. The weights add up to 1<<weightBits.
type taps struct {
	first   int
	weights []int32
}

// shrink returns src at size by the Catmull-Rom filter, widened to the source
// pixels that each destination pixel covers. The picture is taken as opaque.
//
// The filter is the cubic of Keys, "Cubic Convolution Interpolation for
// Digital Image Processing" (1981), with a = -1/2, applied to the columns and
// then to the rows.
func shrink(src *image.RGBA, size image.Point) *image.RGBA {
	native := src.Rect.Size()
	across, down := catmullRom(native.X, size.X), catmullRom(native.Y, size.Y)
	between := image.NewRGBA(image.Rect(0, 0, size.X, native.Y))
	Bands(native.Y, func(from, to int) {
		for y := from; y < to; y++ {
			row := src.Pix[y*src.Stride : y*src.Stride+4*native.X]
			filterRow(between.Pix[y*between.Stride:][:4*size.X], row, across)
		}
	})
	dst := image.NewRGBA(image.Rectangle{Max: size})
	Bands(size.Y, func(from, to int) {
		sums := make([]int32, 4*size.X)
		for y := from; y < to; y++ {
			filterColumns(dst.Pix[y*dst.Stride:][:4*size.X], between, down[y], sums)
		}
	})
	return dst
}

// filterRow makes one row narrower.
func filterRow(dst, src []byte, across []taps) {
	for x, t := range across {
		var r, g, b int32 = 1 << (weightBits - 1), 1 << (weightBits - 1), 1 << (weightBits - 1)
		p := src[4*t.first:][:4*len(t.weights)]
		for i, w := range t.weights {
			q := p[4*i : 4*i+4 : 4*i+4]
			r += w * int32(q[0])
			g += w * int32(q[1])
			b += w * int32(q[2])
		}
		d := dst[4*x : 4*x+4 : 4*x+4]
		d[0], d[1], d[2], d[3] = clamp(r), clamp(g), clamp(b), 0xff
	}
}

// filterColumns makes one row of several. sums is room for one row.
func filterColumns(dst []byte, src *image.RGBA, t taps, sums []int32) {
	for i := range sums {
		sums[i] = 1 << (weightBits - 1)
	}
	for i, w := range t.weights {
		row := src.Pix[(t.first+i)*src.Stride:][:len(sums)]
		for x, v := range row {
			sums[x] += w * int32(v)
		}
	}
	for x, v := range sums {
		dst[x] = clamp(v)
	}
}

func clamp(v int32) byte { return byte(min(max(v>>weightBits, 0), 255)) }

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
func fixed(first, last int, centre, ratio float64) []int32 {
	exact := make([]float64, last-first+1)
	var sum float64
	for i := range exact {
		exact[i] = cubic((float64(first+i) - centre) / ratio)
		sum += exact[i]
	}
	weights := make([]int32, len(exact))
	left, heaviest := int32(1<<weightBits), 0
	for i, w := range exact {
		weights[i] = int32(math.Round(w / sum * (1 << weightBits)))
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
