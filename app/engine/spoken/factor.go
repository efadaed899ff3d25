package spoken

import (
	"regexp"
	"strconv"
	"strings"
)

var decimalPattern = regexp.MustCompile(`^\d{1,2}(?:\.\d{1,3})?$`)

// The speeds that there are, as in audio.
const (
	slowest = 0.5
	fastest = 2.5
)

// factor returns a speed as far as it goes, "" if s is none: whoever wants ten
// times wants something else.
func factor(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !decimalPattern.MatchString(s) || f < 0.1 || f >= 10 {
		return ""
	}
	return strconv.FormatFloat(min(max(f, slowest), fastest), 'f', -1, 64)
}

// englishFactor reads "1.5", "one point five", "one and a half", "double".
func englishFactor(words string) string {
	switch words {
	case "double", "double the", "twice", "twice the":
		return "2"
	case "half", "half the":
		return "0.5"
	}
	words = strings.ReplaceAll(words, " and a half", " point five")
	digits := []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	var b strings.Builder
	for _, w := range strings.Fields(words) {
		n := -1
		for i, d := range digits {
			if w == d || w == "oh" && i == 0 {
				n = i
			}
		}
		switch {
		case n >= 0:
			b.WriteString(strconv.Itoa(n))
		case w == "point":
			b.WriteByte('.')
		case decimalPattern.MatchString(w), decimalPattern.MatchString(strings.TrimSuffix(w, "x")):
			b.WriteString(strings.TrimSuffix(w, "x"))
		default:
			return ""
		}
	}
	return factor(b.String())
}

// chineseFactor reads "1.5", "一点五", "两" and "半".
func chineseFactor(words string) string {
	if words == "半" {
		return "0.5"
	}
	return factor(strings.NewReplacer(
		"零", "0", "一", "1", "二", "2", "两", "2", "兩", "2", "三", "3", "四", "4", "五", "5",
		"六", "6", "七", "7", "八", "8", "九", "9", "点", ".", "點", ".",
	).Replace(words))
}
