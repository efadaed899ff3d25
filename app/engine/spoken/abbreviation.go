package spoken

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviation is what a full stop behind a word means.
type abbreviation int

const (
	none   abbreviation = iota
	inside              // the sentence goes on
	common              // it ends if a capital letter follows
	hour                // likewise, but not before a day or a time zone
	name                // it ends if a word follows that begins sentences: "Acme Inc. The"
)

var dottedPattern = regexp.MustCompile(`^(?:\p{L}\.)+\p{L}$`)

// abbreviated says what a full stop after body is, if it may stand for
// something else than the end of a sentence.
func abbreviated(body string) abbreviation {
	before, word := lastWord(body)
	if letters := []rune(word); len(letters) == 1 && unicode.IsUpper(letters[0]) {
		if endsLower(before) { // "plan B", "by J. Smith"
			return name
		}
		return inside // an initial
	}
	if word != "" && strings.Trim(word, "0123456789") == "" && strings.TrimSpace(body) == word { // the marker of a list
		return inside
	}
	return written(word)
}

// lastWord parts the last word of text from what stands before it.
func lastWord(text string) (before, word string) {
	at := strings.LastIndexFunc(text, func(r rune) bool { return ideographic(r) || strings.ContainsRune(" \t(（\"“‘*_[—–", r) })
	if at < 0 {
		return "", text
	}
	_, n := utf8.DecodeRuneInString(text[at:])
	return text[:at+n], text[at+n:]
}

// written says what a word is as it is written.
func written(word string) abbreviation {
	switch word {
	case "Mr", "Mrs", "Ms", "Dr", "Prof", "Rev", "Gen", "Capt", "Lt", "Sgt", "Gov", "Mt",
		"vs", "cf", "ca", "approx", "Approx", "Fig", "fig", "Figs", "figs", "Vol", "vol", "incl", "resp", "esp", "e.g", "E.g", "i.e", "I.e":
		return inside
	case "etc", "No", "no", "Nos", "nos", "p", "pp", "Ch", "ch", "Eq", "eq", "Sec", "sec", "Art", "Ver", "ver", "ext", "min", "max", "est", "avg",
		"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec":
		return common
	case "a.m", "p.m", "A.M", "P.M":
		return hour
	case "Inc", "Ltd", "Corp", "Co", "Bros", "Jr", "Sr", "Ph.D", "St", "Ave", "Dept", "dept", "al":
		return name
	}
	if dottedPattern.MatchString(word) { // U.S, J.R.R
		return name
	}
	return none
}

// endsLower reports whether the last word of text begins with a small letter.
func endsLower(text string) bool {
	words := strings.Fields(text)
	if len(words) == 0 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return unicode.IsLower(first)
}

// longestWord is beyond what begins a sentence, in letters.
const longestWord = 20

// endsAbbreviated returns how much of text is a sentence that ends with an
// abbreviation. Only the word behind that can tell, and the last rune may be
// the first of it, or the first behind it.
func endsAbbreviated(text []rune) int {
	end := len(text)
	whole := !inWord(text[end-1])
	if whole {
		end--
	}
	from := wordAt(text[:end])
	at := from
	for at > 0 && strings.ContainsRune("\"'“‘’*_([（「『《`", text[at-1]) {
		at--
	}
	for at > 1 && unicode.IsSpace(text[at-1]) && unicode.IsSpace(text[at-2]) {
		at--
	}
	if from == end || at == 0 || !unicode.IsSpace(text[at-1]) {
		return 0
	}
	body := stopped(text[:at-1])
	if body == nil || !abbreviated(string(body)).endsBefore(text[from:end], whole) || inMarkup(text[:at]) {
		return 0
	}
	return at
}

// stopped returns what stands before the full stop at the end of text, nil if
// there is none.
func stopped(text []rune) []rune {
	n := len(text)
	for n > 0 && strings.ContainsRune(closers, text[n-1]) {
		n--
	}
	if n == 0 || text[n-1] != '.' {
		return nil
	}
	return text[:n-1]
}

// wordAt returns where the word at the end of text begins. It may be quoted.
func wordAt(text []rune) int {
	end := len(text)
	from := end
	for from > 0 && end-from < longestWord && inWord(text[from-1]) && (from == end || !ideographic(text[from])) {
		from--
	}
	for from < end && !unicode.IsLetter(text[from]) {
		from++
	}
	return from
}

// inWord reports whether r belongs to a word.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '’'
}

// endsBefore reports whether a sentence ends with a, as far as the word behind
// it has come.
func (a abbreviation) endsBefore(word []rune, whole bool) bool {
	if ideographic(word[0]) {
		return len(word) == 1 && (a == common || a == hour || a == name)
	}
	if !unicode.IsUpper(word[0]) {
		return false
	}
	switch a {
	case common:
		return true
	case hour:
		return whole && !dated(string(word))
	case name:
		return whole && startsOne(string(word))
	}
	return false
}

// dated reports whether a word goes with the hour before it: "9 a.m. PST".
func dated(word string) bool {
	if len(word) > 1 && strings.ToUpper(word) == word {
		return true
	}
	return slices.Contains(strings.Fields(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
		January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
		Eastern Central Mountain Pacific Atlantic Beijing Greenwich`), word)
}

// startsOne reports whether a word with a capital letter begins a sentence rather
// than being part of a name.
func startsOne(word string) bool {
	word, _, _ = strings.Cut(strings.ReplaceAll(word, "’", "'"), "'")
	return slices.Contains(strings.Fields(`a an the this that these those there here it its i you we he she they my your our his her their
		one some many most all both each every everyone everything nobody nothing none no yes not another other
		and but or so yet if when while because since although though unless until after before once then now also however therefore
		what why how who where which in on at to for from with without by of as about under over during
		is are was were do does did can could will would should may might must please let use try see open click run note make check press`), strings.ToLower(word))
}
