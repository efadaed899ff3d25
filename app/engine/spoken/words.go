package spoken

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	target  = `\((?:[^()]|\([^()]*\))*\)`                           // of a link
	address = `(?:https?://|www\.)[^\s\p{Han}()<>，。；：！？、（）《》「」“”]*` // without what it may stand in
)

var (
	markerPattern = regexp.MustCompile(`^[\s>]*(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?|\d{1,9}[.)]\s+)?`)
	imagePattern  = regexp.MustCompile(`!\[[^\]]*\]` + target)
	linkPattern   = regexp.MustCompile(`\[([^\]]*)\](?:` + target + `|\[[^\]]*\])`)
	notePattern   = regexp.MustCompile(`\[(?:\^[^\]]*|\d+)\]`)
	tagPattern    = regexp.MustCompile(`</?[A-Za-z][^>]*>|<https?://[^>]*>|<!--.*?-->`)
	urlPattern    = regexp.MustCompile(`\(` + address + `\)| ?` + address)
	timesPattern  = regexp.MustCompile(`(\d) ?\* ?(\d)|( )\*( )`)
	starPattern   = regexp.MustCompile(`\*{1,3}|~~|\b_{1,3}|_{1,3}\b|` + "`+")
)

// withoutMarker takes off what makes a line a heading, an item or a quotation.
func withoutMarker(line string) string {
	return line[len(markerPattern.FindString(line)):]
}

// Words returns what is to be read out of one line of markdown, "" if it has
// neither a letter nor a digit.
func Words(line string) string {
	line, code := withoutCode(line)
	for _, p := range []*regexp.Regexp{imagePattern, tagPattern} {
		line = p.ReplaceAllString(line, " ")
	}
	line = linkPattern.ReplaceAllString(line, "$1")
	line = urlPattern.ReplaceAllStringFunc(line, func(url string) string {
		return url[len(strings.TrimRight(url, `.,;:!?"'`)):] + " " // the sentence's own marks stay
	})
	line = notePattern.ReplaceAllString(line, " ")
	line = timesPattern.ReplaceAllString(line, "$1$3 × $2$4")
	line = html.UnescapeString(starPattern.ReplaceAllString(line, ""))
	line = strings.Map(audible, withCode(line, code))
	if !strings.ContainsFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return strings.Join(strings.Fields(line), " ")
}

// The runes that stand for the code in a line, which is read as it is written.
const firstCode, lastCode = '\U000F0000', '\U000FFFFD'

// withoutCode returns a line with such runes in place of its code.
func withoutCode(line string) (without string, code []string) {
	line = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Co, r) {
			return -1 // private use: an icon
		}
		return r
	}, line)
	parts := strings.Split(line, "`")
	for i := 1; i+1 < len(parts) && len(code) < lastCode-firstCode; i += 2 {
		code = append(code, parts[i])
		parts[i] = string(rune(firstCode + i/2))
	}
	return strings.Join(parts, ""), code
}

// withCode puts the code back.
func withCode(line string, code []string) string {
	var b strings.Builder
	for _, r := range line {
		if i := int(r - firstCode); i >= 0 && i < len(code) {
			b.WriteString(code[i])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// audible drops what is only seen, and makes a space of all that is like one.
func audible(r rune) rune {
	switch {
	case unicode.IsSpace(r), unicode.IsControl(r):
		return ' '
	case r == '°', r == '℃', r == '℉', r >= 0x3300 && r <= 0x33FF: // and units of one character
	case unicode.In(r, unicode.So, unicode.Cf, unicode.Me), r >= 0xFE00 && r <= 0xFE0F, r >= 0x1F3FB && r <= 0x1F3FF, r == utf8.RuneError:
		return -1 // emoji and what colours them, direction marks, joiners
	}
	return r
}
