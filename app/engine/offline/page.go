package offline

import (
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
type page struct {
	lines []string
	heads []int // lines that say what stands below them, and are not on the screen
	told  bool  // by the window's program: it was not read from the pixels
}

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
	// Among lines that it is sure of, a doubtful one is code more often than
	// noise.
	sureLine = 30
	sureMark = 50
	sureArea = 60
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

// believed leaves out what tesseract itself takes for noise: signs it doubts,
// and whole lines of which it is not at least so sure. A doubtful word between
// sure ones stays: it is more use misspelt than missing.
func believed(line []word, least float64) []word {
	var kept []word
	meant := false
	for _, w := range line {
		means := strings.ContainsFunc(w.text, alphanumeric)
		if w.sure < sureMark && !means && !bracket(w.text) {
			continue
		}
		kept = append(kept, w)
		meant = meant || means || bracket(w.text)
	}
	if !meant || sureOf(kept) < least {
		return nil
	}
	return kept
}

// sureOf is how sure tesseract is of words on the average.
func sureOf(words []word) float64 {
	sum := 0.0
	for _, w := range words {
		sum += w.sure
	}
	return sum / float64(max(1, len(words)))
}

// bracket reports whether s is what lines of code end blocks with.
func bracket(s string) bool { return strings.Trim(s, "(){}[];,") == "" }

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// written returns the lines that are on the screen and not empty.
func (p page) written() []string {
	var all []string
	for i, l := range p.lines {
		if l != "" && !slices.Contains(p.heads, i) {
			all = append(all, l)
		}
	}
	return all
}
