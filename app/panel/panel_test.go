package panel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"

	"aside/app/control"
	"aside/app/settings"
)

// fakeCore is a core that says what the test says.
type fakeCore struct {
	snapshots chan control.Snapshot // nil ends the watch
	shot      control.Shot
	refuse    error
	replies   map[string]string // the data that a verb brings
	begins    bool              // a question before it is refused
	hold      chan struct{}     // what is chosen on the screen waits to be called off, and closes this

	mu      sync.Mutex
	calls   []string
	answers map[string]func(ctx context.Context, args any, each func(json.RawMessage) error) error // none: until it is called off
}

func (c *fakeCore) note(verb string, args any) {
	raw, _ := json.Marshal(args)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, strings.TrimSuffix(verb+" "+string(raw), " null"))
}

func (c *fakeCore) did() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.calls)
}

func (c *fakeCore) Watch(ctx context.Context, see func(control.Snapshot)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s, ok := <-c.snapshots:
			if !ok {
				return control.ErrNotRunning
			}
			if see(s); ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
}

func (c *fakeCore) Ask(_ context.Context, args control.AskArgs, see func(control.View)) (control.View, error) {
	c.note("ask", args)
	if c.begins {
		see(control.View{})
	}
	return control.View{}, c.refuse
}

func (c *fakeCore) Shot(_ context.Context, id string, picture int) (control.Shot, error) {
	c.note("shot", control.ShotArgs{ID: id, Picture: picture})
	return c.shot, c.refuse
}

func (c *fakeCore) Do(ctx context.Context, verb string, args any) error {
	c.note(verb, args)
	if a, ok := args.(control.AimArgs); ok && c.hold != nil && (a.Screen == "region" || a.Screen == "pick") {
		defer close(c.hold)
		<-ctx.Done()
		return ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refuse
}

func (c *fakeCore) Call(ctx context.Context, verb string, args any, each func(json.RawMessage) error) error {
	c.note(verb, args)
	for {
		c.mu.Lock()
		answer := c.answers[verb]
		raw, refuse := c.replies[verb], c.refuse
		c.mu.Unlock()
		switch {
		case raw != "" && refuse != nil:
			return refuse
		case raw != "":
			return each(json.RawMessage(raw))
		}
		if answer != nil {
			return answer(ctx, args, each)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond): // the test may still say how it goes
		}
	}
}

// answer says how a command with replies goes from now on.
func (c *fakeCore) answer(verb string, how func(ctx context.Context, args any, each func(json.RawMessage) error) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answers == nil {
		c.answers = map[string]func(context.Context, any, func(json.RawMessage) error) error{}
	}
	c.answers[verb] = how
}

// brings says what data verbs bring from now on.
func (c *fakeCore) brings(replies map[string]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.replies = replies
}

// let reports whether what was chosen on the screen has been called off.
func (c *fakeCore) let() bool {
	select {
	case <-c.hold:
		return true
	default:
		return false
	}
}

// setRefuse says how commands from now on end.
func (c *fakeCore) setRefuse(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = err
}

// testPanel is a panel whose window's goroutine is the test's.
type testPanel struct {
	*Panel
	*testing.T
	core  *fakeCore
	posts chan func()
}

func newTestPanel(t *testing.T) *testPanel {
	app := test.NewTempApp(t)
	w := test.NewTempWindow(t, nil)
	core := &fakeCore{snapshots: make(chan control.Snapshot, 8)}
	stands := settings.Default().Panel // as the core will say
	stands.Theme = "dark"
	p := &testPanel{New(Options{App: app, Core: core, Window: w, Panel: stands, Talk: "Ctrl+Alt+Space", Screen: "window", Gone: func() {}}), t, core, make(chan func(), 64)}
	p.pump.post = func(f func()) { p.posts <- f }
	p.Start()
	p.Show()
	t.Cleanup(p.Close)
	return p
}

// until runs the window's goroutine until ok.
func (p *testPanel) until(what string, ok func() bool) {
	p.Helper()
	limit := time.After(10 * time.Second)
	for !ok() {
		select {
		case f := <-p.posts:
			f()
		case <-time.After(5 * time.Millisecond): // what is waited for may come from elsewhere
		case <-limit:
			p.Fatalf("%s did not come; the panel says\n%s\nand asked for %q", what, read(p.body.Container), p.core.did())
		}
	}
}

