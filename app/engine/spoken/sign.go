package spoken

import (
	"cmp"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"aside/app/formula"
)

// codeRules say what voices leave out of code, be it the "not" of !ok: in a
// sentence it is read as a programmer would read it to another.
var codeRules = sync.OnceValue(func() []rule { //nolint:gochecknoglobals // constant, and takes a moment to compile
	find := regexp.MustCompile
	return []rule{
		{find(`(--?)([A-Za-z]+)`), flag("dash ", 0), flag("杠", 0)},
		{find(`\.+`), dots(" dot"), dots("点")},
		{find(`!`), not("not "), not("非")},
		{find(`(\b[A-Za-z]|\w*[)\]])-(\d+)`), between(" minus "), between("减")},
		{find(` [-*%|] `), infix("minus", "times", "mod", "pipe"), infix("减", "乘", "模", "管道")},
	}
})

// begins reports whether what was found is the beginning of a word.
func (f found) begins() bool {
	return f.head == "" || unicode.IsSpace(f.before) || unicode.Is(unicode.Han, f.before) || strings.ContainsRune("([{\"'“‘（「《，、：", f.before)
}

// flag reads "--force" and "-v". In a sentence a word behind a single dash is
// none: most says up to how many letters it may have, 0 for any number.
func flag(dash string, most int) func(found) string {
	return func(f found) string {
		dashes, name := f.groups[1], f.groups[2]
		if !f.begins() || most > 0 && len(dashes) == 1 && (len(name) > most || inToken(f.after)) {
			return ""
		}
		return strings.TrimSpace(strings.Repeat(dash, len(dashes))) + " " + name
	}
}

// dots reads "..", and a full stop before a name: "cd ..", "./x", ".env".
func dots(word string) func(found) string {
	return func(f found) string {
		if len(f.groups[0]) == 1 && !f.begins() {
			return ""
		}
		said := strings.Repeat(word, len(f.groups[0]))
		if unicode.IsLetter(f.after) {
			said += " "
		}
		return said
	}
}

func not(word string) func(found) string {
	return func(f found) string {
		if inToken(f.before) || !unicode.IsLetter(f.after) && f.after != '(' {
			return ""
		}
		return word
	}
}

// infix reads a sign between two words.
func infix(minus, times, mod, pipe string) func(found) string {
	words := map[string]string{"-": minus, "*": times, "%": mod, "|": pipe}
	return func(f found) string {
		if strings.ContainsRune("*-%|", f.before) || strings.ContainsRune("*-%|", f.after) { // "* * *"
			return ""
		}
		return " " + words[strings.TrimSpace(f.groups[0])] + " "
	}
}

// powered reports whether there is something before a power.
func (f found) powered() bool {
	return (unicode.IsLetter(f.before) || unicode.IsDigit(f.before) || f.before == ')') && (f.after == '-' || !inToken(f.after))
}

// power reads "n^2".
func power(squared, cubed, before, behind string) func(found) string {
	return func(f found) string {
		switch {
		case !f.powered():
			return ""
		case f.groups[1] == "2":
			return squared
		case f.groups[1] == "3":
			return cubed
		}
		return before + f.groups[1] + behind
	}
}

// sign reads a sign between words.
func sign(chinese bool) func(found) string {
	words := map[string]string{"&": "and", "&&": "and", "||": "or", ":=": "colon equals"}
	if chinese {
		words = map[string]string{"&": "和", "&&": "并且", "||": "或者", ":=": "冒号等于"}
	}
	return func(f found) string {
		if f.torn() {
			return ""
		}
		written := strings.TrimSpace(f.groups[0])
		said := cmp.Or(words[written], formula.Sign(meant(written), chinese))
		if chinese {
			return said
		}
		return " " + said + " "
	}
}

// meant is the sign for which another is written on a keyboard.
func meant(written string) string {
	signs := map[string]string{"==": "=", "===": "=", "!=": "≠", "!==": "≠", "<=": "≤", ">=": "≥", "->": "→", "-->": "→", "=>": "→", "⇒": "→"}
	return cmp.Or(signs[written], written)
}

// torn reports whether a sign is a part of a longer one, such as "=====".
func (f found) torn() bool {
	const parts = "=<>!&|:"
	first, _ := utf8.DecodeRuneInString(f.groups[0])
	last, _ := utf8.DecodeLastRuneInString(f.groups[0])
	return strings.ContainsRune(parts, first) && strings.ContainsRune(parts, f.before) || strings.ContainsRune(parts, last) && strings.ContainsRune(parts, f.after)
}
