package panel

import (
	"fmt"
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
	p.core.snapshots <- snapshot(t, `{"seq":5,"phase":"thinking","turn":{"id":"t2","outcome":"asked","question":"What is on my screen?","answer":"A page."}}`)
	p.until("the mark", p.done)
	if p.body.footer.first.Visible() {
		t.Error("the way back to the steps is still there")
	}
}

func TestTheFirstStepsCanBeSkippedAtOnce(t *testing.T) {
	p, _ := fresh(t, "dark")
	press(t, p.body.pages.Container, "Skip all of this")
	p.until("the conversation", func() bool { return !p.body.pages.Visible() })
	p.until("the mark", p.done)
	if p.body.footer.first.Visible() {
		t.Error("the way back to the steps is still there")
	}
}

// escape presses Escape where the keyboard is in nothing of the window.
func (p *testPanel) escape() {
	p.o.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
}

func TestTheFirstStepsWaitUntilTheyAreDone(t *testing.T) {
	for _, how := range []struct {
		name string
		step int
		do   func(p *testPanel)
	}{
		{"Escape", 0, func(p *testPanel) { p.escape() }},
		{"another page", 0, func(p *testPanel) { p.openPage("Usage"); p.escape() }},
		{"a question on the first step", 0, func(p *testPanel) {
			p.core.snapshots <- snapshot(p.T, `{"seq":2,"phase":"listening","turn":{"id":"t1","outcome":"asked"}}`)
			p.says("Listening")
			p.core.snapshots <- snapshot(p.T, `{"seq":3,"phase":"thinking","turn":{"id":"t1","question":"Why?","outcome":"asked","answer":"So."}}`)
			p.core.snapshots <- snapshot(p.T, `{"seq":4,"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"So."}}`)
			p.says("So.")
		}},
		{"a question on the last step that fails", 2, func(p *testPanel) {
			p.core.snapshots <- snapshot(p.T, `{"seq":2,"phase":"listening","turn":{"id":"t1","outcome":"asked"}}`)
			p.says("Listening")
			p.core.snapshots <- snapshot(p.T, `{"seq":3,"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"failed","problem":{"code":"key_rejected","message":"The service refused the key."}}}`)
			p.says("The service refused the key.")
		}},
	} {
		t.Run(how.name, func(t *testing.T) {
			p, _ := fresh(t, "dark")
			for range how.step {
				press(t, p.body.pages.Container, "Next")
			}
			how.do(p)
			p.until("the conversation", func() bool { return !p.body.pages.Visible() && p.body.footer.Visible() })
			p.until("rest", func() bool { s := p.last.latest; return s != nil && string(s.Phase) == "idle" })
			press(t, p.body.footer.Container, "First steps")
			p.says(fmt.Sprintf("Step %d of 3", how.step+1))
			if p.done() {
				t.Error("the steps are done already")
			}
		})
	}
}

func TestTheFirstStepsComeBackAfterAQuestionThatCameToNothing(t *testing.T) {
	for step := range firstSteps {
		t.Run(fmt.Sprint(step+1), func(t *testing.T) {
			p, _ := fresh(t, "dark")
			for range step {
				press(t, p.body.pages.Container, "Next")
			}
			p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"listening","turn":{"id":"t1","outcome":"asked"}}`)
			p.says("Listening")
			const nothing = `{"seq":3,"phase":"idle","hint":"Nothing heard. Hold the key while you speak."}`
			p.core.snapshots <- snapshot(t, nothing)
			p.core.snapshots <- snapshot(t, nothing) // the panel watches anew when a turn is gone
			p.until("the steps", func() bool { return p.body.pages.Visible() && string(p.last.latest.Phase) == "idle" })
			p.says(fmt.Sprintf("Step %d of 3", step+1))
			if step == firstSteps-1 && !strings.Contains(read(p.body.pages.Container), "Nothing heard") {
				t.Errorf("the page does not say what came of it:\n%s", read(p.body.pages.Container))
			}
			if p.done() {
				t.Error("the steps are done already")
			}
		})
	}
}

func TestEscapeInAFieldOfTheFirstStepsLeavesTheField(t *testing.T) {
	p, _ := fresh(t, "dark")
	e := p.body.pages.open.(*firstPage).answers.engine.field
	p.o.Window.Canvas().Focus(e)
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	p.says("Step 1 of 3")
	if p.o.Window.Canvas().Focused() != nil {
		t.Error("the keyboard is still in the field")
	}
}

func TestAnotherThemeLeavesTheFirstStepsWhereTheyAre(t *testing.T) {
	p, _ := fresh(t, "dark")
	press(t, p.body.pages.Container, "Next")
	p.asks(`welcome {"step":2}`)
	p.rebuild()
	p.says("Step 2 of 3")
	p.escape() // to the step before
	p.says("Step 1 of 3")
	p.escape()
	p.rebuild()
	if !p.body.footer.first.Visible() || p.done() {
		t.Error("they are gone")
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
	if p.body.pages.Visible() || !p.body.footer.first.Visible() {
		t.Error("they cover it, or there is no way to them")
	}
}
