package panel

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// speech is the invisible surface below a text of an answer: a click on a
// sentence lets the voice go on from there.
type speech struct {
	widget.BaseWidget
	prose *prose
	from  func(sentence string)
	can   func() bool // there is a voice that can
}

var _ desktop.Cursorable = (*speech)(nil)

func newSpeech(p *prose, can func() bool, from func(string)) *speech {
	s := &speech{prose: p, from: from, can: can}
	s.ExtendBaseWidget(s)
	return s
}

func (s *speech) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: &fixed{}})
}

// Tapped says the sentence that was clicked.
func (s *speech) Tapped(e *fyne.PointEvent) {
	if !s.can() {
		return
	}
	if at, ok := s.prose.at(e.Position); ok {
		s.from(sentenceAt(audible(s.prose.runs), at))
	}
}

// Cursor tells that a click does something.
func (s *speech) Cursor() desktop.Cursor {
	if s.can() {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// at is which byte of the text is drawn at a place. It is not ok beside the
// text.
func (p *prose) at(where fyne.Position) (offset int, ok bool) {
	text, from := plain(p.runs), 0
	for _, d := range p.drawn {
		i := strings.Index(text[from:], d.text)
		if i < 0 {
			continue // it is drawn otherwise than it is written
		}
		from += i
		if where.Y >= d.y && where.Y < d.y+p.height && where.X >= d.x && where.X < d.x+d.width {
			part := int(float32(len(d.text)) * (where.X - d.x) / max(d.width, 1))
			for part > 0 && !utf8.RuneStart(d.text[part]) {
				part--
			}
			return from + part, true
		}
		from += len(d.text)
	}
	return 0, false
}

// sentenceAt is the sentence of text in which a byte stands.
func sentenceAt(text string, at int) string {
	begin, end := 0, len(text)
	for i, r := range text {
		next := i + utf8.RuneLen(r)
		if !endsSentence(text, i, r) {
			continue
		}
		if next <= at {
			begin = next
			continue
		}
		end = next
		break
	}
	return strings.TrimSpace(text[begin:end])
}

// endsSentence reports whether a sentence ends with r at i.
func endsSentence(text string, i int, r rune) bool {
	switch r {
	case '\n', '。', '！', '？':
		return true
	case '.', '!', '?':
		after, _ := utf8.DecodeRuneInString(text[i+1:])
		return i+1 == len(text) || unicode.IsSpace(after)
	}
	return false
}
