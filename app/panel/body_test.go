package panel

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// visible calls see for every object that is shown below o, o included.
func visible(o fyne.CanvasObject, see func(fyne.CanvasObject)) {
	if !o.Visible() {
		return
	}
	see(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			visible(c, see)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			visible(c, see)
		}
	}
}

// read is everything that can be read below o.
func read(o fyne.CanvasObject) string {
	var all []string
	visible(o, func(o fyne.CanvasObject) {
		if t, ok := o.(*canvas.Text); ok && t.Text != "" {
			all = append(all, strings.ReplaceAll(t.Text, "\u00a0", " "))
		}
	})
	return strings.Join(all, "\n")
}

// press taps the chip or tool that says text.
func press(t *testing.T, o fyne.CanvasObject, text string) {
	t.Helper()
	pressed := false
	visible(o, func(o fyne.CanvasObject) {
		if b, ok := o.(fyne.Tappable); ok && !pressed && read(o) == text {
			b.Tapped(&fyne.PointEvent{})
			pressed = true
		}
	})
	if !pressed {
		t.Fatalf("there is nothing to press that says %q:\n%s", text, read(o))
	}
}

// did is what was asked for in a body.
type did struct{ all []string }

func (d *did) note(format string, args ...any) { d.all = append(d.all, fmt.Sprintf(format, args...)) }

// newTestBody returns a dark body in a window of 400 × 800.
func newTestBody(t *testing.T) (*body, *did) { return newThemedBody(t, "dark") }

func newThemedBody(t *testing.T, theme string) (*body, *did) { return newWideBody(t, theme, 400) }

func newWideBody(t *testing.T, theme string, width float32) (*body, *did) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look{theme})
	d := &did{}
	b := newBody(&sheet{colours(theme == "dark"), width - 2*margin}, deeds{
		actions: actions{copy: func(s string) { d.note("copy %s", s) }, from: func(s string) { d.note("say %s", s) }},
		retry:   func(id string) { d.note("retry %s", id) },
		beside:  func(id string) { d.note("beside %s", id) },
		forget:  func(id string) { d.note("forget %s", id) },
		deeper:  func(v control.View) { d.note("deeper %s", v.ID) },
		insert:  func(id, text string) { d.note("insert %s of %s", text, id) },
		again:   func() { d.note("say again") },
		picture: func(v control.View, n int) { d.note("picture %d of %s", n, v.ID) },
		thumb:   func(v control.View, n int, _ func(picture, error)) { d.note("thumb %d of %s", n, v.ID) },
	}, wishes{
		ask:   func(text string, along []attachment) { d.note("ask %s", text) },
		deep:  func(on bool) { d.note("deep %v", on) },
		paste: func(text string) { d.note("paste %s", text) },
		eye:   eyeWishes{aim: func(screen string) { d.note("aim at %q", screen) }, callOff: func() { d.note("call off") }},
		pick:  func() { d.note("pick") },
		stop:  func() { d.note("stop") },
		field: fieldHost{take: func(fyne.Focusable) { d.note("take") }, give: func() { d.note("give") }},
	}, "Ctrl+Alt+Space", "window", func() { d.note("hide") })
	w := test.NewTempWindow(t, b.Container)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, 800))
	return b, d
}

