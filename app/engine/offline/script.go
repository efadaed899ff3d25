package offline

import (
	"cmp"
	"image"
	"image/draw"
	"iter"
	"slices"
)

// What Han characters look like. Measured on drawn pages, letters 12 to 28
// pixels high, dark and light: of the columns of pixels in lines of Chinese 7
// to 21 % cross four strokes or more, with code beside it 2 to 8 %, of English
// and code less than half a percent: g, the most crowded letter, has four in
// some fonts, and only in the middle.
const (
	strip        = 16  // pixels, about as wide as a Han character
	inked        = 160 // darker than that is ink
	strokeDepth  = 60  // by which a stroke is darker than what is beside it
	hanStrokes   = 4
	hanColumns   = 3   // of a strip, that cross so many; more in large letters
	hanPart      = 6   // of the height of a line, likewise
	shortestHan  = 8   // pixels
	leastStrips  = 4   // in a page with Han, at least two of them side by side
	hanGap       = 8   // strips that are less crowded, within a line
	sampleLines  = 6   // that tell which Han characters they are
	sampleWidth  = 480 // pixels of each
	sampleMargin = 8
)

// hanLines returns where lines of Han characters seem to be, the longest
// first, for a usual height of a line. Some icons and photographs look the
// same.
func hanLines(p *image.Gray, height int) []image.Rectangle {
	var lines []image.Rectangle
	for b := range lineStrips(p, height) {
		if b.Dy() >= shortestHan && crowded(p, b) {
			lines = lengthen(lines, b, 2*strip)
		}
	}
	width := 0
	var whole []image.Rectangle
	for _, l := range lines {
		if l.Dx() > strip { // an icon may be one
			whole = lengthen(whole, l, hanGap*strip)
			width += l.Dx()
		}
	}
	if width < leastStrips*strip {
		return nil
	}
	slices.SortStableFunc(whole, func(a, b image.Rectangle) int { return cmp.Compare(b.Dx(), a.Dx()) })
	return whole
}

// lineStrips yields pieces of lines of text, from the left of the picture to
// its right, and down: strips of about the usual height of a line. Two lines
// that touch are not among them.
func lineStrips(p *image.Gray, height int) iter.Seq[image.Rectangle] {
	return func(yield func(image.Rectangle) bool) {
		for left := 0; left < p.Rect.Max.X; left += strip {
			right, top := min(left+strip, p.Rect.Max.X), -1
			for y := 0; y <= p.Rect.Max.Y; y++ {
				if y < p.Rect.Max.Y && darkest(p.Pix[y*p.Stride+left:y*p.Stride+right]) < inked {
					if top < 0 {
						top = y
					}
					continue
				}
				if n := y - top; top >= 0 && 3*n >= height && 5*n <= 8*height && !yield(image.Rect(left, top, right, y)) {
					return
				}
				top = -1
			}
		}
	}
}

// lengthen adds b to the line that ends at most gap before it, or begins
// another.
func lengthen(lines []image.Rectangle, b image.Rectangle, gap int) []image.Rectangle {
	for i, l := range lines {
		if b.Min.X-l.Max.X <= gap && 2*(min(l.Max.Y, b.Max.Y)-max(l.Min.Y, b.Min.Y)) > min(l.Dy(), b.Dy()) {
			lines[i] = l.Union(b)
			return lines
		}
	}
	return append(lines, b)
}

// crowded says that a piece of a line has more strokes above each other than
// Latin letters.
func crowded(p *image.Gray, b image.Rectangle) bool {
	n := 0
	for x := b.Min.X; x < b.Max.X; x++ {
		if strokes(p, x, b.Min.Y, b.Max.Y) >= hanStrokes {
			n++
		}
	}
	return n >= max(hanColumns, b.Dy()/hanPart)
}

// strokes counts the strokes that a column of pixels crosses: each is darker
// than what is above it and what is below.
func strokes(p *image.Gray, x, top, bottom int) int {
	n, inside, extreme := 0, false, 255
	for y := top; y < bottom; y++ {
		v := int(p.Pix[y*p.Stride+x])
		switch {
		case inside && v > extreme+strokeDepth:
			inside, extreme = false, v
		case !inside && v < extreme-strokeDepth:
			inside, extreme = true, v
			n++
		case inside:
			extreme = min(extreme, v)
		default:
			extreme = max(extreme, v)
		}
	}
	return n
}

// sample puts lines of a picture below each other. Enlarged they would be read
// no better.
func sample(p *image.Gray, lines []image.Rectangle) *image.Gray {
	lines = lines[:min(len(lines), sampleLines)]
	size := image.Point{}
	var pieces []image.Rectangle
	for _, l := range lines {
		l.Max.X = min(l.Max.X, l.Min.X+sampleWidth)
		piece := l.Inset(-sampleMargin / 2).Intersect(p.Rect)
		pieces = append(pieces, piece)
		size = image.Pt(max(size.X, piece.Dx()), size.Y+piece.Dy()+sampleMargin)
	}
	out := image.NewGray(image.Rectangle{Max: size.Add(image.Pt(2*sampleMargin, sampleMargin))})
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	at := image.Pt(sampleMargin, sampleMargin)
	for _, piece := range pieces {
		draw.Draw(out, piece.Sub(piece.Min).Add(at), p, piece.Min, draw.Src)
		at.Y += piece.Dy() + sampleMargin
	}
	return out
}
