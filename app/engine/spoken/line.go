package spoken

import (
	"regexp"
	"strings"
)

// beginning is how a line of markdown begins: the markers of quotations and of
// items, and what stands behind them.
type beginning struct {
	quoted bool
	item   bool   // it begins an item of a list
	indent int    // columns before the first marker of an item, or before text
	column int    // where text begins; like indent, counted behind quotations
	text   string // without space around it
}

var itemPattern = regexp.MustCompile(`^(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)`)

func beginningOf(line string) (b beginning) {
	for {
		rest := strings.TrimLeft(line, " \t")
		b.column = width(b.column, line[:len(line)-len(rest)])
		if !b.item {
			b.indent = b.column
		}
		marker := strings.TrimRight(itemPattern.FindString(rest), " \t")
		switch {
		case strings.HasPrefix(rest, ">"):
			b.quoted, b.column = true, 0
			line = strings.TrimPrefix(rest[1:], " ")
		case marker != "":
			b.item, b.column = true, b.column+len(marker)
			line = rest[len(marker):]
		default:
			b.text = strings.TrimSpace(rest)
			return b
		}
	}
}

// width returns the column behind spaces and tabs that begin at a column.
func width(column int, space string) int {
	for _, r := range space {
		if column++; r == '\t' {
			column += (4 - column%4) % 4
		}
	}
	return column
}

var (
	pendingPattern   = regexp.MustCompile(`^(?:[-*+]|\d{1,9}[.)]?)$`)
	headingPattern   = regexp.MustCompile(`^#{1,6}(?:\s|$)`)
	rulePattern      = regexp.MustCompile(`^[\s>]*(?:(?:-\s*){3,}|(?:\*\s*){3,})$`)
	delimiterPattern = regexp.MustCompile(`^[\s>]*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$`)
)

// mayGrow reports whether text may yet become the marker of an item, a fence or
// a formula.
func (b beginning) mayGrow() bool {
	return b.text == "$" || b.text == `\` || pendingPattern.MatchString(b.text) || strings.Trim(b.text, "`") == "" || strings.Trim(b.text, "~") == ""
}

// delimits reports whether a line makes the line before it a table's head.
func delimits(line string) bool {
	return strings.Contains(line, "|") && delimiterPattern.MatchString(line)
}

// fence is what a block of code began with. The zero value is none.
type fence struct {
	mark   string
	column int
	quoted bool
}

// fence returns the fence that the line is. Backticks that are closed in the
// same line are code in a sentence.
func (b beginning) fence() fence {
	for _, mark := range []string{"`", "~"} {
		info := strings.TrimLeft(b.text, mark)
		n := len(b.text) - len(info)
		if n >= 3 && (mark == "~" || !strings.Contains(info, mark)) {
			return fence{b.text[:n], b.column, b.quoted}
		}
	}
	return fence{}
}

// opens says what a line with a fence is, as far as it has come: backticks may
// be closed later in it.
func (b beginning) opens(whole bool) kind {
	if !whole && strings.HasPrefix(b.text, "`") {
		return undecided
	}
	return opening
}

// endsWith reports whether the line ends the block.
func (f fence) endsWith(b beginning) bool {
	return !b.item && b.quoted == f.quoted && b.column <= f.column+3 &&
		strings.HasPrefix(b.text, f.mark) && strings.Trim(b.text, f.mark[:1]) == ""
}
