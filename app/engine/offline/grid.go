package offline

import (
	"math"
	"strings"
	"unicode/utf8"
)

// When characters are taken to stand in a grid, as in a terminal.
const (
	leastSteps = 10   // words that tell
	gridSlack  = 0.25 // how far from its column a word may begin, in columns
	gridShare  = 0.8  // of the words that do
	nextLine   = 1.3  // pitches; what is farther apart is another part
	gridReach  = 300  // columns; beyond, small errors add up
)

// grid says where characters stand.
type grid struct {
	width float64 // of a character, in pixels
	mono  bool    // all have that width
	begin float64 // mono: where a column begins, in pixels
	pitch float64 // from a line to the next, in half pixels; 0 if there is one line
}

// newGrid measures the characters of a page.
func newGrid(areas []area) grid {
	var widths, rough, offsets []float64
	var pitches []int
	for _, a := range areas {
		for i, r := range a.rows {
			if i > 0 {
				pitches = append(pitches, r.middle()-a.rows[i-1].middle())
			}
			for j, w := range r.words {
				n := columns(w.text)
				if n >= 3 {
					widths = append(widths, float64(w.box.Dx())/float64(n))
				}
				if j > 0 {
					offsets = append(offsets, float64(w.box.Min.X-r.words[0].box.Min.X))
				}
				if n >= 3 && j+1 < len(r.words) {
					rough = append(rough, float64(r.words[j+1].box.Min.X-w.box.Min.X)/float64(n+1))
				}
			}
		}
	}
	g := grid{width: max(1, median(widths)), pitch: float64(median(pitches))}
	if width, ok := monospaced(median(rough), offsets); ok {
		g.width, g.mono = width, true
		g.begin = phase(areas, width)
	}
	return g
}

// monospaced finds the width that the distances of words from the first in
// their line are multiples of. It begins with a rough one and the near words,
// and goes on with those farther away, which tell more exactly.
func monospaced(width float64, offsets []float64) (float64, bool) {
	if width < 1 || len(offsets) < leastSteps {
		return 0, false
	}
	fit, all := 0, 0
	for _, reach := range []float64{12, 50, gridReach} {
		var product, square float64
		fit, all = 0, 0
		for _, d := range offsets {
			n := math.Round(d / width)
			if n < 1 || n > reach {
				continue
			}
			all++
			if math.Abs(d/width-n) <= gridSlack {
				fit++
				product, square = product+d*n, square+n*n
			}
		}
		if square > 0 {
			width = product / square
		}
	}
	return width, all >= leastSteps && float64(fit) >= gridShare*float64(all)
}

// phase is where most words begin within a column, as a mean on the circle.
func phase(areas []area, width float64) float64 {
	var sin, cos float64
	for _, a := range areas {
		for _, r := range a.rows {
			for _, w := range r.words {
				s, c := math.Sincos(2 * math.Pi * float64(w.box.Min.X) / width)
				sin, cos = sin+s, cos+c
			}
		}
	}
	return math.Atan2(sin, cos) / (2 * math.Pi) * width
}

// column is the column nearest to x.
func (g grid) column(x int) int { return int(math.Round((float64(x) - g.begin) / g.width)) }

// blanks says how many lines are left empty between two lines of one column.
// Where letters are no grid, areas stand apart.
func (g grid) blanks(above, below row, apart bool) int {
	if g.mono && g.pitch > 0 {
		n := math.Round(float64(below.middle()-above.middle())/g.pitch) - 1
		return int(min(maxBlank, max(0, n)))
	}
	if apart && g.pitch > 0 && float64(below.middle()-above.middle()) <= nextLine*g.pitch {
		return 0 // one text in two blocks
	}
	if apart || below.box.Min.Y-above.box.Max.Y > 2*below.box.Dy() {
		return 1
	}
	return 0
}

// set sets the words of a line with as much space before and between them as
// they have on the screen.
func (g grid) set(r row, left int) string {
	var b strings.Builder
	at := g.atMost(g.column(r.box.Min.X) - left)
	b.WriteString(strings.Repeat(" ", at))
	for i, w := range r.words {
		if i > 0 {
			n := g.between(r.words[i-1], w)
			if n > 1 && g.mono {
				n = max(1, g.atMost(g.column(w.box.Min.X)-left-at))
			}
			b.WriteString(strings.Repeat(" ", n))
			at += n
		}
		b.WriteString(w.text)
		at += columns(w.text)
	}
	return b.String()
}

// atMost bounds a number of spaces: less where they are not exact.
func (g grid) atMost(spaces int) int {
	if g.mono {
		return min(gridReach, max(0, spaces))
	}
	return min(maxIndent, max(0, spaces))
}

// How much of a column parts words, at least. Han characters leave room around
// them by themselves, and punctuation among them takes a column for it.
const (
	monoSpace = 0.7
	hanSpace  = 0.6
)

// between is how many spaces are between two words. 0 and 1 are sure; more are
// about as many.
func (g grid) between(a, b word) int {
	gap := float64(b.box.Min.X-a.box.Max.X) / g.width
	last, _ := utf8.DecodeLastRuneInString(a.text)
	first, _ := utf8.DecodeRuneInString(b.text)
	switch {
	case wide(last) && wide(first) && gap-g.short(a)-g.short(b) < wideGap:
		return 0 // the boxes of Han are guesses
	case gap >= wideGap || g.mono && gap >= 1.9:
		return max(1, g.atMost(int(math.Round(gap))))
	case (wide(last) || wide(first)) && gap < hanSpace,
		g.mono && gap < monoSpace:
		return 0
	}
	return 1
}

// short is by how many columns a word is too narrow for its text.
func (g grid) short(w word) float64 {
	return max(0, float64(columns(w.text))-float64(w.box.Dx())/g.width)
}
