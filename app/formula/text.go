package formula

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text writes a formula as text. That can be read in a sentence, and needs no
// typesetter.
func Text(formula string) string { return parse(formula).text() }

func (all nodes) text() string { return strings.Join(strings.Fields(all.write()), " ") }

func (all nodes) write() string {
	var b strings.Builder
	for _, n := range all {
		b.WriteString(n.write())
	}
	return b.String()
}

func (n node) write() string {
	switch n.kind {
	case space:
		return " "
	case group, plain:
		return n.args[0].write()
	case fraction:
		return grouping(n.args[0].text()) + "/" + grouping(n.args[1].text())
	case binomial:
		return "(" + n.args[0].text() + " over " + n.args[1].text() + ")"
	case root:
		return shifted(n.args[1].text(), superscripts, "") + "√" + grouping(n.args[0].text())
	case raised:
		return shifted(n.args[0].text(), superscripts, "^")
	case lowered:
		return shifted(n.args[0].text(), subscripts, "_")
	case accent:
		return n.args[0].text() + map[string]string{"bar": "\u0304", "overline": "\u0304", "hat": "\u0302", "vec": "\u20d7", "tilde": "\u0303", "dot": "\u0307"}[n.text]
	case set:
		return doubled(n.args[0].text())
	}
	return n.text
}

// grouping puts brackets around what is more than one number, name or sign.
func grouping(text string) string {
	number := func(r rune) bool { return unicode.IsDigit(r) || r == '.' }
	if utf8.RuneCountInString(text) <= 1 || strings.TrimFunc(text, unicode.IsLetter) == "" || strings.TrimFunc(text, number) == "" {
		return text
	}
	return "(" + text + ")"
}

const (
	superscripts = "0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺−⁻=⁼(⁽)⁾nⁿiⁱ"
	subscripts   = "0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊−₋=₌(₍)₎aₐeₑoₒxₓhₕkₖlₗmₘnₙpₚsₛtₜiᵢjⱼrᵣuᵤvᵥ"
)

// shifted writes text above or below its line, if there are such characters, or
// else behind a sign.
func shifted(text, alphabet, sign string) string {
	table := []rune(alphabet)
	var b strings.Builder
	for _, r := range text {
		found := false
		for i := 0; i < len(table); i += 2 {
			if table[i] == r {
				b.WriteRune(table[i+1])
				found = true
			}
		}
		if !found && utf8.RuneCountInString(text) > 1 {
			return sign + "(" + text + ")"
		}
		if !found {
			return sign + text
		}
	}
	return b.String()
}

// doubled is the name of a set of numbers.
func doubled(text string) string {
	if set, ok := map[string]string{"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "P": "ℙ"}[text]; ok {
		return set
	}
	return text
}
