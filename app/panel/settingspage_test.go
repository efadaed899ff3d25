package panel

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
	"aside/app/settings"
)

// fakeSettings are the core's settings: it really has the table, and tells of
// every change.
type fakeSettings struct {
	mu    sync.Mutex
	s     settings.Settings
	held  map[string]bool
	news  chan struct{}
	wrong map[string]*control.Failure // by setting: why it cannot be set
}

func newFakeSettings() *fakeSettings {
	return &fakeSettings{s: settings.Default(), held: map[string]bool{}, news: make(chan struct{}, 64), wrong: map[string]*control.Failure{}}
}

func (f *fakeSettings) list() control.Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := control.Settings{Path: "/home/me/.config/aside/settings.toml"}
	for _, k := range settings.Keys() {
		value, _ := settings.Get(f.s, k.Name)
		source := "default"
		if f.held[k.Name] {
			source = "file"
		}
		one := control.Setting{
			Name: k.Name, About: k.About, Valid: k.Valid, Kind: string(k.Kind), Choices: k.Choices,
			Least: k.Least, Most: k.Most, Value: value, Default: k.Default, Source: source,
		}
		if k.Name == "screen.exclude" {
			one.Items = f.s.Screen.Exclude
		}
		all.Settings = append(all.Settings, one)
	}
	return all
}

// change sets a setting, as the core does or as somebody does in the file.
func (f *fakeSettings) change(name, value string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if w := f.wrong[name]; w != nil {
		return w
	}
	if err := settings.Set(&f.s, name, value); err != nil {
		return control.Fail("settings_value", err.Error(), "Try another.")
	}
	f.held[name] = true
	f.news <- struct{}{}
	return nil
}

func (f *fakeSettings) value(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, _ := settings.Get(f.s, name)
	return v
}

