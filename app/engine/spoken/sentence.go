package spoken

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"aside/app/formula"
)

// closers may stand between the end of a sentence and the space behind it.
const closers = "\"'”’)]*_`"

// sentence returns how much of text is a whole sentence now that its last rune
// has come, 0 if none is. What stands behind it has begun the next.
func sentence(text []rune) int {
	if ends(text) {
		return len(text)
	}
	return max(endsAbbreviated(text), endsNarrow(text), endsForced(text))
}

// ends reports whether a sentence ends with the last rune of text.
func ends(text []rune) bool {
	last := text[len(text)-1]
	switch {
	case !unicode.IsSpace(last) && !strings.ContainsRune("。！？；", last) && !narrow(text, "!?"):
		return false
	case inMarkup(text):
		return false
	case !unicode.IsSpace(last):
		return true
	}
	body := strings.TrimRight(string(text[:len(text)-1]), closers)
	if body == "" {
		return false
	}
	switch end, _ := utf8.DecodeLastRuneInString(body); end {
	case '!', '?', '…':
		return true
	case '.':
		return abbreviated(strings.TrimSuffix(body, ".")) == none
	}
	return false
}

// narrow reports whether text ends with one of these marks right behind a
// character of a script without spaces: no space need follow.
func narrow(text []rune, marks string) bool {
	n := len(text)
	return n > 1 && strings.ContainsRune(marks, text[n-1]) && ideographic(text[n-2])
}

// endsNarrow returns how much of text is a sentence that ends with a narrow
// full stop right before the next: "好的.然后". There is none in numbers, versions
// and names of files, which have a digit or a Latin letter on one side at
// least, in addresses, and behind the number of an item.
func endsNarrow(text []rune) int {
	n := len(text) - 1
	if n < 2 || text[n-1] != '.' || !ideographic(text[n]) && !strings.ContainsRune("“「『《（", text[n]) ||
		!ideographic(text[n-2]) && !strings.ContainsRune("”」』》）", text[n-2]) || inMarkup(text[:n]) {
		return 0
	}
	from := n - 1
	for from > 0 && !unicode.IsSpace(text[from-1]) && !strings.ContainsRune("，、：；。！？", text[from-1]) {
		from--
	}
	token := string(text[from : n-1])
	if strings.ContainsAny(token, "@/\\") || strings.Contains(token, "www.") || strings.Trim(token, "一二三四五六七八九十甲乙丙丁") == "" {
		return 0
	}
	return n
}

// inMarkup reports whether text ends inside code, a formula or a link.
func inMarkup(text []rune) bool {
	if len(text) > 4*longest {
		return false
	}
	var m markup
	for i := range text {
		m.step(text, i)
	}
	return m.inside()
}

// markup is what the runes that have come have opened.
type markup struct {
	code          bool
	square, round int
	last          rune
	ahead         int // how many more runes are part of a formula, or escaped
}

func (m *markup) step(text []rune, i int) {
	r := text[i]
	switch {
	case m.ahead > 0:
		m.ahead--
	case r == '`':
		m.code = !m.code
	case m.code:
	case r == '$', r == '\\':
		m.ahead = formulaAhead(m.last, text[i:])
	case r == '[':
		m.square++
	case r == ']':
		m.square = max(0, m.square-1)
	case r == '(' && (m.round > 0 || m.last == ']'):
		m.round++
	case r == ')':
		m.round = max(0, m.round-1)
	}
	m.last = r
}

func (m *markup) inside() bool { return m.code || m.square > 0 || m.round > 0 || m.ahead > 0 }

// formulaAhead returns how many runes behind the first of text are part of the
// formula that begins there, or may be; of what is escaped it is one.
func formulaAhead(before rune, text []rune) int {
	for n := 16; ; n *= 4 { // the beginning mostly tells
		begins := string(text[:min(n, len(text))])
		_, length, more := formula.At(before, begins)
		switch {
		case more && n < len(text):
			continue
		case more:
			return len(text)
		case length > 0:
			return utf8.RuneCountInString(begins[:length]) - 1
		case text[0] == '\\':
			return 1
		}
		return 0
	}
}
