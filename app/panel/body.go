package panel

import (
	"reflect"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aside/app/control"
	"aside/app/fonts"
	"aside/assets"
)

// body is everything in the window: the header, one of three middles, notices
// and the footer.
type body struct {
	*fyne.Container
	sheet  *sheet
	do     deeds
	header *header
	footer *footer

	idle    *fyne.Container
	away    *fyne.Container // in its place while the core is away
	earlier *earlier        // below it
	talk    *listening
	scroll  *container.Scroll
	column  *fyne.Container
	turns   map[string]*turnBox
	reading *reading
	pages   *pages

	tip    *tip
	notice *fyne.Container
	shown  notice
	refuse *control.Problem // why the last command was refused
	moment string           // phase, turn and aim that are shown
	boxes  string           // the turn with which it is said that letters are missing; "" before

	idling string // what the middle says before the first question
}

func newBody(s *sheet, do deeds, w wishes, talk, screen string, hide func()) *body {
	b := &body{sheet: s, do: do, tip: newTip(s), turns: map[string]*turnBox{}}
	b.pages = newPages(s, w.items, w.pages)
	b.header = newHeader(s, hide, func() {
		b.footer.eye.menu.Hide()
		b.pages.offer()
	}, w.pick)
	b.footer = newFooter(s, screen, w)
	b.idle, b.away = newIdle(s, talk), newAway(s)
	b.away.Hide()
	b.earlier = newEarlier(s, b.idle, w.recall)
	b.earlier.Hide()
	b.talk = newListening(s, do)
	b.column = &fyne.Container{Layout: column{between}}
	b.scroll = container.NewVScroll(&fyne.Container{Layout: padded{margin, margin, margin, margin}, Objects: []fyne.CanvasObject{b.column}})
	b.reading = newReading(b.scroll, b.cull)
	b.notice = &fyne.Container{Layout: column{4}}
	noticePad := &fyne.Container{Layout: padded{margin, 8, margin, 8}, Objects: []fyne.CanvasObject{b.notice}}
	noticePad.Hide()
	middle := &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{b.idle, b.away, b.earlier.Container, b.talk.Container, b.scroll}}
	b.Container = &fyne.Container{Layout: frameLayout{b.reading.keep}, Objects: []fyne.CanvasObject{
		b.header.Container, middle, noticePad, b.footer.Container, b.footer.eye.menu.Container,
		b.pages.Container, b.pages.menu.Container, b.tip.Container,
	}}
	b.footer.resized = func() { b.Layout.Layout(b.Objects, b.Size()) }
	b.pages.covered = func(is bool) { // so that the keyboard does not reach what cannot be seen
		setVisible(middle, !is)
		setVisible(b.footer.Container, !is)
	}
	return b
}

// set shows the turns and the state of a frame.
func (b *body) set(turns []control.View, f frame, now time.Time) {
	var s control.Snapshot
	if f.latest != nil {
		s = *f.latest
	}
	l := headlineOf(s, f.offline || f.latest == nil, now)
	if f.still {
		b.header.set(l, stillLevel, 0)
	} else {
		b.header.set(l, s.Level, turned(now))
	}
	b.footer.set(s, f.offline, f.choosing, now)

	listens := l.mark == assets.Listening && string(s.Phase) == "listening" && (!waits(s) || len(turns) == 0)
	if listens {
		b.talk.set(s)
	} else {
		b.talk.clear()
		b.setTurns(turns, string(s.Phase) != "idle" && l.mark != assets.Offline)
	}
	setVisible(b.talk.Container, listens)
	setVisible(b.scroll, !listens && len(turns) > 0)
	none, gone := !listens && len(turns) == 0, f.offline // not before the core has been looked for
	if text := idleText(s); text != b.idling {
		b.idling = text
		describeIdle(b.sheet, b.idle, text)
	}
	setVisible(b.idle, none && !gone)
	setVisible(b.away, none && gone)
	b.setNotice(s, gone)
	b.reading.keep()
	b.header.line.Refresh() // anything on the canvas will do: the frame is drawn again
}

// stillLevel is the level that marks show which must not move.
const stillLevel = 0.5

// turned is how far the arc of Thinking has turned, in degrees.
func turned(now time.Time) float32 { return float32(now.UnixMilli()%2400) / 2400 * 360 }

// setTurns shows turns, with the boxes that show them already. The last of them
// is running if that has no outcome yet.
func (b *body) setTurns(turns []control.View, running bool) {
	boxes := make(map[string]*turnBox, len(turns))
	objects := make([]fyne.CanvasObject, 0, len(turns))
	for i, v := range turns {
		box := b.turns[v.ID]
		runs := running && i == len(turns)-1 && v.Outcome == "asked"
		switch {
		case box == nil:
			box = newTurnBox(b.sheet, b.do, b.tip.show)
			box.set(v, runs)
		case runs != box.running || box.answer.behind || changed(box.shown, v):
			box.set(v, runs)
		}
		box.setNewest(i == len(turns)-1)
		boxes[v.ID] = box
		objects = append(objects, box.Container)
	}
	if n := len(turns); n > 0 {
		id := turns[n-1].ID
		b.reading.follow(boxes[id], b.turns[id] == nil)
	}
	b.turns, b.column.Objects = boxes, objects
	arrange(b.column, b.sheet.width)
}

