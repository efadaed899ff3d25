// Package spoken turns the markdown of a streaming reply into what is read out,
// sentence by sentence. Code, tables, formulas that stand alone, links' targets,
// markup and emoji are left out; the words stay. It also recognises the speech controls in what the user
// says.
package spoken

import (
	"strings"
	"unicode/utf8"
)

// Splitter cuts a reply into pieces while it streams: first a clause, then
// whole sentences. What stands behind a thematic break is for the eye alone.
// The zero value is ready. How the reply is cut into deltas makes no
// difference.
type Splitter struct {
	Whole bool // the first sentence is not cut either

	partial []byte // the beginning of a rune
	line    []rune // the line that has begun
	said    int    // how much of it has been cut off
	kind    kind   // what the line is
	formula []rune // that has begun in the line: it may go on in the next
	held    []rune // the line before it, if that may be the head of a table
	ready   []Piece
	around
	lane
}

// Transcript returns a Splitter for words that have been said already, however
// many they are.
func Transcript() *Splitter { return &Splitter{lane: lane{all: true}} }

// around is what the lines before mean for the next.
type around struct {
	fence     fence // of the code that it is in
	table     bool
	paragraph bool // it may go on
	closed    bool // the last line ended as sentences do
	quoted    bool
	item      int // where the text of a list's item begins, 0 outside a list
}

// kind is what a line of markdown is.
type kind int

const (
	undecided kind = iota
	prose
	row     // prose, or the head of a table: the next line tells
	opening // a fence
	silent  // a table, code, a formula that stands alone
)

