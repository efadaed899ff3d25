package panel

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"aside/app/formula"
)

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
	var before rune
	for text != "" {
		i := strings.IndexAny(text, "`$\\")
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		if i > 0 {
			before, _ = utf8.DecodeLastRuneInString(text[:i])
		}
		text = text[i:]
		n := spanLength(text)
		body, whole, _ := formula.At(before, text)
		switch {
		case n > 0:
			b.WriteString(text[:n])
		case whole > 0:
			n = whole
			b.WriteString(escaped(formula.Text(body)))
		default:
			n = min(len(text), 1+strings.Count(text[:1], `\`)) // what is escaped begins nothing
			b.WriteString(text[:n])
		}
		before, _ = utf8.DecodeLastRuneInString(text[:n])
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
