package history

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxToken bounds a token, in bytes. What goes beyond is not searched.
const maxToken = 64

// token is a piece of text that can be searched for: a word, or two letters of
// a script that puts no spaces between words.
type token struct {
	text     string // folded
	from, to int    // where it stands, in bytes
	joined   bool   // it is of a script without spaces
}

// scanner splits text into tokens. Case, accents and width do not matter. A
// run of letters without spaces becomes all of its pairs and then its last
// letter alone, so that any part of it is found by its pairs, and one letter as
// the beginning of a pair.
type scanner struct {
	text string
	at   int

	before rune // the letter before at, of a run without spaces; 0 if there is none
	since  int  // where that is
}

// next returns the next token, or that there is none.
func (s *scanner) next() (token, bool) {
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		switch {
		case unspaced(r):
			before, since := s.before, s.since
			s.before, s.since = r, s.at
			s.at += size
			if before != 0 {
				return token{string(before) + string(r), since, s.at, true}, true
			}
		case s.before != 0:
			return s.last(), true
		case wordly(r):
			return s.word(), true
		case unicode.Is(unicode.So, r): // an emoji, say
			s.at += size
			return token{text: string(r), from: s.at - size, to: s.at}, true
		default:
			s.at += size
		}
	}
	if s.before != 0 {
		return s.last(), true
	}
	return token{}, false
}

// last is the last letter of a run without spaces.
func (s *scanner) last() token {
	t := token{string(s.before), s.since, s.since + utf8.RuneLen(s.before), true}
	s.before = 0
	return t
}

// word is the word at hand.
func (s *scanner) word() token {
	from, plain := s.at, true
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if unspaced(r) || !wordly(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		plain = plain && r < utf8.RuneSelf
		s.at += size
	}
	s.sharpen()
	return token{text: fold(s.text[from:s.at], plain), from: from, to: s.at}
}

// sharpen takes one or two signs into the word before them: C#, C++.
func (s *scanner) sharpen() {
	rest := s.text[s.at:]
	bare := strings.TrimLeft(rest, "+#")
	signs := len(rest) - len(bare)
	if r, _ := utf8.DecodeRuneInString(bare); signs >= 1 && signs <= 2 && !wordly(r) {
		s.at += signs
	}
}

// fold makes all spellings of a word the same.
func fold(word string, plain bool) string {
	if plain {
		return cut(strings.ToLower(word), maxToken)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(cut(word, 2*maxToken)) {
		if !unicode.Is(unicode.Mn, r) && wordly(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return cut(b.String(), maxToken)
}

// cut shortens text to at most size bytes, between two letters.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}

// wordly reports whether words are made of r.
func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// unspaced reports whether r is of a script that puts no spaces between words.
func unspaced(r rune) bool {
	return r >= 0xe00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
