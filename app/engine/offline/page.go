package offline

import (
	"cmp"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// page is the text of a picture: lines in reading order, "" between parts that
// stand apart.
type page struct{ lines []string }

// word is one word as tesseract found it.
type word struct {
	part, line [3]int // what it belongs to: page, block; then with paragraph and line
	box        image.Rectangle
	sure       float64 // 0…100
	text       string
}

// Limits of what is believed.
const (
	maxWords = 20_000
	// sureLine is how sure tesseract must be of a line on the average, and
	// sureMark of a word without letters and digits: mostly a border or an icon.
	sureLine = 30
	sureMark = 50
	// wideGap is a gap between words, in widths of a character, that is more
	// than a space: columns.
	wideGap   = 2.5
	maxIndent = 40
)

// parseTSV reads tesseract's table of words. Rows that make no sense are left
// out.
func parseTSV(table string) []word {
	var words []word
	for row := range strings.Lines(table) {
		if w, ok := parseRow(strings.TrimRight(row, "\r\n")); ok {
			words = append(words, w)
		}
		if len(words) == maxWords {
			break
		}
	}
	return words
}

// parseRow reads one row: level, page, block, paragraph, line, word, left,
// top, width, height, confidence, text. Level 5 is a word.
func parseRow(row string) (w word, ok bool) {
	cells := strings.SplitN(row, "\t", 12)
	if len(cells) != 12 || cells[0] != "5" {
		return word{}, false
	}
	var n [9]int
	for i := range n {
		v, err := strconv.Atoi(cells[i+1])
		if err != nil || v < 0 || v > 1<<20 {
			return word{}, false
		}
		n[i] = v
	}
	sure, err := strconv.ParseFloat(cells[10], 64)
	if err != nil || math.IsNaN(sure) {
		return word{}, false
	}
	w = word{
		part: [3]int{n[0], n[1]}, line: [3]int{n[1], n[2], n[3]},
		box:  image.Rect(n[5], n[6], n[5]+n[7], n[6]+n[8]),
		sure: sure, text: plain(cells[11]),
	}
	return w, w.text != "" && !w.box.Empty()
}

// plain takes out what is not meant to be seen.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// newPage puts words together to lines.
func newPage(words []word) page {
	var p page
	width := characterWidth(words)
	for part := range runs(words, func(w word) [3]int { return w.part }) {
		var lines [][]word
		for line := range runs(part, func(w word) [3]int { return w.line }) {
			if line = believed(line); len(line) > 0 {
				lines = append(lines, line)
			}
		}
		p.add(lines, width)
	}
	return p
}

// runs yields the longest stretches of words that have the same key.
func runs(words []word, key func(word) [3]int) func(yield func([]word) bool) {
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

// believed leaves out what tesseract itself takes for noise: signs it doubts,
// and whole lines. A doubtful word between sure ones stays: it is more use
// misspelt than missing.
func believed(line []word) []word {
	var kept []word
	var sum float64
	meant := false
	for _, w := range line {
		means := strings.ContainsFunc(w.text, alphanumeric)
		if w.sure < sureMark && !means && !bracket(w.text) || w.sure < sureLine && len(line) == 1 {
			continue
		}
		kept = append(kept, w)
		sum += w.sure
		meant = meant || means || bracket(w.text)
	}
	if !meant || sum < sureLine*float64(len(kept)) {
		return nil
	}
	return kept
}

// bracket reports whether s is what lines of code end blocks with.
func bracket(s string) bool { return strings.Trim(s, "(){}[];,") == "" }

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// characterWidth is the usual width of a character in pixels.
func characterWidth(words []word) float64 {
	var widths []float64
	for _, w := range words {
		if n := utf8.RuneCountInString(w.text); n >= 3 {
			widths = append(widths, float64(w.box.Dx())/float64(n))
		}
	}
	return max(1, median(widths))
}

func median[T cmp.Ordered](values []T) T {
	if len(values) == 0 {
		var none T
		return none
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// add appends the lines of one part, indented as they stand in it.
func (p *page) add(lines [][]word, width float64) {
	if len(lines) == 0 {
		return
	}
	left := lines[0][0].box.Min.X
	for _, line := range lines {
		left = min(left, line[0].box.Min.X)
	}
	if len(p.lines) > 0 {
		p.lines = append(p.lines, "")
	}
	bottom := 0
	for i, line := range lines {
		box := line[0].box
		if i > 0 && box.Min.Y-bottom > 2*box.Dy() {
			p.lines = append(p.lines, "")
		}
		bottom = box.Max.Y
		p.lines = append(p.lines, setLine(line, left, width))
	}
}

// setLine sets the words of a line with about as much space before and
// between them as they have on the screen.
func setLine(line []word, left int, width float64) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", spaces(line[0].box.Min.X-left, width)))
	for i, w := range line {
		if i > 0 {
			n := 1
			if gap := w.box.Min.X - line[i-1].box.Max.X; float64(gap) >= wideGap*width {
				n = max(1, spaces(gap, width))
			}
			b.WriteString(strings.Repeat(" ", n))
		}
		b.WriteString(w.text)
	}
	return b.String()
}

func spaces(pixels int, width float64) int {
	return min(maxIndent, max(0, int(math.Round(float64(pixels)/width))))
}

// written returns the lines that are not empty.
func (p page) written() []string {
	return slices.DeleteFunc(slices.Clone(p.lines), func(l string) bool { return l == "" })
}
