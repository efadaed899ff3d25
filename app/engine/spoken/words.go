package spoken

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"aside/app/formula"
)

const (
	target  = `\((?:[^()]|\([^()]*\))*\)`                           // of a link
	address = `(?:https?://|www\.)[^\s\p{Han}()<>，。；：！？、（）《》「」“”]*` // without what it may stand in
)

var (
	markerPattern = regexp.MustCompile(`^[\s>]*(?:#{1,6}\s+|(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?|\[\^[^\]]*\]:\s|\[!\w+\])?`)
	targetPattern = regexp.MustCompile(`^\s*\[[^\]^]+\]:\s*<?(?:https?:|www\.)\S*(?:\s+["'(].*)?\s*$`) // of links elsewhere
	imagePattern  = regexp.MustCompile(`!\[[^\]]*\]` + target)
	linkPattern   = regexp.MustCompile(`\[([^\]]*)\](?:` + target + `|\[[^\]]*\])`)
	notePattern   = regexp.MustCompile(` ?\[(?:\^[^\]]*|\d+)\]`)
	stylePattern  = regexp.MustCompile(`(?i)</?(?:a|abbr|b|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|u|var)(?:\s[^<>]*)?>`)
	tagPattern    = regexp.MustCompile(`(?i)</?(?:br|center|details|div|h[1-6r]|img|li|ol|p|sub|summary|sup|table|t[dhr]|ul)(?:\s[^<>]*)?/?>|<https?://[^>]*>|<!--.*?-->`)
	markPattern   = regexp.MustCompile(`(^|[^\w=])==([^\s=](?:[^=]*[^\s=])?)==`)
	urlPattern    = regexp.MustCompile(`\(` + address + `\)| ?` + address)
	timesPattern  = regexp.MustCompile(`(\d) ?\* ?(\d)|( )\*( )`)
	starPattern   = regexp.MustCompile(`\*{1,3}|~~|\b_{1,3}|_{1,3}\b|` + "`+")
)

// withoutMarker takes off what makes a line a heading, an item, a quotation or a
// footnote. Where links lead to is for nobody's ear.
func withoutMarker(line string) string {
	if targetPattern.MatchString(line) {
		return ""
	}
	return line[len(markerPattern.FindString(line)):]
}

// phrase is what is to be read out of a line of markdown. In its text runes of
// private use stand for the code and the formulas, whose signs mean no markup.
type phrase struct {
	text   string
	hidden []hidden
}

// hidden is code or a formula.
type hidden struct {
	source  string
	formula bool
}

const firstHidden, lastHidden = '\U000F0000', '\U000FFFFD'

// phraseOf reads a part of a line. It is empty if there is neither a letter nor
// a digit in it.
func phraseOf(line string) phrase {
	p := hide(line)
	line = p.text
	for _, pattern := range []*regexp.Regexp{imagePattern, tagPattern} {
		line = pattern.ReplaceAllString(line, " ")
	}
	line = stylePattern.ReplaceAllString(line, "")
	line = linkPattern.ReplaceAllString(line, "$1")
	line = urlPattern.ReplaceAllStringFunc(line, func(url string) string {
		return url[len(strings.TrimRight(url, `.,;:!?"'`)):] + " " // the sentence's own marks stay
	})
	line = notePattern.ReplaceAllString(line, "")
	line = markPattern.ReplaceAllString(line, "$1$2")
	line = timesPattern.ReplaceAllString(line, "$1$3 × $2$4")
	p.text = html.UnescapeString(starPattern.ReplaceAllString(line, ""))
	if !strings.ContainsFunc(p.written(), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return phrase{}
	}
	return p
}

// written is the words as the panel shows them.
func (p phrase) written() string {
	return tidy(p.with(func(_ rune, h hidden) string {
		if h.formula {
			return formula.Text(h.source)
		}
		return h.source
	}))
}

// with puts something in the place of what is hidden.
func (p phrase) with(shown func(place rune, h hidden) string) string {
	var b strings.Builder
	for _, r := range p.text {
		if i := int(r - firstHidden); i >= 0 && i < len(p.hidden) {
			b.WriteString(shown(r, p.hidden[i]))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hide puts runes in the place of the code and the formulas of a line. What is
// escaped is no markup either.
func hide(line string) (p phrase) {
	line = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Co, r) {
			return -1 // private use: an icon
		}
		return r
	}, line)
	var b strings.Builder
	var before rune
	for line != "" && len(p.hidden) < lastHidden-firstHidden {
		i := strings.IndexAny(line, "`$\\")
		if i < 0 {
			break
		}
		b.WriteString(line[:i])
		if i > 0 {
			before, _ = utf8.DecodeLastRuneInString(line[:i])
		}
		line = line[i:]
		h, n := hiddenAt(before, line)
		switch {
		case n > 0:
			b.WriteRune(firstHidden + rune(len(p.hidden)))
			p.hidden = append(p.hidden, h)
		case line[0] == '`':
			n = 1
		case len(line) > 1 && line[0] == '\\' && line[1] < utf8.RuneSelf && unicode.In(rune(line[1]), unicode.P, unicode.S):
			n = 2
			fmt.Fprintf(&b, "&#%d;", line[1])
		default:
			n = 1
			b.WriteByte(line[0])
		}
		before, _ = utf8.DecodeLastRuneInString(line[:n])
		line = line[n:]
	}
	p.text = b.String() + line
	return p
}

// hiddenAt returns the code or the formula with which text begins, and how long
// it is with its marks, 0 if there is none.
func hiddenAt(before rune, text string) (h hidden, length int) {
	if text[0] == '`' {
		code, _, whole := strings.Cut(text[1:], "`")
		if !whole {
			return hidden{}, 0
		}
		return hidden{source: code}, len(code) + 2
	}
	body, n, _ := formula.At(before, text)
	return hidden{body, true}, n
}

// tidy is text as it is heard, with single spaces.
func tidy(text string) string { return strings.Join(strings.Fields(strings.Map(audible, text)), " ") }

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
