package panel

import (
	"slices"
	"testing"

	"aside/app/control"
)

func TestAModelAndAVoiceArePickedWhereTheHeaderNamesThem(t *testing.T) {
	p := newTestPanel(t)
	p.core.brings(map[string]string{
		"models":   `{"names":["gpt-4o","gpt-5","text-embedding-3-small","whisper-1"]}`,
		"settings": `{"settings":[{"name":"engine.deep_model","value":"gpt-5"}]}`,
		"voices":   `{"names":["alloy","marin"],"now":"alloy"}`,
	})
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","model":"gpt-4o"}`)
	p.says("gpt-4o")
	p.body.header.who.Tapped(nil)
	p.says("gpt-5")
	p.says("marin")
	press(t, p.body.pages.Container, "gpt-5")
	p.asks(`set {"name":"engine.model","value":"gpt-5"}`)
	press(t, p.body.pages.Container, "The same model, with more effort")
	p.asks(`set {"name":"engine.deep_model","value":""}`)
	press(t, p.body.pages.Container, "marin")
	p.asks(`set {"name":"speak.voice","value":"marin"}`)
	p.until("both picks", func() bool {
		at, ok := p.body.pages.open.(*picker)
		return ok && at.model == "gpt-5" && at.known.voices.Now == "marin"
	})
	p.core.setRefuse(control.Fail("model_missing", "The service does not have this model.", "Choose another."))
	press(t, p.body.pages.Container, "gpt-5")
	p.says("The service does not have this model.")
	p.body.pages.back()
	p.core.setRefuse(nil)
	calls := len(p.core.did())
	p.pick()
	p.says("marin")
	if got := p.core.did()[calls:]; len(got) != 0 {
		t.Errorf("what is known is asked again: %q", got)
	}
}

func TestOnlyModelsThatAnswerAreOffered(t *testing.T) {
	got := models([]string{"a", "gpt-4o-transcribe", "gpt-image-1", "b", "text-embedding-3-large", "gpt-realtime"}, "b")
	if want := []string{"b", "a"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
