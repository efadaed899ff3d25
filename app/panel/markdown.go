package panel

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// block is a stretch of an answer that stands under the one before it.
type block struct {
	kind   blockKind
	runs   []run  // of prose
	code   string // of code and tables
	lang   string // of code, as the model named it
	goes   bool   // the code goes on from the block before
	level  int    // how deep it stands in lists
	quotes int    // how deep it stands in quotes
	marker string // of a list item, on its first block
	tight  bool   // close to the block above
	faint  bool   // code that nobody has heard
	joined bool   // in the same quote as the block above
}

type blockKind uint8

const (
	blockProse blockKind = iota
	blockCode
	blockTable
	blockRule
)

// Bounds of what is drawn, against answers that mean harm.
const (
	deepest     = 6  // levels of lists and quotes that are still indented
	widestTable = 46 // characters of a table that is drawn as one
	longestLang = 24 // characters of a language's name
)

// blocks parses a part of an answer. It never fails: what is not markdown is
// text.
func blocks(p part) []block {
	if p.code {
		return []block{{kind: blockCode, code: p.text, lang: clip(p.lang, longestLang), goes: p.goes}}
	}
	source := []byte(formulas(p.text))
	tree := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Linkify)).
		Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext()))
	w := walker{source: source}
	w.children(tree, place{})
	return w.blocks
}

// place is where in lists and quotes a node stands.
type place struct {
	level, quotes int
	marker        string
	tight         bool
}

// walker turns a syntax tree into blocks.
type walker struct {
	source []byte
	blocks []block
}

// children adds the blocks of n's children. The marker stands beside the first
// of them.
func (w *walker) children(n ast.Node, at place) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		before := len(w.blocks)
		w.block(c, at)
		if len(w.blocks) > before {
			at.marker, at.tight = "", false
		}
	}
	if at.marker != "" {
		w.add(block{}, at) // an empty item
	}
}

func (w *walker) add(b block, at place) {
	b.level, b.quotes, b.marker, b.tight = min(at.level, deepest), min(at.quotes, deepest), at.marker, at.tight
	if n := len(w.blocks); n > 0 {
		b.joined = b.quotes > 0 && w.blocks[n-1].quotes > 0
	}
	w.blocks = append(w.blocks, b)
}

func (w *walker) block(n ast.Node, at place) {
	switch n := n.(type) {
	case *ast.Heading:
		size := float32(sizeText)
		if n.Level <= 2 {
			size = 16
		}
		w.add(block{runs: joinLines(w.inline(n, style{size: size, bold: true}))}, at)
	case *ast.List:
		w.list(n, at)
	case *ast.Blockquote:
		at.quotes++
		w.children(n, at)
	case *ast.CodeBlock:
		w.add(block{kind: blockCode, code: w.lines(n)}, at)
	case *ast.FencedCodeBlock:
		w.add(block{kind: blockCode, code: w.lines(n), lang: clip(string(n.Language(w.source)), longestLang)}, at)
	case *ast.HTMLBlock:
		w.add(block{runs: []run{{w.lines(n), style{size: sizeText}}}}, at)
	case *ast.ThematicBreak:
		w.add(block{kind: blockRule}, at)
	case *extast.Table:
		w.table(n, at)
	default:
		if runs := joinLines(w.inline(n, style{size: sizeText})); len(runs) > 0 {
			w.add(block{runs: runs}, at)
		}
	}
}

func (w *walker) list(n *ast.List, at place) {
	number, below := n.Start, n.IsTight && goesOn(n)
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		inner := place{level: at.level + 1, quotes: at.quotes, marker: "•", tight: below || n.IsTight && item.PreviousSibling() != nil}
		if n.IsOrdered() {
			inner.marker = strconv.Itoa(number) + "."
			number++
		}
		w.children(item, inner)
	}
}

// goesOn reports whether a list stands below the words of an item of a tight list.
func goesOn(n *ast.List) bool {
	item, ok := n.Parent().(*ast.ListItem)
	if !ok || n.PreviousSibling() == nil {
		return false
	}
	outer, ok := item.Parent().(*ast.List)
	return ok && outer.IsTight
}

