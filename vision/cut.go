package vision

import (
	"image"
	"math"
)

// How far a cut may be moved to pass between two lines or two columns, and how
// much the parts overlap where it cannot, in pixels.
const (
	rowsWithin, rowsOverlap       = 24, 32
	columnsWithin, columnsOverlap = 48, 96
)

// maxColumns is how many parts may lie side by side.
const maxColumns = 5

// partCost is what a part costs besides its tokens: what is cut is harder to
// understand.
const partCost = 100

// plan is a way to cut a picture.
type plan struct {
	parts  []piece
	tokens int
	ok     bool // every part can be read
}

func (p plan) betterThan(other plan) bool {
	if p.ok != other.ok {
		return p.ok
	}
	return p.cost() < other.cost()
}

func (p plan) cost() int { return p.tokens + partCost*len(p.parts) }

// cut cuts what is written in a picture into parts that the model takes at
// least at that scale: bands of whole lines, each as wide as it is written, and
// side by side where that is needed or cheaper. There are none if it would take
// more than maxParts.
func (r Rule) cut(marks ink, least float64) []piece {
	box := marks.trim(marks.bounds)
	if box.Empty() {
		return nil
	}
	var best plan
	for rows := 1; rows <= min(maxParts, box.Dy()); rows++ { // no band is empty
		p := plan{ok: true}
		for _, band := range marks.bands(box, rows) {
			p = p.and(r.columns(marks, band, least))
		}
		if len(p.parts) <= maxParts && p.betterThan(best) {
			best = p
		}
	}
	return best.parts
}

func (p plan) and(q plan) plan {
	return plan{append(p.parts, q.parts...), p.tokens + q.tokens, p.ok && q.ok}
}

// columns cuts a band into the cheapest number of parts side by side.
func (r Rule) columns(marks ink, band image.Rectangle, least float64) plan {
	band = marks.trim(band)
	if band.Empty() {
		return plan{ok: true}
	}
	var best plan
	for n := 1; n <= maxColumns; n++ {
		p := plan{ok: true}
		for _, part := range marks.split(band, n) {
			size, ok := r.legible(part.Size(), least)
			p = p.and(plan{[]piece{{part, size, "high"}}, r.Tokens(size), ok})
		}
		if p.betterThan(best) {
			best = p
		}
	}
	if !best.ok {
		return plan{}
	}
	return best
}

// legible returns the largest size that costs no more than native at the scale
// least. It is not ok if the model would shrink even that.
func (r Rule) legible(native image.Point, least float64) (best image.Point, ok bool) {
	const step = 0.02
	for scale := least; ; scale = math.Min(1, scale+step) {
		size := scaled(native, scale)
		if r.Fit(size) != size || ok && r.Tokens(size) > r.Tokens(best) {
			return best, ok
		}
		best, ok = size, true
		if scale >= 1 {
			return best, true
		}
	}
}

// bands cuts r into n parts one above the other, between lines of text.
func (i ink) bands(r image.Rectangle, n int) []image.Rectangle {
	all := make([]image.Rectangle, 0, n)
	top := r.Min.Y
	for k := 1; k < n; k++ {
		at, free := i.rowCut(r.Min.Y+r.Dy()*k/n, rowsWithin)
		over := 0
		if !free {
			over = rowsOverlap / 2
		}
		all = append(all, image.Rect(r.Min.X, top, r.Max.X, min(r.Max.Y, at+over)))
		top = max(r.Min.Y, at-over)
	}
	return append(all, image.Rect(r.Min.X, top, r.Max.X, r.Max.Y))
}

// split cuts r into n parts side by side, between columns of text if there are
// any.
func (i ink) split(r image.Rectangle, n int) []image.Rectangle {
	all := make([]image.Rectangle, 0, n)
	left := r.Min.X
	for k := 1; k < n; k++ {
		at, free := i.columnCut(r, r.Min.X+r.Dx()*k/n, columnsWithin)
		over := 0
		if !free {
			over = columnsOverlap / 2
		}
		all = append(all, image.Rect(left, r.Min.Y, min(r.Max.X, at+over), r.Max.Y))
		left = max(r.Min.X, at-over)
	}
	return append(all, image.Rect(left, r.Min.Y, r.Max.X, r.Max.Y))
}
