package panel

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
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
	blockRows // of a table that is too wide for one, under one another
	blockRule
)

// Bounds of what is drawn, against answers that mean harm.
const (
	deepest     = 6  // levels of lists and quotes that are still indented
	longestLang = 24 // characters of a language's name
)

// blocks parses a part of an answer, for a place where code has so many columns.
// It never fails: what is not markdown is text.
func blocks(p part, columns int) []block {
	if p.code {
		return []block{{kind: blockCode, code: p.text, lang: clip(p.lang, longestLang), goes: p.goes}}
	}
	source := []byte(formulas(p.text))
	tree := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.Linkify)).
		Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext()))
	w := walker{source: source, columns: columns}
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
	source  []byte
	columns int
	blocks  []block
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