// Add takes the next piece of markdown and returns the pieces that are
// complete with it.
func (s *Splitter) Add(delta string) []Piece {
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
func (s *Splitter) Rest() []Piece {
	for s.formula != nil {
		s.giveBack()
	}
	s.step('\n')
	s.release()
	ready := append(s.take(), s.told()...)
	*s = Splitter{Whole: s.Whole, lane: lane{all: s.all}}
	return ready
}

func (s *Splitter) take() []Piece {
	ready := s.ready
	s.ready = nil
	return ready
}

func (s *Splitter) step(r rune) {
	switch {
	case s.formula != nil:
		s.inFormula(r)
	case r == '\n':
		s.endLine()
	default:
		s.line = append(s.line, r)
		if !s.beginsFormula() {
			s.judge(r)
		}
	}
}

// judge finds out what the line is, and what is whole of it, now that its last
// rune has come.
func (s *Splitter) judge(r rune) {
	if !strings.ContainsRune(" \t>|:-", r) { // what the line under a table's head consists of
		s.release()
	}
	long := len(s.line) > longest
	switch {
	case s.kind == undecided && !s.standsAlone():
		s.kind = s.decide(long)
	case s.kind == prose && r == '|' && s.said == 0 && !long && !inMarkup(s.line):
		s.kind = row
	case s.kind == row && long:
		s.kind = prose
	}
	if s.kind == prose {
		s.goOn(s.line[s.said:])
	}
}

// goOn says what of a line is whole now that its last rune has come.
func (s *Splitter) goOn(text []rune) {
	if n := sentence(text); n > 0 {
		s.cut(s.said+n, false)
	} else if s.early() {
		if n := clause(text, s.said == 0); n > 0 {
			s.cut(s.said+n, true)
		}
	}
}

// endLine says what is left of the line and begins the next.
func (s *Splitter) endLine() {
	if s.kind == undecided {
		s.kind = s.decide(true)
	}
	line := string(s.line)
	b := beginningOf(line)
	if s.held != nil && delimits(line) {
		s.held, s.table, s.kind = nil, true, silent
	}
	s.release()
	switch {
	case s.fence.mark != "" && s.fence.endsWith(b):
		s.fence = fence{}
	case s.kind == opening:
		s.fence = b.fence()
	case s.kind == row:
		s.held = append(s.held, s.line...)
	case s.kind == prose:
		s.rest(s.line[s.said:], s.said == 0) // it may have been decided only now
		s.close()
	}
	s.table = s.table && strings.Contains(line, "|")
	if s.kind == silent && b.text != "" {
		s.missing(b)
	}
	s.over = s.over || s.breaks(line)
	s.remember(b, rulePattern.MatchString(line))
	s.line, s.said, s.kind = s.line[:0], 0, undecided
}

// release says the line that was held back after all.
func (s *Splitter) release() {
	s.rest(s.held, true)
	s.held = nil
}

// rest says what is left of a line, sentence by sentence.
func (s *Splitter) rest(line []rune, begins bool) {
	from := 0
	for i := range line {
		if n := sentence(line[from : i+1]); n > 0 {
			s.say(line[from:from+n], begins && from == 0, false)
			from += n
		}
	}
	if from < len(line) {
		s.say(line[from:], begins && from == 0, false)
	}
}

// remember keeps what the line means for the next.
func (s *Splitter) remember(b beginning, rule bool) {
	heading := headingPattern.MatchString(b.text)
	ends := !s.paragraph || heading || s.kind == opening
	switch {
	case b.text == "" && !b.item || rule:
	case b.item:
		s.item, s.quoted = b.column, b.quoted
	case ends && b.quoted != s.quoted, ends && b.indent < min(s.item, 2):
		s.item, s.quoted = 0, b.quoted
	case ends:
		s.item = min(s.item, b.indent)
	}
	s.closed = closes(b.text)
	s.paragraph = (s.kind == prose || s.kind == row) && b.text != "" && !heading && !rule
}

// decide says what the line is, as soon as its beginning tells.
func (s *Splitter) decide(whole bool) kind {
	b := beginningOf(string(s.line))
	if s.fence.mark != "" && s.fence.quoted && !b.quoted && (b.text != "" || whole) {
		s.fence = fence{} // it has ended with its quotation
	}
	switch {
	case s.fence.mark != "":
		return s.inside(b)
	case s.indented(b), strings.HasPrefix(b.text, "|"), formulasOnly(b.text):
		return silent
	case !whole && b.mayGrow():
		return undecided
	case b.fence().mark != "":
		return b.opens(whole)
	case s.table && strings.Contains(b.text, "|"):
		return silent
	case s.table && !whole:
		return undecided
	}
	return prose
}

// missing tells what the line is that is not read.
func (s *Splitter) missing(b beginning) {
	if b.fence().mark != "" {
		return // perhaps of nothing
	}
	n := noteCode
	switch {
	case s.fence.mark != "":
	case strings.Contains(b.text, "|") && (s.table || strings.HasPrefix(b.text, "|")):
		n = noteTable
	case !s.indented(b) && formulasOnly(b.text):
		n = noteFormula
	}
	s.ready = append(s.ready, s.leaveOut(n)...)
}

// inside says what a line of a code block is.
func (s *Splitter) inside(b beginning) kind {
	if s.fence.quoted && !b.quoted {
		return undecided // it has only begun
	}
	return silent
}

// indented reports whether the line is code for its indentation alone.
func (s *Splitter) indented(b beginning) bool {
	margin := s.item
	if b.quoted != s.quoted {
		margin = 0
	}
	return b.text != "" && !s.paragraph && b.indent >= margin+4 && (margin == 0 || !b.item)
}

// cut says what has not been cut off yet up to a place. open says that the
// sentence goes on there.
func (s *Splitter) cut(to int, open bool) {
	s.say(s.line[s.said:to], s.said == 0, open)
	s.said = to
}

// say makes a piece of a part of a line, if there are words in it.
func (s *Splitter) say(part []rune, begins, open bool) {
	words := string(part)
	if begins {
		words = withoutMarker(words)
	}
	if p := phraseOf(words); p.text != "" {
		s.ready = append(s.ready, s.pass(p, open)...)
	}
}
