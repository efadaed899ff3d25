package spoken

import (
	"regexp"
	"sync"
	"unicode/utf8"
)

// Deep reports whether a question asks to be thought about harder: it begins
// or ends with that wish, in English or in Chinese. A question about thinking
// has it elsewhere.
func Deep(question string) bool {
	const longest = 4000 // bytes at either end that are looked at
	head, tail := question, question
	if len(question) > longest {
		head, tail = question[:longest], question[len(question)-longest:]
		for !utf8.RuneStart(tail[0]) {
			tail = tail[1:]
		}
	}
	for _, p := range deeper() {
		if p.head.MatchString(head) || p.tail.MatchString(tail) {
			return true
		}
	}
	return false
}

// deepWish is a wish at the beginning or at the end of a question.
type deepWish struct{ head, tail *regexp.Regexp }

var deeper = sync.OnceValue(func() []deepWish { //nolint:gochecknoglobals // constant, and takes a moment to compile
	const (
		think = `think (?:(?:a (?:bit|little|lot)|even|much) )?(?:harder|hard|deeper|deeply|longer|more carefully|carefully|(?:it|this) through)`
		about = `(?: (?:about|on) (?:it|this|that|this one|that one))?`
		han   = `(?:(?:再|请|請|好好|仔细|仔細|认真|認真|深入|多)(?:地|的)?)+(?:想想|想一想|想一下|想清楚|思考(?:一下)?|考虑(?:一下)?|考慮(?:一下)?)`
	)
	return []deepWish{
		{
			regexp.MustCompile(`(?i)^\s*(?:(?:please|now|ok|okay|aside|hey|and|but|just|can you|could you)[ ,]+)*` + think + `(?:\b)`),
			regexp.MustCompile(`(?i)(?:[,.;:!?–—-]|\band|\bbut|\bplease|\bthen)\s+(?:please )?` + think + about + `(?:[ ,]+please)?[\s.!?]*$`),
		},
		{
			regexp.MustCompile(`^\s*` + han),
			regexp.MustCompile(`[，。！？；,.!?;]\s*` + han + `(?:吧|啊|再回答)?[\s。！？.!?]*$`),
		},
	}
})
