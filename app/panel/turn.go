package panel

import (
	"net/url"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"aside/app/control"
)

// turnBox shows one turn, from its question to its receipt.
type turnBox struct {
	*fyne.Container
	sheet *sheet
	do    deeds

	shown    control.View
	running  bool
	newest   bool
	rows     *fyne.Container // all that is shown, over the surface that notices the pointer
	question *prose
	along    *canvas.Text // what else the user gave
	shot     *shotBox
	answer   *answer
	problem  *fyne.Container
	foot     *fyne.Container

	over  *hover
	tools turnTools
}

// turnTools are what can be done with a turn that is over.
type turnTools struct {
	*toolRow
	copy, insert, again, deeper *tool
}

// deeds is what can be done from within a turn.
type deeds struct {
	actions
	retry   func(id string)
	beside  func(id string) // likewise, through the other engine
	forget  func(id string)
	deeper  func(v control.View)        // asks it again, to be thought about harder
	insert  func(id, text string)       // puts text where the cursor is in the window of that turn
	again   func()                      // says the newest answer again
	picture func(v control.View, n int) // shows what was sent, from the n-th picture on
	thumb   fetchThumb
}

func newTurnBox(s *sheet, do deeds, tip func(string)) *turnBox {
	t := &turnBox{
		sheet: s, do: do,
		question: newProse(s, s.width, 19, do.open),
		along:    words("", s.faint, sizeLabel),
		problem:  &fyne.Container{Layout: column{inside}},
		foot:     &fyne.Container{Layout: column{4}},
	}
	act := do.actions
	act.insert = func(text string) { do.insert(t.shown.ID, text) }
	act.voiced = t.voiced
	act.points = func(target string, e *desktop.MouseEvent) {
		tip(target)
		if t.over.MouseIn(e); target == "" {
			t.over.MouseOut()
		}
	}
	t.answer = newAnswer(s, act)
	t.shot = newShotBox(s, do.thumb, do.picture)
	t.rows = &fyne.Container{Layout: column{inside}, Objects: []fyne.CanvasObject{
		t.question.Container, t.along, t.shot.Container, t.answer.Container, t.problem, t.foot,
	}}
	t.tools.copy = newTool(s, tr("Copy"), func() { t.do.copy(t.shown.Answer) })
	t.tools.insert = newTool(s, tr("Insert"), func() { t.do.insert(t.shown.ID, t.shown.Answer) })
	t.tools.again = newTool(s, tr("Again"), func() { t.do.again() })
	t.tools.deeper = newTool(s, tr("Think harder"), func() { t.do.deeper(t.shown) })
	forget := newTool(s, tr("Forget"), func() { t.do.forget(t.shown.ID) })
	t.tools.toolRow = newToolRow(s, t.tools.copy, t.tools.insert, t.tools.again, t.tools.deeper, forget)
	t.over = t.tools.hover()
	t.Container = &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{t.over, t.rows}}
	return t
}

// voiced reports whether the answer can be said again from somewhere: the newest
// one, once all of it is there.
func (t *turnBox) voiced() bool {
	return t.newest && t.spoken() && (!t.running || t.shown.Timings.Done > 0)
}

// spoken reports whether some of the answer has been said.
func (t *turnBox) spoken() bool { return t.shown.Answer != "" && t.shown.Timings.FirstSound > 0 }

// setNewest says whether the turn is the newest, whose answer can be said
// again.
func (t *turnBox) setNewest(newest bool) {
	if t.newest != newest {
		t.newest = newest
		t.setTools()
	}
}

// setTools offers what can be done with the turn once it is over.
func (t *turnBox) setTools() {
	answered := t.shown.Answer != ""
	setVisible(t.tools.copy, answered)
	setVisible(t.tools.insert, answered)
	setVisible(t.tools.deeper, answered && t.shown.Engine != "offline")
	setVisible(t.tools.again, t.newest && t.spoken())
	t.tools.Layout = flow{t.sheet.width, 4}
	if t.aside(t.shown) {
		t.tools.Layout = beside{4}
	}
	arrange(t.tools.Container, t.tools.MinSize().Width)
}

