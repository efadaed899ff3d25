package panel

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"aside/app/control"
)

// The core speaks English: what it tells has a code for programs and words for
// people. Here the words are looked up by the English ones. A message that no
// catalogue has, such as one of a newer core, stays as it is, and its hint too.
//
// A hint of the core may name a command for a shell. Where the panel has a page
// for it, every catalogue names that, even the English one, which has no other
// texts. %.0s leaves out what is filled in.

// inEnglish is the catalogue of English.
var inEnglish = sync.OnceValue(func() *catalogue { return catalogueOf(english) }) //nolint:gochecknoglobals // read once

// told is a problem in the language of the interface. A setting that stands
// under what is wrong with it is called as on the page.
func told(p control.Problem) control.Problem {
	name, wrong, _ := strings.Cut(p.Message, " ")
	message, ok := known(p.Message)
	hint, also := known(p.Hint)
	if ok && also {
		p.Message, p.Hint = message, hint
	}
	if label := labelOf(name); label != name && strings.HasPrefix(wrong, "must") {
		p.Message = sentences(tr(label), strings.TrimSpace(strings.TrimPrefix(p.Message, name)))
	}
	return p
}

// sentences is words and those after them, which a script that is written
// without spaces has none between.
func sentences(first, next string) string {
	if last, _ := utf8.DecodeLastRuneInString(first); first == "" || next == "" || isWide(last) {
		return first + next
	}
	return first + " " + next
}

// answerText is an answer as it is shown. The offline reader's names a command
// where the panel has a page.
func answerText(v control.View) string {
	if v.Engine != "offline" {
		return v.Answer
	}
	end := strings.Index(v.Answer, "```") // what follows is a quotation
	if end < 0 {
		end = len(v.Answer)
	}
	said := v.Answer[:end]
	for _, advice := range []string{
		"For a model that does, store a key: `aside key set`.",
		"Ask again with the screen (`aside ask --screen window …`), or store a key for a model: `aside key set`.",
	} {
		said = strings.Replace(said, advice, trCore(advice), 1)
	}
	return said + v.Answer[end:]
}

// trCore is a line from the core in the language of the interface.
func trCore(text string) string {
	text, _ = known(text)
	return text
}

// form is a text with places where names and numbers are filled in.
type form struct {
	shape *regexp.Regexp
	key   string
}

// formsOf are the texts that are forms, the most telling first.
func formsOf(texts map[string]string) []form {
	var all []form
	for key := range texts {
		if !strings.Contains(key, "%s") {
			continue
		}
		shape := strings.ReplaceAll(regexp.QuoteMeta(key), "%s", "(.+?)")
		all = append(all, form{regexp.MustCompile("^" + shape + "$"), key})
	}
	slices.SortFunc(all, func(a, b form) int {
		return cmp.Or(cmp.Compare(literal(b.key), literal(a.key)), cmp.Compare(a.key, b.key))
	})
	return all
}

// literal is how much of a form is fixed.
func literal(key string) int { return len(key) - 2*strings.Count(key, "%s") }

// known looks a text up. It reports whether it is in the language of the
// interface, as everything is in English.
func known(text string) (string, bool) {
	c := cmp.Or(written.Load(), inEnglish())
	if c == nil || text == "" {
		return text, true
	}
	if t, ok := c.texts[text]; ok {
		return t, true
	}
	for _, f := range c.forms {
		found := f.shape.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		var filled []any
		for _, what := range found[1:] {
			filled = append(filled, what)
		}
		return fmt.Sprintf(c.texts[f.key], filled...), true
	}
	return text, c.language == english
}
