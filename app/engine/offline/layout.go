package offline

import (
	"cmp"
	"image"
	"iter"
	"slices"
)

// What is a line, a column and a table.
const (
	// wideGap is a gap between words, in widths of a character, that is more
	// than a space: columns.
	wideGap   = 2.5
	maxIndent = 40 // characters, where letters have widths of their own
	maxBlank  = 2  // empty lines in a row

	// Cells of a table are short.
	cellWords, cellWidth = 3, 20
	// alignedShare is the share of the lines of two areas side by side that are
	// at one height, from which they are columns of one table; alignedSlack is
	// by how much of a line they may differ.
	alignedShare, alignedSlack = 0.8, 0.25
	maxAreas                   = 500 // that are compared with one another
)

// row is a line of words from left to right.
type row struct {
	words []word
	box   image.Rectangle
}

// area is a part of the page that is read from top to bottom.
type area struct {
	rows []row
	box  image.Rectangle
}

// newPage puts words together to lines.
func newPage(words []word) page {
	areas := areasOf(words)
	g := newGrid(areas)
	areas = joined(areas, g.width)
	var p page
	for len(areas) > 0 {
		n := 1
		for n < len(areas) && areas[n].follows(areas[n-1]) {
			n++
		}
		p.add(areas[:n], g)
		areas = areas[n:]
	}
	return p
}

// areasOf returns the lines that are believed, in tesseract's blocks.
func areasOf(words []word) []area {
	var areas []area
	for part := range runs(words, func(w word) [3]int { return w.part }) {
		var a area
		least := float64(sureLine)
		if sureOf(part) >= sureArea {
			least = 0
		}
		for line := range runs(part, func(w word) [3]int { return w.line }) {
			if line = believed(line, least); len(line) > 0 {
				a.put(newRow(line))
			}
		}
		if len(a.rows) > 0 {
			areas = append(areas, a)
		}
	}
	return areas
}

// runs yields the longest stretches of words that have the same key.
func runs(words []word, key func(word) [3]int) iter.Seq[[]word] {
	return func(yield func([]word) bool) {
		for len(words) > 0 {
			n := 1
			for n < len(words) && key(words[n]) == key(words[0]) {
				n++
			}
			if !yield(words[:n]) {
				return
			}
			words = words[n:]
		}
	}
}

func newRow(words []word) row {
	r := row{words: words}
	for _, w := range words {
		r.box = r.box.Union(w.box)
	}
	return r
}

func (a *area) put(r row) {
	a.rows = append(a.rows, r)
	a.box = a.box.Union(r.box)
}

// middle is where a line is, in half pixels from the top.
func (r row) middle() int { return r.box.Min.Y + r.box.Max.Y }

// follows says that a stands below b, in one column with it.
func (a area) follows(b area) bool {
	last := b.rows[len(b.rows)-1]
	return a.rows[0].middle() > 2*last.box.Max.Y-last.box.Dy()/2 && a.box.Min.X < b.box.Max.X && b.box.Min.X < a.box.Max.X
}

// joined puts columns of a table, which tesseract takes for columns of text,
// together to rows. What it becomes stands where the first was.
func joined(areas []area, width float64) []area {
	if len(areas) > maxAreas {
		return areas
	}
	group := make([]int, len(areas)) // the first area of the table that it belongs to
	for i := range areas {
		group[i] = i
		for j := range i {
			if group[j] == group[i] || !areas[i].beside(areas[j], width) {
				continue
			}
			first, other := min(group[i], group[j]), max(group[i], group[j])
			for k, g := range group[:i+1] {
				if g == other {
					group[k] = first
				}
			}
		}
	}
	var all []area
	for i, g := range group {
		if g != i {
			continue
		}
		var members []area
		for k := i; k < len(group); k++ {
			if group[k] == i {
				members = append(members, areas[k])
			}
		}
		all = append(all, join(members))
	}
	return all
}

// beside says that two areas are columns of one table: side by side, with
// short lines at the same heights.
func (a area) beside(b area, width float64) bool {
	if a.box.Min.X < b.box.Max.X && b.box.Min.X < a.box.Max.X || !a.narrow(width) || !b.narrow(width) {
		return false
	}
	if len(a.rows) > len(b.rows) {
		a, b = b, a
	}
	aligned := 0
	for _, r := range a.rows {
		slack := int(2 * alignedSlack * float64(r.box.Dy()))
		if slices.ContainsFunc(b.rows, func(o row) bool { return max(o.middle()-r.middle(), r.middle()-o.middle()) <= slack }) {
			aligned++
		}
	}
	return float64(aligned) >= alignedShare*float64(len(a.rows))
}

// narrow says that the lines of an area are short enough for cells.
func (a area) narrow(width float64) bool {
	var words, widths []int
	for _, r := range a.rows {
		words, widths = append(words, len(r.words)), append(widths, r.box.Dx())
	}
	return median(words) <= cellWords && float64(median(widths)) <= cellWidth*width
}

// join makes one area of several: words at one height become one line.
func join(areas []area) area {
	if len(areas) == 1 {
		return areas[0]
	}
	var rows []row
	for _, a := range areas {
		rows = append(rows, a.rows...)
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.middle(), b.middle()) })
	var all area
	for len(rows) > 0 {
		n, words := 1, slices.Clone(rows[0].words)
		for n < len(rows) && rows[n].middle() < rows[0].middle()+rows[0].box.Dy() {
			words = append(words, rows[n].words...)
			n++
		}
		slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(a.box.Min.X, b.box.Min.X) })
		all.put(newRow(words))
		rows = rows[n:]
	}
	return all
}

// add appends the areas of one column. In a monospaced one they share a left
// edge: code goes on below an empty line.
func (p *page) add(column []area, g grid) {
	if len(p.lines) > 0 {
		p.lines = append(p.lines, "")
	}
	left := column[0].box
	for _, a := range column {
		left = left.Union(a.box)
	}
	var last row
	for i, a := range column {
		if !g.mono {
			left = a.box
		}
		lines := a.set(g, g.column(left.Min.X))
		for j, r := range a.rows {
			if i+j > 0 {
				p.blank(g.blanks(last, r, j == 0))
			}
			p.lines = append(p.lines, punctuated(lines[j]))
			last = r
		}
	}
}

func (p *page) blank(lines int) { p.lines = append(p.lines, make([]string, lines)...) }

// set sets the lines of an area.
func (a area) set(g grid, left int) []string {
	if t, ok := newTabular(a, g.width); ok && !g.mono {
		return t.lines()
	}
	var lines []string
	for _, r := range a.rows {
		lines = append(lines, g.set(r, left))
	}
	return lines
}

func median[T cmp.Ordered](values []T) T {
	if len(values) == 0 {
		var none T
		return none
	}
	slices.Sort(values)
	return values[len(values)/2]
}
