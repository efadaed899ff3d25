package panel

import (
	"regexp"
	"strings"
	"unicode"
)

// The voice says the words of an answer without its markup, so that sentences
// are found by their letters and digits alone.

// notePattern is what refers to a footnote or a source.
var notePattern = regexp.MustCompile(`\[(?:\^[^\]]*|\d+)\]`)

// audible is the text of runs with spaces in the place of what the voice leaves
// out: every letter stays where it is.
func audible(runs []run) string {
	var all, prose []byte
	for _, r := range runs {
		text := r.text
		if r.unsaid {
			text = strings.Repeat(" ", len(text))
		}
		all = append(all, text...)
		if r.boxed {
			text = strings.Repeat(" ", len(text)) // there are no notes in code
		}
		prose = append(prose, text...)
	}
	for _, at := range notePattern.FindAllIndex(prose, -1) {
		copy(all[at[0]:at[1]], strings.Repeat(" ", at[1]-at[0]))
	}
	return string(all)
}

// letters is the letters and digits of text, and where in text each byte of
// them ends.
func letters(text string) (string, []int) {
	var b strings.Builder
	var ends []int
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		n := b.Len()
		b.WriteRune(unicode.ToLower(r))
		for range b.Len() - n {
			ends = append(ends, i+len(string(r)))
		}
	}
	return b.String(), ends
}

// find returns where in text a sentence stands.
func find(text, sentence string) (from, to int, ok bool) {
	sentence = strings.TrimSpace(sentence)
	if sentence == "" {
		return 0, 0, false
	}
	if i := strings.Index(text, sentence); i >= 0 {
		return i, i + len(sentence), true
	}
	wanted, _ := letters(sentence)
	have, ends := letters(text)
	i := strings.Index(have, wanted)
	if i < 0 || wanted == "" {
		return 0, 0, false
	}
	if i > 0 {
		from = ends[i-1]
		from += len(text[from:]) - len(strings.TrimLeftFunc(text[from:], func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }))
	}
	return from, closing(text, ends[i+len(wanted)-1]), true
}

// closing moves the end of a sentence behind the marks that close it.
func closing(text string, end int) int {
	rest := text[end:]
	return end + len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsPunct))
}

// longestEcho is how many letters of what was heard are looked for.
const longestEcho = 60

// lastHeard returns in which of texts, and up to which of its bytes, heard was
// said.
func lastHeard(texts []string, heard string) (at, end int, ok bool) {
	echo, _ := letters(heard)
	if echo == "" {
		return 0, 0, false
	}
	var all strings.Builder
	var owner, ends []int
	for i, t := range texts {
		have, where := letters(t)
		all.WriteString(have)
		for _, e := range where {
			owner, ends = append(owner, i), append(ends, e)
		}
	}
	for ; len(echo) > 0; echo = echo[(len(echo)+1)/2:] {
		tail := echo[max(0, len(echo)-longestEcho):]
		if i := strings.Index(all.String(), tail); i >= 0 {
			last := i + len(tail) - 1
			return owner[last], closing(texts[owner[last]], ends[last]), true
		}
		if len(echo) < 12 {
			break
		}
	}
	return 0, 0, false
}

// restyle changes the style of the bytes from…to of runs.
func restyle(runs []run, from, to int, change func(*style)) []run {
	var out []run
	at := 0
	for _, r := range runs {
		low, high := clampTo(from-at, len(r.text)), clampTo(to-at, len(r.text))
		at += len(r.text)
		for i, text := range []string{r.text[:low], r.text[low:high], r.text[high:]} {
			if text == "" {
				continue
			}
			n := run{text, r.style}
			if i == 1 {
				change(&n.style)
			}
			out = append(out, n)
		}
	}
	return out
}

// slice returns the bytes from…to of runs.
func slice(runs []run, from, to int) []run {
	var out []run
	at := 0
	for _, r := range runs {
		low, high := clampTo(from-at, len(r.text)), clampTo(to-at, len(r.text))
		at += len(r.text)
		if low < high {
			out = append(out, run{r.text[low:high], r.style})
		}
	}
	return out
}

// clampTo is n within 0…most.
func clampTo(n, most int) int { return min(max(n, 0), most) }