// serve makes c the core of these settings.
func (f *fakeSettings) serve(c *fakeCore) {
	c.answer(control.VerbSettings, func(ctx context.Context, _ any, each func(json.RawMessage) error) error {
		for {
			if err := give(each, f.list()); err != nil {
				return err
			}
			select {
			case <-f.news:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	c.answer(control.VerbSet, func(_ context.Context, args any, _ func(json.RawMessage) error) error {
		a := args.(control.SetArgs)
		return f.change(a.Name, a.Value)
	})
	c.answer(control.VerbReset, func(_ context.Context, args any, _ func(json.RawMessage) error) error {
		name := args.(control.ResetArgs).Name
		value, _ := settings.Get(settings.Default(), name)
		err := f.change(name, value)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.held[name] = false
		return err
	})
}

func give(each func(json.RawMessage) error, reply any) error {
	raw, err := json.Marshal(reply)
	if err != nil {
		return err
	}
	return each(raw)
}

// replies makes a verb end after these replies.
func replies(all ...any) func(context.Context, any, func(json.RawMessage) error) error {
	return func(_ context.Context, _ any, each func(json.RawMessage) error) error {
		for _, r := range all {
			if err := give(each, r); err != nil {
				return err
			}
		}
		return nil
	}
}

// refuses makes a verb fail.
func refuses(code, message, hint string) func(context.Context, any, func(json.RawMessage) error) error {
	return func(context.Context, any, func(json.RawMessage) error) error {
		return control.Fail(code, message, hint)
	}
}

// withSettings is a panel with the settings page open.
func withSettings(t *testing.T, theme string) (*testPanel, *fakeSettings, *settingsPage) {
	t.Helper()
	p, f := newTestPanel(t), newFakeSettings()
	if theme != "" {
		f.s.Panel.Theme = theme
	}
	f.serve(p.core)
	p.core.answer(control.VerbKey, replies(control.KeyState{URL: "https://api.openai.com:443", Source: "none"}))
	p.core.answer(control.VerbSound, replies(control.SoundDevices{
		Microphones:  []control.SoundDevice{{Name: "usb", Description: "Studio microphone", Default: true}, {Name: "pci", Description: "Built-in microphone", Muted: true}},
		Loudspeakers: []control.SoundDevice{{Name: "hdmi", Description: "Monitor", Default: true}},
	}))
	p.core.answer(control.VerbVoices, replies(control.Voices{Names: []string{"alloy", "nova", "sage"}, Now: "alloy"}))
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","engine":"chat","model":"gpt-4o","host":"api.openai.com"}`)
	p.says("Ready")
	p.until("the settings", func() bool { return len(p.chosen.Settings) > 0 })
	p.openPage("Settings")
	page := p.body.pages.open.(*settingsPage)
	p.says("Studio microphone")
	p.says("sage")
	return p, f, page
}

// row is a setting's row as the page shows it.
func (p *testPanel) row(page *settingsPage, name string) *row {
	p.Helper()
	r := page.rows[name]
	if r == nil {
		p.Fatalf("there is no row for %s", name)
	}
	return r
}

func TestEverySettingStandsOnThePageAndExplainsItself(t *testing.T) {
	p, _, page := withSettings(t, "dark")
	for _, k := range settings.Keys() {
		r := p.row(page, k.Name)
		if r.label.Text == "" || r.label.Text == k.Name || r.about.text == "" {
			t.Errorf("%s is called %q and says %q", k.Name, r.label.Text, r.about.text)
		}
	}
	if got := read(p.body.pages.Container); !strings.Contains(got, "Other services") || !strings.Contains(got, "settings.toml") {
		t.Errorf("the page says\n%s", got)
	}
}

func TestControlsSetWhatTheyShow(t *testing.T) {
	for _, c := range []struct {
		name, press, want string
	}{
		{"panel.edge", "Left", "left"},
		{"panel.theme", "Light", "light"},
		{"panel.width", "+", "420"},
		{"speak.speed", "+", "1.1"},
		{"speak.volume", "−", "0.9"},
		{"screen.capture", "Nothing", "none"},
		{"speak.voice", "sage", "sage"},
		{"sound.microphone", "Built-in microphone · muted", "pci"},
		{"transcribe.language", "Deutsch", "de"},
		{"panel.display", "Where you work", "active"},
		{"engine.kind", "This machine alone", "offline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, f, page := withSettings(t, "dark")
			press(t, p.row(page, c.name).Container, c.press)
			p.until(c.want, func() bool { return f.value(c.name) == c.want })
			p.until("the page", func() bool {
				return p.body.pages.open.(*settingsPage).rows[c.name].is.Value == c.want
			})
		})
	}
}

func TestASwitchIsTurnedByAClickAndByTheKeyboard(t *testing.T) {
	p, f, page := withSettings(t, "dark")
	sw := p.row(page, "sound.duck").head.Objects[2].(*toggle)
	sw.Tapped(nil)
	p.until("on", func() bool { return f.value("sound.duck") == "true" && sw.on })
	sw.FocusGained()
	sw.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	p.until("off", func() bool { return f.value("sound.duck") == "false" && !sw.on })
	p.until("the end of Reset", func() bool { return !p.row(page, "sound.duck").reset.Visible() })
}

// field is the entry of a row.
func (p *testPanel) field(r *row) *entry {
	p.Helper()
	var found *entry
	visible(r.Container, func(o fyne.CanvasObject) {
		if e, ok := o.(*entry); ok && found == nil {
			found = e
		}
	})
	if found == nil {
		p.Fatalf("%s has no field", r.is.Name)
	}
	return found
}

func TestATypedValueIsTakenWithEnterAndRefusedUnderItsField(t *testing.T) {
	p, f, page := withSettings(t, "dark")
	r := p.row(page, "engine.base_url")
	e := p.field(r)
	p.o.Window.Canvas().Focus(e)
	e.SetText("")
	test.Type(e, "nonsense")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.says("Address must be an http or https address")
	if got := read(r.wrong); !strings.Contains(got, "must be") || strings.Contains(got, "usually ends in") {
		t.Errorf("it does not stand under the field, or says twice what stands there: %s", got)
	}
	e.SetText("http://127.0.0.1:8080/v1")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.until("the address", func() bool { return f.value("engine.base_url") == "http://127.0.0.1:8080/v1" })
	p.until("the end of the complaint", func() bool { return read(r.wrong) == "" })
	e.SetText("half")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if e.Text != "http://127.0.0.1:8080/v1" || !p.body.pages.Visible() {
		t.Errorf("Escape leaves %q", e.Text)
	}
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.body.pages.Visible() {
		t.Error("the second Escape does not leave the page")
	}
}

func TestWhatIsChangedElsewhereAppearsButNotInWhatIsBeingTyped(t *testing.T) {
	p, f, page := withSettings(t, "dark")
	typing, other := p.field(p.row(page, "engine.base_url")), p.field(p.row(page, "transcribe.model"))
	p.o.Window.Canvas().Focus(typing)
	typing.SetText("https://half")
	for name, value := range map[string]string{"engine.base_url": "https://b.example/v1", "transcribe.model": "whisper-9", "hotkey.talk": "Super+F9"} {
		if err := f.change(name, value); err != nil {
			t.Fatal(err)
		}
	}
	p.until("the model", func() bool { return other.Text == "whisper-9" })
	p.until("the key", func() bool { return strings.Contains(read(p.row(page, "hotkey.talk").head), "F9") })
	if typing.Text != "https://half" {
		t.Errorf("what was being typed is %q", typing.Text)
	}
	if p.o.Talk != "Super+F9" || !strings.Contains(read(p.body.idle), "Super") && p.body.idle.Visible() {
		t.Error("the panel does not know the new key")
	}
}

func TestResetIsOfferedWhereTheFileHasAnotherValue(t *testing.T) {
	p, f, page := withSettings(t, "dark")
	r := p.row(page, "speak.speed")
	if r.reset.Visible() {
		t.Error("it is offered for a default")
	}
	press(t, r.Container, "+")
	p.until("Reset", func() bool { return r.reset.Visible() })
	press(t, r.Container, "Reset")
	p.until("the default", func() bool { return f.value("speak.speed") == "1.0" && !r.reset.Visible() })
}

func TestAKeyIsSetByPressingIt(t *testing.T) {
	p, f, page := withSettings(t, "dark")
	r := p.row(page, "hotkey.talk")
	more := make(chan any)
	p.core.answer(control.VerbCapture, func(ctx context.Context, _ any, each func(json.RawMessage) error) error {
		for {
			select {
			case next, ok := <-more:
				if !ok {
					return nil
				}
				if err, failed := next.(error); failed {
					return err
				}
				if err := give(each, next); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	press(t, r.Container, "Change")
	p.says("Press the keys now. Esc leaves it as it is.")
	more <- control.Captured{Wrong: "L needs Ctrl, Alt or Super beside it"}
	p.says("L needs Ctrl, Alt or Super beside it.")
	more <- control.Captured{Held: "Ctrl+Shift"}
	p.says("Shift")
	more <- control.Captured{Combo: "Ctrl+Shift+K"}
	close(more)
	p.until("the key", func() bool { return f.value("hotkey.talk") == "Ctrl+Shift+K" })
	p.until("the caps", func() bool { return strings.Contains(read(r.head), "K") && strings.Contains(read(r.head), "Change") })

	more = make(chan any)
	press(t, r.Container, "Change")
	f.wrong["hotkey.talk"] = control.Fail("hotkey_conflict", "Super+E is taken by another program.", "Choose another.")
	more <- control.Captured{Combo: "Super+E"}
	close(more)
	p.says("Super+E is taken by another program.")
	p.says("hotkey_conflict")
	if got := read(r.head); !strings.Contains(got, "K") {
		t.Errorf("it shows %q", got)
	}

	more = make(chan any)
	press(t, r.Container, "Change")
	more <- control.Fail("capture_off", "Nothing was changed.", "")
	p.until("the old key", func() bool { return strings.Contains(read(r.head), "Change") })
	if got := read(r.wrong); got != "" {
		t.Errorf("calling it off is told as %q", got)
	}
	press(t, r.Container, "Change")
	press(t, r.Container, "Cancel")
	if got := read(r.head); !strings.Contains(got, "Change") || !strings.Contains(got, "K") {
		t.Errorf("it shows %q", got)
	}
}

func TestTheServicesKeyIsStoredAndForgotten(t *testing.T) {
	p, _, page := withSettings(t, "dark")
	e := page.engine
	p.says("No key is stored for api.openai.com.")
	p.core.answer(control.VerbKey, func(_ context.Context, args any, each func(json.RawMessage) error) error {
		if args.(control.KeyArgs).Do == "delete" {
			return give(each, control.KeyState{URL: "https://api.openai.com:443", Source: "none"})
		}
		return give(each, control.KeyState{URL: "https://api.openai.com:443", Source: "keyring"})
	})
	if !e.field.Password {
		t.Error("the key can be read")
	}
	p.o.Window.Canvas().Focus(e.field)
	test.Type(e.field, "sk-secret")
	p.o.Window.Canvas().Unfocus() // somebody who looks elsewhere for the rest of it
	if slices.ContainsFunc(p.core.did(), func(c string) bool { return strings.Contains(c, "secret") }) {
		t.Error("half a key is stored")
	}
	press(t, e.key, "Store the key")
	p.asks(`key {"do":"set","key":"sk-secret"}`)
	p.says("A key is stored for api.openai.com.")
	if e.field.Text != "" || strings.Contains(read(p.body.Container), "secret") {
		t.Error("the key is still there")
	}
	press(t, e.key, "Delete the key")
	p.asks(`key {"do":"delete"}`)
	p.says("No key is stored for api.openai.com.")
	p.core.answer(control.VerbKey, refuses("keyring_none", "No keyring answers.", "Install one."))
	test.Type(e.field, "sk-secret")
	e.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.says("Install one.")
}

func TestWhoAnswersIsTriedAndToldInWords(t *testing.T) {
	p, _, page := withSettings(t, "dark")
	for _, c := range []struct {
		how  func(context.Context, any, func(json.RawMessage) error) error
		want string
	}{
		{replies(control.Tried{Engine: "chat", Model: "gpt-4o", Host: "api.openai.com", Said: "Hello!", MS: 812}), "gpt-4o at api.openai.com answered after 0.8 s"},
		{replies(control.Tried{Engine: "chat", Model: "llava", Said: "Hello!", MS: 812}), "llava on this machine answered after 0.8 s"},
		{replies(control.Tried{Engine: "offline"}), "The offline reader is complete."},
		{refuses("key_rejected", "The service rejected the key.", "Store the right one."), "Store the right one."},
	} {
		p.core.answer(control.VerbTry, c.how)
		page.engine.test.Tapped(nil)
		p.says("Asking…")
		p.says(c.want)
	}
	p.core.answer(control.VerbTry, nil)
	page.engine.test.Tapped(nil)
	press(t, p.body.pages.Container, "Stop")
	if got := read(p.body.pages.Container); strings.Contains(got, "Asking…") {
		t.Error("it still asks")
	}
}

func TestModelsAreListedAndSiftedByWhatIsTyped(t *testing.T) {
	p, f, page := withSettings(t, "dark")
	r := p.row(page, "engine.model")
	p.core.answer(control.VerbModels, replies(control.Models{Names: []string{"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "gpt-x", "gpt-y"}}))
	press(t, r.Container, "List the service's models")
	p.says("a8")
	p.says("type to see others")
	e := p.field(r)
	p.o.Window.Canvas().Focus(e)
	e.SetText("")
	test.Type(e, "GPT")
	p.says("gpt-y")
	if strings.Contains(read(r.Container), "a8") {
		t.Error("others are still offered")
	}
	press(t, r.Container, "gpt-y")
	p.until("the model", func() bool { return f.value("engine.model") == "gpt-y" })
	p.core.answer(control.VerbModels, refuses("net_refused", "Nobody listens at the service's address.", "Start the service."))
	press(t, r.Container, "List the service's models")
	p.says("Start the service.")
}

func TestTheMicrophoneIsOpenOnlyWhileItIsTried(t *testing.T) {
	p, _, page := withSettings(t, "dark")
	s := page.sound
	closed := make(chan struct{})
	p.core.answer(control.VerbListen, func(ctx context.Context, _ any, each func(json.RawMessage) error) error {
		defer close(closed)
		if err := give(each, control.Heard{State: "open", Level: 0.7}); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if slices.ContainsFunc(p.core.did(), func(c string) bool { return strings.HasPrefix(c, "listen") }) {
		t.Fatal("it is open before anybody wished so")
	}
	s.test.Tapped(nil)
	p.asks(`listen {"ms":4000,"play":true}`)
	p.says("The microphone is open: say something.")
	if s.waves.levels[0] != 0.7 || !s.waves.Visible() || !s.dot.Visible() {
		t.Error("the level is not shown")
	}
	press(t, p.body.pages.Container, "Close the microphone")
	<-closed
	p.core.answer(control.VerbListen, replies(control.Heard{State: "open"}, control.Heard{State: "playing"}, control.Heard{State: "done", Speech: true}))
	s.test.Tapped(nil)
	p.says("You were heard well.")
	if s.dot.Visible() {
		t.Error("it is still shown as open")
	}
	p.core.answer(control.VerbListen, replies(control.Heard{State: "open"}, control.Heard{State: "done"}))
	s.test.Tapped(nil)
	p.says("Nobody was heard.")
	p.core.answer(control.VerbListen, refuses("mic_none", "There is no microphone.", "Plug one in."))
	s.test.Tapped(nil)
	p.says("Plug one in.")

	closed = make(chan struct{})
	p.core.answer(control.VerbListen, func(ctx context.Context, _ any, _ func(json.RawMessage) error) error {
		defer close(closed)
		<-ctx.Done()
		return ctx.Err()
	})
	s.test.Tapped(nil)
	p.body.pages.back()
	<-closed // leaving the page closes it
}

func TestAWindowIsExcludedByPickingIt(t *testing.T) {
	p, f, page := withSettings(t, "dark")
	r := p.row(page, "screen.exclude")
	p.core.answer(control.VerbPick, replies(control.Picked{Program: "bank, the app", Title: "Account"}))
	press(t, r.Container, "Pick a window…")
	p.says("bank, the app")
	e := p.field(r)
	test.Type(e, "Diary")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	p.says("Diary")
	if got := f.list(); !slices.ContainsFunc(got.Settings, func(s control.Setting) bool { return slices.Equal(s.Items, []string{"bank, the app", "Diary"}) }) {
		t.Errorf("excluded is %s", f.value("screen.exclude"))
	}
	p.until("the list", func() bool { return len(r.is.Items) == 2 })
	press(t, r.Container, "Remove")
	p.until("the end of it", func() bool { return f.value("screen.exclude") == `["Diary"]` })
	p.core.answer(control.VerbPick, refuses("screen_unchosen", "Nothing was chosen.", "Try again."))
	press(t, r.Container, "Pick a window…")
	p.says("Nothing was chosen.")
}

func TestEverythingIsDeletedOnlyAfterASecondPress(t *testing.T) {
	p, _, page := withSettings(t, "dark")
	p.says("api.openai.com. Nothing goes anywhere else")
	p.core.answer("erase", replies())
	page.privacy.erase.Tapped(nil)
	p.says("This cannot be undone.")
	if slices.ContainsFunc(p.core.did(), func(c string) bool { return strings.HasPrefix(c, "erase") }) {
		t.Fatal("it is deleted at the first press")
	}
	page.privacy.erase.Tapped(nil)
	p.asks(`erase {"all":true}`)
	p.says("Everything is deleted.")
}

func TestOnlyWhatMattersToWhoAnswersIsShown(t *testing.T) {
	p, f, page := withSettings(t, "dark")
	if err := f.change("engine.kind", "offline"); err != nil {
		t.Fatal(err)
	}
	p.until("the end of the key", func() bool { return !page.engine.key.Visible() && !p.row(page, "engine.model").Visible() })
	if err := f.change("engine.kind", "chat"); err != nil {
		t.Fatal(err)
	}
	p.until("the key", func() bool { return page.engine.key.Visible() && p.row(page, "engine.model").Visible() })
}

func TestWidthAndSideHoldAtOnceAndThePageStays(t *testing.T) {
	p, f, _ := withSettings(t, "dark")
	p.body.pages.scroll.ScrollToOffset(fyne.NewPos(0, 300))
	if err := f.change("panel.width", "500"); err != nil {
		t.Fatal(err)
	}
	p.until("the width", func() bool { return p.body.sheet.width == 500-2*margin && p.dock.width() == 500 })
	p.until("the page", func() bool { _, ok := p.body.pages.open.(*settingsPage); return ok })
	if got := p.body.pages.scroll.Offset.Y; got != 300 {
		t.Errorf("the page has moved to %v", got)
	}
}

func TestTheKeyboardReachesEveryControlAndThePageFollows(t *testing.T) {
	p, _, page := withSettings(t, "dark")
	p.o.Window.Resize(fyne.NewSize(400, 800))
	c := p.o.Window.Canvas()
	var seen []fyne.Focusable
	onPage := map[fyne.CanvasObject]bool{}
	visible(p.body.pages.scroll, func(o fyne.CanvasObject) { onPage[o] = true })
	for range 300 {
		c.FocusNext()
		f := c.Focused()
		if f == nil || len(seen) > 0 && f == seen[0] {
			break
		}
		seen = append(seen, f)
		o := f.(fyne.CanvasObject)
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		if _, isTool := f.(*tool); !isTool && onPage[o] && (top < headerHeight+pageBar || top > 800) {
			t.Fatalf("%q stands at %v", read(o), top)
		}
	}
	for _, want := range []fyne.Focusable{page.engine.field, page.engine.test, page.sound.test, page.privacy.erase} {
		if !slices.Contains(seen, want) {
			t.Errorf("%q is not reached", read(want.(fyne.CanvasObject)))
		}
	}
	if slices.Contains(seen, fyne.Focusable(p.body.footer.field)) {
		t.Error("what lies below the page is reached")
	}
	page.engine.test.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.body.pages.Visible() {
		t.Error("Escape does not leave the page")
	}
}

func TestWhatASettingSaysOfItselfIsASentenceInEveryLanguage(t *testing.T) {
	name := regexp.MustCompile(`(?i)(^|[^a-z])(engine|hotkey|sound|speak|screen|panel|transcribe|history|spending)\.[a-z_]+`)
	for _, c := range []struct{ language, end string }{{english, "."}, {"zh-Hans", "。"}, {"zh-Hant", "。"}} {
		in(t, c.language)
		for _, k := range settings.Keys() {
			about := sentence(tr(aboutOf(control.Setting{Name: k.Name, About: k.About})))
			if !strings.HasSuffix(about, c.end) || name.MatchString(about) {
				t.Errorf("%s: %s says %q", c.language, k.Name, about)
			}
		}
	}
}

func TestTheNameOfASettingBeginsASentenceAsItIs(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "its colours": "Its colours.", "Why?": "Why?", "engine.kind is wrong": "engine.kind is wrong.",
		"面板的颜色": "面板的颜色。", "面板的颜色。": "面板的颜色。", "engine.kind 为 auto": "engine.kind 为 auto.",
	} {
		if got := sentence(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
