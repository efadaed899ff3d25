package panel

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Formulas are written as text: x² + 1 for $x^2 + 1$. That can be read in a
// sentence, and needs no typesetter.

// formulas writes the formulas in a stretch of markdown as text: those between
// $ and $, $$ and $$, \( and \), \[ and \]. Code is left alone.
func formulas(source string) string {
	if !strings.Contains(source, "$") && !strings.Contains(source, `\(`) && !strings.Contains(source, `\[`) {
		return source
	}
	var b strings.Builder
	fence := ""
	for source != "" {
		line, _ := firstLine(source)
		mark, _ := opens(line)
		switch {
		case fence != "":
			if closes(line, fence) {
				fence = ""
			}
		case mark != "":
			fence = mark
		default:
			n := proseLines(source)
			b.WriteString(inlineFormulas(source[:n]))
			source = source[n:]
			continue
		}
		b.WriteString(line)
		source = source[len(line):]
	}
	return b.String()
}

// proseLines is how far it is to the next fence.
func proseLines(source string) int {
	n := 0
	for n < len(source) {
		line, _ := firstLine(source[n:])
		if mark, _ := opens(line); mark != "" {
			break
		}
		n += len(line)
	}
	return n
}

// inlineFormulas does so where there is no fence.
func inlineFormulas(text string) string {
	var b strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "`$\\")
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		text = text[i:]
		n := spanLength(text)
		body, whole := formulaAt(text)
		switch {
		case n > 0:
			b.WriteString(text[:n])
		case whole > 0:
			n = whole
			b.WriteString(escaped(mathText(body)))
		default:
			n = min(len(text), 1+strings.Count(text[:1], `\`)) // what is escaped begins nothing
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	return b.String() + text
}

// spanLength is how long the code is with which text begins, 0 for none.
func spanLength(text string) int {
	ticks := len(text) - len(strings.TrimLeft(text, "`"))
	if ticks == 0 {
		return 0
	}
	mark := text[:ticks]
	if i := strings.Index(text[ticks:], mark); i >= 0 {
		return ticks + i + ticks
	}
	return ticks
}

// longestFormula bounds how far the end of a formula is looked for, in bytes.
const longestFormula = 1024

// formulaAt returns the formula with which text begins, and how long it is with
// its marks; 0 if it is none.
func formulaAt(text string) (body string, whole int) {
	for _, m := range [][2]string{{"$$", "$$"}, {`\(`, `\)`}, {`\[`, `\]`}, {"$", "$"}} {
		rest, ok := strings.CutPrefix(text[:min(len(text), longestFormula)], m[0])
		if !ok {
			continue
		}
		i := strings.Index(rest, m[1])
		if i <= 0 || strings.Contains(rest[:i], "\n\n") || m[0] == "$" && !dollarFormula(rest, i) {
			return "", 0
		}
		return rest[:i], len(m[0]) + i + len(m[1])
	}
	return "", 0
}

// dollarFormula tells a formula between dollars from prices: no space inside
// its marks, no digit behind it, and something in it that prices have not.
func dollarFormula(rest string, end int) bool {
	body := rest[:end]
	after, _ := utf8.DecodeRuneInString(rest[end+1:])
	return strings.TrimSpace(body) == body && !unicode.IsDigit(after) && !strings.Contains(body, "\n") &&
		(strings.ContainsAny(body, `\^_=+<>`) || utf8.RuneCountInString(body) <= 3 && strings.ContainsFunc(body, unicode.IsLetter))
}

// escaped is text that markdown takes as it is.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf && unicode.In(r, unicode.Punct, unicode.Symbol) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// mathText writes a formula as text.
func mathText(formula string) string {
	m := mather{rest: formula}
	return strings.Join(strings.Fields(m.all(0, "")), " ")
}

// deepestMath bounds how deep the parts of a formula lie in one another.
const deepestMath = 16

// mather reads a formula.
type mather struct{ rest string }

// all reads up to what ends it, "" for the end.
func (m *mather) all(depth int, end string) string {
	var b strings.Builder
	for m.rest != "" && (end == "" || !strings.HasPrefix(m.rest, end)) {
		b.WriteString(m.part(depth))
	}
	m.rest = strings.TrimPrefix(m.rest, end)
	return b.String()
}

// part reads the next part.
func (m *mather) part(depth int) string {
	r, n := utf8.DecodeRuneInString(m.rest)
	m.rest = m.rest[n:]
	switch {
	case depth > deepestMath:
		return string(r)
	case r == '\\':
		return m.command(depth)
	case r == '{':
		return m.all(depth+1, "}")
	case r == '^':
		return raised(m.argument(depth), superscripts, "^")
	case r == '_':
		return raised(m.argument(depth), subscripts, "_")
	case r == '&' || r == '~' || r == '\n':
		return " "
	case r == '-':
		return "−"
	case r == '\'':
		return "′"
	}
	return string(r)
}

// argument reads what belongs to the sign or the command before it.
func (m *mather) argument(depth int) string {
	m.rest = strings.TrimLeft(m.rest, " ")
	if m.rest == "" {
		return ""
	}
	return strings.TrimSpace(m.part(depth + 1))
}

// command reads what follows a backslash.
func (m *mather) command(depth int) string {
	n := countFunc(m.rest, func(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) })
	if n == 0 {
		_, n = utf8.DecodeRuneInString(m.rest)
	}
	name := m.rest[:n]
	m.rest = m.rest[n:]
	switch name {
	case "frac", "dfrac", "tfrac", "cfrac":
		return grouping(m.argument(depth)) + "/" + grouping(m.argument(depth))
	case "binom":
		return "(" + m.argument(depth) + " over " + m.argument(depth) + ")"
	case "sqrt":
		root := ""
		if strings.HasPrefix(m.rest, "[") {
			m.rest = m.rest[1:]
			root = raised(m.all(depth+1, "]"), superscripts, "")
		}
		return root + "√" + grouping(m.argument(depth))
	case "begin", "end":
		m.argument(depth) // the name of a layout
		return " "
	case "left", "right", "big", "Big", "bigl", "bigr", "displaystyle", "limits", "mathrm", "mathbf", "mathit", "mathcal", "text", "textbf", "operatorname", "boldsymbol":
		return ""
	case "mathbb":
		return doubled(m.argument(depth))
	case "bar", "overline", "hat", "vec", "tilde", "dot":
		return m.argument(depth) + map[string]string{"bar": "\u0304", "overline": "\u0304", "hat": "\u0302", "vec": "\u20d7", "tilde": "\u0303", "dot": "\u0307"}[name]
	}
	if sign, ok := signs()[name]; ok {
		return sign
	}
	if name != "" && !unicode.IsLetter(rune(name[0])) {
		return strings.Trim(name, `,;:!\`) + " " // spaces, ends of lines, and signs that stand for themselves
	}
	return name
}

// grouping puts brackets around what is more than one number, name or sign.
func grouping(text string) string {
	number := func(r rune) bool { return unicode.IsDigit(r) || r == '.' }
	if utf8.RuneCountInString(text) <= 1 || countFunc(text, unicode.IsLetter) == len(text) || countFunc(text, number) == len(text) {
		return text
	}
	return "(" + text + ")"
}

const (
	superscripts = "0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺−⁻=⁼(⁽)⁾nⁿiⁱ"
	subscripts   = "0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊−₋=₌(₍)₎aₐeₑoₒxₓhₕkₖlₗmₘnₙpₚsₛtₜiᵢjⱼrᵣuᵤvᵥ"
)

// raised writes text above or below its line, if there are such characters, or
// else behind a sign.
func raised(text, alphabet, sign string) string {
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
