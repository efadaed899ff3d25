package spoken

import (
	"slices"
	"strings"
	"unicode/utf8"

	"aside/app/formula"
)

// A formula between $$ and $$, \[ and \] or \( and \) may go on in the next
// line. So it is put into its line when it is whole, as if it had been written
// there. If it never ends it was none.

// beginsFormula reports whether the line ends with a mark behind which there
// may be a formula, and takes the mark from it.
func (s *Splitter) beginsFormula() bool {
	n := len(s.line) - 2
	if n < s.said || s.fence.mark != "" || s.kind == silent || s.kind == opening {
		return false
	}
	mark := string(s.line[n:])
	before := s.beforeFormula(n)
	if mark != "$$" && mark != `\(` && mark != `\[` || before == '$' || before == '\\' {
		return false
	}
	ticks := 0
	for _, r := range s.line[s.said:n] {
		if r == '`' {
			ticks++
		}
	}
	if ticks%2 == 1 {
		return false
	}
	s.formula = slices.Clone(s.line[n:])
	s.line = s.line[:n]
	return true
}

// beforeFormula is the rune before the nth of the line.
func (s *Splitter) beforeFormula(n int) rune {
	if n == 0 {
		return 0
	}
	return s.line[n-1]
}

// inFormula takes the next rune of what may be a formula.
func (s *Splitter) inFormula(r rune) {
	s.formula = append(s.formula, r)
	if !strings.ContainsRune("$([)] \n", r) && len(s.formula) <= 4*longest {
		return // nothing that decides
	}
	_, n, more := formula.At(s.beforeFormula(len(s.line)), string(s.formula))
	switch {
	case n > 0:
		s.line, s.formula = append(s.line, s.formula...), nil
		s.judge(r)
	case !more:
		s.giveBack()
	}
}

// giveBack takes what was no formula for what it is.
func (s *Splitter) giveBack() {
	runes := s.formula
	s.formula = nil
	s.line = append(s.line, runes[:2]...)
	s.judge(runes[1])
	for _, r := range runes[2:] {
		s.step(r)
	}
}

// standsAlone reports whether the line, as far as it has come, is formulas that
// stand alone.
func (s *Splitter) standsAlone() bool {
	b := beginningOf(string(s.line))
	return s.fence.mark == "" && !s.indented(b) && formulasOnly(b.text)
}

// formulasOnly reports whether text is formulas that stand alone, and the marks
// of the sentence that they are in.
func formulasOnly(text string) bool {
	found := false
	for {
		text = strings.TrimLeft(text, " \t.,;:。，；：")
		if !strings.HasPrefix(text, "$$") && !strings.HasPrefix(text, `\[`) {
			return found && text == ""
		}
		_, n, _ := formula.At(utf8.RuneError, text)
		if n == 0 {
			return false
		}
		text, found = text[n:], true
	}
}
