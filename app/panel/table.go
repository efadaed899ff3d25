package panel

import (
	"strings"

	extast "github.com/yuin/goldmark/extension/ast"
)

// table draws a table with spaces, or its rows under one another if it is too
// wide.
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
	const column = 7 // at least, in Fyne's units
	room := w.columns - (at.level*stepList+at.quotes*stepQuote+column-1)/column
	if text, fits := tableText(rows, right, room); fits {
		w.add(block{kind: blockTable, code: text}, at)
		return
	}
	w.add(block{kind: blockRows, code: rowsText(rows)}, at)
}

// tableText lays rows out with spaces; the first is the head. right says which
// columns stand at their right. It reports whether that is at most room columns
// of letters wide.
func tableText(rows [][]string, right []bool, room int) (string, bool) {
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
	if total-2 > room {
		return "", false
	}
	var b strings.Builder
	for i, row := range rows {
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
	return strings.TrimRight(b.String(), "\n"), true
}

// rowsText writes the rows of a wide table as lines of "head: cell".
func rowsText(rows [][]string) string {
	var b strings.Builder
	head := rows[0]
	for _, row := range rows[1:] {
		for j, cell := range row {
			if j < len(head) && head[j] != "" {
				b.WriteString(head[j] + ": ")
			}
			b.WriteString(cell + "\n")
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n")
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
