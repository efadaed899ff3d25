package panel

import (
	"strings"

	extast "github.com/yuin/goldmark/extension/ast"
)

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
