package panel

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOnlyFormulasAreTakenForFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"with $x^2$ here":                     "with x² here",
		"and $$a_1 * b$$":                     "and a₁ * b",
		`so \(x \le y\) and \[z^2\]`:          "so x ≤ y and z²",
		"it costs $5 and $6":                  "it costs $5 and $6",
		"from $5-$6 to $10":                   "from $5-$6 to $10",
		"US$100 or CA$200":                    "US$100 or CA$200",
		"the cost $f(n)$, the $k$th":          "the cost f(n), the kth",
		"HK$5$ and $A_B is $A_C":              "HK$5$ and $A_B is $A_C",
		"`$x^2$` is code":                     "`$x^2$` is code",
		"```\n$x^2$\n```":                     "[]$x^2$",
		"- a\n\n  ```sh\n  echo $A_B$\n  ```": "  •a\n  [sh]echo $A_B$",
		"$open and never shut":                "$open and never shut",
		`\$5 is \*not\* $x^2$`:                "$5 is *not* x²",
		"| $x_1$ | b |\n|---|---|\n| c | d |": "x₁  b\n─────\nc   d",
	} {
		if got := outline(blocks(part{text: text}, 46)); got != want {
			t.Errorf("%q is\n%s\nwant\n%s", text, got, want)
		}
	}
}

func FuzzFormulasEnd(f *testing.F) {
	f.Add(`a $\frac{x^2}{\sqrt[3]{y_{1}}}$ b`)
	f.Add("$$\\begin{a}&\\\\\\end{a}$$ `c` \\(d\\)")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > longestPart {
			return
		}
		got := formulas(text)
		if utf8.ValidString(text) && !utf8.ValidString(got) || len(got) > 16*len(text)+64 {
			t.Errorf("%q became %q", text, got)
		}
		if !strings.ContainsAny(text, "$\\") && got != text {
			t.Errorf("%q has no formula and became %q", text, got)
		}
	})
}
