package panel

import (
	"strings"
	"testing"
)

// toned writes code with a sign around what is coloured: k for a keyword, s for
// a string, c for a comment, n for a number.
func toned(lang, code string) string {
	runs, _ := grammarOf(lang).colour(code, style{mono: true}, lexing{})
	var b strings.Builder
	for _, r := range runs {
		if sign, ok := map[tone]string{toneKeyword: "k", toneString: "s", toneComment: "c", toneNumber: "n"}[r.tone]; ok {
			b.WriteString(sign + "‹" + r.text + "›")
		} else {
			b.WriteString(r.text)
		}
	}
	return b.String()
}

func TestCodeIsColouredByItsFamily(t *testing.T) {
	for _, c := range []struct{ lang, code, want string }{
		{"go", `return fmt.Errorf("serve: %w", err) // x`, `k‹return› fmt.Errorf(s‹"serve: %w"›, err) c‹// x›`},
		{"go", "x := 'a' + `b\nc` /* d\ne */ 1_000", "x := s‹'a'› + s‹`b\nc`› c‹/* d\ne */› n‹1_000›"},
		{"Go", `"a\"b" "open`, `s‹"a\"b"› s‹"open›`},
		{"go", "returns if2 iffy", "returns if2 iffy"},
		{"go", "f(0x1f, 1.5e-3, a.b, 3.x)", "f(n‹0x1f›, n‹1.5e-3›, a.b, n‹3›.x)"},
		{"py", "def f(): # x\n  '''a\nb''' 'c'", "k‹def› f(): c‹# x›\n  s‹'''a\nb'''› s‹'c'›"},
		{"python", `"""a "b" c""" d`, `s‹"""a "b" c"""› d`},
		{"python", "f'a' + rb'c' + d'e", "fs‹'a'› + rbs‹'c'› + d'e"},
		{"bash", `for x in "$@"; do echo a#b $#; done # c`, `k‹for› x k‹in› s‹"$@"›; k‹do› echo a#b $#; k‹done› c‹# c›`},
		{"bash", "echo it's fine", "echo it's fine"},
		{"rust", "fn f<'a>(x: &'a str) {}", "k‹fn› f<'a>(x: &'a str) {}"},
		{"sql", "SELECT a FROM t WHERE b = 'c' -- d", "k‹SELECT› a k‹FROM› t k‹WHERE› b = s‹'c'› c‹-- d›"},
		{"json", `{"a": 1, "b": true}`, `{s‹"a"›: n‹1›, s‹"b"›: k‹true›}`},
		{"yaml", "a: b # c", "a: b c‹# c›"},
		{"c", "#include <a.h>\nint x = 3;", "k‹#include› <a.h>\nk‹int› x = n‹3›;"},
		{"html", `<a href="b">c</a><!-- d -->`, `k‹<a› href=s‹"b"›>ck‹</a›>c‹<!-- d -->›`},
		{"diff", "--- a\n+++ b\n@@ 1 @@\n+c\n-d\n e", "c‹--- a›\nc‹+++ b›\nk‹@@ 1 @@›\ns‹+c›\nn‹-d›\n e"},
	} {
		if got := toned(c.lang, c.code); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.lang, got, c.want)
		}
	}
	for _, lang := range []string{"", "text", "console", "no such language"} {
		if grammarOf(lang) != nil {
			t.Errorf("%q is coloured", lang)
		}
	}
}

func TestACommentThatGoesOnIsColouredInTheNextPart(t *testing.T) {
	g := grammarOf("go")
	_, open := g.colour("a /* b\n", style{}, lexing{})
	runs, closed := g.colour("c */ if", style{}, open)
	if len(runs) != 3 || runs[0].text != "c */" || runs[0].tone != toneComment || runs[2].tone != toneKeyword || closed.span != nil {
		t.Errorf("%+v, %+v", runs, closed)
	}
}

func FuzzColouringKeepsTheCode(f *testing.F) {
	f.Add("go", "x := `a\nb` // c\n/* d\ne */ \"f\\\"\" 0x1", uint16(7))
	f.Add("python", "'''a\n\"\"\"b'''\n# c", uint16(5))
	f.Add("diff", "+a\n-b\n", uint16(3))
	f.Fuzz(func(t *testing.T, lang, code string, at uint16) {
		g := grammarOf(lang)
		if g == nil {
			return
		}
		whole, end := g.colour(code, style{}, lexing{})
		if got := plain(whole); got != code {
			t.Fatalf("%q became %q", code, got)
		}
		// Where a line ends it may be cut: the colours stay.
		cut := strings.LastIndexByte(code[:min(int(at), len(code))], '\n') + 1
		first, open := g.colour(code[:cut], style{}, lexing{})
		second, rest := g.colour(code[cut:], style{}, open)
		var joined []run
		for _, r := range append(first, second...) {
			if n := len(joined); n > 0 && joined[n-1].style == r.style {
				joined[n-1].text += r.text
				continue
			}
			joined = append(joined, r)
		}
		if len(joined) != len(whole) || rest != end {
			t.Errorf("%s %q cut at %d: %+v, whole %+v", lang, code, cut, joined, whole)
		}
	})
}