func (p *testPanel) says(text string) {
	p.Helper()
	p.until(text, func() bool { // however it is broken into lines
		return strings.Contains(strings.ReplaceAll(read(p.body.Container), "\n", " "), text)
	})
}

func (p *testPanel) asks(call string) {
	p.Helper()
	p.until(call, func() bool { return slices.Contains(p.core.did(), call) })
}

func TestPanelShowsSnapshotsAndSendsVerbs(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"thinking","turn":{"id":"t2","question":"Why?","outcome":"asked"},"earlier":[{"id":"t1","question":"Before?","outcome":"answered","answer":"Yes."}]}`)
	p.says("Before?")
	p.says("Why?")
	press(t, p.body.Container, "Stop")
	p.asks("cancel")
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"idle","turn":{"id":"t2","question":"Why?","outcome":"failed","retry":true}}`)
	p.says("Retry")
	press(t, p.body.Container, "Retry")
	p.asks(`retry {"id":"t2","alike":true}`)
	p.body.footer.field.OnSubmitted("and this?")
	p.asks(`ask {"text":"and this?"}`)
	p.body.header.hide.Show()
	press(t, p.body.Container, "Hide")
	p.asks(`panel {"show":false}`)
}

func TestATypedQuestionIsAnsweredAloudOnlyIfThatIsSet(t *testing.T) {
	p := newTestPanel(t)
	f := newFakeSettings()
	f.s.Speak.Typed = true
	f.serve(p.core)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.until("the settings", func() bool { return p.chosen.Value("speak.typed") == "true" })
	p.body.footer.field.OnSubmitted("and this?")
	p.asks(`ask {"text":"and this?","speak":true}`)
}

func TestWhatIsThoughtAboutHarderIsSpokenIfItWasBefore(t *testing.T) {
	for sound, want := range map[int64]string{0: `ask {"deep":true,"again":"t1"}`, 900: `ask {"speak":true,"deep":true,"again":"t1"}`} {
		p := newTestPanel(t)
		p.deeper(control.View{ID: "t1", Timings: control.Timings{FirstSound: sound}})
		p.asks(want)
	}
}

func TestTheLastOfShowAndHideCounts(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Ready")
	p.Show()
	p.Hide()
	settled := false
	p.Do(func() { settled = true })
	p.until("the end of what waits", func() bool { return settled })
	if _, ok := p.pump.take(); ok {
		t.Error("a hidden window is drawn")
	}
	p.Hide()
	p.Show()
	p.until("the window", func() bool { _, ok := p.pump.take(); return ok })
}

func TestPanelSaysWhyTheCoreRefused(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Ready")
	p.core.setRefuse(control.Fail("busy", "Not now.", "Wait a moment."))
	p.body.footer.field.OnSubmitted("and this?")
	p.says("Not now.")
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"thinking"}`)
	p.until("the end of the notice", func() bool { return !strings.Contains(read(p.body.Container), "Not now.") })
}

func TestQuestionThatWasNotAskedComesBack(t *testing.T) {
	for _, c := range []struct {
		name   string
		refuse error
		asked  bool // the core had begun with it
		since  string
		want   string // in the field
		says   string
	}{
		{"the core refuses", control.Fail("busy", "Not now.", "Wait a moment."), false, "", "and this?", "Not now."},
		{"the core is away", control.ErrNotRunning, false, "", "and this?", "Aside is not running."},
		{"the way to it is cut", errAny, false, "", "and this?", "Aside did not answer."},
		{"the user goes on typing", errAny, false, "what is it", "and this? what is it", "Aside did not answer."},
		{"it was asked", errAny, true, "", "", "Aside did not answer."},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newTestPanel(t)
			p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
			p.says("Ready")
			p.core.setRefuse(c.refuse)
			p.core.begins = c.asked
			field := p.body.footer.field
			field.SetText("and this?")
			field.OnSubmitted(field.Text)
			field.SetText(c.since)
			p.says(c.says)
			if field.Text != c.want {
				t.Errorf("the field holds %q, want %q", field.Text, c.want)
			}
		})
	}
}

func TestPanelShowsOfflineWhenTheCoreGoes(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Ready")
	close(p.core.snapshots)
	p.says("Offline")
}

func TestForgottenTurnDisappears(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","turn":{"id":"t2","question":"Second?","outcome":"answered"},"earlier":[{"id":"t1","question":"First?","outcome":"answered"}]}`)
	p.says("First?")
	p.forget("t1")
	p.until("the end of the turn", func() bool { return !strings.Contains(read(p.body.Container), "First?") })
	p.says("Second?")
}

