package formula

import (
	"strings"
	"unicode/utf8"
)

// node is a part of a formula.
type node struct {
	kind kind
	text string // of a character and of a name
	args []nodes
}

type nodes []node

type kind int

const (
	character kind = iota // or the sign of a command
	space
	name  // a command that is no sign
	group // in braces
	plain // words in braces
	fraction
	binomial
	root // of its first part; the second is which
	raised
	lowered
	accent // over its part; its text is the command
	set    // of numbers
)

// deepest bounds how deep the parts of a formula lie in one another.
const deepest = 16

// parser reads a formula. There is none that it does not take.
type parser struct{ rest string }

func parse(formula string) nodes {
	p := parser{formula}
	return p.all(0, "")
}

// all reads up to what ends it, "" for the end.
func (p *parser) all(depth int, end string) (all nodes) {
	for p.rest != "" && (end == "" || !strings.HasPrefix(p.rest, end)) {
		if n, ok := p.part(depth); ok {
			all = append(all, n)
		}
	}
	p.rest = strings.TrimPrefix(p.rest, end)
	return all
}

// part reads the next part, if it is one that is seen.
func (p *parser) part(depth int) (n node, ok bool) {
	r, size := utf8.DecodeRuneInString(p.rest)
	p.rest = p.rest[size:]
	switch {
	case depth > deepest:
	case r == '\\':
		return p.command(depth)
	case r == '{':
		return node{kind: group, args: []nodes{p.all(depth+1, "}")}}, true
	case r == '^':
		return node{kind: raised, args: []nodes{p.argument(depth)}}, true
	case r == '_':
		return node{kind: lowered, args: []nodes{p.argument(depth)}}, true
	case strings.ContainsRune(" \t\r\n&~", r):
		return node{kind: space}, true
	case r == '-':
		r = '−'
	case r == '\'':
		r = '′'
	}
	return node{text: string(r)}, true
}

// argument reads what belongs to the sign or the command before it.
func (p *parser) argument(depth int) nodes {
	p.rest = strings.TrimLeft(p.rest, " ")
	if p.rest == "" {
		return nil
	}
	n, ok := p.part(depth + 1)
	switch {
	case !ok:
		return nil
	case n.kind == group:
		return n.args[0]
	}
	return nodes{n}
}

// command reads what follows a backslash.
func (p *parser) command(depth int) (n node, ok bool) {
	size := nameLength(p.rest)
	command := p.rest[:size]
	p.rest = p.rest[size:]
	of := func(k kind) (node, bool) {
		return node{kind: k, text: command, args: []nodes{p.argument(depth)}}, true
	}
	switch command {
	case "frac", "dfrac", "tfrac", "cfrac":
		return node{kind: fraction, args: []nodes{p.argument(depth), p.argument(depth)}}, true
	case "binom":
		return node{kind: binomial, args: []nodes{p.argument(depth), p.argument(depth)}}, true
	case "sqrt":
		var which nodes
		if strings.HasPrefix(p.rest, "[") {
			p.rest = p.rest[1:]
			which = p.all(depth+1, "]")
		}
		return node{kind: root, args: []nodes{p.argument(depth), which}}, true
	case "begin", "end":
		p.argument(depth) // the name of a layout
		return node{kind: space}, true
	case "quad", "qquad":
		return node{kind: space}, true
	case "left", "right", "big", "Big", "bigl", "bigr", "displaystyle", "limits", "mathbf", "mathit", "mathcal", "boldsymbol":
		return node{}, false
	case "text", "textbf", "mathrm", "operatorname":
		return of(plain)
	case "mathbb":
		return of(set)
	case "bar", "overline", "hat", "vec", "tilde", "dot":
		return of(accent)
	}
	return named(command), true
}

// named is a command that stands alone.
func named(command string) node {
	if sign, ok := signs()[command]; ok {
		return node{text: sign}
	}
	switch {
	case strings.Contains(`,;:!\ `, command): // spaces, and the end of a line
		return node{kind: space}
	case !letter(command[0]):
		return node{text: command} // a sign that stands for itself
	}
	return node{kind: name, text: command}
}
