package history

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bytes of a question and of an answer that a list shows.
const (
	questionWidth = 240
	answerWidth   = 240
)

// Piece is a part of a line.
type Piece struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"` // it is what was looked for
}

// span is a part of a text, in bytes.
type span struct{ from, to int }

// mark makes a line of text, of width bytes or so, around the first word that
// is wanted.
func mark(text string, wanted []term, width int) []Piece {
	spans := found(text, wanted, width)
	begin := 0
	if len(spans) > 0 && spans[0].to > width {
		begin = spans[0].from - width/4
	}
	for begin > 0 && !utf8.RuneStart(text[begin]) {
		begin--
	}
	if space := strings.IndexAny(text[begin:], " \n"); begin > 0 && space >= 0 && begin+space < spans[0].from {
		begin += space + 1
	}
	end := begin + len(cut(text[begin:], width))
	var line []Piece
	add := func(part string, hit bool) {
		if part != "" {
			line = append(line, Piece{part, hit})
		}
	}
	at := begin
	for _, s := range spans {
		if s.from >= end {
			break
		}
		add(flat(text[at:s.from]), false)
		at = min(s.to, end)
		add(flat(text[s.from:at]), true)
	}
	add(flat(text[at:end]), false)
	if begin > 0 {
		line = slices.Insert(line, 0, Piece{Text: "…"})
	}
	if end < len(text) {
		line = append(line, Piece{Text: "…"})
	}
	return line
}

// signs are those marks of markdown that only a drawing makes something of.
var signs = regexp.MustCompile("(?m)^[ \t]*(?:```|~~~).*$|^#{1,6} |\\*\\*|`")

// flat makes a line of text and keeps whether there is space around it.
func flat(text string) string {
	text = signs.ReplaceAllString(text, "")
	words := strings.Join(strings.Fields(text), " ")
	switch {
	case words == "" && text != "":
		return " "
	case words == "":
		return ""
	}
	if strings.TrimLeft(text, " \t\r\n") != text {
		words = " " + words
	}
	if strings.TrimRight(text, " \t\r\n") != text {
		words += " "
	}
	return words
}

// found returns where the first wanted words stand, and those within width
// bytes of it.
func found(text string, wanted []term, width int) []span {
	var spans []span
	s := scanner{text: text}
	for t, ok := s.next(); ok && len(wanted) > 0; t, ok = s.next() {
		if len(spans) > 0 && t.from > spans[0].from+width {
			break
		}
		length := 0
		for _, w := range wanted {
			length = max(length, w.covers(text, t))
		}
		switch last := len(spans) - 1; {
		case length == 0:
		case last >= 0 && t.from <= spans[last].to:
			spans[last].to = max(spans[last].to, t.from+length)
		default:
			spans = append(spans, span{t.from, t.from + length})
		}
	}
	return spans
}

// covers returns how many bytes of the text, from the token on, are what the
// term wants.
func (t term) covers(text string, k token) int {
	switch {
	case t.run != "" && k.joined && strings.HasPrefix(text[k.from:], t.run):
		return len(t.run)
	case t.run == "" && !k.joined && t.is(k):
		return k.to - k.from
	}
	return 0
}
