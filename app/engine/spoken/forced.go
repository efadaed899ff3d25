package spoken

import (
	"cmp"
	"strings"
	"unicode"
)

// Where a sentence without end is cut, in runes.
const (
	longest   = 280          // from which on it is
	breath    = 80           // up to which, between words
	fewest    = 40           // before which it is not
	particles = "的了吗嗎呢吧着著过過" // they end words
)

// endsForced returns where a sentence is cut that has become too long: behind
// the last mark at which a speaker pauses, else behind the last space, else
// between words of a script without spaces. It never cuts in a Latin word.
func endsForced(text []rune) int {
	n := len(text)
	if n <= longest {
		return 0
	}
	if last := text[n-1]; n > longest+1 && !unicode.IsSpace(last) && !parts(text[n-2], last) && !strings.ContainsRune("，、：", last) {
		return 0 // no new place
	}
	p := placesIn(text)
	return cmp.Or(p.mark, p.space, p.word)
}

// places are where a sentence may be cut, 0 for nowhere.
type places struct{ mark, space, word int }

func placesIn(text []rune) (p places) {
	var m markup
	particle := false
	for i, r := range text {
		m.step(text, i)
		at := i + 1
		switch {
		case at < fewest, m.inside() && len(text) <= 4*longest:
		case strings.ContainsRune("，、：；", r), narrow(text[:at], ",:;"), unicode.IsSpace(r) && i > 0 && strings.ContainsRune(",:;—–", text[i-1]):
			p.mark = at
		case unicode.IsSpace(r):
			p.space = at
		case at == len(text) || !parts(r, text[at]), p.word > 0 && at > breath:
		case strings.ContainsRune(particles, r):
			p.word, particle = at, true
		case !particle:
			p.word = at
		}
	}
	return p
}

// parts reports whether there may be the end of a word between two runes:
// one of them at least is of a script without spaces.
func parts(before, behind rune) bool {
	han, next := ideographic(before), ideographic(behind)
	letter := unicode.IsLetter(behind) || unicode.IsDigit(behind)
	return han && (next || letter && behind != 'ー') || next && (unicode.IsLetter(before) || unicode.IsDigit(before)) && before != 'ー'
}
