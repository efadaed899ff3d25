package settings

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rule says what a value may be, to people and to the program. ok is called
// with the type of the setting only.
type rule struct {
	valid string // completes "… must be "
	ok    func(any) bool

	choices     []string // nil if there are too many to name
	least, most float64  // of a number
}

func oneOf(values ...string) rule {
	last := len(values) - 1
	return rule{
		valid:   strings.Join(values[:last], ", ") + " or " + values[last],
		ok:      func(v any) bool { return slices.Contains(values, v.(string)) },
		choices: values,
	}
}

// words is a line of least to most bytes.
func words(what string, least, most int) rule {
	return rule{valid: what, ok: func(v any) bool { return isLine(v.(string), least, most) }}
}

func isLine(s string, least, most int) bool {
	control := func(r rune) bool { return !unicode.IsPrint(r) }
	return len(s) >= least && len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, control)
}

func between(least, most float64) rule {
	return rule{valid: fmt.Sprintf("a number from %g to %g", least, most), least: least, most: most, ok: func(v any) bool {
		f := v.(float64)
		return f >= least && f <= most // so NaN is refused
	}}
}

func within(least, most int) rule {
	return rule{valid: fmt.Sprintf("a whole number from %d to %d", least, most), least: float64(least), most: float64(most), ok: func(v any) bool {
		return v.(int) >= least && v.(int) <= most
	}}
}

func yesOrNo() rule { return rule{valid: "true or false", ok: func(any) bool { return true }} }

// list is at most count lines of at most size bytes each.
func list(count, size int) rule {
	return rule{valid: "a list of names, with commas between them", ok: func(v any) bool {
		items := v.([]string)
		bad := func(s string) bool { return !isLine(s, 1, size) }
		return len(items) <= count && !slices.ContainsFunc(items, bad)
	}}
}

// address is the root of an API. User names are refused because addresses are
// shown and logged; queries because paths are appended.
func address(optional bool) rule {
	valid := "an http or https address"
	if optional {
		valid += ", or empty for that of engine.base_url"
	}
	return rule{valid: valid, ok: func(v any) bool {
		s := v.(string)
		if s == "" {
			return optional
		}
		u, err := url.Parse(s)
		return err == nil && isLine(s, 1, 2000) && (u.Scheme == "http" || u.Scheme == "https") &&
			u.Hostname() != "" && u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
	}}
}

// currency is a code of three letters.
func currency() rule {
	return rule{valid: "a currency such as USD, EUR or CNY", ok: func(v any) bool {
		s := v.(string)
		return len(s) == 3 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
	}}
}

// language is a tag such as "de" or "pt-BR", or nothing.
func language() rule {
	return rule{valid: "a language such as en, de or pt-BR, or empty", ok: func(v any) bool {
		s := v.(string)
		primary, _, _ := strings.Cut(s, "-")
		letters := func(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) }
		other := func(r rune) bool { return r != '-' && !letters(r) && (r < '0' || r > '9') }
		return s == "" || len(s) <= 35 && (len(primary) == 2 || len(primary) == 3) &&
			!strings.ContainsFunc(s, other) && strings.IndexFunc(primary, func(r rune) bool { return !letters(r) }) < 0
	}}
}
