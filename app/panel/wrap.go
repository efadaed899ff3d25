package panel

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tone says how strongly a text stands out.
type tone uint8

const (
	toneInk tone = iota
	toneDim
	toneFaint

	// Of code.
	toneKeyword
	toneString
	toneComment
	toneNumber
)

// style is how a run of text looks.
type style struct {
	size               float32
	tone               tone
	bold, italic, mono bool
	boxed              bool   // code within a sentence
	wide               bool   // of a script that another font helps out with
	spoken             bool   // being said
	unsaid             bool   // left out by the voice
	caret              bool   // takes no room
	link               string // an address that may be opened
}

// run is text of one style. A newline in it begins a new line.
type run struct {
	text string
	style
}

// piece is a part of a run on one line.
type piece struct {
	run
	x, width float32
}

// atom is what is never broken, except when it is wider than a whole line.
type atom struct {
	run
	width float32
	kind  atomKind
	glued bool // no break before it
}

type atomKind uint8

const (
	atomWord atomKind = iota
	atomSpace
	atomBreak
)

// padBoxed is the room that code within a sentence has at both ends on a line.
const padBoxed = 3

// wrap breaks runs into lines of at most width, as measured by measure. Spaces
// at the end of a broken line are dropped; those that begin a line of the text
// stay, because code needs them.
func wrap(runs []run, width float32, measure func(run) float32) [][]piece {
	return wrapHanging(runs, width, 0, measure)
}

// wrapHanging is wrap for text whose lines, where they go on in the next, are
// moved in by hang more than they begin; 0 is not at all.
func wrapHanging(runs []run, width, hang float32, measure func(run) float32) [][]piece {
	w := wrapper{width: width, hang: hang, measure: measure, lines: [][]piece{nil}}
	atoms := atomize(runs, measure)
	for i := 0; i < len(atoms); {
		switch atoms[i].kind {
		case atomBreak:
			w.pending = nil
			w.newLine()
			i++
		case atomSpace:
			w.space(atoms[i])
			i++
		default:
			end := i + 1
			for end < len(atoms) && atoms[end].kind == atomWord && atoms[end].glued {
				end++
			}
			w.word(atoms[i:end])
			i = end
		}
	}
	return w.lines
}

// A text that is there as a whole ends on a line of at least so much of its size,
// where that is possible: a single letter or short word there looks forgotten.
const leastLast = 3

// wrapWhole is wrap for such a text of one size. It breaks lines earlier if its
// last would be too short, but makes no more of them.
func wrapWhole(runs []run, width float32, measure func(run) float32) [][]piece {
	lines := wrap(runs, width, measure)
	if len(lines) == 1 {
		return lines
	}
	for narrow := width; lastWidth(lines) < leastLast*runs[0].size; {
		narrow -= runs[0].size / 2
		other := wrap(runs, narrow, measure)
		if len(other) > len(lines) || narrow < max(width*0.7, widest(runs, measure)) {
			break
		}
		if lastWidth(other) >= leastLast*runs[0].size {
			return other
		}
	}
	return lines
}

// wrapEven is wrap for lines in the middle of something: they are about as long
// as one another, and no more than they need to be.
func wrapEven(runs []run, width float32, measure func(run) float32) [][]piece {
	lines := wrap(runs, width, measure)
	for narrow := width - 4; narrow > width/2; narrow -= 4 {
		other := wrap(runs, narrow, measure)
		if len(other) > len(lines) {
			break
		}
		lines = other
	}
	return lines
}

// widest is how much room the longest of what is never broken takes.
func widest(runs []run, measure func(run) float32) float32 {
	most, sum := float32(0), float32(0)
	for _, a := range atomize(runs, measure) {
		if !a.glued {
			sum = 0
		}
		sum += a.width
		most = max(most, sum)
	}
	return most
}

// lastWidth is how long the last line is.
func lastWidth(lines [][]piece) float32 {
	last := lines[len(lines)-1]
	if len(last) == 0 {
		return 0
	}
	end := last[len(last)-1]
	return end.x + end.width
}

// wrapper is the state of wrap.
type wrapper struct {
	width   float32
	hang    float32
	measure func(run) float32
	lines   [][]piece
	x       float32
	start   float32 // where this line begins
	indent  float32 // where the first word of the text's line stands
	begun   bool    // that word has come
	pending []atom  // spaces that stay if something follows on this line
	wrapped bool    // the line goes on from the one above
}

func (w *wrapper) newLine() {
	w.lines = append(w.lines, nil)
	w.x, w.start, w.indent, w.wrapped, w.begun = 0, 0, 0, false, false
}

// goOn begins a line that goes on from the one above.
func (w *wrapper) goOn() {
	w.lines = append(w.lines, nil)
	if w.hang > 0 {
		w.start = min(w.indent+w.hang, w.width/2)
	}
	w.x, w.wrapped = w.start, true
}

func (w *wrapper) space(a atom) {
	if w.x == w.start && w.wrapped {
		return
	}
	w.pending = append(w.pending, a)
}

// word puts atoms that belong together on this line or the next.
func (w *wrapper) word(group []atom) {
	if w.x > w.start && w.x+w.need(w.pending, group) > w.width {
		w.pending = nil
		w.goOn()
	}
	for _, a := range w.pending {
		w.put(a.run, a.width)
	}
	w.pending = nil
	if !w.begun {
		w.begun, w.indent = true, w.x
	}
	for _, a := range group {
		if w.fits(a.run, a.width) {
			w.put(a.run, a.width)
			continue
		}
		w.chop(a)
	}
}