// aside reports whether the tools stand beside what is said of a turn without an
// answer, where they take no room of their own.
func (t *turnBox) aside(v control.View) bool {
	return !t.running && v.Answer == "" && len(t.problem.Objects) > 0
}

// set shows v, of which there may be more to come while it is running. What
// looks as before is left alone.
func (t *turnBox) set(v control.View, running bool) {
	old, ran := t.shown, t.running
	t.shown, t.running = v, running
	first := old.ID == ""
	if first || !sameQuestion(old, v) {
		t.question.set(questionRuns(v, sizeAsked, toneDim))
		setVisible(t.question.Container, questionText(v) != "")
		setText(t.along, alongText(v), t.sheet.faint)
		setVisible(t.along, v.Along > 0)
	}
	t.setShot(v)
	if first || t.answer.behind || old.Answer != v.Answer || ran != running || grows(old, ran) != grows(v, running) {
		t.setAnswer(v, running)
	}
	if running || old.Sentence != v.Sentence {
		t.answer.say(v.Sentence)
	}
	if first || ran != running || !sameEnding(old, v) || !sameReceipt(old, v) {
		t.setProblem(v)
		t.setFoot(v, running)
	}
	arrange(t.rows, t.sheet.width)
	arrange(t.Container, t.sheet.width)
}

// grows reports whether more of the answer may come: when all of it is there, it
// may still be spoken.
func grows(v control.View, running bool) bool {
	return running && v.Answer != "" && v.Timings.Done == 0
}

func (t *turnBox) setAnswer(v control.View, running bool) {
	t.answer.set(answerText(v), grows(v, running))
	setVisible(t.answer.Container, v.Answer != "")
	if !running && v.Heard != "" && !t.answer.behind {
		t.answer.cutAt(v.Heard)
	}
}

func sameQuestion(a, b control.View) bool {
	return a.Question == b.Question && a.Partial == b.Partial && a.Look == b.Look
}

func sameEnding(a, b control.View) bool {
	return a.Outcome == b.Outcome && a.Retry == b.Retry && a.Beside == b.Beside && same(a.Problem, b.Problem) && same(a.Also, b.Also)
}

func sameReceipt(a, b control.View) bool {
	return a.Timings == b.Timings && a.Model == b.Model && a.Deep == b.Deep && slices.Equal(a.Acts, b.Acts) && same(a.Usage, b.Usage) && (a.Answer == "") == (b.Answer == "")
}

func (t *turnBox) setShot(v control.View) {
	if len(v.Shots) > 0 {
		t.shot.set(v, shotFigures(v))
	}
	setVisible(t.shot.Container, len(v.Shots) > 0)
}

// alongText says how much text went along with the question.
func alongText(v control.View) string {
	return trn(v.Along, "+ 1 character of text", "+ %s characters of text")
}

// questionText is the question as it is shown.
func questionText(v control.View) string {
	if v.Question == "" && v.Look {
		return tr("What is on my screen?")
	}
	return v.Question
}

// questionRuns draws a question; a word that may still change is faint.
func questionRuns(v control.View, size float32, t tone) []run {
	text := questionText(v)
	s := style{size: size, tone: t}
	if !v.Partial {
		return []run{{text, s}}
	}
	cut := lastWord(text)
	last := s
	last.tone = toneFaint
	return []run{{text[:cut], s}, {text[cut:], last}}
}

// lastWord is where the last word of text begins.
func lastWord(text string) int {
	at, space := 0, true
	for i, r := range text {
		if !isSpace(r) && space || isWide(r) {
			at = i
		}
		space = isSpace(r)
	}
	return at
}

// ending says how a turn ended that has no problem to show.
func ending(o control.Outcome) string {
	switch string(o) {
	case "superseded":
		return tr("A newer question came first.")
	case "cancelled":
		return tr("Stopped.")
	}
	return ""
}

