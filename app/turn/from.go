package turn

import (
	"strings"
	"unicode"
)

// startOf is which block of what was said a sentence begins with. What is
// spoken is cut otherwise than what is written, so that letters decide: the
// first block of words that are in the sentence, or hold it. It is 0 for a
// sentence that was not said.
func startOf(said []utterance, sentence string) int {
	want := spelled(sentence)
	if want == "" {
		return 0
	}
	for i, u := range said {
		if u.sentence == sentence {
			return i
		}
	}
	for i, u := range said {
		have := spelled(u.sentence)
		if have != "" && (strings.HasPrefix(want, have) || strings.Contains(have, want)) {
			return i
		}
	}
	return 0
}

// spelled is the letters and digits of text.
func spelled(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
