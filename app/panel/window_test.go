package panel

import (
	"testing"

	"aside/app/settings"
)

// sets puts settings into effect.
func (p *testPanel) sets(change func(*settings.Settings)) {
	p.Helper()
	s := settings.Default()
	s.Panel = p.o.Panel
	change(&s)
	p.Configure(s)
	settled := false
	p.Do(func() { settled = true })
	p.until("the settings", func() bool { return settled })
}

func TestSettingsAppearWithoutLosingWhatWasTyped(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"So."}}`)
	p.says("So.")
	p.body.footer.field.SetText("half a question")
	p.o.Window.Canvas().Focus(p.body.footer.field)
	p.sets(func(s *settings.Settings) { s.Panel.Width, s.Panel.Theme = 480, "light" })
	p.says("So.")
	if got := p.body.sheet.width; got != 480-2*margin {
		t.Errorf("the text is %v wide", got)
	}
	if p.body.sheet.paper != colours(false).paper {
		t.Error("it is not light")
	}
	if p.body.footer.field.Text != "half a question" || !p.typing() {
		t.Errorf("the field holds %q, and the keyboard: %v", p.body.footer.field.Text, p.typing())
	}
}

func TestAStripShowsThePhaseAndOpensForATurn(t *testing.T) {
	p := newTestPanel(t)
	p.sets(func(s *settings.Settings) { s.Panel.Strip = true })
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","error":{"code":"mic_muted","message":"x"}}`)
	words := func() string { return read(p.strip.words) }
	p.until("a strip that says what is wrong", func() bool { return p.strip.Visible() && !p.body.Visible() && words() != "" })
	for _, line := range stripLines("Microphone is muted") {
		if got := measureRun(run{line, style{size: sizeSmall}}); got > stripWidth {
			t.Errorf("%q is %v wide", line, got)
		}
	}
	p.strip.Tapped(nil)
	p.until("an open panel", func() bool { return p.body.Visible() && !p.strip.Visible() })
	p.dock.hook.fold.Tapped(nil)
	p.until("a strip", func() bool { return p.strip.Visible() && !p.body.Visible() })
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"thinking","turn":{"id":"t2","question":"Why?","outcome":"asked"}}`)
	p.until("a turn that opens it", func() bool { return p.body.Visible() && !p.strip.Visible() })
	p.says("Why?")
}
