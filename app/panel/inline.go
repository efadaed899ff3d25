package panel

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// inline returns the words in n.
func (w *walker) inline(n ast.Node, s style) []run {
	var runs []run
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		runs = append(runs, w.span(c, s)...)
	}
	return runs
}

// softBreak ends a text whose paragraph goes on in the next line of markdown.
const softBreak = "\v"

// joinLines puts a space where a line was broken softly, but none between
// letters of a script that is written without.
func joinLines(runs []run) []run {
	var before rune
	for i, r := range runs {
		text, soft := strings.CutSuffix(r.text, softBreak)
		if text != "" {
			before, _ = utf8.DecodeLastRuneInString(text)
		}
		if soft && (i+1 == len(runs) || !unspaced(before, runs[i+1].text)) {
			text += " "
		}
		runs[i].text = text
	}
	return slices.DeleteFunc(runs, func(r run) bool { return r.text == "" })
}

// unspaced reports whether no space stands between a letter and what follows. A
// curved quote or an ellipsis is of the script that it stands beside.
func unspaced(before rune, following string) bool {
	after, _ := utf8.DecodeRuneInString(following)
	either := func(r rune) bool { return isWide(r) || strings.ContainsRune("“”‘’…—", r) }
	return either(before) && either(after) && (isWide(before) || isWide(after))
}

func (w *walker) span(n ast.Node, s style) []run {
	switch n := n.(type) {
	case *ast.Text:
		words := unescape(n.Value(w.source), n.IsRaw())
		switch {
		case n.HardLineBreak():
			words += "\n"
		case n.SoftLineBreak():
			words += softBreak
		}
		return []run{{words, s}}
	case *ast.String:
		return []run{{string(n.Value), s}}
	case *ast.CodeSpan:
		s.mono, s.boxed, s.size = true, true, sizeCode
	case *ast.Emphasis:
		if n.Level > 1 {
			s.bold = true
		} else {
			s.italic = true
		}
	case *ast.Link:
		return w.link(w.inline(n, s), string(n.Destination))
	case *ast.AutoLink:
		s.unsaid = n.AutoLinkType == ast.AutoLinkURL
		return w.link([]run{{string(n.Label(w.source)), s}}, string(n.URL(w.source)))
	case *ast.Image:
		return w.image(n, s)
	case *ast.RawHTML:
		html := string(n.Segments.Value(w.source))
		s.unsaid = isTag(html)
		return []run{{html, s}}
	case *extast.TaskCheckBox:
		if n.IsChecked {
			return []run{{"[x] ", s}}
		}
		return []run{{"[ ] ", s}}
	}
	return w.inline(n, s)
}

// isTag tells a tag from List<String>: it has a small letter.
func isTag(html string) bool {
	name := strings.TrimLeft(html, "</")
	return name != "" && name[0] >= 'a' && name[0] <= 'z'
}

// image is what the picture shows in words. It is never loaded: its address
// can carry to a stranger what was on the screen.
func (w *walker) image(n *ast.Image, s style) []run {
	s.italic, s.unsaid = true, true
	if words := w.inline(n, s); len(words) > 0 {
		return words
	}
	return []run{{tr("picture"), s}}
}

// plain is the text of runs.
func plain(runs []run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.text)
	}
	return b.String()
}

// clip shortens s to n characters and drops what cannot be drawn.
func clip(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}

// unescape resolves the backslashes and entities of markdown's text; raw text
// has none.
func unescape(b []byte, raw bool) string {
	if raw {
		return string(b)
	}
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(b))))
}
