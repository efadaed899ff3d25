// Package spoken turns the markdown of a streaming reply into the sentences
// that are read out. Code, tables, links' targets, markup and emoji are left
// out; the words stay.
package spoken

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is the length in runes from which on a sentence is cut at a space.
const longest = 280

// Splitter cuts a reply into sentences while it streams. The zero value is
// ready. How the reply is cut into deltas makes no difference.
type Splitter struct {
	partial []byte // the beginning of a rune
	line    []rune // the line that has begun
	said    int    // how much of it has been cut off
	kind    kind   // what the line is
	fence   string // the marker that ends the code block, "" outside one
	ready   []string
}

// kind is what a line of markdown is.
type kind int

const (
	undecided kind = iota
	prose
	silent // a table, a fence, code
)

// Add takes the next piece of markdown and returns the sentences that are
// complete with it.
func (s *Splitter) Add(delta string) []string {
	text := append(s.partial, delta...)
	for len(text) > 0 {
		if !utf8.FullRune(text) {
			break
		}
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		s.step(r)
	}
	s.partial = append([]byte(nil), text...)
	return s.take()
}

// Rest ends the reply and returns what is left to say.
func (s *Splitter) Rest() []string {
	s.step('\n')
	ready := s.take()
	*s = Splitter{}
	return ready
}

func (s *Splitter) take() []string {
	ready := s.ready
	s.ready = nil
	return ready
}

func (s *Splitter) step(r rune) {
	if r == '\n' {
		s.endLine()
		return
	}
	s.line = append(s.line, r)
	if s.kind == undecided {
		s.kind = s.decide(false)
	}
	if s.kind == prose && ends(s.line[s.said:]) {
		s.cut()
	}
}

// endLine says what is left of the line and begins the next.
func (s *Splitter) endLine() {
	if s.kind == undecided {
		s.kind = s.decide(true)
	}
	trimmed := strings.TrimSpace(string(s.line))
	switch {
	case s.fence != "" && strings.HasPrefix(trimmed, s.fence) && strings.Trim(trimmed, s.fence[:1]) == "":
		s.fence = ""
	case s.fence == "" && s.kind == silent:
		s.fence = fenceOf(trimmed)
	case s.kind == prose:
		s.cut()
	}
	s.line, s.said, s.kind = s.line[:0], 0, undecided
}

// decide says what the line is, as soon as its beginning tells.
func (s *Splitter) decide(whole bool) kind {
	if s.fence != "" {
		return silent
	}
	begin := strings.TrimLeft(string(s.line), " \t>")
	switch {
	case begin == "" && !whole:
		return undecided
	case strings.HasPrefix(begin, "|"), fenceOf(begin) != "":
		return silent
	case !whole && (strings.Trim(begin, "`") == "" || strings.Trim(begin, "~") == ""):
		return undecided
	}
	return prose
}

// fenceOf returns the marker of a code block that begins with this line.
func fenceOf(line string) string {
	line = strings.TrimLeft(line, " \t>")
	for _, mark := range []string{"```", "~~~"} {
		if strings.HasPrefix(line, mark) {
			return line[:len(line)-len(strings.TrimLeft(line, mark[:1]))]
		}
	}
	return ""
}

// cut makes a sentence of what has not been cut off yet.
func (s *Splitter) cut() {
	rest := string(s.line[s.said:])
	if s.said == 0 {
		rest = withoutMarker(rest)
	}
	s.said = len(s.line)
	if words := Words(rest); words != "" {
		s.ready = append(s.ready, words)
	}
}

// ends reports whether a sentence ends with the last rune of text.
func ends(text []rune) bool {
	last := text[len(text)-1]
	switch {
	case !unicode.IsSpace(last) && !strings.ContainsRune("。！？；", last):
		return false
	case inMarkup(text):
		return false
	case !unicode.IsSpace(last):
		return true
	case len(text) > longest:
		return true
	}
	body := strings.TrimRight(string(text[:len(text)-1]), "\"'”’)]*_`")
	if body == "" {
		return false
	}
	switch end, _ := utf8.DecodeLastRuneInString(body); end {
	case '!', '?', '…':
		return true
	case '.':
		return !abbreviated(strings.TrimSuffix(body, "."))
	}
	return false
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
		case r == '(' && i > 0 && text[i-1] == ']':
			round++
		case r == ')':
			round = max(0, round-1)
		}
	}
	return code || square > 0 || round > 0
}

// abbreviated reports whether a full stop after body stands for something
// else than the end of a sentence.
func abbreviated(body string) bool {
	word := body[strings.LastIndexAny(body, " \t(\"“*_")+1:]
	letters := []rune(word)
	switch {
	case len(letters) == 1 && unicode.IsUpper(letters[0]): // an initial
		return true
	case word != "" && strings.Trim(word, "0123456789") == "" && strings.TrimSpace(body) == word: // the marker of a list
		return true
	case strings.Contains(word, ".") && len(letters) <= 4 && unicode.IsLetter(letters[len(letters)-1]): // e.g, i.e, U.S
		return true
	}
	switch word { // written so, and hardly ever at the end of a sentence
	case "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "vs", "cf", "approx", "Fig", "fig", "Vol", "vol":
		return true
	}
	return false
}

var (
	markerPattern = regexp.MustCompile(`^[\s>]*(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?|\d{1,9}[.)]\s+)?`)
	imagePattern  = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)
	linkPattern   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	notePattern   = regexp.MustCompile(`\[(?:\^[^\]]*|\d+)\]`)
	tagPattern    = regexp.MustCompile(`</?[A-Za-z][^>]*>|<https?://[^>]*>`)
	urlPattern    = regexp.MustCompile(`https?://\S+|www\.\S+`)
	starPattern   = regexp.MustCompile(`\*{1,3}|~~|\b_{1,3}|_{1,3}\b|` + "`+")
)

// withoutMarker takes off what makes a line a heading, an item or a quotation.
func withoutMarker(line string) string {
	return line[len(markerPattern.FindString(line)):]
}

// Words returns what is to be read out of one line of markdown, "" if it has
// neither a letter nor a digit.
func Words(line string) string {
	for _, p := range []*regexp.Regexp{imagePattern, tagPattern} {
		line = p.ReplaceAllString(line, " ")
	}
	line = linkPattern.ReplaceAllString(line, "$1")
	for _, p := range []*regexp.Regexp{urlPattern, notePattern} {
		line = p.ReplaceAllString(line, " ")
	}
	line = html.UnescapeString(starPattern.ReplaceAllString(line, ""))
	line = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.So, r), unicode.Is(unicode.Cf, r), r >= 0xFE00 && r <= 0xFE0F, r == utf8.RuneError:
			return -1 // emoji, direction marks, joiners
		}
		return r
	}, line)
	if !strings.ContainsFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return strings.Join(strings.Fields(line), " ")
}
