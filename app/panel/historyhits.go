package panel

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"aside/app/control"
)

// pageOfHits is how many turns are fetched at once.
const pageOfHits = 40

// hits is the list of what was found, day by day.
type hits struct {
	*fyne.Container
	kit   *kit
	clerk *clerk
	now   func() time.Time
	visit func(id string)

	wrong *fyne.Container
	none  *note
	rows  *fyne.Container
	args  control.FilterArgs
	next  string // "" after the last page
	day   string // of the last row
	off   func() // calls off what runs; nil while nothing does
	shown func() // after each page
}

func newHits(k *kit, c *clerk, now func() time.Time, visit func(string)) *hits {
	h := &hits{kit: k, clerk: c, now: now, visit: visit, none: k.note("", toneDim)}
	h.wrong = &fyne.Container{Layout: column{2}}
	h.rows = &fyne.Container{Layout: column{4}}
	h.Container = &fyne.Container{Layout: column{inside}, Objects: []fyne.CanvasObject{h.wrong, h.none.Container, h.rows}}
	h.wrong.Hide()
	return h
}

// find lists other turns.
func (h *hits) find(args control.FilterArgs, shown func()) {
	h.args, h.shown = args, shown
	h.fetch("")
}

// more lists the next ones.
func (h *hits) more() {
	if h.next != "" && h.off == nil {
		h.fetch(h.next)
	}
}

// fetch gets a page; "" is the first, which takes the place of all others.
func (h *hits) fetch(cursor string) {
	if h.off != nil {
		h.off()
	}
	h.off = reply(h.clerk, control.VerbHistory, control.HistoryArgs{FilterArgs: h.args, Limit: pageOfHits, Cursor: cursor},
		func(page control.HistoryPage, p *control.Problem) {
			h.off = nil
			if p != nil {
				h.refused(p)
				return
			}
			h.show(page, cursor == "")
		})
}

// refused says why nothing could be found or opened.
func (h *hits) refused(p *control.Problem) {
	h.wrong.Objects = problemLines(h.kit.sheet, p, nil)
	h.wrong.Show()
	h.kit.grown()
}

func (h *hits) show(page control.HistoryPage, first bool) {
	h.wrong.Hide()
	if first {
		h.rows.Objects, h.day = nil, ""
	}
	h.next = page.Next
	for _, one := range page.Turns {
		if day := dayOf(one.Asked); day != h.day {
			h.day = day
			h.rows.Add(h.heading(dayName(one.Asked, h.now())))
		}
		h.rows.Add(newHitRow(h.kit, one, func() { h.visit(one.ID) }))
	}
	h.none.say(h.nothing())
	h.kit.grown()
	h.shown()
}

func (h *hits) heading(day string) fyne.CanvasObject {
	return &fyne.Container{Layout: padded{0, 8, 0, 0}, Objects: []fyne.CanvasObject{words(day, h.kit.faint, sizeLabel)}}
}

// nothing says why nothing is listed, "" if something is.
func (h *hits) nothing() string {
	switch {
	case len(h.rows.Objects) > 0:
		return ""
	case h.args == control.FilterArgs{}:
		return tr("Nothing is kept. What you ask from now on stands here.")
	}
	return tr("Nothing found.")
}

// hitRow is a turn of the list: a click or Enter opens it.
type hitRow struct {
	widget.BaseWidget
	kit     *kit
	ground  *canvas.Rectangle
	rows    *fyne.Container
	tapped  func()
	hovered bool
	focused bool
}

var (
	_ desktop.Cursorable = (*hitRow)(nil)
	_ desktop.Hoverable  = (*hitRow)(nil)
	_ fyne.Focusable     = (*hitRow)(nil)
)

func newHitRow(k *kit, h control.Hit, tapped func()) *hitRow {
	r := &hitRow{kit: k, ground: canvas.NewRectangle(k.paper), tapped: tapped, rows: &fyne.Container{Layout: column{1}}}
	r.ground.CornerRadius = radiusField
	r.rows.Add(&fyne.Container{Layout: sides{k.width, 8}, Objects: []fyne.CanvasObject{
		words(shorten(r.head(h), sizeSmall, k.width-60), k.faint, sizeSmall), words(pinnedText(h), k.dim, sizeSmall),
	}})
	r.line(r.question(h), style{size: sizeAsked}, 19, 1)
	r.line(r.answer(h), style{size: sizeLabel, tone: toneDim}, 17, 2)
	r.ExtendBaseWidget(r)
	return r
}

