package offline

import (
	"slices"
	"strings"
	"unicode"

	"aside/app/engine/spoken"
)

// intent is what a question wants.
type intent int

const (
	wantQuote     intent = iota // the lines that have to do with the question
	wantLook                    // what is on the screen
	wantRead                    // the text, aloud
	wantError                   // what looks like an error
	wantFind                    // the lines with a word
	wantSelection               // the selected text
	wantControl                 // a speech control
)

// question is a question as it was understood.
type question struct {
	intent intent
	about  string // wantFind: the words to find; wantControl: the control's name
	value  string // wantControl: the control's
	words  string // as asked
}

// looks says that the answer needs what is written in the picture.
func (q question) looks() bool { return q.intent != wantControl && q.intent != wantSelection }

// reason is how the reply to it ends.
func (q question) reason() string {
	if q.intent == wantControl {
		return "control"
	}
	return "stop"
}

// phrase is something that can be said. A * stands for words to find.
type phrase struct {
	words  string
	intent intent
	about  string
}

// phrases are the questions that the ear understands; typed, they may be worded
// more freely.
func phrases() []phrase {
	return []phrase{
		{"what is on my screen", wantLook, ""},
		{"what is on the screen", wantLook, ""},
		{"what's on my screen", wantLook, ""},
		{"what's on the screen", wantLook, ""},
		{"what do you see", wantLook, ""},
		{"what is this", wantLook, ""},

		{"read this", wantRead, ""},
		{"read it", wantRead, ""},
		{"read it to me", wantRead, ""},
		{"read this to me", wantRead, ""},
		{"read the screen", wantRead, ""},
		{"read my screen", wantRead, ""},
		{"read it aloud", wantRead, ""},
		{"what does it say", wantRead, ""},
		{"what does this say", wantRead, ""},

		{"what does the error say", wantError, ""},
		{"what is the error", wantError, ""},
		{"what's the error", wantError, ""},
		{"read the error", wantError, ""},
		{"what went wrong", wantError, ""},

		{"read the selection", wantSelection, ""},
		{"read my selection", wantSelection, ""},
		{"read what i selected", wantSelection, ""},

		{"find *", wantFind, ""},
		{"search for *", wantFind, ""},
		{"look for *", wantFind, ""},
		{"where is *", wantFind, ""},
		{"what does it say about *", wantFind, ""},
	}
}

// controls are the speech controls that the ear understands, as spoken.Control
// does. Very short ones are missing: the recogniser takes noise for them.
func controls() []string {
	return []string{
		"faster", "speak faster", "speed up", "slower", "speak slower", "slow down",
		"louder", "speak louder", "speak up", "quieter", "softer", "normal speed",
		"stop", "be quiet", "shut up", "never mind", "skip this", "next sentence",
		"another voice", "use another voice", "change the voice",
		"say it again", "say that again", "repeat that", "again",
	}
}

// heardAs are the words of everything that the ear understands.
func heardAs() []string {
	all := controls()
	for _, p := range phrases() {
		all = append(all, p.words)
	}
	return all
}

// understand says what a question wants, whether it was said or typed.
func understand(words string) question {
	q := question{words: strings.TrimSpace(words)}
	if name, value, ok := spoken.Control(words); ok {
		q.intent, q.about, q.value = wantControl, name, value
		return q
	}
	asked := tokens(words)
	for _, p := range phrases() {
		before, _, finds := strings.Cut(p.words, " *")
		known := tokens(before)
		switch {
		case finds && len(asked) > len(known) && slices.Equal(asked[:len(known)], known):
			q.intent, q.about = wantFind, sought(words, known)
			return q
		case !finds && slices.Equal(asked, known):
			q.intent, q.about = p.intent, p.about
			return q
		}
	}
	q.intent = guess(asked)
	return q
}

// guess understands typed questions by the words they have. One that wants a
// reason, or something done, is beyond it.
func guess(asked []string) intent {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(asked, w) })
	}
	switch {
	case has("why", "how", "explain", "translate", "summarize", "summarise", "fix", "write"):
		return wantQuote
	case has("selection", "selected") && has("read", "what", "say", "says", "show", "quote"):
		return wantSelection
	case has("error", "errors", "exception", "failure") && has("read", "what", "which", "say", "says", "show", "any", "quote"):
		return wantError
	case has("see", "screen", "window", "looking") && has("what", "describe", "show"):
		return wantLook
	case has("read") && has("this", "it", "screen", "window", "text", "page", "all", "everything"):
		return wantRead
	}
	return wantQuote
}

// tokens are the words of a question in lower case, without what is only
// politeness.
func tokens(s string) []string {
	var all []string
	for _, w := range fields(s) {
		switch w {
		case "please", "aside", "hey", "now":
		case "what's", "whats":
			all = append(all, "what", "is")
		default:
			all = append(all, w)
		}
	}
	return all
}

// fields cuts s into lower-case words: letters and digits, and what stands
// between them as in don't, x_y or main.go.
func fields(s string) []string {
	s = strings.ReplaceAll(strings.ToLower(s), "’", "'")
	inside := func(r rune) bool { return strings.ContainsRune("'_.-/:@", r) }
	var all []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !alphanumeric(r) && !unicode.IsMark(r) && !inside(r) }) {
		if w = strings.TrimFunc(w, inside); w != "" {
			all = append(all, w)
		}
	}
	return all
}

// sought returns what follows the words known of a question, as it was typed.
func sought(words string, known []string) string {
	last, seen := known[len(known)-1], len(known)
	rest := strings.Fields(words)
	for i, w := range rest {
		t := tokens(w)
		seen -= len(t)
		if seen <= 0 && len(t) > 0 && t[len(t)-1] == last {
			rest = rest[i+1:]
			break
		}
	}
	for len(rest) > 0 && slices.Contains([]string{"please", "now"}, strings.Trim(strings.ToLower(rest[len(rest)-1]), ".,!?")) {
		rest = rest[:len(rest)-1]
	}
	return strings.Trim(strings.Join(rest, " "), " .,!?\"'“”‘’`")
}
