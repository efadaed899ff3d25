package panel

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// lettered is a text, and where it stands.
type lettered struct {
	text string
	at   fyne.Position
	size fyne.Size
}

// lettering is every text that is seen below o.
func lettering(o fyne.CanvasObject, at fyne.Position) []lettered {
	if !o.Visible() {
		return nil
	}
	at = at.Add(o.Position())
	var below []fyne.CanvasObject
	switch o := o.(type) {
	case *canvas.Text:
		if strings.TrimSpace(o.Text) == "" {
			return nil
		}
		size := o.MinSize()
		switch o.Alignment {
		case fyne.TextAlignTrailing:
			at.X += o.Size().Width - size.Width
		case fyne.TextAlignCenter:
			at.X += (o.Size().Width - size.Width) / 2
		}
		at.Y += (o.Size().Height - size.Height) / 2
		return []lettered{{text: o.Text, at: at, size: size}}
	case *fyne.Container:
		below = o.Objects
	case fyne.Widget:
		below = test.WidgetRenderer(o).Objects()
	}
	var all []lettered
	for _, c := range below {
		all = append(all, lettering(c, at)...)
	}
	return all
}

// fits complains of texts that leave the width of the window, or stand on one
// another.
func fits(t *testing.T, what string, o fyne.CanvasObject, width float32) {
	t.Helper()
	const lap = 3 // letters do not fill their lines
	all := lettering(o, fyne.Position{})
	if len(all) == 0 {
		t.Errorf("%s: nothing is written", what)
	}
	for i, a := range all {
		if a.at.X < 0 || a.at.X+a.size.Width > width+1 {
			t.Errorf("%s: %q stands from %g to %g", what, a.text, a.at.X, a.at.X+a.size.Width)
		}
		for _, b := range all[i+1:] {
			apart := a.at.X+a.size.Width <= b.at.X+lap || b.at.X+b.size.Width <= a.at.X+lap ||
				a.at.Y+a.size.Height <= b.at.Y+2*lap || b.at.Y+b.size.Height <= a.at.Y+2*lap
			again := a.text == b.text && b.at.X-a.at.X < 1 && a.at.Y == b.at.Y // for want of a bold one
			if !apart && !again {
				t.Errorf("%s: %q at %v stands on %q at %v", what, a.text, a.at, b.text, b.at)
			}
		}
	}
}

// everyLanguage runs f in each.
func everyLanguage(t *testing.T, f func(t *testing.T, language string)) {
	for _, language := range []string{english, "zh-Hans", "zh-Hant"} {
		t.Run(language, func(t *testing.T) {
			in(t, language)
			f(t, language)
		})
	}
}

func TestATurnFitsInEveryLanguage(t *testing.T) {
	everyLanguage(t, func(t *testing.T, language string) {
		for name, state := range goldens() {
			if name == "markdown" {
				continue // it says the same in all of them
			}
			b, _ := newThemedBody(t, "dark")
			s := snapshot(t, state)
			s.Since = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			b.showing(s)
			if turn := b.turns["t1"]; turn != nil && name != "answered" {
				turn.over.MouseIn(nil)
			}
			fits(t, name, b.Container, 400)
			portray(t, b, language+"-"+name)
		}
	})
}

func TestAProblemWithAHintFitsInEveryLanguage(t *testing.T) {
	everyLanguage(t, func(t *testing.T, language string) {
		b, _ := newThemedBody(t, "light")
		b.showing(snapshot(t, `{"phase":"idle","model":"gpt-4o","error":{"code":"mic_absent","message":"The microphone you chose, Blue Yeti, is not there.",
			"hint":"Plug it in, or choose another: aside devices lists them, aside settings set sound.microphone NAME chooses. Typed questions work."},"turn":{"id":"t1","question":"Why?","outcome":"failed","retry":true,
			"problem":{"code":"net_dns","message":"The service's name cannot be found.","hint":"Check the network and engine.base_url."}}}`))
		fits(t, "problem", b.Container, 400)
		portray(t, b, language+"-problem")
	})
}

func TestTheMenuOfTheEyeFitsInEveryLanguage(t *testing.T) {
	everyLanguage(t, func(t *testing.T, language string) {
		b, _ := newThemedBody(t, "dark")
		b.showing(snapshot(t, `{"phase":"idle","model":"gpt-4o","next":"region"}`))
		b.footer.eye.open()
		fits(t, "menu", b.footer.eye.menu.Container, 400)
		portray(t, b, language+"-menu")
	})
}

func TestThePagesFitInEveryLanguage(t *testing.T) {
	everyLanguage(t, func(t *testing.T, language string) {
		p, _, _ := withSettingsIn(t, language)
		p.o.Window.Resize(fyne.NewSize(400, 3400))
		p.until("rest", func() bool { return true })
		fits(t, "settings", p.body.pages.Container, 400)
		portray(t, p.body, language+"-settings")
		for step := range firstSteps {
			p.steps.at = step
			p.body.pages.visit(p.firstSteps())
			p.until("the step", func() bool { return len(lettering(p.body.pages.Container, fyne.Position{})) > 5 })
			p.o.Window.Resize(fyne.NewSize(400, 800))
			fits(t, "first steps", p.body.pages.Container, 400)
			portray(t, p.body, language+"-first"+string(rune('1'+step)))
		}
	})
}

// withSettingsIn is withSettings in a language.
func withSettingsIn(t *testing.T, language string) (*testPanel, *fakeSettings, *settingsPage) {
	t.Helper()
	p, f := newTestPanel(t), newFakeSettings()
	f.s.Panel.Language, f.s.Panel.Theme = language, "dark"
	f.serve(p.core)
	p.core.answer(control.VerbKey, replies(control.KeyState{URL: "https://api.openai.com:443", Source: "none"}))
	p.core.answer(control.VerbSound, replies(control.SoundDevices{
		Microphones:  []control.SoundDevice{{Name: "usb", Description: "Studio microphone", Default: true}, {Name: "pci", Description: "Built-in microphone", Muted: true}},
		Loudspeakers: []control.SoundDevice{{Name: "hdmi", Description: "Monitor", Default: true}},
	}))
	p.core.answer(control.VerbVoices, replies(control.Voices{Names: []string{"alloy", "nova", "sage"}, Now: "alloy"}))
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","engine":"chat","model":"gpt-4o","host":"api.openai.com"}`)
	p.until("the settings", func() bool { return len(p.chosen.Settings) > 0 })
	in(t, language)
	p.openPage(tr("Settings"))
	page := p.body.pages.open.(*settingsPage)
	p.says("Studio microphone")
	p.says("sage")
	return p, f, page
}
