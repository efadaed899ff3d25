package panel

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// cutAll cuts text, given to the cutter in steps.
func cutAll(text string, step int) (settled []part, tail part) {
	var c cutter
	for n := 0; ; n = min(n+step, len(text)) {
		for {
			p, ok := c.next(text[:n])
			if !ok {
				break
			}
			settled = append(settled, p)
		}
		if n == len(text) {
			tail, _ = c.tail(text)
			return settled, tail
		}
	}
}

func TestCutterSettlesWhatNoLongerChanges(t *testing.T) {
	for _, c := range []struct {
		name, text string
		settled    []part
		tail       part
	}{
		{"one line may still grow", "Hello", nil, part{text: "Hello"}},
		{"a paragraph ends with the next", "One.\n\nTwo", []part{{text: "One.\n\n"}}, part{text: "Two"}},
		{"a blank line alone does not end it", "One.\n\n", nil, part{text: "One.\n\n"}},
		{"a list goes on after a blank line", "- a\n\n  more\n", nil, part{text: "- a\n\n  more\n"}},
		{"code is a part of its own", "x\n```go\na\n\nb\n```\ny", []part{{text: "x\n"}, {text: "a\n\nb\n", code: true, lang: "go"}}, part{text: "y"}},
		{"open code is the tail", "```go\na\n", nil, part{text: "a\n", code: true, lang: "go"}},
		{"a closing fence is not shown as code", "~~~\na\n~~", nil, part{text: "a\n", code: true}},
		{"code in a list stays in the list", "- a\n  ```\n  x\n\ny\n  ```\n", nil, part{text: "- a\n  ```\n  x\n\ny\n  ```\n"}},
		{"an opening fence is not shown", "```g", nil, part{}},
		{"a longer fence holds a shorter one", "````\n```\n````\n", []part{{text: "```\n", code: true}}, part{}},
	} {
		for _, step := range []int{1, 3, len(c.text)} {
			settled, tail := cutAll(c.text, step)
			if !slices.Equal(settled, c.settled) || tail != c.tail {
				t.Errorf("%s, in steps of %d: %+v and %+v, want %+v and %+v", c.name, step, settled, tail, c.settled, c.tail)
			}
		}
	}
}

func FuzzCutterKeepsEveryByteInOrder(f *testing.F) {
	f.Add("One.\n\n```go\ncode\n```\n- a\n  - b\n\n> quote\n", 1)
	f.Add(strings.Repeat("word ", 3000), 700)
	f.Add("```\n"+strings.Repeat("x", 9000), 512)
	f.Fuzz(func(t *testing.T, text string, step int) {
		if step <= 0 || len(text) > 1<<16 {
			return
		}
		step = max(step, len(text)/64)
		settled, tail := cutAll(text, step)
		at := 0
		for _, p := range append(settled, tail) {
			i := strings.Index(text[at:], p.text)
			if i < 0 {
				t.Fatalf("%q is not what follows in the text", p.text)
			}
			at += i + len(p.text)
			if len(p.text) > 3*longestPart {
				t.Errorf("a part of %d bytes", len(p.text))
			}
			if utf8.ValidString(text) && !utf8.ValidString(p.text) {
				t.Errorf("a character was cut in two: %q", p.text)
			}
		}
	})
}
