package spoken

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"aside/app/formula"
)

// Aloud returns words as they are to be said: signs, units, ranges and keys
// become words of the language around them. What has no such meaning, like
// versions, hexadecimal numbers and dates, stays as it is written.
func Aloud(words string) string { return phrase{text: words}.aloud(chinese(count(words))) }

func (p phrase) aloud(inChinese bool) string {
	words := tidy(p.with(func(place rune, h hidden) string {
		if h.formula {
			return string(place) // its words are no signs and units
		}
		return applyAll(codeRules(), h.source, inChinese)
	}))
	words = strings.NewReplacer("℃", "°C", "℉", "°F").Replace(words)
	words = applyAll(rules(), words, inChinese)
	said := phrase{words, p.hidden}.with(func(_ rune, h hidden) string { return aloudFormula(h.source, inChinese) })
	return strings.Join(strings.Fields(said), " ")
}

// aloudFormula says a formula, or that there is one.
func aloudFormula(source string, chinese bool) string {
	said, ok := formula.Aloud(source, chinese)
	switch {
	case ok:
		return said
	case chinese:
		return "公式"
	}
	return "the formula"
}

// rule replaces what a pattern finds. A function may decline with "".
type rule struct {
	pattern          *regexp.Regexp
	english, chinese func(f found) string
}

// found is what a pattern found, and what stands before and behind it.
type found struct {
	groups        []string
	before, after rune
	head, tail    string // all before it, and behind
}

func applyAll(rules []rule, words string, chinese bool) string {
	for _, r := range rules {
		say := r.english
		if chinese {
			say = r.chinese
		}
		words = r.apply(words, say)
	}
	return words
}

func (r rule) apply(words string, say func(found) string) string {
	var b strings.Builder
	from := 0
	for _, at := range r.pattern.FindAllStringSubmatchIndex(words, -1) {
		f := found{groups: make([]string, len(at)/2)}
		for i := range f.groups {
			if at[2*i] >= 0 {
				f.groups[i] = words[at[2*i]:at[2*i+1]]
			}
		}
		f.head, f.tail = words[:at[0]], words[at[1]:]
		f.before, _ = utf8.DecodeLastRuneInString(f.head)
		f.after, _ = utf8.DecodeRuneInString(f.tail)
		if said := say(f); said != "" {
			b.WriteString(words[from:at[0]] + said)
			from = at[1]
		}
	}
	return b.String() + words[from:]
}

// apart reports whether what was found is a token of its own, and no part of a
// version, a date, a path or a name.
func (f found) apart() bool {
	return !inToken(f.before) && f.before != '.' && f.before != ',' && f.before != '/' && !inToken(f.after)
}

// inToken reports whether a rune makes a token with what stands beside it.
func inToken(r rune) bool {
	return r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

const numeral = `(\d+(?:\.\d+)?)`

// rules are applied one after the other: each sees what the ones before made.
var rules = sync.OnceValue(func() []rule { //nolint:gochecknoglobals // constant, and takes a millisecond to compile
	find := regexp.MustCompile
	return []rule{
		{find(`\d{1,3}(?:,\d{3})+`), joined, joined},
		{find(`\b(?:Ctrl|Control|Cmd|Command|Alt|Option|Shift|Super|Win|Meta|Fn)(?:(?: ?\+ ?|-)[A-Za-z0-9]+)+`), keys, keys},
		{find(`\b(e\.g|i\.e|vs)\.,?`), latin, latin},
		{find(`(\d+)[×x](\d+)`), between(" by "), between("乘")},
		{find(numeral + `( ?(?:%|°C|°F|°))? ?[–—] ?` + numeral + `()`), spanned(" to "), spanned("到")},
		{find(numeral + `( ?%)?[-~]` + numeral + `( ?(?:%|` + unitNames + `))`), spanned(" to "), spanned("到")},
		{find(numeral + `()[~～]` + numeral + `()`), spanned(" to "), spanned("到")},
		{find(numeral + `( ?)(` + unitNames + `)(/s)?`), englishUnit, chineseUnit},
		{find(numeral + ` ?[%％]`), number("", " percent"), number("百分之", "")},
		{find(numeral + ` ?°([CF]\b)?`), englishDegrees, chineseDegrees},
		{find(numeral + `[×x]`), token("", " times"), token("", "倍")},
		{find(`#(\d+)`), token("number ", ""), token("", "号")},
		{find(`[~≈]\s?(\d+)`), number("about ", ""), number("大约", "")},
		{find(`(--?)([A-Za-z]+)`), flag("dash ", 2), flag("杠", 2)},
		{find(`\^(-?\d+|[kmnx])`), power(" squared", " cubed", " to the ", ""), power("的平方", "的立方", "的", "次方")},
		{find(` ?(?:[≤≥≠≈±→⇒×]|===?|!==?|<=|>=|&&|\|\||:=) ?| (?:->|-->|=>|&|=|\+) `), sign(false), sign(true)},
		{find(` [<>] `), sign(false), sign(true)},
	}
})

// number puts words around the first group.
func number(before, behind string) func(found) string {
	return func(f found) string {
		if inToken(f.before) {
			return ""
		}
		return before + f.groups[1] + behind
	}
}

// token does so if it is a token of its own.
func token(before, behind string) func(found) string {
	return func(f found) string {
		if !f.apart() {
			return ""
		}
		return before + f.groups[1] + behind
	}
}

func joined(f found) string {
	if !f.apart() {
		return ""
	}
	return strings.ReplaceAll(f.groups[0], ",", "")
}

// keys reads "Ctrl+Shift+C".
func keys(f found) string {
	if inToken(f.after) {
		return ""
	}
	parts := strings.FieldsFunc(f.groups[0], func(r rune) bool { return strings.ContainsRune("+- ", r) })
	for i, p := range parts {
		switch p {
		case "Ctrl":
			parts[i] = "Control"
		case "Cmd":
			parts[i] = "Command"
		case "Win":
			parts[i] = "Windows"
		case "Esc":
			parts[i] = "Escape"
		case "Del":
			parts[i] = "Delete"
		}
	}
	return strings.Join(parts, " ")
}

func latin(f found) string {
	switch f.groups[1] {
	case "e.g":
		return "for example,"
	case "i.e":
		return "that is,"
	}
	return "versus"
}

// between reads "1920×1080".
func between(word string) func(found) string {
	return func(f found) string {
		if !f.apart() || f.groups[1] == "0" { // 0x10 is hexadecimal
			return ""
		}
		return f.groups[1] + word + f.groups[2]
	}
}

// spanned reads "10–20", with what may stand behind each of the numbers.
func spanned(word string) func(found) string {
	return func(f found) string {
		if !f.apart() || f.after == '–' || f.before == '–' {
			return ""
		}
		return f.groups[1] + f.groups[2] + word + f.groups[3] + f.groups[4]
	}
}

func englishDegrees(f found) string {
	return f.groups[1] + " degrees" + map[string]string{"C": " Celsius", "F": " Fahrenheit"}[f.groups[2]]
}

func chineseDegrees(f found) string {
	return map[string]string{"C": "摄氏", "F": "华氏"}[f.groups[2]] + f.groups[1] + "度"
}
