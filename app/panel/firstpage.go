package panel

import (
	"strings"

	"fyne.io/fyne/v2"

	"aside/app/control"
	"aside/assets"
)

// firstPage is the first three steps: who answers, the key to hold, and a real
// question. Each can be left out, and so can all of them: that is said by a
// button, for whoever goes elsewhere comes back.
type firstPage struct {
	kit   *kit
	clerk *clerk
	way   firstWay
	step  int // where the user is
	all   *fyne.Container
	chose *control.Settings
	came  *note // what came of the last question, if it came to nothing

	answers *answerStep
	hold    *holdStep
}

// firstWay is where the page leads.
type firstWay struct {
	at   func(step int) // the user has gone to a step
	done func()         // the steps are taken, or skipped: never again by themselves
	look func()         // asks what is on the screen
}

// firstSteps is how many steps there are.
const firstSteps = 3

func newFirstPage(k *kit, c *clerk, step int, w firstWay) *firstPage {
	return &firstPage{kit: k, clerk: c, way: w, step: step, all: &fyne.Container{Layout: column{inside}}, came: k.note("", toneInk)}
}

func (p *firstPage) title() string { return tr("First steps") }

func (p *firstPage) content() fyne.CanvasObject { return p.all }

func (p *firstPage) shown() { p.clerk.open() }

func (p *firstPage) hidden() { p.clerk.close() }

// back goes to the step before.
func (p *firstPage) back() bool {
	if p.step == 0 {
		return false
	}
	p.to(p.step - 1)
	return true
}

// settings shows what holds now.
func (p *firstPage) settings(s control.Settings) {
	p.chose = &s
	if len(p.all.Objects) == 0 {
		p.build()
		p.kit.grown()
	}
	if p.answers != nil {
		p.answers.settings(s)
	}
	if p.hold != nil {
		p.hold.settings(s)
	}
}

// turn takes the news of a turn. The key is tried on its own step; on any other
// a turn has the window, and on the last that is the aim. What is said of one
// that came to nothing is said there.
func (p *firstPage) turn(s control.Snapshot) (stay bool) {
	if p.hold == nil {
		n := noticeOf(s, false)
		if told := told(n.problem); n.text == "" {
			n.text = strings.TrimSpace(told.Message + " " + told.Hint)
		}
		if p.came.text != n.text {
			p.came.say(n.text)
			p.kit.grown()
		}
		return false
	}
	p.hold.turn(s)
	return true
}

// build makes the step at hand.
func (p *firstPage) build() {
	p.answers, p.hold = nil, nil
	p.all.Objects = []fyne.CanvasObject{p.kit.note(trf("Step %d of %d", p.step+1, firstSteps), toneFaint).Container}
	add := func(objects ...fyne.CanvasObject) { p.all.Objects = append(p.all.Objects, objects...) }
	next, label := func() { p.to(p.step + 1) }, tr("Next")
	switch p.step {
	case 0:
		p.answers = newAnswerStep(p.kit, p.clerk)
		add(p.kit.heading(tr("Who answers?")), p.answers.Container)
	case 1:
		p.hold = newHoldStep(p.kit, p.clerk, *p.chose, p.ask)
		add(p.kit.heading(tr("The key to hold")), p.hold.Container)
	default:
		add(p.kit.heading(tr("Ask something")), p.question(), p.came.Container)
		next, label = p.way.done, tr("Done")
	}
	on := p.kit.knob(label, next)
	on.set(label, true)
	row := &fyne.Container{Layout: flow{p.kit.width, 8}, Objects: []fyne.CanvasObject{on}}
	if p.step > 0 {
		row.Objects = append([]fyne.CanvasObject{p.kit.knob(tr("Back"), func() { p.to(p.step - 1) })}, row.Objects...)
	}
	if p.step < firstSteps-1 {
		row.Add(p.kit.knob(tr("Skip all of this"), p.way.done))
	}
	add(&fyne.Container{Layout: padded{0, inside, 0, 0}, Objects: []fyne.CanvasObject{row}})
}

func (p *firstPage) to(step int) {
	p.step = min(max(step, 0), firstSteps-1)
	p.way.at(p.step)
	p.build()
	p.settings(*p.chose)
	p.kit.grown()
}

// ask changes a setting.
func (p *firstPage) ask(name string, value *string, done func(*control.Problem)) {
	if value != nil {
		p.clerk.send(control.VerbSet, control.SetArgs{Name: name, Value: *value}, nil, done)
		return
	}
	p.clerk.send(control.VerbReset, control.ResetArgs{Name: name}, nil, done)
}

// question invites a real question. The answer is drawn where answers are.
func (p *firstPage) question() fyne.CanvasObject {
	return &fyne.Container{Layout: column{10}, Objects: []fyne.CanvasObject{
		p.kit.note(tr("Look at any window, hold the key and say:"), toneDim).Container,
		p.kit.caps(p.chose.Value("hotkey.talk")),
		p.kit.quote(tr("What is on my screen?")),
		p.kit.note(tr("Let go, and the answer comes here and is spoken. Your window keeps the keyboard."), toneDim).Container,
		p.kit.note(tr("No microphone at hand? Let Aside look by itself:"), toneDim).Container,
		&fyne.Container{Layout: flow{p.kit.width, 6}, Objects: []fyne.CanvasObject{p.kit.knob(tr("Look now"), p.way.look)}},
	}}
}

// caps draws a combination as keys.
func (k *kit) caps(combo string) *fyne.Container {
	c := &fyne.Container{Layout: beside{6}}
	for part := range strings.SplitSeq(combo, "+") {
		if part != "" {
			c.Add(newKeycap(k.sheet, part))
		}
	}
	return c
}