// head says when a turn was, about which program, and who answered.
func (*hitRow) head(h control.Hit) string {
	parts := []string{h.Asked.Local().Format("15:04")}
	for _, part := range []string{h.App, h.Model} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}

func pinnedText(h control.Hit) string {
	if h.Pinned {
		return tr("pinned")
	}
	return ""
}

func (*hitRow) question(h control.Hit) []control.Piece {
	if len(h.Question) == 0 && h.Look {
		return []control.Piece{{Text: tr("What is on my screen?")}}
	}
	return h.Question
}

func (*hitRow) answer(h control.Hit) []control.Piece {
	if len(h.Answer) > 0 {
		return h.Answer
	}
	switch string(h.Outcome) {
	case "answered", "asked":
		return nil
	case "cancelled":
		return []control.Piece{{Text: tr("Stopped.")}}
	}
	return []control.Piece{{Text: tr("Not answered.")}}
}

// line draws pieces on at most so many lines. What was looked for stands on
// another ground.
func (r *hitRow) line(pieces []control.Piece, s style, height float32, lines int) {
	text := newProse(r.kit.sheet, r.kit.width, height, nil)
	if all := foundRuns(pieces, s, r.kit.width, lines); len(all) > 0 {
		text.set(all)
		r.rows.Add(text.Container)
	}
}

// foundRuns are pieces as runs, as much of them as stands on so many lines.
func foundRuns(pieces []control.Piece, s style, width float32, lines int) []run {
	room := width
	if lines > 1 {
		room = float32(lines)*width - 70 // a line ends where its last word does
	}
	var all []run
	for _, p := range pieces {
		one := run{strings.Join(strings.Fields("."+p.Text+"."), " "), s}
		one.text = one.text[1 : len(one.text)-1] // spaces at its ends stay
		if p.Hit {
			one.tone, one.spoken = toneInk, true
		}
		wide := fyne.MeasureText(one.text, s.size, fyne.TextStyle{}).Width
		if wide > room {
			one.text = shorten(one.text, s.size, room)
			return append(all, one)
		}
		room -= wide
		all = append(all, one)
	}
	return all
}

func (r *hitRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: hitLayout{}, Objects: []fyne.CanvasObject{r.ground, r.rows}})
}

// hitLayout is the layout of a row: its ground reaches beyond its text.
type hitLayout struct{}

const hitPad = 6

func (hitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[1].MinSize().AddWidthHeight(0, 2*hitPad)
}

func (hitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], -hitPad-2, 0, size.Width+2*hitPad+4, size.Height)
	put(objects[1], 0, hitPad, size.Width, size.Height-2*hitPad)
}

func (r *hitRow) paint() {
	r.ground.FillColor = r.kit.paper
	if r.hovered || r.focused {
		r.ground.FillColor = r.kit.raised
	}
	r.ground.Refresh()
}

func (r *hitRow) Tapped(*fyne.PointEvent) { r.tapped() }

func (r *hitRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (r *hitRow) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.paint() }

func (r *hitRow) MouseMoved(*desktop.MouseEvent) {}

func (r *hitRow) MouseOut() { r.hovered = false; r.paint() }

// FocusGained shows that the keyboard works on the row.
func (r *hitRow) FocusGained() {
	r.focused = true
	r.paint()
	r.kit.reveal(r)
}

// FocusLost shows that it does so no longer.
func (r *hitRow) FocusLost() { r.focused = false; r.paint() }

// TypedRune has nothing to do: a row has no letters.
func (r *hitRow) TypedRune(rune) {}

// TypedKey lets the keyboard open the turn, or leave the page.
func (r *hitRow) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		r.tapped()
	case fyne.KeyEscape:
		r.kit.escape()
	}
}
