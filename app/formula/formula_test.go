package formula

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFormulasAreWrittenAsText(t *testing.T) {
	for formula, want := range map[string]string{
		`x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}`:           "x = (−b ± √(b²−4ac))/(2a)",
		`\sum_{i=1}^{n} i^2 \le \infty`:                  "∑ᵢ₌₁ⁿ i² ≤ ∞",
		`e^{i\pi} + 1 = 0`:                               "e^(iπ) + 1 = 0",
		`\mathbb{R}^n \to \mathbb{R}`:                    "ℝⁿ → ℝ",
		`\left( \frac{1}{2} \right)`:                     "( 1/2 )",
		`\sqrt[3]{x+1}`:                                  "³√(x+1)",
		`O(n \log n)`:                                    "O(n log n)",
		`\text{if } x \neq y_{max}`:                      "if x ≠ yₘₐₓ",
		`\text{if }x`:                                    "if x",
		`a_1, \; a_2`:                                    "a₁, a₂",
		`\begin{aligned} a &= b \\ c &= d \end{aligned}`: "a = b c = d",
		`\{50\%\}`:                                       "{50%}",
		`\vec{v}`:                                        "v\u20d7",
		`\unknown{x}`:                                    "unknownx",
		`\`:                                              "", `^`: "", `\frac`: "/", `{{{`: "",
	} {
		if got := Text(formula); got != want {
			t.Errorf("%s is written %q, want %q", formula, got, want)
		}
	}
}

func TestSimpleFormulasAreSaid(t *testing.T) {
	for formula, want := range map[string][2]string{ // "" is too much for the ear
		`x`:                                    {"x", "x"},
		`x^2 + 1 = 0`:                          {"x squared plus 1 equals 0", "x 的平方 加 1 等于 0"},
		`a^n < b^{n+1}`:                        {"a to the n less than b to the n plus 1", "a 的 n 次方 小于 b 的 n 加 1 次方"},
		`2^{-1}`:                               {"2 to the minus 1", "2 的 负 1 次方"},
		`x_i \le y_{max}`:                      {"x sub i at most y sub max", "x 下标 i 小于等于 y 下标 max"},
		`\frac{a+b}{2}`:                        {"a plus b over 2", "2 分之 a 加 b"},
		`\sqrt{x^2+1} > 3.14`:                  {"root of x squared plus 1 more than 3.14", "根号 x 的平方 加 1 大于 3.14"},
		`\alpha \times \varepsilon \cdot \Pi`:  {"alpha times epsilon times Pi", "alpha 乘 epsilon 乘 Pi"},
		`x \ne 0, y \ge 1`:                     {"x is not 0, y at least 1", "x 不等于 0, y 大于等于 1"},
		`x \approx \pm 5`:                      {"x about plus or minus 5", "x 约等于 正负 5"},
		`n \to \infty`:                         {"n to infinity", "n 到 无穷大"},
		`x \in \mathbb{R}`:                     {"x in R", "x 属于 R"},
		`O(n \log n)`:                          {"O of n log n", "O n log n"},
		`T(n) = 2T(n/2)`:                       {"T of n equals 2 T of n over 2", "T n 等于 2 T n 除以 2"},
		`f'(x) = 2x`:                           {"f prime of x equals 2 x", "f 撇 x 等于 2 x"},
		`\sin(x)`:                              {"sine of x", "sine x"},
		`n(n-1)`:                               {"n times n minus 1", "n 乘 n 减 1"},
		`2(x+1)`:                               {"2 times x plus 1", "2 乘 x 加 1"},
		`4ac`:                                  {"4 a c", "4 a c"},
		`PV = nRT`:                             {"P V equals n R T", "P V 等于 n R T"},
		`speed = distance / time`:              {"speed equals distance over time", "speed 等于 distance 除以 time"},
		`v = \text{Weg} / t`:                   {"v equals Weg over t", "v 等于 Weg 除以 t"},
		`x = -b`:                               {"x equals minus b", "x 等于 负 b"},
		`90^\circ`:                             {"90 degrees", "90 度"},
		`n!`:                                   {"n factorial", "n 的阶乘"},
		`1, 2, \ldots, n`:                      {"1, 2, and so on, n", "1, 2, 等等, n"},
		`\bar{x}`:                              {"x bar", "x bar"},
		`x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}`: {}, `\sum_{i=1}^{n} i`: {}, `\int f`: {}, `|x|`: {}, `\sqrt[3]{x}`: {}, `\unknown{x}`: {},
		`a+b+c+d+e+f+g+h+i`: {}, `\frac`: {}, `x^`: {}, `_`: {}, ``: {}, `\,`: {},
	} {
		for i, chinese := range []bool{false, true} {
			got, ok := Aloud(formula, chinese)
			if !ok {
				got = ""
			}
			if got != want[i] {
				t.Errorf("%s is said as %q, want %q", formula, got, want[i])
			}
		}
	}
}

func TestOnlyFormulasAreFound(t *testing.T) {
	for text, want := range map[string]string{
		`$x$`: "x", `$x^2$ it`: "x^2", `$n$th`: "n", `$(n-1)$-th`: "(n-1)", `$f(x)$,`: "f(x)", `$0 \le x \le 1$`: `0 \le x \le 1`, `$n! + 1$`: "n! + 1",
		`$O(n log n)$`: "O(n log n)", `$v = distance / time$`: "v = distance / time", `$x \text{ if it is } y$`: `x \text{ if it is } y`, `$a\$b$`: `a\$b`,
		`$速度$是`: "速度", `$x$为`: "x",
		`\(\text{a \(b\)}`: `\text{a \(b`, `\[a \\[2pt] b\]`: `a \\[2pt] b`, `$$a_1 * b$$`: "a_1 * b", "$$\nx and y\n$$": "\nx and y\n", `\( x \)`: " x ", `\[ z^2 \]`: " z^2 ", "\\[\nx\n\\]": "\nx\n", `\(x\\)\)`: `x\\)`,
		`$5 and $6`: "", `$5-$6 to $10`: "", `$5, not $6`: "", `$HOME/bin and $PATH`: "", `$HOME:$PATH`: "", `$A_B is $A_C`: "", `$x, $y`: "", `$ x$`: "", `$x $`: "", `$x=$5`: "",
		`$5. Then $x$`: "", `$5，然后$6`: "", "$a\nb$": "", "$a `b$`": "", `$open`: "", `$`: "", `\`: "", `\a`: "", `$$ place and a $$`: "", `$$$`: "", "$$a\n\nb$$": "", `\( so it is \)`: "", `\(\)`: "", `\(a \( b\)`: "", `\[a \[ b\]`: "",
		`$'x'$`: "", `$.ajax$`: "", `$a =$`: "",
	} {
		body, n, _ := At(0, text)
		if body != want || (n > 0) != (want != "") {
			t.Errorf("%q begins with %q, %d bytes, want %q", text, body, n, want)
		}
	}
	for _, before := range []rune{'S', '5', '$'} {
		if _, n, more := At(before, "$x$"); n > 0 || more {
			t.Errorf("%c and a dollar begin a formula", before)
		}
	}
}

// FuzzWhatFollowsDecidesOnce: what a beginning is found to be, it is, unless
// more was said to matter.
func FuzzWhatFollowsDecidesOnce(f *testing.F) {
	for _, s := range []string{`$x^2$ it`, `$5 and $6`, "\\[\nx \\\\ y\n\\] is", `$$\frac{a}{b}$$ it`, `\(a\) b`, "$n$th", `$a\`, "$速度，$", "$$a\n\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || len(text) > longest+8 || !utf8.ValidString(text) {
			return
		}
		body, n, _ := At(0, text)
		if n > len(text) || !strings.Contains(text[:min(n, len(text))], body) {
			t.Fatalf("%q: %d bytes", text, n)
		}
		for i := range text {
			if i == 0 {
				continue
			}
			if b, k, more := At(0, text[:i]); !more && (b != body || k != n) {
				t.Fatalf("%q is %q for sure, and with %q it is %q", text[:i], b, text[i:], body)
			}
		}
	})
}

func FuzzFormulasEnd(f *testing.F) {
	f.Add(`\frac{x^2}{\sqrt[3]{y_{1}}} \left(\text{if }\vec x\right) \mathbb R`)
	f.Add(`\begin{a}&\\\end{a} f'(-1.5) \% n!`)
	f.Fuzz(func(t *testing.T, formula string) {
		text := Text(formula)
		english, _ := Aloud(formula, false)
		chinese, _ := Aloud(formula, true)
		for _, got := range []string{text, english, chinese} {
			if utf8.ValidString(formula) && !utf8.ValidString(got) || len(got) > 32*len(formula)+64 {
				t.Errorf("%q became %q", formula, got)
			}
		}
		if words, ok := Aloud(formula, false); ok && !strings.Contains(formula, `text`) && strings.ContainsAny(words, `\${}^_`) {
			t.Errorf("%q is said as %q", formula, words)
		}
	})
}
