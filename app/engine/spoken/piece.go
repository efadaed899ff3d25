package spoken

import (
	"regexp"
	"strings"
	"unicode"
)

// Piece is what is spoken at once: a sentence, or the first clause of one.
type Piece struct {
	Sentence string // the words as they are written; "" if the answer does not have them
	Aloud    string // as they are to be said
	Open     bool   // the sentence goes on with the next piece
}

// mostSentences is how many sentences are spoken, and the rest only shown.
const mostSentences = 12

// lane is how far the voice has come in the answer.
type lane struct {
	weight       int // of all that is said
	sentences    int
	inside       bool           // the last piece left its sentence open
	left         [noteRest]bool // what was left out, and that was told or is about to be
	notes        []note
	han, letters int
	over         bool // nothing more is said
	all          bool // it has been said already
}

// note is something that is said although it is not written.
type note int

const (
	noteCode note = iota
	noteTable
	noteFormula
	noteRest
)

func (n note) in(chinese bool) string {
	if chinese {
		return [...]string{"代码在面板里。", "表格在面板里。", "公式在面板里。", "其余的在面板里。"}[n]
	}
	return [...]string{"The code is in the panel.", "The table is in the panel.", "The formula is in the panel.", "The rest is in the panel."}[n]
}

// pass returns the pieces that take a phrase to the voice.
func (l *lane) pass(p phrase, open bool) []Piece {
	switch {
	case l.over:
		return nil
	case l.sentences == mostSentences && !l.all:
		l.over = true
		return []Piece{{Aloud: noteRest.in(l.chinese())}}
	}
	words := p.written()
	han, letters := count(p.text) // code and formulas are of no language
	l.han, l.letters, l.weight = l.han+han, l.letters+letters, l.weight+Weight(words)
	l.inside = open
	aloud := p.aloud(chinese(han, letters) || han+letters == 0 && l.chinese())
	if open && !strings.ContainsFunc(lastOf(words), unicode.IsPunct) {
		aloud += "," // so that the voice does not fall as if that were all
	}
	pieces := []Piece{{words, aloud, open}}
	if open {
		return pieces
	}
	l.sentences++
	return append(pieces, l.told()...)
}

// leaveOut notes that code, a table or a formula is not read. That is said in the
// language of the answer, which must have begun.
func (l *lane) leaveOut(n note) []Piece {
	if l.left[n] || l.over {
		return nil
	}
	l.left[n] = true
	l.notes = append(l.notes, n)
	if l.sentences == 0 {
		return nil
	}
	return l.told()
}

// close ends a sentence whose line ended right behind its first clause.
func (l *lane) close() {
	if l.inside {
		l.inside = false
		l.sentences++
	}
}

// told returns the notes that have waited.
func (l *lane) told() (pieces []Piece) {
	for _, n := range l.notes {
		pieces = append(pieces, Piece{Aloud: n.in(l.chinese())})
	}
	l.notes = nil
	return pieces
}

// chinese reports whether the answer, as far as it has come, is Chinese.
func (l *lane) chinese() bool { return chinese(l.han, l.letters) }

// chinese judges by the numbers of Han characters and of other letters: there
// are English words in Chinese sentences, and fewer the other way round.
func chinese(han, letters int) bool { return 4*han > letters }

func count(words string) (han, letters int) {
	for _, r := range words {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return han, letters
}

func lastOf(words string) string {
	r := []rune(words)
	return string(r[max(0, len(r)-1):])
}

var breakPattern = regexp.MustCompile(`^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$`)

// breaks reports whether a line parts what is for the ear from what is for the
// eye: the first thematic break behind something that was said. Right below
// words that are no whole sentence it makes a heading of them.
func (s *Splitter) breaks(line string) bool {
	if s.fence.mark != "" || s.sentences == 0 || !breakPattern.MatchString(line) {
		return false
	}
	underlines := s.paragraph && !s.quoted && s.item == 0 && strings.Trim(line, "- \t") == "" && !strings.Contains(strings.TrimSpace(line), " ")
	return !underlines || s.closed
}

// closes reports whether text ends as sentences do.
func closes(text string) bool {
	return strings.ContainsAny(lastOf(strings.TrimRight(text, closers)), ".!?…。！？:：")
}