// snapshot reads one from the JSON of the control protocol.
func snapshot(t *testing.T, text string) control.Snapshot {
	t.Helper()
	var s control.Snapshot
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// showing draws a snapshot and its turn.
func (b *body) showing(s control.Snapshot) {
	var turns []control.View
	if s.Turn != nil {
		turns = []control.View{*s.Turn}
	}
	b.set(turns, frame{latest: &s}, s.Since.Add(3*time.Second))
}

const answered = `{"phase":"idle","model":"gpt-4o","turn":{"id":"t1","question":"Why?","outcome":"answered","model":"gpt-4o",
	"answer":"Because **so**.\n\n` + "```go\\nx := 1\\n```" + `","usage":{"input":1000,"output":284},
	"shots":[{"program":"editor","title":"server.go","pictures":[{"width":1280,"height":800,"bytes":84000,"sha256":"ab"}],"sent":true}],
	"timings":{"request":20,"transcript":300,"first_text":900,"first_sound":1000,"done":2000}}}`

func TestEveryStateSaysWhatIsGoingOn(t *testing.T) {
	for _, c := range []struct {
		name, json string
		want       []string
		never      []string
	}{
		{
			"ready", `{"phase":"idle","model":"gpt-4o"}`,
			[]string{"Ready", "gpt-4o", "Hold", "Ctrl", "Alt", "Space", "Type instead…", "This window"},
			[]string{"Stop", "Offline", "No screen"},
		},
		{
			"an engine without a model", `{"phase":"idle","engine":"offline"}`,
			[]string{"Ready", "offline"}, nil,
		},
		{
			"listening", `{"phase":"listening","since":"2026-01-01T00:00:00Z","turn":{"id":"t1","question":"why is it","partial":true,"outcome":"asked","shots":[{"capture":"window","program":"editor","pictures":[{"width":1280,"height":800,"bytes":84000}],"sent":true}]}}`,
			[]string{"Listening", "0:03", "why is ", "it", "window at key press · 1280×800 · 83 KB", "Let go to ask · Esc to discard"},
			[]string{"This window", "Type instead…"},
		},
		{
			"listening without holding", `{"phase":"listening","latched":true}`,
			[]string{"Press again to ask · Esc to discard"}, nil,
		},
		{
			"a conversation that waits", `{"phase":"listening","microphone":"open","latched":true,"since":"2026-01-01T00:00:00Z",
				"talk":{"since":"2026-01-01T00:00:00Z","turns":1,"waits":true,"usage":{"input":100,"output":20,"cost":0.012,"currency":"USD"}},"turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"Because."}}`,
			[]string{"Listening", "speak any time", "Because.", "0:03 · 1 question · $0.012", "Tap the key or say goodbye to end", "Stop", "Ask a follow-up…"},
			[]string{"Press again to ask · Esc to discard"},
		},
		{
			"a conversation without a question yet", `{"phase":"listening","microphone":"open","latched":true,"since":"2026-01-01T00:00:00Z","talk":{"since":"2026-01-01T00:00:00Z","turns":0,"waits":true}}`,
			[]string{"Listening", "speak any time", "0:03", "Tap the key or say goodbye to end", "Stop", "Type instead…"},
			[]string{"Hold", "Talk"},
		},
		{
			"a conversation that is spoken in", `{"phase":"listening","microphone":"open","latched":true,"since":"2026-01-01T00:00:00Z","talk":{"since":"2026-01-01T00:00:00Z","turns":0},"turn":{"id":"t1","question":"why is","partial":true,"outcome":"asked"}}`,
			[]string{"Listening", "0:03", "why ", "Tap the key or say goodbye to end"},
			[]string{"Press again to ask · Esc to discard", "Ask a follow-up…", "speak any time"},
		},
		{
			"a conversation of which nobody knows the price", `{"phase":"speaking","talk":{"since":"2026-01-01T00:00:00Z","turns":2,"usage":{"input":1000,"output":284}},"turn":{"id":"t1","question":"Why?","outcome":"asked","answer":"One.","sentence":"One."}}`,
			[]string{"Speaking", "0:00 · 2 questions · 1,284 tokens", "Tap the key or say goodbye to end"}, nil,
		},
		{
			"thinking", `{"phase":"thinking","model":"gpt-4o","turn":{"id":"t1","question":"Why?","outcome":"asked"}}`,
			[]string{"Thinking", "Why?", "Stop", "Ask a follow-up…"}, []string{"Retry"},
		},
		{
			"speaking", `{"phase":"speaking","turn":{"id":"t1","question":"Why?","outcome":"asked","answer":"One. Two. Thr","sentence":"Two."}}`,
			[]string{"Speaking", "Two.", "One. ", " Thr", caret, "Stop"}, nil,
		},
		{
			"speaking when all is there", `{"phase":"speaking","turn":{"id":"t1","question":"Why?","outcome":"asked","answer":"One. Two.","sentence":"Two.","timings":{"done":900}}}`,
			[]string{"Speaking", "Two.", "One. ", "Stop"}, []string{caret},
		},
		{
			"answered", answered,
			[]string{"Ready", "Why?", "editor — server.go", "1280×800 · 83 KB · sent", "Because ", "so", "go", "Copy", "x := ", "0.9 s", "1,284 tokens"},
			[]string{"Stop", "Forget", caret},
		},
		{
			"failed", `{"phase":"idle","error":{"code":"key_rejected","message":"The service refused the key.","hint":"Settings › Model."},
				"turn":{"id":"t1","question":"Why?","outcome":"failed","retry":true,"problem":{"code":"key_rejected","message":"The service refused the key.","hint":"Settings › Model."}}}`,
			[]string{"Key refused", "The service refused the key.", "Settings › Model.", "key_rejected", "Retry"}, []string{"Ready"},
		},
		{
			"two problems", `{"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"So.",
				"also":{"code":"screen_excluded","message":"This window is private: nothing was looked at.","hint":"Ask without the screen, or change screen.exclude."},
				"problem":{"code":"speech_failed","message":"The answer cannot be spoken.","hint":"Read it in the panel."}}}`,
			[]string{"This window is private: nothing was looked at.", "screen_excluded", "The answer cannot be spoken.", "speech_failed"}, nil,
		},
		{
			"a problem of no turn", `{"phase":"idle","error":{"code":"hotkey_conflict","message":"Another program has the key.","hint":"Choose another."}}`,
			[]string{"Key is taken", "Another program has the key.", "Choose another.", "hotkey_conflict"}, nil,
		},
		{
			"a hint", `{"phase":"idle","hint":"Nothing heard. Hold the key while you speak."}`,
			[]string{"Ready", "Nothing heard. Hold the key while you speak."}, nil,
		},
		{
			"interrupted", `{"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"interrupted","answer":"One. Two.","heard":"One."}}`,
			[]string{"One.", "heard up to here", "Two."}, nil,
		},
		{
			"superseded", `{"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"superseded"}}`,
			[]string{"A newer question came first."}, []string{"Stop"},
		},
		{
			"a look has no words", `{"phase":"thinking","turn":{"id":"t1","look":true,"outcome":"asked"}}`,
			[]string{"What is on my screen?"}, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := newTestBody(t)
			b.showing(snapshot(t, c.json))
			got := strings.Split(read(b.Container), "\n")
			for _, want := range c.want {
				if !slices.Contains(got, want) {
					t.Errorf("nothing says %q:\n%s", want, strings.Join(got, "\n"))
				}
			}
			for _, never := range c.never {
				if slices.Contains(got, never) {
					t.Errorf("something says %q", never)
				}
			}
		})
	}
}

