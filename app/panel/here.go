package panel

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
)

// hereTurns is how many earlier questions stand in the ready view.
const hereTurns = 2

// earlier tells, below the ready mark, what was asked earlier about the window
// in front. It shows nothing if that is nothing.
type earlier struct {
	*fyne.Container
	sheet *sheet
	open  func(id string)
	shown control.Here
	about *canvas.Text
	rows  *fyne.Container
}

func newEarlier(s *sheet, idle *fyne.Container, open func(string)) *earlier {
	e := &earlier{sheet: s, open: open, about: words("", s.faint, sizeLabel), rows: &fyne.Container{Layout: middleColumn{6}}}
	e.Container = &fyne.Container{Layout: below{idle, between}, Objects: []fyne.CanvasObject{e.rows}}
	e.rows.Hide()
	return e
}

// set shows what is known of the window in front. What looks as before is left
// alone.
func (e *earlier) set(h control.Here) {
	if reflect.DeepEqual(e.shown, h) {
		return
	}
	e.shown = h
	room := e.sheet.width - 2*margin
	place := cmp.Or(strings.Trim(h.App+" — "+h.Title, " —"), tr("this window"))
	setText(e.about, shorten(strings.ReplaceAll(tr("Earlier here · %place"), "%place", place), sizeLabel, room), e.sheet.faint)
	e.rows.Objects = []fyne.CanvasObject{e.about}
	for _, one := range h.Turns[:min(len(h.Turns), hereTurns)] {
		text := strings.ReplaceAll(tr("“%question”"), "%question", questionLine(one))
		t := newTool(e.sheet, shorten(text, sizeAsked, room), func() { e.open(one.ID) })
		t.text.TextSize = sizeAsked
		e.rows.Add(t)
	}
	setVisible(e.rows, len(h.Turns) > 0)
	e.Refresh()
}

// questionLine is the question of a turn as one line of plain text.
func questionLine(h control.Hit) string {
	if len(h.Question) == 0 && h.Look {
		return tr("What is on my screen?")
	}
	var b strings.Builder
	for _, p := range h.Question {
		b.WriteString(p.Text)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// below is the layout of one object under lines that stand in the middle of the
// same space. What has no room there is not shown half: it stands below the edge.
type below struct {
	of  *fyne.Container
	gap float32
}

func (below) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l below) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	m := objects[0].MinSize()
	put(objects[0], 0, (size.Height+l.of.MinSize().Height)/2+l.gap, size.Width, m.Height)
}

// middleColumn is the layout of objects under one another, each in the middle.
type middleColumn struct{ gap float32 }

func (l middleColumn) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return column(l).MinSize(objects)
}

func (l middleColumn) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		m := o.MinSize()
		put(o, (size.Width-m.Width)/2, y, m.Width, m.Height)
		y += m.Height + l.gap
	}
}

// attend follows what is in front as long as the ready view can be seen, and no
// longer: nothing is awake for what nobody sees. The core speaks only when
// another window, or another title, is in front.
func (p *Panel) attend() {
	s := p.last.latest
	ready := s != nil && !p.last.offline && string(s.Phase) == "idle" && p.dock.wanted && !p.dock.narrow && p.body.idle.Visible()
	setVisible(p.body.earlier.Container, ready)
	switch {
	case !ready:
		p.unattend()
	case p.here == nil:
		ctx, cancel := context.WithCancel(p.lifetime)
		p.here = cancel
		p.calls.Go(func() { p.followFront(ctx) })
	}
}

// unattend follows nothing.
func (p *Panel) unattend() {
	if p.here != nil {
		p.here()
		p.here = nil
	}
	p.body.earlier.set(control.Here{})
}

// followFront shows what the core tells of the window in front, until ctx ends
// or there is nothing to follow.
func (p *Panel) followFront(ctx context.Context) {
	_ = p.o.Core.Call(ctx, control.VerbHere, control.HereArgs{Limit: hereTurns, Follow: true}, func(raw json.RawMessage) error { // without it there is nothing to tell
		var h control.Here
		if err := json.Unmarshal(raw, &h); err != nil {
			return err
		}
		p.pump.do(func() {
			if ctx.Err() == nil {
				p.body.earlier.set(h)
			}
		})
		return ctx.Err()
	})
}

// openEarlier opens a turn, because the user wants to; back leads to where they
// were.
func (p *Panel) openEarlier(id string) {
	p.body.pages.visit(menuItem{name: tr("History"), page: p.recall(&sought{open: id, alone: true})})
}
