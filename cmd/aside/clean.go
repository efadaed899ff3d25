package main

import (
	"strings"
	"unicode"
)

// clean takes out of text that came from elsewhere what a terminal obeys, and
// what nobody sees: control and format characters, among them those that turn
// the order of letters round and tags that spell out hidden words.
func clean(text string) string {
	before := '\n'
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u2028', r == '\u2029': // lines and paragraphs
			r = '\n'
		case hidden(r), (r == joiner || r == nonJoiner) && !joins(before):
			return -1
		}
		before = r
		return r
	}, text)
}

// Characters that connect their neighbours, or keep them apart: some scripts
// and emoji cannot be written without.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// joins reports whether a joiner may follow r: where no script needs one, and
// next to another, it is a hidden sign.
func joins(r rune) bool {
	return r == '\ufe0f' || r > unicode.MaxLatin1 && !unicode.Is(unicode.Latin, r) && unicode.In(r, unicode.L, unicode.M, unicode.S)
}

// hidden reports whether a terminal obeys r or shows nothing of it.
func hidden(r rune) bool {
	switch {
	case r == '\n', r == '\t', r == joiner, r == nonJoiner:
		return false
	case unicode.Is(unicode.Cf, r): // some stand around the digits of a number
		return !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	case r >= 0xfe00 && r < 0xfe0e, r >= 0xe0100 && r <= 0xe01ef: // forms of a letter that no terminal has
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Other_Default_Ignorable_Code_Point)
}