// behind reports whether more of an answer is there than is drawn.
func (b *body) behind() bool {
	for _, t := range b.turns {
		if t.answer.behind {
			return true
		}
	}
	return false
}

// cull leaves in the window what is near the view of the conversation.
func (b *body) cull() {
	const ahead = 1200
	at, height := b.scroll.Offset.Y, b.scroll.Size().Height
	for _, t := range b.turns {
		near := stretch{at - ahead, at + height + ahead}.from(margin + t.Position().Y + t.answer.Position().Y)
		t.answer.see(&near)
	}
}

// changed reports whether a newer view of a turn shows anything else.
func changed(old, v control.View) bool {
	return old.Answer != v.Answer || old.Sentence != v.Sentence || old.Heard != v.Heard || !reflect.DeepEqual(old.Shots, v.Shots) ||
		!sameQuestion(old, v) || !sameEnding(old, v) || !sameReceipt(old, v)
}

// same reports whether two pointers show the same value or none.
func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// notice is what stands above the footer.
type notice struct {
	text    string
	problem control.Problem
}

// refused shows why a command was refused, until the turn moves on.
func (b *body) refused(p *control.Problem) {
	b.refuse = p
	b.showNotice(notice{problem: *p})
}

// hint shows what came of a command, until the turn moves on.
func (b *body) hint(text string) {
	b.refuse = &control.Problem{} // nobody was refused, but it stays as long
	b.showNotice(notice{text: text})
}

// accept forgets why an earlier command was refused: there is another one.
func (b *body) accept() { b.refuse = nil }

// noticeOf decides what stands above the footer: what the turns do not say.
func noticeOf(s control.Snapshot, offline bool) notice {
	switch {
	case offline:
		return notice{problem: away()}
	case s.Hint != "" && s.Phase == "listening": // it is about now
		return notice{text: trCore(s.Hint)}
	case s.Error != nil && (s.Turn == nil || s.Turn.Problem == nil || s.Turn.Problem.Code != s.Error.Code):
		if p := told(*s.Error); p.Warns() {
			return notice{text: sentences(p.Message, p.Hint)}
		}
		return notice{problem: *s.Error}
	}
	return notice{text: trCore(s.Hint)}
}

func (b *body) setNotice(s control.Snapshot, offline bool) {
	moment := string(s.Phase) + " " + s.Next
	if s.Turn != nil {
		moment += " " + s.Turn.ID
	}
	if b.refuse != nil && moment == b.moment && !offline {
		return
	}
	b.refuse, b.moment = nil, moment
	n := noticeOf(s, offline)
	switch {
	case b.away.Visible(): // which says it
		n = notice{}
	case n == notice{} && s.Turn != nil && b.boxed(*s.Turn):
		n = notice{text: fonts.Advice}
	}
	b.showNotice(n)
}

// boxed reports whether a turn is the first with letters that no font here can
// draw: they are boxes, and once is enough to say so.
func (b *body) boxed(v control.View) bool {
	if b.boxes == "" && strings.ContainsFunc(v.Question+v.Answer[:min(len(v.Answer), 1<<14)], isWide) && !hasChinese() {
		b.boxes = v.ID
	}
	return b.boxes == v.ID
}

func (b *body) showNotice(n notice) {
	if n == b.shown {
		return
	}
	b.shown = n
	b.notice.Objects = nil
	switch {
	case n.problem != control.Problem{}:
		b.notice.Objects = problemLines(b.sheet, &n.problem, b.do.open)
	case n.text != "":
		text := newProse(b.sheet, b.sheet.width, 19, nil)
		text.whole = true
		text.set([]run{{n.text, style{size: sizeAsked, tone: toneDim}}})
		b.notice.Objects = []fyne.CanvasObject{text.Container}
	}
	arrange(b.notice, b.sheet.width)
	setVisible(b.Objects[2], len(b.notice.Objects) > 0)
	b.Layout.Layout(b.Objects, b.Size())
}

// frameLayout is the layout of the window: header, middle, notice, footer,
// a menu over the middle, and over all below the header a page and the menu of
// pages; and where a link leads. The theme's background is their ground. It calls
// after when all have their places.
type frameLayout struct{ after func() }

func (frameLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	head, foot := objects[0].MinSize(), objects[3].MinSize()
	return fyne.NewSize(head.Width, head.Height+foot.Height)
}

func (l frameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head, foot := objects[0].MinSize().Height, objects[3].MinSize().Height
	var note float32
	if objects[2].Visible() {
		note = objects[2].MinSize().Height
	}
	put(objects[0], 0, 0, size.Width, head)
	put(objects[1], 0, head, size.Width, max(size.Height-head-note-foot, 0))
	put(objects[2], 0, size.Height-foot-note, size.Width, note)
	put(objects[3], 0, size.Height-foot, size.Width, foot)
	put(objects[4], 0, head, size.Width, max(size.Height-head-foot, 0))
	put(objects[5], 0, head, size.Width, max(size.Height-head, 0))
	put(objects[6], 0, head, size.Width, max(size.Height-head, 0))
	put(objects[7], 0, head, size.Width, max(size.Height-head-foot, 0))
	l.after()
}
