package panel

import (
	"strings"
	"unicode/utf8"
)

// longestPart bounds what has to be parsed again with every delta, in bytes.
const longestPart = 4096

// part is a stretch of markdown that can be parsed by itself.
type part struct {
	text string
	code bool   // text is the inside of a code block
	lang string // of the code
	goes bool   // the code goes on from the part before
}

// cutter cuts an answer into parts while it grows. A part that next has
// returned no longer changes, whatever follows. The zero cutter is ready.
type cutter struct {
	offset int    // where the next part begins
	fence  string // the marker that the open code block began with, "" outside one
	lang   string // of the open code block
	goes   bool   // a part of the open code block has been returned
}

// next returns the next part of text that is complete. text is the whole
// answer so far; it may only grow.
func (c *cutter) next(text string) (part, bool) {
	for {
		rest := text[c.offset:]
		if c.fence != "" {
			return c.nextCode(rest)
		}
		line, whole := firstLine(rest)
		if !whole {
			if len(rest) > longestPart {
				return c.take(rest, softCut(rest)), true
			}
			return part{}, false
		}
		switch fence, lang := opens(line); {
		case strings.TrimSpace(line) == "":
			c.offset += len(line)
		case fence != "" && indent(line) < 4:
			c.offset += len(line)
			c.fence, c.lang, c.goes = fence, lang, false
		default:
			n := proseEnd(rest)
			if n == 0 {
				return part{}, false
			}
			return c.take(rest, n), true
		}
	}
}

// tail returns the rest, which may still change, after next has returned all
// that will not.
func (c *cutter) tail(text string) (part, bool) {
	rest := text[c.offset:]
	if c.fence != "" {
		// A line that may become the end of the block is not shown yet.
		if i := strings.LastIndexByte(rest, '\n') + 1; strings.HasPrefix(c.fence, strings.TrimSpace(rest[i:])) {
			rest = rest[:i]
		}
		return part{text: rest, code: true, lang: c.lang, goes: c.goes}, rest != "" || !c.goes
	}
	if fence, _ := opens(rest); fence != "" || strings.TrimSpace(rest) == "" {
		return part{}, false
	}
	return part{text: rest}, true
}

func (c *cutter) take(rest string, n int) part {
	c.offset += n
	return part{text: rest[:n]}
}

func (c *cutter) nextCode(rest string) (part, bool) {
	p := part{code: true, lang: c.lang, goes: c.goes}
	for n := 0; n < len(rest); {
		line, whole := firstLine(rest[n:])
		if !whole {
			if n == 0 && len(rest) > longestPart {
				return c.takeCode(p, rest, hardCut(rest)), true
			}
			break
		}
		if closes(line, c.fence) {
			p.text = rest[:n]
			c.offset += n + len(line)
			c.fence = ""
			return p, true
		}
		if n += len(line); n >= longestPart {
			return c.takeCode(p, rest, n), true
		}
	}
	return part{}, false
}

func (c *cutter) takeCode(p part, rest string, n int) part {
	p.text = rest[:n]
	c.offset += n
	c.goes = true
	return p
}

// proseEnd returns where the first part of text ends, 0 if that is not known
// yet. text begins with a whole line that is neither blank nor a fence.
func proseEnd(text string) int {
	p := proseScan{listed: isItem(text)}
	for n := 0; ; {
		line, whole := firstLine(text[n:])
		switch ends := p.endsBefore(line, n == 0, whole); {
		case ends, n > 0 && n+len(line) > longestPart:
			return n
		case len(line) > longestPart:
			return softCut(text)
		case !whole:
			return 0
		}
		n += len(line)
	}
}

// proseScan is what is known of a part of prose while its lines are read. A
// part ends before a block of its own at the margin: what is indented belongs
// to the list above it.
type proseScan struct {
	listed bool   // it began with a list item
	inner  string // the marker of the code block within the list, "" outside one
	blank  bool   // the line before was blank
}

// endsBefore reads the next line and reports whether the part ends before it.
func (p *proseScan) endsBefore(line string, first, whole bool) bool {
	blank := p.blank
	p.blank = strings.TrimSpace(line) == ""
	if p.inner != "" {
		if closes(line, p.inner) {
			p.inner = ""
		}
		return false
	}
	if fence, _ := opens(line); fence != "" && !first && whole {
		if !p.listed || indent(line) < 2 {
			return true
		}
		p.inner = fence
		return false
	}
	return blank && !p.blank && indent(line) < 2
}

// firstLine returns the first line of text with its newline, and whether it
// has one.
func firstLine(text string) (string, bool) {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i+1], true
	}
	return text, false
}

// indent is how many columns of white space a line begins with.
func indent(line string) int {
	n := 0
	for _, r := range line {
		switch r {
		case ' ':
			n++
		case '\t':
			n += 4 - n%4
		default:
			return n
		}
	}
	return n
}

// opens returns the marker and the language of the code block that line opens.
func opens(line string) (fence, lang string) {
	line = strings.TrimSpace(line)
	for _, mark := range []string{"`", "~"} {
		rest := strings.TrimLeft(line, mark)
		n := len(line) - len(rest)
		if n < 3 || mark == "`" && strings.Contains(rest, "`") {
			continue
		}
		lang, _, _ = strings.Cut(strings.TrimSpace(rest), " ")
		return line[:n], lang
	}
	return "", ""
}

// closes reports whether line ends the code block that fence began.
func closes(line, fence string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= len(fence) && strings.Trim(line, fence[:1]) == ""
}

// isItem reports whether text begins with a list item.
func isItem(text string) bool {
	text = strings.TrimLeft(text, " ")
	if digits := strings.TrimLeft(text, "0123456789"); len(digits) < len(text) {
		return strings.HasPrefix(digits, ". ") || strings.HasPrefix(digits, ") ")
	}
	return strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "* ") || strings.HasPrefix(text, "+ ")
}

// softCut returns where a text that is too long is cut: after a sentence, else
// after a word, else anywhere.
func softCut(text string) int {
	head := text[:min(len(text), longestPart)]
	for _, end := range []string{". ", "! ", "? ", "。", " "} {
		if i := strings.LastIndex(head, end); i > longestPart/2 {
			return i + len(end)
		}
	}
	return hardCut(text)
}

// hardCut is the last border of a character before the longest part ends.
func hardCut(text string) int {
	n := min(len(text), longestPart)
	for n > longestPart-utf8.UTFMax && n < len(text) && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}