// boxed reports whether the line ends within code.
func (w *wrapper) boxed() bool {
	line := w.lines[len(w.lines)-1]
	return len(line) > 0 && line[len(line)-1].boxed
}

// edge is the room before r for the code that begins or ends there.
func (w *wrapper) edge(r run) float32 {
	if r.boxed != w.boxed() {
		return padBoxed
	}
	return 0
}

// fits reports whether r still has room on the line.
func (w *wrapper) fits(r run, width float32) bool {
	end := w.x + w.edge(r) + width
	if r.boxed {
		end += padBoxed
	}
	return end <= w.width
}

// need is how much room groups take on the line.
func (w *wrapper) need(groups ...[]atom) float32 {
	sum, boxed := float32(0), w.boxed()
	for _, group := range groups {
		for _, a := range group {
			if a.boxed != boxed {
				sum, boxed = sum+padBoxed, a.boxed
			}
			sum += a.width
		}
	}
	if boxed {
		sum += padBoxed
	}
	return sum
}

// chop breaks an atom that no line can hold.
func (w *wrapper) chop(a atom) {
	rest := a.run
	for rest.text != "" {
		part := rest
		part.text = w.fitting(rest)
		if part.text == "" {
			if w.x > w.start {
				w.goOn()
				continue
			}
			_, n := utf8.DecodeRuneInString(rest.text)
			part.text = rest.text[:n]
		}
		w.put(part, w.measure(part))
		rest.text = rest.text[len(part.text):]
	}
}

// mostOnLine bounds how many characters are measured for one line.
const mostOnLine = 256

// fitting returns the longest beginning of r that fits on the line.
func (w *wrapper) fitting(r run) string {
	cuts := []int{0}
	for n := 0; n < len(r.text) && len(cuts) <= mostOnLine; {
		_, size := utf8.DecodeRuneInString(r.text[n:])
		n += size
		cuts = append(cuts, n)
	}
	low, high := 0, len(cuts)-1
	for low < high {
		mid := (low + high + 1) / 2
		part := r
		part.text = r.text[:cuts[mid]]
		if w.fits(part, w.measure(part)) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return r.text[:cuts[low]]
}

// put adds text to the line, to its last piece if that looks the same.
func (w *wrapper) put(r run, width float32) {
	w.x += w.edge(r)
	line := &w.lines[len(w.lines)-1]
	if n := len(*line); n > 0 && (*line)[n-1].style == r.style {
		(*line)[n-1].text += r.text
		(*line)[n-1].width += width
	} else {
		*line = append(*line, piece{r, w.x, width})
	}
	w.x += width
}

// atomize cuts runs where a line may be broken.
func atomize(runs []run, measure func(run) float32) []atom {
	var atoms []atom
	var before rune // the end of the word before, 0 after none
	for _, r := range runs {
		for text := r.text; text != ""; {
			kind, n := firstAtom(text)
			a := atom{run: run{text[:n], r.style}, kind: kind}
			first, _ := utf8.DecodeRuneInString(text)
			a.wide = isWide(first)
			a.glued = kind == atomWord && before != 0 && holds(before, first)
			if kind != atomBreak {
				a.width = measure(a.run)
			}
			before = 0
			if kind == atomWord {
				before, _ = utf8.DecodeLastRuneInString(text[:n])
			}
			atoms, text = append(atoms, a), text[n:]
		}
	}
	return atoms
}

// firstAtom returns the length of the atom that text begins with.
func firstAtom(text string) (atomKind, int) {
	first, n := utf8.DecodeRuneInString(text)
	switch {
	case first == '\n':
		return atomBreak, n
	case isSpace(first):
		return atomSpace, n + countFunc(text[n:], isSpace)
	case isWide(first):
		return atomWord, n
	}
	return atomWord, n + countFunc(text[n:], func(r rune) bool { return r != '\n' && !isSpace(r) && !isWide(r) })
}

// countFunc is how many bytes text has before the first rune that is not ok.
func countFunc(text string, ok func(rune) bool) int {
	if i := strings.IndexFunc(text, func(r rune) bool { return !ok(r) }); i >= 0 {
		return i
	}
	return len(text)
}

// isSpace reports where a line may be broken. A no-break space is none.
func isSpace(r rune) bool { return r != '\n' && !isBound(r) && unicode.IsSpace(r) }

// isBound reports whether r is a no-break space.
func isBound(r rune) bool { return r == '\u00a0' || r == '\u202f' }

// isWide reports whether r is of a script that is written without spaces.
func isWide(r rune) bool {
	return r >= 0x2e80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef)
}

// holds reports whether no line may be broken between two letters or marks that
// nothing stands between.
func holds(before, after rune) bool {
	return !isWide(before) && !isWide(after) || neverLast(before) || neverFirst(after) || isBound(before) || isBound(after)
}

// Marks that no line begins with, and none ends with, beside those that close
// and open something. A straight quote may do either.
const (
	notFirst = "、。，．：；！？・·／～〜,.:;!?/-–—…⋯‥%％‰°′″℃℉ｰー々〻ゝゞヽヾ゛゜｡､･ﾞﾟ\"'" +
		"ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ"
	notLast = "／/\"'#＃@＠"
)

// neverFirst reports whether no line may begin with r.
func neverFirst(r rune) bool {
	return unicode.In(r, unicode.Pe, unicode.Pf, unicode.M) || strings.ContainsRune(notFirst+caret, r)
}

// neverLast reports whether no line may end with r.
func neverLast(r rune) bool {
	return unicode.In(r, unicode.Ps, unicode.Pi, unicode.Sc) || strings.ContainsRune(notLast, r)
}
