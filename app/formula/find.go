// Package formula finds the formulas in markdown, writes them as text, x² + 1
// for $x^2 + 1$, and says them in words. The panel and the voice share it: a
// sentence is found in what is drawn by its letters.
package formula

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest bounds how far the end of a formula is looked for, in bytes.
const longest = 1024

// mark is what stands before and behind a formula.
type mark struct{ open, shut string }

var marks = []mark{{"$$", "$$"}, {`\(`, `\)`}, {`\[`, `\]`}, {"$", "$"}} //nolint:gochecknoglobals // a table that nothing writes to

// At returns the formula with which text begins, and how long it is with its
// marks in bytes, 0 if it is none. before is the rune before it. more reports
// that what follows text may yet make it one, or none.
func At(before rune, text string) (body string, length int, more bool) {
	for _, m := range marks {
		rest, ok := strings.CutPrefix(text, m.open)
		switch {
		case strings.HasPrefix(m.open, text) && !ok:
			return "", 0, true
		case !ok:
			continue
		case m.open[0] == '$' && (latin(before) || before == '$' || unicode.IsDigit(before)):
			return "", 0, false
		}
		end, more := m.end(rest)
		if end < 0 {
			return "", 0, more
		}
		return rest[:end], len(m.open) + end + len(m.shut), more
	}
	return "", 0, false
}

// latin reports whether r is a letter of a script that parts its words.
func latin(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) }

// end returns where in what follows the mark the formula ends, -1 if it does
// not.
func (m mark) end(rest string) (at int, more bool) {
	l := line{multi: m.open != "$", free: strings.HasPrefix(rest, "\n")}
	if !l.multi && rest != "" && strings.ContainsAny(rest[:1], ` )]},.;:!?'"`) {
		return -1, false
	}
	for i := 0; i < len(rest); {
		switch {
		case i > longest:
			return -1, false
		case strings.HasPrefix(rest[i:], m.shut):
			return l.shut(rest, i)
		case strings.HasPrefix(m.shut, rest[i:]):
			return -1, true
		}
		r, n := utf8.DecodeRuneInString(rest[i:])
		if r == '\\' {
			n += nameLength(rest[i+1:])
		}
		if !l.step(r) || begins(rest[i:i+n]) && l.depth == 0 {
			return -1, false
		}
		i += n
	}
	return -1, true
}

// begins reports whether a command is a mark: there is no formula in another.
func begins(command string) bool { return command == `\(` || command == `\[` }

// nameLength is how long the name of a command is: letters, or one sign.
func nameLength(text string) int {
	n := 0
	for n < len(text) && letter(text[n]) {
		n++
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(text)
	}
	return n
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// line tells formulas from prices, variables of a shell and words: in a formula
// no word follows a word or a number.
type line struct {
	multi   bool // it may go on in the next line
	free    bool // its mark stands alone in a line: anything may be in it
	depth   int  // of braces
	word    []rune
	follows bool // the word stands behind a space behind a word or a number
	operand bool // a word or a number, or what ends one, came last
	space   bool // and a space behind that
	last    rune // but for spaces
	spelled bool // there was a word of several letters
}

// step takes the next rune, a backslash for a command. It reports false if this
// is no formula.
func (l *line) step(r rune) bool {
	if latin(r) && l.depth == 0 {
		if len(l.word) == 0 {
			l.follows = l.operand && l.space
		}
		l.word = append(l.word, r)
		l.operand, l.space, l.last = true, false, r
		return true
	}
	return l.endWord() && l.sign(r)
}

// endWord reports whether the word that has ended may be in a formula.
func (l *line) endWord() bool {
	word := l.word
	l.word = l.word[:0]
	if len(word) < 2 {
		return true
	}
	l.spelled = true
	return !l.follows || l.free || functions()[string(word)] != ""
}

// sign takes what is no letter.
func (l *line) sign(r rune) bool {
	switch {
	case r == '`', r == '$':
		return false
	case r == '\n' && (!l.multi || l.last == '\n'): // a blank line
		return false
	case unicode.IsSpace(r) && r != '\n':
		l.space = true
		return l.multi || !strings.ContainsRune(".?", l.last)
	case r == '{':
		l.depth++
	case r == '}':
		l.depth = max(0, l.depth-1)
	case l.depth == 0 && !l.free && strings.ContainsRune("，。；：！？、（）", r):
		return false
	}
	l.operand = unicode.IsDigit(r) || strings.ContainsRune(",;.!?)]}'%", r)
	l.space, l.last = false, r
	return true
}

// shut judges the mark at i that may end the formula.
func (l *line) shut(rest string, i int) (at int, more bool) {
	after, n := utf8.DecodeRuneInString(rest[i+1:])
	switch {
	case strings.TrimSpace(rest[:i]) == "", !l.endWord():
		return -1, false
	case l.multi:
		return i, false
	case l.space, strings.ContainsRune("=+-*/<>,:;(&", l.last), unicode.IsDigit(after), after == '$', l.spelled && latin(after):
		return -1, false
	}
	return i, n == 0
}
