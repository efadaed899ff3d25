package panel

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// byRune measures every character as ten wide.
func byRune(r run) float32 { return 10 * float32(utf8.RuneCountInString(r.text)) }

func lineTexts(lines [][]piece) []string {
	var all []string
	for _, l := range lines {
		var text string
		for _, p := range l {
			text += p.text
		}
		all = append(all, text)
	}
	return all
}

func TestWrapBreaksLinesWhereReadersExpectIt(t *testing.T) {
	bold := func(s string) run { return run{s, style{bold: true}} }
	plain := func(s string) run { return run{text: s} }
	for _, c := range []struct {
		name string
		runs []run
		want []string
	}{
		{"nothing", nil, []string{""}},
		{"what fits stays", []run{plain("two words")}, []string{"two words"}},
		{"at a space", []run{plain("three short words")}, []string{"three", "short", "words"}},
		{"the space at the end is dropped", []run{plain("abcdefghij  k")}, []string{"abcdefghij", "k"}},
		{"a word of two styles stays whole", []run{plain("abcdef "), bold("gh"), plain("ijk")}, []string{"abcdef", "ghijk"}},
		{"a long word is chopped", []run{plain("abcdefghijklm")}, []string{"abcdefghij", "klm"}},
		{"a newline begins a line", []run{plain("a\n\nb")}, []string{"a", "", "b"}},
		{"code keeps its indentation", []run{plain("if {\n    go\n}")}, []string{"if {", "    go", "}"}},
		{"Chinese needs no spaces", []run{plain("那它会影响发布版本的吗")}, []string{"那它会影响发布版本的", "吗"}},
		{"no line begins with a full stop", []run{plain("那它会影响发布版本的。")}, []string{"那它会影响发布版本", "的。"}},
		{"a no-break space holds", []run{plain("abcdefg 10\u00a0ms")}, []string{"abcdefg", "10\u00a0ms"}},
	} {
		if got := lineTexts(wrap(c.runs, 100, byRune)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzWrapLosesNoWord(f *testing.F) {
	f.Add("some words, a verylongwordthatdoesnotfit 那它会影响。\n\tend", "bold", uint8(50))
	f.Fuzz(func(t *testing.T, a, b string, width uint8) {
		if !utf8.ValidString(a + b) {
			return // the protocol carries no such text
		}
		runs := []run{{text: a}, {b, style{bold: true}}}
		lines := wrap(runs, float32(width), byRune)
		squeeze := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r == '\n' || isSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		if got, want := squeeze(strings.Join(lineTexts(lines), "")), squeeze(a+b); got != want {
			t.Errorf("%q became %q", want, got)
		}
		for _, l := range lines {
			for i, p := range l {
				if end := p.x + p.width; end > float32(width) && (i > 0 || utf8.RuneCountInString(strings.TrimSpace(p.text)) > 1) && strings.TrimSpace(p.text) == p.text {
					t.Errorf("a line of %v is wider than %d: %q", end, width, p.text)
				}
			}
		}
	})
}
