package spoken

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// closers may stand between the end of a sentence and the space behind it.
const closers = "\"'”’)]*_`"

// sentence returns how much of text is a whole sentence now that its last rune
// has come, 0 if none is. What stands behind it has begun the next.
func sentence(text []rune) int {
	if ends(text) {
		return len(text)
	}
	return endsAbbreviated(text)
}

// ends reports whether a sentence ends with the last rune of text.
func ends(text []rune) bool {
	last := text[len(text)-1]
	switch {
	case !unicode.IsSpace(last) && !strings.ContainsRune("。！？；", last) && !narrow(text, "!?"):
		return false
	case inMarkup(text):
		return false
	case !unicode.IsSpace(last):
		return true
	case len(text) > longest:
		return true
	}
	body := strings.TrimRight(string(text[:len(text)-1]), closers)
	if body == "" {
		return false
	}
	switch end, _ := utf8.DecodeLastRuneInString(body); end {
	case '!', '?', '…':
		return true
	case '.':
		return abbreviated(strings.TrimSuffix(body, ".")) == none
	}
	return false
}

// narrow reports whether text ends with one of these marks right behind a
// character of a script without spaces: no space need follow.
func narrow(text []rune, marks string) bool {
	n := len(text)
	return n > 1 && strings.ContainsRune(marks, text[n-1]) && ideographic(text[n-2])
}

// inMarkup reports whether text ends inside code or inside a link.
func inMarkup(text []rune) bool {
	if len(text) > 4*longest {
		return false
	}
	code, square, round := false, 0, 0
	for i, r := range text {
		switch {
		case r == '`':
			code = !code
		case code:
		case r == '[':
			square++
		case r == ']':
			square = max(0, square-1)
		case r == '(' && (round > 0 || i > 0 && text[i-1] == ']'):
			round++
		case r == ')':
			round = max(0, round-1)
		}
	}
	return code || square > 0 || round > 0
}