func TestPanelKeepsItsStateInAnotherTheme(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"So."}}`)
	p.says("So.")
	p.o.Theme = "light"
	p.build()
	p.redraw()
	p.says("So.")
	if got, want := p.body.sheet.paper, colours(false).paper; got != want {
		t.Errorf("the ground is %v, want %v", got, want)
	}
}

func TestWatcherComesBackAndEndsWhenTheCoreStaysAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := newTestPump(0)
		core := &fakeCore{snapshots: make(chan control.Snapshot)}
		gone := make(chan time.Time, 1)
		w := newWatcher(core, p, func() { gone <- time.Now() })
		w.start()
		defer w.close()
		time.Sleep(time.Hour) // a core that has nothing to say is there
		core.snapshots <- control.Snapshot{Seq: 1}
		began := time.Now()
		close(core.snapshots)
		if took := (<-gone).Sub(began); took < patience || took > patience+longestPause {
			t.Errorf("it ended after %v", took)
		}
		if f := p.next; !f.offline || f.latest == nil || f.latest.Seq != 1 {
			t.Errorf("it leaves %+v to draw", f)
		}
	})
}

func TestWatcherLooksAgainWhenTheTurnIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := newTestPump(0)
		core := &fakeCore{snapshots: make(chan control.Snapshot)}
		w := newWatcher(core, p, func() {})
		w.start()
		defer w.close()
		core.snapshots <- control.Snapshot{Seq: 1, Turn: &control.View{ID: "b"}}
		core.snapshots <- control.Snapshot{Seq: 2}
		core.snapshots <- control.Snapshot{Seq: 3, Earlier: []control.View{{ID: "a"}}}
		synctest.Wait()
		if f := p.next; !f.fresh || f.latest.Seq != 3 {
			t.Errorf("it leaves %+v to draw", f)
		}
	})
}

func TestOnlyThePictureThatWasSentIsShown(t *testing.T) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 1280, 800))); err != nil {
		t.Fatal(err)
	}
	sum := func(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }
	junk := []byte("no picture")
	for _, c := range []struct {
		name string
		core *fakeCore
		sum  string
		want error // nil with ok, else any if it is errAny
	}{
		{"what was sent", &fakeCore{shot: control.Shot{Bytes: buf.Bytes()}}, sum(buf.Bytes()), nil},
		{"another picture", &fakeCore{shot: control.Shot{Bytes: buf.Bytes()}}, sum(junk), errTampered},
		{"no picture", &fakeCore{shot: control.Shot{Bytes: junk}}, sum(junk), errAny},
		{"a core that refuses", &fakeCore{refuse: errAny}, "", errAny},
	} {
		pic, err := fetchPicture(t.Context(), c.core, "t1", 0, c.sum)
		switch {
		case c.want == nil && (err != nil || pic.full.Bounds().Dx() != 1280 || pic.small.Bounds().Dx() > 2*thumbWidth):
			t.Errorf("%s: %v", c.name, err)
		case c.want != nil && err == nil, errors.Is(c.want, errTampered) && !errors.Is(err, errTampered):
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

var errAny = errors.New("any error")

func FuzzAnswerDrawsTheSameHoweverItArrives(f *testing.F) {
	f.Add("One.\n\n```go\nx\n```\n- a\n  - b\n\n> c\n", uint8(3))
	f.Add("| a | b |\n|---|---|\n| c | d |\n\n# e\n", uint8(1))
	app := test.NewApp()
	f.Cleanup(app.Quit)
	f.Fuzz(func(t *testing.T, text string, step uint8) {
		if len(text) > 2000 || step == 0 {
			return
		}
		s := &sheet{colours(true), 368}
		grown, whole := newAnswer(s, actions{}), newAnswer(s, actions{})
		for n := 0; n < len(text); n += max(int(step), len(text)/32) {
			grown.set(text[:n], true)
			grown.say("One.")
		}
		grown.set(text, false)
		grown.say("")
		whole.set(text, false)
		if got, want := read(grown.Container), read(whole.Container); got != want {
			t.Errorf("in pieces\n%s\nat once\n%s", got, want)
		}
		if got, want := grown.MinSize(), whole.MinSize(); got != want {
			t.Errorf("in pieces it is %v, at once %v", got, want)
		}
	})
}