// quote is something to say, in the size of words that are heard.
func (k *kit) quote(text string) fyne.CanvasObject {
	p := newProse(k.sheet, k.width, 26, nil)
	p.set([]run{{trf("“%s”", text), style{size: sizeHeard}}})
	return p.Container
}

// answerStep chooses who answers.
type answerStep struct {
	*fyne.Container
	kit     *kit
	clerk   *clerk
	knobs   []*knob
	about   *note
	address *entry
	below   *fyne.Container
	engine  *engineRows
	wrong   *fyne.Container
	way     int // which knob is chosen
}

// answerWays are who may answer.
func answerWays() []struct{ name, about, kind string } {
	return []struct{ name, about, kind string }{
		{"A service, with a key", "Any OpenAI-compatible service. What you ask, and the picture of the window, go there and nowhere else.", "auto"},
		{"A model of my own", "Ollama, LM Studio and llama.cpp on this machine are found by themselves. Give the address of any other.", "auto"},
		{"This machine alone", "The offline reader: it hears a few fixed questions, reads the window and quotes it. It does not reason, and nothing leaves this machine.", "offline"},
	}
}

func newAnswerStep(k *kit, c *clerk) *answerStep {
	a := &answerStep{kit: k, clerk: c, about: k.note("", toneDim), way: -1}
	ways := &fyne.Container{Layout: flow{k.width, 6}}
	for i, w := range answerWays() {
		b := k.knob(tr(w.name), func() { a.choose(i) })
		a.knobs = append(a.knobs, b)
		ways.Add(b)
	}
	a.address = k.entry("https://api.openai.com/v1", func(v string) { a.set("engine.base_url", v) })
	a.engine = newEngineRows(k, c, nil)
	a.wrong = &fyne.Container{Layout: column{2}}
	a.below = &fyne.Container{Layout: column{inside}}
	a.Container = &fyne.Container{Layout: column{inside}, Objects: []fyne.CanvasObject{ways, a.about.Container, a.below, a.wrong}}
	return a
}

// choose takes one of the ways.
func (a *answerStep) choose(way int) {
	a.show(way)
	a.set("engine.kind", answerWays()[way].kind)
}

// show shows what a way needs.
func (a *answerStep) show(way int) {
	if a.way == way {
		return
	}
	a.way = way
	for i, w := range answerWays() {
		a.knobs[i].set(tr(w.name), i == way)
	}
	a.about.say(tr(answerWays()[way].about))
	a.below.Objects = nil
	objects := a.engine.objects()
	address := &fyne.Container{Layout: column{4}, Objects: []fyne.CanvasObject{words(tr("Address"), a.kit.ink, sizeAsked), a.kit.framed(a.address)}}
	switch way {
	case 0:
		a.below.Objects = append(a.below.Objects, address, objects[0])
	case 1:
		a.below.Objects = append(a.below.Objects, address)
	}
	a.below.Objects = append(a.below.Objects, objects[1])
	a.kit.grown()
}

// set changes a setting and says here what is wrong with it.
func (a *answerStep) set(name, value string) {
	a.clerk.send(control.VerbSet, control.SetArgs{Name: name, Value: value}, nil, func(p *control.Problem) {
		a.wrong.Objects = nil
		if p != nil {
			a.wrong.Objects = problemLines(a.kit.sheet, p, nil)
		}
		a.kit.grown()
	})
}

// settings shows what holds now.
func (a *answerStep) settings(s control.Settings) {
	way := 0
	for _, one := range s.Settings {
		switch {
		case one.Name == "engine.kind" && one.Value == "offline":
			way = 2
		case one.Name == "engine.base_url":
			a.address.show(one.Value)
			a.engine.at(one.Value)
		}
	}
	if a.way < 0 || (way == 2) != (a.way == 2) {
		a.show(way)
	}
}

// holdStep is the key, to be tried and to be changed.
type holdStep struct {
	*fyne.Container
	key  *keyRow
	kit  *kit
	mark *mark
	said *note
	held bool
}

func newHoldStep(k *kit, c *clerk, s control.Settings, ask asker) *holdStep {
	h := &holdStep{kit: k, mark: newMark(k.sheet, 44), said: k.note(tr("Hold it now: the light answers. Say nothing, and nothing is sent."), toneInk)}
	light := &fyne.Container{Layout: padded{0, 8, 0, 8}, Objects: []fyne.CanvasObject{&fyne.Container{Layout: beside{}, Objects: []fyne.CanvasObject{h.mark.Container}}}}
	h.Container = &fyne.Container{Layout: column{inside}}
	for _, one := range s.Settings {
		if one.Name == "hotkey.talk" {
			h.key = newKeyRow(k, c, one, ask)
			h.Objects = append(h.Objects, h.key.Container)
		}
	}
	about := k.note(tr("Hold it while you speak, let go to ask. Esc meanwhile discards. Tapped twice, it listens without being held."), toneDim)
	h.Objects = append(h.Objects, light, h.said.Container, about.Container)
	return h
}

func (h *holdStep) settings(s control.Settings) {
	for _, one := range s.Settings {
		if h.key != nil && one.Name == "hotkey.talk" {
			h.key.show(one)
		}
	}
}

// turn lets the light answer.
func (h *holdStep) turn(s control.Snapshot) {
	switch string(s.Phase) {
	case "listening":
		h.held = true
		h.mark.set(assets.Listening, s.Level, 0)
		h.said.say(tr("It listens. Let go."))
	case "thinking":
		h.mark.set(assets.Thinking, 0, 0)
	case "speaking":
		h.mark.set(assets.Speaking, s.Level, 0)
	default:
		h.mark.set(assets.Ready, 0, 0)
		if h.held {
			h.said.say(tr("That works."))
		}
	}
	h.mark.Refresh()
}
