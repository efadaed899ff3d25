package history

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"regexp"
	"strings"

	"aside/app/turn"
)

// A title is text from the screen and is not kept. What is kept is a keyed hash
// of it: enough to know a place again, not enough to read it.

// counters are what changes in the title of one and the same document: unread
// messages, marks of what is not saved, progress, a clock.
var counters = regexp.MustCompile(
	`[(\[{]\d{1,3}(?:[.,]\d{3})*\+?[)\]}]` + // (3) [12] (1,204)
		`|\d+(?:[.,]\d+)?\s?%` + // 45 %
		`|\b\d{1,2}:\d{2}(?::\d{2})?\b` + // 12:30
		`|\b\d+\s+(?:unread|new)(?:\s+(?:messages?|notifications?|e?mails?))?\b` +
		`|[(\[](?:modified|unsaved|edited|changed|read[- ]only|\+|\*|ro)[)\]]` +
		`|[—–-]\s*(?:edited|unsaved)\s*$`)

// marks are signs at the ends of a title that say nothing of the document.
const marks = " \t*+•●○◉✱✻⁕✳·…~!-–—|:"

// separators stand between the parts of a title.
var separators = regexp.MustCompile(`\s+[-–—|·•:]\s+`)

// placeName is what names the place: the document, file or site in a title,
// without what changes in it and without the program's own name. It is "" if
// nothing is left.
func placeName(program, title string) string {
	name := counters.ReplaceAllString(strings.ToLower(clean(title, 1000)), " ")
	var parts []string
	for _, part := range separators.Split(name, -1) {
		if part = strings.Join(strings.Fields(strings.Trim(part, marks)), " "); part != "" {
			parts = append(parts, part)
		}
	}
	if last := len(parts) - 1; last > 0 && isName(program, parts[last]) {
		parts = parts[:last]
	}
	return strings.Join(parts, "\n")
}

// isName reports whether the last part of a title is how its program calls
// itself: "Mozilla Firefox" of firefox, "Visual Studio Code" of code.
func isName(program, part string) bool {
	program = strings.ToLower(program)
	program = program[strings.LastIndexByte(program, '.')+1:]
	for word := range strings.FieldsSeq(part) {
		if len(word) >= 3 && (strings.HasPrefix(program, word) || strings.HasPrefix(word, program)) {
			return program != ""
		}
	}
	return false
}

// place is that of a turn, nil if it has none: it asked about no window, or the
// history is not there yet.
func (s *Store) place(v turn.View) []byte {
	if len(v.Shots) == 0 || s.secret == nil {
		return nil
	}
	return hashed(s.secret, v.Shots[0].Program, v.Shots[0].Title)
}

func hashed(secret []byte, program, title string) []byte {
	name := placeName(program, title)
	if name == "" || program == "" {
		return nil
	}
	h := hmac.New(sha256.New, secret)
	_, _ = h.Write([]byte(strings.ToLower(program) + "\x00" + name)) // it cannot fail
	return h.Sum(nil)[:16]
}

// Here returns the turns that were asked about the same place as a window of
// that program and title shows, newest first, at most limit or 500 of them:
// only what was answered, and nothing that f hides.
func (s *Store) Here(ctx context.Context, program, title string, f Filter, limit int) ([]Hit, error) {
	s.mu.Lock()
	place := hashed(s.secret, program, title)
	s.mu.Unlock()
	hits := []Hit{}
	if place == nil || f.Hidden != nil && f.Hidden(program) {
		return hits, nil
	}
	all, err := query(ctx, s.db.Load(), "SELECT "+columns+" FROM turns WHERE place = ? AND answer <> '' ORDER BY n DESC LIMIT ?", place, max(1, min(limit, maxList)))
	for _, r := range all {
		if !f.hides(r) {
			hits = append(hits, hit(r, nil))
		}
	}
	return hits, inform("find turns of a place", err)
}