func TestOfflineIsShownAndGoesAway(t *testing.T) {
	b, _ := newTestBody(t)
	s := snapshot(t, `{"phase":"speaking","turn":{"id":"t1","question":"Why?","outcome":"asked","answer":"One"}}`)
	b.set([]control.View{*s.Turn}, frame{latest: &s, offline: true}, time.Now())
	if got := read(b.Container); !strings.Contains(got, "Offline") || !strings.Contains(got, "Aside is not running.") || strings.Contains(got, "Stop") {
		t.Errorf("offline it says\n%s", got)
	}
	b.showing(s)
	if got := read(b.Container); strings.Contains(got, "Offline") || !strings.Contains(got, "Stop") {
		t.Errorf("back again it says\n%s", got)
	}
}

func TestWhileNobodyCanBeAskedThePanelDoesNotInvite(t *testing.T) {
	b, _ := newTestBody(t)
	b.footer.field.SetText("half a question")
	b.set(nil, frame{offline: true}, time.Now())
	got := strings.Split(read(b.Container), "\n")
	for _, want := range []string{"Offline", "Aside is not running.", "Start Aside again: aside"} {
		if !slices.Contains(got, want) {
			t.Errorf("nothing says %q:\n%s", want, strings.Join(got, "\n"))
		}
	}
	for _, never := range []string{"Hold", "Space", "Type instead…", "This window", "Think harder", "half a question"} {
		if slices.Contains(got, never) {
			t.Errorf("something says %q", never)
		}
	}
	b.showing(snapshot(t, `{"phase":"idle"}`))
	if got := read(b.Container); !strings.Contains(got, "Hold") || !strings.Contains(got, "half a question") || strings.Contains(got, "not running") {
		t.Errorf("back again it says\n%s", got)
	}
}

func TestButtonsDoWhatTheySay(t *testing.T) {
	b, d := newTestBody(t)
	b.showing(snapshot(t, `{"phase":"thinking","turn":{"id":"t1","question":"Why?","outcome":"asked"}}`))
	press(t, b.Container, "Stop")
	b.showing(snapshot(t, `{"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"failed","retry":true}}`))
	press(t, b.Container, "Retry")
	b.showing(snapshot(t, `{"phase":"idle","turn":{"id":"t2","question":"Why?","outcome":"failed","retry":true,"beside":"chat"}}`))
	press(t, b.turns["t2"].Container, "Retry by text")
	b.footer.field.SetText("  what is this ")
	b.footer.field.OnSubmitted(b.footer.field.Text)
	b.footer.field.OnSubmitted("   ")
	b.footer.field.SetText("never mind")
	b.footer.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	want := []string{"stop", "retry t1", "beside t2", "ask what is this", "give"}
	if !slices.Equal(d.all, want) {
		t.Errorf("%q, want %q", d.all, want)
	}
	if b.footer.field.Text != "" {
		t.Errorf("the field still holds %q", b.footer.field.Text)
	}
}

