package panel

import (
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// openedTurn is an earlier turn with its conversation.
type openedTurn struct {
	*fyne.Container
	kit   *kit
	clerk *clerk
	way   historyWay
	gone  func(id string)
	id    string
	parts map[string]*openedPart
}

// openedPart is a turn of it, and what can be done with that turn.
type openedPart struct {
	*fyne.Container
	view  control.View
	acts  *fyne.Container
	pin   *knob
	erase *knob
	sure  bool // the next press deletes
	wrong *fyne.Container
}

func newOpenedTurn(k *kit, c *clerk, o control.Opened, w historyWay, gone func(string)) *openedTurn {
	t := &openedTurn{kit: k, clerk: c, way: w, gone: gone, id: o.Turn.ID, parts: map[string]*openedPart{}}
	t.Container = &fyne.Container{Layout: column{between}}
	all := o.Conversation
	if len(all) == 0 {
		all = []control.View{o.Turn}
	}
	if o.More {
		t.Add(k.note(tr("The conversation is longer than what is shown."), toneFaint).Container)
	}
	for _, v := range all {
		part := t.part(v)
		t.parts[v.ID] = part
		t.Add(part.Container)
	}
	return t
}

// part draws a turn. Only below the one that was opened stands what can be done
// with it; the others offer the same as in the conversation.
func (t *openedTurn) part(v control.View) *openedPart {
	p := &openedPart{view: v, wrong: &fyne.Container{Layout: column{2}}}
	do := t.way.deeds
	do.forget = func(string) { t.ask(p) }
	box := newTurnBox(t.kit.sheet, do, t.way.tip)
	for box.set(v, false); box.answer.behind; {
		box.set(v, false)
	}
	copied := t.kit.knob(tr("Copy"), func() { do.copy(v.Answer) })
	setVisible(copied, v.Answer != "")
	p.pin = t.kit.knob("", func() { t.pin(p) })
	p.erase = t.kit.knob("", func() { t.ask(p) })
	p.acts = &fyne.Container{Layout: flow{t.kit.width, 6}, Objects: []fyne.CanvasObject{copied, p.pin, p.erase}}
	setVisible(p.acts, v.ID == t.id)
	p.wrong.Hide()
	p.show()
	when := words(whenText(v.Asked, t.way.now()), t.kit.faint, sizeSmall)
	p.Container = &fyne.Container{Layout: column{8}, Objects: []fyne.CanvasObject{when, box.Container, p.acts, p.wrong}}
	return p
}

// whenText says when a turn was.
func whenText(t, now time.Time) string { return dayName(t, now) + " · " + t.Local().Format("15:04") }

// show says what the knobs do now.
func (p *openedPart) show() {
	if p.view.Pinned {
		p.pin.set(tr("Unpin"), true)
	} else {
		p.pin.set(tr("Pin"), false)
	}
	if p.sure {
		p.erase.set(tr("Press again to delete"), true)
	} else {
		p.erase.set(tr("Delete"), false)
	}
}

// top is where the turn that was opened begins.
func (t *openedTurn) top() float32 {
	if part := t.parts[t.id]; part != nil {
		return part.Position().Y
	}
	return 0
}

// pin keeps a turn however old it becomes, or no longer.
func (t *openedTurn) pin(p *openedPart) {
	want := !p.view.Pinned
	t.clerk.send(control.VerbPin, control.PinArgs{ID: p.view.ID, Pinned: want}, nil, func(problem *control.Problem) {
		if problem == nil {
			p.view.Pinned = want
		}
		t.end(p, problem)
	})
}

// ask deletes a turn everywhere, when it is asked for twice.
func (t *openedTurn) ask(p *openedPart) {
	p.acts.Show()
	if p.sure = !p.sure; p.sure {
		t.end(p, nil)
		return
	}
	t.clerk.send(control.VerbForget, control.IDArgs{ID: p.view.ID}, nil, func(problem *control.Problem) {
		if problem != nil {
			t.end(p, problem)
			return
		}
		t.Remove(p.Container)
		t.kit.grown()
		t.gone(p.view.ID)
	})
}

// end shows what came of it.
func (t *openedTurn) end(p *openedPart, problem *control.Problem) {
	p.show()
	p.wrong.Objects = nil
	if problem != nil {
		p.wrong.Objects = problemLines(t.kit.sheet, problem, nil)
	}
	setVisible(p.wrong, problem != nil)
	t.kit.grown()
}