func (t *turnBox) setProblem(v control.View) {
	t.problem.Objects = nil
	if v.Problem != nil {
		for _, p := range []*control.Problem{v.Also, v.Problem} { // as it came
			if p != nil {
				t.problem.Add(&fyne.Container{Layout: column{4}, Objects: problemLines(t.sheet, p, t.do.open)})
			}
		}
	} else if text := ending(v.Outcome); text != "" {
		t.problem.Add(words(text, t.sheet.faint, sizeLabel))
	}
	if v.Retry {
		again := newChip(t.sheet, tr("Retry"), func() { t.do.retry(t.shown.ID) })
		again.over = t.over
		chips := []fyne.CanvasObject{again}
		if v.Beside == "chat" {
			other := newChip(t.sheet, tr("Retry by text"), func() { t.do.beside(t.shown.ID) })
			other.over = t.over
			chips = append(chips, other)
		}
		t.problem.Add(&fyne.Container{Layout: flow{t.sheet.width, 8}, Objects: chips})
	}
	if t.aside(v) {
		t.setTools()
		last := len(t.problem.Objects) - 1
		t.problem.Objects[last] = &fyne.Container{Layout: corner{}, Objects: []fyne.CanvasObject{t.problem.Objects[last], t.tools.Container}}
	}
	setVisible(t.problem, len(t.problem.Objects) > 0)
	arrange(t.problem, t.sheet.width)
}

// problemLines says what went wrong and what to do; the code stands small
// below it, to be quoted.
func problemLines(s *sheet, p *control.Problem, open func(*url.URL)) []fyne.CanvasObject {
	var lines []fyne.CanvasObject
	told := told(*p)
	for _, l := range []struct {
		text string
		style
	}{
		{told.Message, style{size: sizeAsked}},
		{told.Hint, style{size: sizeAsked, tone: toneDim}},
		{p.Code, style{size: sizeSmall, tone: toneFaint, mono: true}},
	} {
		if l.text == "" {
			continue
		}
		text := newProse(s, s.width, 19, open)
		text.whole = true
		text.set([]run{{l.text, l.style}})
		lines = append(lines, text.Container)
	}
	return lines
}

// setFoot shows the receipt and, once the turn is over, what can be done with
// it. There is room for all of it as long as the answer grows: nothing moves
// under the pointer when it ends.
func (t *turnBox) setFoot(v control.View, running bool) {
	t.foot.Objects = nil
	receipt := drawReceipt(t.sheet, v)
	switch {
	case running && v.Answer == "":
		t.foot.Add(dots(t.sheet))
	case receipt != nil:
		t.foot.Add(receipt)
	case running:
		t.foot.Add(room(fyne.NewSize(0, receiptHeight)))
	}
	t.tools.plain, t.tools.detail = nil, nil
	t.setTools()
	if v.Answer != "" {
		t.foot.Add(t.details(v))
	}
	switch {
	case running && v.Answer != "":
		t.foot.Add(roomOf(t.tools))
	case !running && !t.aside(v):
		t.foot.Add(&fyne.Container{Layout: padded{left: -4}, Objects: []fyne.CanvasObject{t.tools.Container}}) // its first word stands below the others
	}
	t.tools.show()
	setVisible(t.foot, len(t.foot.Objects) > 0)
	arrange(t.foot, t.sheet.width)
}

// details is a line that says who answered, and, as long as the tools are seen,
// what the bar above it shows.
func (t *turnBox) details(v control.View) fyne.CanvasObject {
	plain := words(shorten(answerer(v), sizeSmall, t.sheet.width), t.sheet.faint, sizeSmall)
	t.tools.plain, t.tools.detail = plain, nil
	line := &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{room(fyne.NewSize(0, receiptHeight)), plain}}
	if len(stages(v)) > 0 {
		t.tools.detail = drawLegend(t.sheet, v)
		t.tools.detail.Hide()
		line.Add(t.tools.detail)
	}
	return line
}

// dots stand where the answer will be.
func dots(s *sheet) fyne.CanvasObject {
	const side, gap = 6, 10
	c := &fyne.Container{Layout: &fixed{fyne.NewSize(s.width, receiptHeight)}}
	for i, alpha := range []uint8{0xff, 0xa0, 0x50} {
		dot := canvas.NewCircle(fade(s.thinking, alpha))
		put(dot, float32(i*(side+gap/2)), (receiptHeight-side)/2, side, side)
		c.Add(dot)
	}
	return c
}
