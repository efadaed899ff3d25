package panel

import (
	"fmt"
	"strings"
	"unicode"
)

// mostMarks is how many marks may stand on one letter: more of them climb over
// the lines above.
const mostMarks = 4

// harmless is text without what would make it look like another: characters
// that turn the direction of writing around, that are not seen, or that stack
// up without end. In code they are told, for there they may hide something.
func harmless(text string, code bool) string {
	if !strings.ContainsFunc(text, odd) {
		return text
	}
	var b strings.Builder
	marks := 0
	for _, r := range text {
		if unicode.Is(unicode.Mn, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case marks > mostMarks:
		case !harmful(r):
			b.WriteRune(r)
		case code:
			fmt.Fprintf(&b, "⟨%U⟩", r)
		}
	}
	return b.String()
}

// odd reports whether r needs a second look.
func odd(r rune) bool { return harmful(r) || unicode.Is(unicode.Mn, r) }

// harmful reports whether r is not to be drawn: a control character, one that
// turns the direction around, or one that cannot be seen. Joiners are seen:
// they make emoji and letters of some scripts what they are.
func harmful(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return true
	case r == '\u200b' || r == '\u2060' || r == '\ufeff' || r == '\u00ad':
		return true
	case r >= 0xe0000 && r <= 0xe007f: // tags
		return true
	}
	return r == '\u2028' || r == '\u2029' || r == '\u180e'
}