func TestThousandDeltasDrawEachBlockOnce(t *testing.T) {
	b, _ := newTestBody(t)
	v := control.View{ID: "t1", Question: "Why?", Outcome: "asked"}
	drawn := map[fyne.CanvasObject]bool{}
	for i := range 1000 {
		v.Answer += fmt.Sprintf("word%d ", i)
		if i%20 == 19 {
			v.Answer += "\n\n"
		}
		b.showing(control.Snapshot{Phase: "thinking", Turn: &v})
		for _, o := range b.turns["t1"].answer.Objects {
			drawn[o] = true
		}
	}
	if n := len(drawn); n > 60 {
		t.Errorf("50 paragraphs were drawn in %d containers", n)
	}
	if got := read(b.turns["t1"].answer.Container); !strings.Contains(got, "word0 ") || !strings.Contains(got, "word999") {
		t.Error("words are missing")
	}
}

func TestLongCodeIsCopiedAsItWasWritten(t *testing.T) {
	b, d := newTestBody(t)
	code := strings.Repeat("\tline of code\n", 900) + strings.Repeat("x", 9000)
	v := control.View{ID: "t1", Outcome: "asked"}
	whole := "```go\n" + code + "\n```\n"
	for n := 0; n < len(whole); n += 700 {
		v.Answer = whole[:n]
		b.showing(control.Snapshot{Phase: "thinking", Turn: &v})
	}
	v.Answer, v.Outcome = whole, "answered"
	b.showing(control.Snapshot{Phase: "idle", Turn: &v})
	press(t, b.turns["t1"].answer.Container, "Copy")
	if want := []string{"copy " + code}; !slices.Equal(d.all, want) {
		t.Errorf("%d copies, the first of %d bytes; want %d bytes", len(d.all), len(d.all[0]), len(want[0]))
	}
}

func TestSpokenSentenceMovesThroughTheAnswer(t *testing.T) {
	b, _ := newTestBody(t)
	v := control.View{ID: "t1", Outcome: "asked", Answer: "One. Two.\n\nThree *four*.\n\nFive."}
	marked := func() string {
		var all []string
		for i := range len(b.turns["t1"].answer.settled) + len(b.turns["t1"].answer.tail) {
			for _, d := range b.turns["t1"].answer.view(i).prose.drawn {
				if d.spoken {
					all = append(all, d.text)
				}
			}
		}
		return strings.Join(all, "")
	}
	for _, sentence := range []string{"One.", "Two.", "Three four.", "Not there.", "Five.", ""} {
		v.Sentence = sentence
		b.showing(control.Snapshot{Phase: "speaking", Turn: &v})
		want := sentence
		if sentence == "Not there." {
			want = ""
		}
		if got := marked(); got != want {
			t.Errorf("saying %q it marks %q", sentence, got)
		}
	}
}

func TestWhatIsSaidOfAQuestionThatIsBeingAskedComesBeforeWhatWasWrong(t *testing.T) {
	wrong := &control.Problem{Code: "mic_lost", Message: "The microphone went away."}
	for phase, want := range map[control.Phase]notice{"listening": {text: "Half a minute is left."}, "idle": {problem: *wrong}} {
		if got := noticeOf(control.Snapshot{Phase: phase, Error: wrong, Hint: "Half a minute is left."}, false); got != want {
			t.Errorf("while %s it says %+v", phase, got)
		}
	}
}

func TestNothingIsWiderThanThePanel(t *testing.T) {
	b, _ := newTestBody(t)
	v := control.View{ID: "t1", Question: strings.Repeat("long", 60), Outcome: "answered", Answer: strings.Repeat("- > ", 12) + strings.Repeat("wide", 200) +
		"\n\n| " + strings.Repeat("cell", 50) + " | b |\n|---|---|\n| c | " + strings.Repeat("d", 300) + " |\n\n[" + strings.Repeat("l", 300) + "](https://example.com)\n\n```\n" + strings.Repeat("c", 500) + "\n```\n"}
	s := control.Snapshot{Phase: "idle", Model: strings.Repeat("model", 40), Turn: &v, Error: &control.Problem{Message: strings.Repeat("Trouble ", 40), Hint: strings.Repeat("x", 400)}}
	b.showing(s)
	var walk func(o fyne.CanvasObject, x float32)
	walk = func(o fyne.CanvasObject, x float32) {
		x += o.Position().X
		if text, ok := o.(*canvas.Text); ok && text.Text != "" && text.Alignment == fyne.TextAlignLeading && x+text.MinSize().Width > 400+1 {
			t.Errorf("%.30q… ends at %v", text.Text, x+text.MinSize().Width)
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, x)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c, x)
			}
		}
	}
	walk(b.Container, 0)
}
