package panel

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// fresh is a panel on a home that knows nothing of Aside.
func fresh(t *testing.T, theme string) (*testPanel, *fakeSettings) {
	t.Helper()
	p, f := newTestPanel(t), newFakeSettings()
	f.s.Panel.Theme = theme
	f.serve(p.core)
	p.core.answer(control.VerbKey, replies(control.KeyState{URL: "https://api.openai.com:443", Source: "none"}))
	p.core.answer(control.VerbWelcome, replies(control.Welcome{Due: true}))
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","engine":"offline","model":"offline reader"}`)
	p.says("Step 1 of 3")
	p.until("the theme", func() bool { return p.o.Theme == theme && p.body.pages.open != nil })
	p.says("Step 1 of 3")
	return p, f
}

func (p *testPanel) done() bool { return slices.Contains(p.core.did(), `welcome {"done":true}`) }

func TestTheFirstStepsLeadToARealQuestion(t *testing.T) {
	p, f := fresh(t, "dark")
	page := p.body.pages.Container
	p.says("No key is stored for api.openai.com.")
	press(t, page, "This machine alone")
	p.until("offline", func() bool { return f.value("engine.kind") == "offline" })
	p.says("nothing leaves this machine")
	press(t, page, "Next")
	p.says("Step 2 of 3")
	p.says("Space")
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"listening","turn":{"id":"t1","outcome":"asked"}}`)
	p.says("It listens. Let go.")
	p.core.snapshots <- snapshot(t, `{"seq":3,"phase":"idle"}`)
	p.core.snapshots <- snapshot(t, `{"seq":3,"phase":"idle"}`) // the panel watches anew when a turn is gone
	p.says("That works.")
	if p.done() {
		t.Error("the steps are done already")
	}
	press(t, page, "Next")
	p.says("Step 3 of 3")
	p.says("What is on my screen?")
	p.core.snapshots <- snapshot(t, `{"seq":4,"phase":"listening","turn":{"id":"t2","outcome":"asked"}}`)
	p.until("the conversation", func() bool { return !p.body.pages.Visible() })
	p.until("the mark", p.done)
}

func TestTheFirstStepsCanBeSkippedAtOnce(t *testing.T) {
	for _, how := range []struct {
		name string
		do   func(p *testPanel)
	}{
		{"button", func(p *testPanel) { press(p.T, p.body.pages.Container, "Skip all of this") }},
		{"Escape", func(p *testPanel) { p.o.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape}) }},
		{"talk key", func(p *testPanel) {
			p.core.snapshots <- snapshot(p.T, `{"seq":2,"phase":"listening","turn":{"id":"t1","outcome":"asked"}}`)
		}},
	} {
		t.Run(how.name, func(t *testing.T) {
			p, _ := fresh(t, "dark")
			how.do(p)
			p.until("the conversation", func() bool { return !p.body.pages.Visible() })
			p.until("the mark", p.done)
		})
	}
}

func TestTheFirstStepsTakeAKey(t *testing.T) {
	p, f := fresh(t, "dark")
	first := p.body.pages.open.(*firstPage)
	p.core.answer(control.VerbKey, replies(control.KeyState{URL: "https://b.example:443", Source: "keyring"}))
	e := first.answers.engine.field
	test.Type(e, "sk-1")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.asks(`key {"do":"set","key":"sk-1"}`)
	p.says("A key is stored for b.example.")
	first.answers.address.SetText("ftp://x")
	first.answers.address.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.says("must be an http or https address")
	press(t, p.body.pages.Container, "A model of my own")
	p.says("are found by themselves")
	if strings.Contains(read(p.body.pages.Container), "Store the key") || f.value("engine.kind") != "auto" {
		t.Error("a key is asked for")
	}
	press(t, p.body.pages.Container, "Next")
	press(t, p.body.pages.Container, "Back")
	p.says("Step 1 of 3")
}

func TestTheFirstStepsTellOfTheKeyOfTheAddressThatIsTyped(t *testing.T) {
	p, f := fresh(t, "dark")
	first := p.body.pages.open.(*firstPage)
	p.says("No key is stored for api.openai.com.")
	p.core.answer(control.VerbKey, replies(control.KeyState{URL: "https://b.example:443", Source: "none"}))
	first.answers.address.SetText("https://b.example/v1")
	first.answers.address.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.until("the address", func() bool { return f.value("engine.base_url") == "https://b.example/v1" })
	p.says("No key is stored for b.example.")
}

func TestAsideCanAskTheFirstQuestionItself(t *testing.T) {
	p, _ := fresh(t, "dark")
	press(t, p.body.pages.Container, "Next")
	press(t, p.body.pages.Container, "Next")
	press(t, p.body.pages.Container, "Look now")
	p.asks(`ask {"look":true,"speak":true}`)
}

func TestTheFirstStepsAreReachedFromTheSettings(t *testing.T) {
	p, _, _ := withSettings(t, "dark")
	press(t, p.body.pages.Container, "Take the first steps again")
	p.says("Step 1 of 3")
	p.until("leaving", func() bool { return !strings.Contains(read(p.body.pages.Container), "Delete everything") })
}

func TestTheFirstStepsDoNotCoverATurn(t *testing.T) {
	p := newTestPanel(t)
	newFakeSettings().serve(p.core)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"thinking","turn":{"id":"t1","question":"Why?","outcome":"asked"}}`)
	p.says("Thinking")
	p.core.answer(control.VerbWelcome, replies(control.Welcome{Due: true}))
	settled := false
	p.calls.Go(func() { p.greet(); p.pump.do(func() { settled = true }) })
	p.until("the welcome", func() bool { return settled })
	if p.body.pages.Visible() {
		t.Error("they cover it")
	}
}
