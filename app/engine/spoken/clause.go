package spoken

import (
	"slices"
	"strings"
	"unicode"
)

// The first piece is to be spoken before its sentence is whole, and must not
// sound torn. So it ends where a speaker may pause: behind punctuation, from
// the third word or the sixth Chinese character on; or before a word that joins
// clauses; or, from the fourth word on, before a preposition, unless the word
// before that leans on it ("is in"). "of" and "to" never part their
// neighbours. A sentence without such a place is short, and is waited for.
const (
	clauseWeight = 6 // three words, or six characters
	phraseWeight = 8
)

// clause returns how much of the beginning of a sentence can be spoken now that
// its last rune has come, 0 for nothing.
func clause(text []rune, begins bool) int {
	last := text[len(text)-1]
	paused := strings.ContainsRune("，、：；", last) || narrow(text, ",:;")
	if !paused && !unicode.IsSpace(last) || len(text) > longest || inMarkup(text) || inBrackets(text) {
		return 0
	}
	before := string(text)
	if begins {
		if strings.HasPrefix(strings.TrimLeft(before, " "), "[") { // perhaps where a link leads to
			return 0
		}
		before = withoutMarker(before)
	}
	if Weight(before) < clauseWeight {
		return 0
	}
	if paused || pauses(before) {
		return len(text)
	}
	words := strings.Fields(before)
	joint := strings.ToLower(words[len(words)-1])
	rest := strings.TrimRightFunc(before, unicode.IsSpace)
	rest = rest[:len(rest)-len(joint)]
	if !joins(joint, Weight(rest)) || leans(words[max(0, len(words)-2)]) {
		return 0
	}
	return len(text) - len([]rune(before)) + len([]rune(rest))
}

// pauses reports whether text, which ends with space, ends with a mark at which
// a speaker pauses. "e.g.," and "1, 2" have none.
func pauses(text string) bool {
	body := strings.TrimRight(text, " \t\"”’*_")
	if strings.HasSuffix(body, "—") || strings.HasSuffix(body, "–") || strings.HasSuffix(body, " -") {
		return true
	}
	before := strings.TrimRight(body, ",:;")
	return before != body && before != "" && !strings.ContainsAny(before[len(before)-1:], "0123456789.")
}

// joins reports whether there may be a pause before a word, behind so much.
func joins(word string, before int) bool {
	switch word {
	case "and", "but", "or", "because", "so", "when", "if", "that", "which", "while", "since", "unless", "although", "where", "who", "then", "whereas":
		return before >= clauseWeight
	case "in", "on", "at", "for", "with", "from", "by", "into", "after", "before", "without", "through", "between", "until", "during", "under", "inside":
		return before >= phraseWeight
	}
	return false
}

// leans reports whether a word must not be parted from the next.
func leans(word string) bool {
	return slices.Contains(strings.Fields(`a an the this these those its your my our their is are was were be been being am has have had
		do does did not can could will would should may might must and but or so if that which who when while as than of to in on at for with
		from by into no any each every very more most only just it's you you're we they he she i both either between`), strings.ToLower(word))
}

// inBrackets reports whether text ends inside parentheses or a tag.
func inBrackets(text []rune) bool {
	open, tag := 0, false
	for i, r := range text {
		switch r {
		case '(', '（':
			open++
		case ')', '）':
			open = max(0, open-1)
		case '<':
			tag = tag || i+1 < len(text) && !unicode.IsSpace(text[i+1])
		case '>':
			tag = false
		}
	}
	return open > 0 || tag
}

// Weight is about how long text takes to say: two for a word, one for an
// ideographic character.
func Weight(text string) int {
	n, within := 0, false
	for _, r := range text {
		switch {
		case ideographic(r):
			n++
			within = false
		case unicode.IsSpace(r):
			within = false
		case !within && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			n += 2
			within = true
		}
	}
	return n
}

// early reports whether the voice has yet to begin, but for a word or two.
func (s *Splitter) early() bool { return !s.Whole && s.weight < clauseWeight }
