package offline

import (
	"cmp"
	"slices"
	"strings"
)

// tableShare is the share of lines with several entries that makes a table.
const tableShare = 0.6

// tableGap is how many spaces stand between columns of a table at least.
const tableGap = 2

// maxEntry is how wide a column is made at most.
const maxEntry = 200

// entry is what stands between wide gaps in a line.
type entry struct {
	text     string
	from, to int // pixels
}

// tabular is an area of entries that stand in columns.
type tabular struct {
	rows  [][]entry
	spans []entry // of the columns, without text
}

// newTabular finds columns in an area; ok is false if there are none.
func newTabular(a area, width float64) (t tabular, ok bool) {
	several := 0
	for _, r := range a.rows {
		entries := entriesOf(r, width)
		t.rows = append(t.rows, entries)
		if len(entries) > 1 {
			several++
			t.spans = append(t.spans, entries...)
		}
	}
	if several < 2 || float64(several) < tableShare*float64(len(t.rows)) {
		return tabular{}, false
	}
	t.spans = merged(t.spans)
	for _, entries := range t.rows {
		for i := 1; i < len(entries); i++ {
			if t.place(entries[i]) == t.place(entries[i-1]) {
				return tabular{}, false
			}
		}
	}
	return t, true
}

// entriesOf cuts a line at its wide gaps.
func entriesOf(r row, width float64) []entry {
	g := grid{width: width}
	var entries []entry
	for i, w := range r.words {
		if i > 0 && float64(w.box.Min.X-r.words[i-1].box.Max.X) < wideGap*width {
			last := &entries[len(entries)-1]
			last.text += strings.Repeat(" ", g.between(r.words[i-1], w)) + w.text
			last.to = max(last.to, w.box.Max.X)
			continue
		}
		entries = append(entries, entry{w.text, w.box.Min.X, w.box.Max.X})
	}
	return entries
}

// merged makes one span of those that overlap, from left to right.
func merged(spans []entry) []entry {
	slices.SortFunc(spans, func(a, b entry) int { return cmp.Compare(a.from, b.from) })
	var all []entry
	for _, s := range spans {
		if n := len(all); n > 0 && s.from < all[n-1].to {
			all[n-1].to = max(all[n-1].to, s.to)
			continue
		}
		all = append(all, entry{from: s.from, to: s.to})
	}
	return all
}

// place is the first column that a entry stands in, 0 if none.
func (t tabular) place(c entry) int {
	return max(0, slices.IndexFunc(t.spans, func(s entry) bool { return c.from < s.to && s.from < c.to }))
}

// lines sets the table, every column as wide as its widest entry. A line of one
// entry that reaches over several columns, a heading, is set as it is.
func (t tabular) lines() []string {
	widths := make([]int, len(t.spans))
	for _, entries := range t.rows {
		for _, c := range entries {
			if !t.heading(entries) {
				widths[t.place(c)] = min(maxEntry, max(widths[t.place(c)], columns(c.text)))
			}
		}
	}
	right := t.flushRight()
	var lines []string
	for _, entries := range t.rows {
		if t.heading(entries) {
			lines = append(lines, entries[0].text)
			continue
		}
		var b strings.Builder
		for i, w := range widths {
			text := ""
			if at := slices.IndexFunc(entries, func(c entry) bool { return t.place(c) == i }); at >= 0 {
				text = entries[at].text
			}
			pad := strings.Repeat(" ", max(0, w-columns(text)))
			if i > 0 {
				b.WriteString(strings.Repeat(" ", tableGap))
			}
			if right[i] {
				text, pad = pad, text
			}
			b.WriteString(text + pad)
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

func (t tabular) heading(entries []entry) bool {
	if len(entries) != 1 {
		return false
	}
	at := t.place(entries[0])
	return at+1 < len(t.spans) && entries[0].to > t.spans[at+1].from
}

// flushRight says which columns have their entries at the right, as numbers do:
// their right edges differ less than the left ones.
func (t tabular) flushRight() []bool {
	right := make([]bool, len(t.spans))
	for i, s := range t.spans {
		left, end := 0, 0
		for _, entries := range t.rows {
			for _, c := range entries {
				if t.place(c) == i && len(entries) > 1 {
					left, end = left+c.from-s.from, end+s.to-c.to
				}
			}
		}
		right[i] = end < left
	}
	return right
}
