package vision

import "image"

const (
	inkCell = 16 // pixels: how finely ink is told along a row
	// contrast is what two neighbouring pixels must differ by, added up over
	// the channels, to be ink: less is the grain of a gradient.
	contrast = 12
)

// ink says where a picture has something to read: where neighbours in a row
// differ, as in letters, icons and borders. Flat colour has none.
type ink struct {
	bounds image.Rectangle
	across int    // cells in a row
	marks  []bool // for each row of pixels, its cells
	rows   []int  // how many cells of each row have ink
	total  int
}

// findInk looks at every pixel of a picture with its corner at the origin.
func findInk(p *image.RGBA) ink {
	size := p.Rect.Size()
	i := ink{bounds: p.Rect, across: (size.X + inkCell - 1) / inkCell, rows: make([]int, size.Y)}
	i.marks = make([]bool, i.across*size.Y)
	Bands(size.Y, func(from, to int) {
		for y := from; y < to; y++ {
			i.rows[y] = markRow(i.row(y), p.Pix[y*p.Stride:][:4*size.X])
		}
	})
	for _, n := range i.rows {
		i.total += n
	}
	return i
}

// markRow marks the cells of one row of pixels and returns how many have ink.
func markRow(marks []bool, row []byte) (marked int) {
	for c := range marks {
		from, to := max(4, 4*inkCell*c), min(len(row), 4*inkCell*(c+1))
		for o := from; o < to; o += 4 {
			if [4]byte(row[o:o+4]) != [4]byte(row[o-4:o]) && differ(row[o:o+4:o+4], row[o-4:o:o]) {
				marks[c] = true
				marked++
				break
			}
		}
	}
	return marked
}

func differ(a, b []byte) bool {
	sum := 0
	for c := range 3 {
		d := int(a[c]) - int(b[c])
		sum += max(d, -d)
	}
	return sum > contrast
}

func (i ink) row(y int) []bool { return i.marks[y*i.across:][:i.across] }

// trim returns the smallest part of r that has all its ink, and a little around
// it. It is empty if there is none.
func (i ink) trim(r image.Rectangle) image.Rectangle {
	const margin = inkCell / 2
	first, last := r.Max.Y, r.Min.Y
	left, right := i.across, 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if i.rows[y] == 0 {
			continue
		}
		row := i.row(y)
		for c := r.Min.X / inkCell; c*inkCell < r.Max.X; c++ {
			if row[c] {
				first, last = min(first, y), y+1
				left, right = min(left, c), max(right, c+1)
			}
		}
	}
	if first >= last {
		return image.Rectangle{}
	}
	found := image.Rect(left*inkCell, first, right*inkCell, last)
	return found.Inset(-margin).Intersect(r)
}

// rowCut returns the row near y above which a cut crosses the least ink, and
// whether it crosses hardly any: between two lines of text.
func (i ink) rowCut(y, within int) (at int, free bool) {
	at = y
	for d := 1; d <= within; d++ {
		for _, try := range [2]int{y - d, y + d} {
			if try > 0 && try < len(i.rows) && i.crossed(try) < i.crossed(at) {
				at = try
			}
		}
	}
	return at, i.crossed(at) <= max(4, i.across/32) // borders stand in every row
}

// crossed is how much ink a cut above row y goes through.
func (i ink) crossed(y int) int { return max(i.rows[y-1], i.rows[y]) }

// columnCut returns the column near x, within the rows of r, left of which a
// cut goes through the fewest lines of text, and whether it goes through none.
func (i ink) columnCut(r image.Rectangle, x, within int) (at int, free bool) {
	at = x // a narrow part has no cell to cut at
	least := r.Dy() + 1
	for d := range within/inkCell + 1 {
		for _, c := range [2]int{x/inkCell - d, x/inkCell + d} {
			if c <= r.Min.X/inkCell || c*inkCell >= r.Max.X {
				continue
			}
			n := 0
			for y := r.Min.Y; y < r.Max.Y; y++ {
				if row := i.row(y); row[c-1] && row[c] {
					n++
				}
			}
			if n < least {
				at, least = c*inkCell, n
			}
		}
	}
	return at, least == 0
}