// lines is the text of a block that is not parsed further.
func (w *walker) lines(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(w.source))
	}
	if html, ok := n.(*ast.HTMLBlock); ok && html.HasClosure() {
		b.Write(html.ClosureLine.Value(w.source))
	}
	return strings.TrimRight(b.String(), "\n")
}

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
		return w.link([]run{{string(n.Label(w.source)), s}}, string(n.URL(w.source)))
	case *ast.Image:
		return w.image(n, s)
	case *ast.RawHTML:
		return []run{{string(n.Segments.Value(w.source)), s}}
	case *extast.TaskCheckBox:
		if n.IsChecked {
			return []run{{"[x] ", s}}
		}
		return []run{{"[ ] ", s}}
	}
	return w.inline(n, s)
}

// image is what the picture shows in words. It is never loaded: its address
// can carry to a stranger what was on the screen.
func (w *walker) image(n *ast.Image, s style) []run {
	s.italic = true
	if words := w.inline(n, s); len(words) > 0 {
		return words
	}
	return []run{{tr("picture"), s}}
}

// link makes runs open target if that is safe, and says where it leads unless
// the words do.
func (w *walker) link(runs []run, target string) []run {
	u, where := destination(target)
	if u == nil {
		return runs
	}
	words := ""
	for i := range runs {
		runs[i].link = u.String()
		words += runs[i].text
	}
	if words = strings.TrimSpace(words); words == "" {
		return []run{{where, style{size: sizeText, link: u.String()}}}
	}
	if !names(words, u, where) {
		runs = append(runs, run{" (" + where + ")", style{size: runs[0].size, tone: toneFaint}})
	}
	return runs
}

// names reports whether the words of a link say where it leads and nothing
// else: a host within other words may be there to mislead.
func names(words string, u *url.URL, where string) bool {
	if words == u.String() || words == where {
		return true
	}
	if strings.ContainsFunc(words, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return false
	}
	said, err := url.Parse(words)
	return err == nil && said.User == nil && said.Host != "" && strings.EqualFold(said.Host, u.Host)
}

// destination reads the target of a link, and says where it leads. It is nil
// for what must not be opened: a model may write any scheme.
func destination(target string) (*url.URL, string) {
	u, err := url.Parse(target)
	if err != nil || len(target) > 2048 {
		return nil, ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Hostname() == "" {
			return nil, ""
		}
		u.User = nil
		return u, u.Host
	case "mailto":
		return u, u.Opaque
	}
	return nil, ""
}

// table draws a table with spaces, or as a list if it is too wide.
func (w *walker) table(n *extast.Table, at place) {
	var rows [][]string
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		var row []string
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			row = append(row, strings.TrimSpace(plain(w.inline(c, style{}))))
		}
		rows = append(rows, row)
	}
	var right []bool
	for _, a := range n.Alignments {
		right = append(right, a == extast.AlignRight)
	}
	w.add(block{kind: blockTable, code: tableText(rows, right)}, at)
}

// tableText lays rows out with spaces; the first is the head. right says which
// columns stand at their right.
func tableText(rows [][]string, right []bool) string {
	var widths []int
	total := 0
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for _, w := range widths {
		total += w + 2
	}
	var b strings.Builder
	for i, row := range rows {
		if total-2 > widestTable {
			listRow(&b, rows[0], row, i)
			continue
		}
		line := ""
		for j, cell := range row {
			space := strings.Repeat(" ", widths[j]-columns(cell))
			if j < len(right) && right[j] {
				line += space + cell + "  "
			} else {
				line += cell + space + "  "
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		if i == 0 {
			b.WriteString(strings.Repeat("─", max(total-2, 0)) + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// listRow writes one row of a wide table as lines of "head: cell".
func listRow(b *strings.Builder, head, row []string, i int) {
	if i == 0 {
		return
	}
	for j, cell := range row {
		if j < len(head) && head[j] != "" {
			b.WriteString(head[j] + ": ")
		}
		b.WriteString(cell + "\n")
	}
	b.WriteString("\n")
}

// columns is how wide s is in a monospace font.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if isWide(r) {
			n++
		}
	}
	return n
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
