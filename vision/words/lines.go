package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// text puts together what was read: first the focus and what is in it, then
// step by step what is around.
func (k *walk) text() Text {
	p := page{left: maxText}
	var focused int // lines
	if k.focus == nil {
		p.tree(k.top, nil, "")
	}
	for n, inner := k.focus, (*node)(nil); n != nil; n, inner = n.parent, n {
		p.tree(n, inner, "")
		if n == k.focus {
			focused = len(p.lines)
		}
	}
	return Text{
		Lines:   p.lines,
		Focused: strings.Join(p.lines[:focused], "\n"),
		Secrets: k.secrets,
		Whole:   !k.partial && !p.full,
	}
}

// page is filled with lines until it is full.
type page struct {
	lines []string
	left  int // bytes
	full  bool
}

// tree puts down what a node and all in it say, but for what is in except,
// which has been put down. above is what it is in says: programs often say
// things there again.
func (p *page) tree(n, except *node, above string) {
	if n.text != "" && !strings.Contains(above, n.text) {
		p.put(n.text)
		above = n.text
	}
	for _, kid := range n.kids {
		if kid != except {
			p.tree(kid, nil, above)
		}
	}
}

// put puts lines down. The last that finds room may be cut.
func (p *page) put(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if p.full {
			return
		}
		if len(line)+1 > p.left { // with its end
			p.full = true
			line = head(line, p.left-1)
			if line == "" {
				return
			}
		}
		p.left -= len(line) + 1
		p.lines = append(p.lines, line)
	}
}

// head returns at most n bytes of s, in whole characters.
func head(s string, n int) string {
	if n <= 0 {
		return ""
	}
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:min(n, len(s))]
}

// wholeLines drops the first and the last line of a text, where these were cut
// and others are left.
func wholeLines(s string, first, last bool) string {
	if at := strings.IndexByte(s, '\n'); first && at >= 0 {
		s = s[at+1:]
	}
	if at := strings.LastIndexByte(s, '\n'); last && at >= 0 {
		s = s[:at]
	}
	return s
}

// clean makes text of others fit to be read by a model and shown to the user.
// What neither would see could say to the one what the other does not know:
// controls, marks of direction, tags, variants and whatever else has no shape. Ends of
// line become \n, at most two in a row; spaces at the end of a line, and blank
// lines at both ends, go.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	s = strings.Map(visible, s)
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for _, line := range lines {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" && (len(kept) == 0 || kept[len(kept)-1] == "") {
			continue
		}
		kept = append(kept, line)
	}
	return strings.TrimSuffix(strings.Join(kept, "\n"), "\n")
}

// visible returns the character, a space for another space, or -1 for one that
// is not to be kept.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case unicode.Is(unicode.Zs, r):
		return ' '
	case r == '\u200c' || r == '\u200d': // Persian, Hindi and emoji need the joiners
		return r
	case r == '\ufffc' || r == utf8.RuneError: // stands for a picture; for what could not be read
		return -1
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return -1
	}
	return r
}
