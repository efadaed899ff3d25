package panel

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
	"aside/assets"
)

func TestWithReducedMotionTheMarkStandsStillEvenWithNews(t *testing.T) {
	b, _ := newTestBody(t)
	s := snapshot(t, `{"phase":"thinking","turn":{"id":"t1","question":"Why?","outcome":"asked"}}`)
	angle := func(still bool, after time.Duration) float32 {
		b.set(nil, frame{latest: &s, still: still}, s.Since.Add(after))
		return b.header.mark.parts[0].(*canvas.Arc).StartAngle
	}
	if angle(false, 100*time.Millisecond) == angle(false, 600*time.Millisecond) {
		t.Error("the arc does not turn")
	}
	if angle(true, 100*time.Millisecond) != angle(true, 600*time.Millisecond) {
		t.Error("the arc turns all the same")
	}
	s.Phase, s.Level = "speaking", 0.1
	b.set(nil, frame{latest: &s, still: true}, s.Since)
	before := b.header.mark.parts[1].Size()
	s.Level = 0.9
	b.set(nil, frame{latest: &s, still: true}, s.Since)
	if got := b.header.mark.parts[1].Size(); got != before {
		t.Error("the bars move all the same")
	}
}

func TestTheMarkListensOnlyOnceTheMicrophoneHears(t *testing.T) {
	for microphone, want := range map[string]string{"opening": "One moment", "open": "Listening", "warm": "Listening"} {
		got := headlineOf(control.Snapshot{Phase: "listening", Microphone: microphone}, false, time.Now())
		if lit := got.mark == assets.Listening; got.word != want || lit != (want == "Listening") {
			t.Errorf("while the microphone is %s it says %+v", microphone, got)
		}
	}
}

func TestProblemIsSaidInThreeWords(t *testing.T) {
	for code, want := range map[string]string{
		"mic_none": "No microphone", "mic_stalled": "Microphone is gone", "audio_unavailable": "No sound server",
		"net_dns": "No connection", "net_not_api": "Wrong address", "key_rejected": "Key refused",
		"quota_exceeded": "Credit used up", "rate_limited": "Too many requests", "server_error": "Service fails",
		"stream_idle": "Answer cut off", "hotkey_conflict": "Key is taken", "hotkey_invalid": "Key is unusable",
		"display_none": "No display", "screen_refused": "No picture", "screen_unchosen": "Nothing was chosen",
		"screen_locked": "Screen is locked", "portal_silent": "No picture", "keyring_locked": "Keyring is locked", "bad_response": "Answer is unreadable",
		"spend_cap": "Spending cap reached", "settings_newer": "Check the settings", "history_broken": "History is unavailable", "of_a_newer_core": "See below", "": "See below",
	} {
		got := inShort(code)
		if got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
		if n := len(strings.Fields(got)); n > 3 {
			t.Errorf("%q has %d words", got, n)
		}
	}
}

func TestEveryProblemIsSaidInAWordOfItsOwn(t *testing.T) {
	for _, p := range problems()["See below"] {
		t.Errorf("%s: %q is said in no words", p.Code, p.Message)
	}
}

func TestAWarningIsANoticeAndNoFailure(t *testing.T) {
	b, _ := newTestBody(t)
	s := snapshot(t, `{"phase":"idle","model":"gpt","error":{"code":"spend_near","message":"More than 80 % is spent.","hint":"Look."},"turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"So."}}`)
	b.showing(s)
	if got := headlineOf(s, false, s.Since); got.mark != assets.Ready || got.word != "Ready" {
		t.Errorf("the header says %+v", got)
	}
	if got := read(b.notice); strings.Join(strings.Fields(got), " ") != "More than 80 % is spent. Look." {
		t.Errorf("the notice says %q", got)
	}
	s.Error.Code = "spend_cap"
	if got := headlineOf(s, false, s.Since); got.mark != assets.Problem || got.word != "Spending cap reached" {
		t.Errorf("of a cap that is reached the header says %+v", got)
	}
}

func TestAMicrophoneThatIsOpenWhileAsideSpeaksIsShown(t *testing.T) {
	for microphone, want := range map[string]string{"closed": "gpt", "voice": "and listens for you"} {
		s := snapshot(t, `{"phase":"speaking","model":"gpt","microphone":"`+microphone+`"}`)
		if got := headlineOf(s, false, s.Since); got.word != "Speaking" || got.right != want {
			t.Errorf("%s: %q, %q", microphone, got.word, got.right)
		}
	}
}

func TestAMicrophoneThatIsTriedIsSaidToBeOpenWhateverElseThereIs(t *testing.T) {
	for _, other := range []string{``, `,"error":{"code":"net_dns","message":"No."}`, `,"turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"So."}`} {
		b, _ := newTestBody(t)
		s := snapshot(t, `{"phase":"idle","model":"gpt","microphone":"tried"`+other+`}`)
		b.showing(s)
		if l := headlineOf(s, false, s.Since); l != (headline{assets.Listening, "Microphone is open", "being tried"}) {
			t.Errorf("with %q the header says %+v", other, l)
		}
		if b.talk.Visible() {
			t.Errorf("with %q the middle shows a question being spoken", other)
		}
		if text := read(b.idle); strings.Contains(text, "Nothing is heard") {
			t.Errorf("with %q it is said that %s", other, text)
		}
	}
}

func TestOfAMicrophoneThatIsKeptOpenItIsNotSaidThatNothingIsHeard(t *testing.T) {
	b, _ := newTestBody(t)
	for microphone, want := range map[string]string{"warm": "is kept open", "closed": "Nothing is heard"} {
		b.showing(snapshot(t, `{"phase":"idle","model":"gpt","microphone":"`+microphone+`"}`))
		if text := strings.Join(strings.Fields(read(b.idle)), " "); !strings.Contains(text, want) {
			t.Errorf("%s: it is said that %s", microphone, text)
		}
	}
}

func TestThatTheLiveVoiceLooksAlongIsSaidInEveryPhase(t *testing.T) {
	now := time.Now()
	for _, c := range []struct{ phase, word, right string }{
		{"idle", "Looking with you", "9:05 left"},
		{"listening", "Listening", "looking with you"},
		{"thinking", "Thinking", "looking with you"},
		{"speaking", "Speaking", "looking with you"},
	} {
		s := control.Snapshot{Phase: control.Phase(c.phase), Model: "m", Since: now, Microphone: "open", Sharing: &control.Sharing{Until: now.Add(545 * time.Second)}}
		if got := headlineOf(s, false, now); got.word != c.word || got.right != c.right {
			t.Errorf("%s: it says %+v", c.phase, got)
		}
	}
	s := control.Snapshot{Phase: "idle", Error: &control.Problem{Code: "mic_none"}, Sharing: &control.Sharing{Until: now}}
	if got := headlineOf(s, false, now); got.word != "No microphone" || got.right != "looking with you" {
		t.Errorf("with a problem it says %+v", got)
	}
}

func TestWhileTheLiveVoiceLooksAlongItIsNotSaidThatNothingIsSeen(t *testing.T) {
	b, _ := newTestBody(t)
	said := func() (all string) {
		for _, o := range b.idle.Objects {
			if line, is := o.(*canvas.Text); is {
				all += line.Text + " "
			}
		}
		return all
	}
	s := snapshot(t, `{"phase":"idle","sharing":{"id":"s1"}}`)
	b.set(nil, frame{latest: &s}, s.Since)
	if text := said(); strings.Contains(text, "Nothing is heard") || !strings.Contains(text, "is seen until you stop") || !b.footer.stop.Visible() {
		t.Errorf("it is said that %s", text)
	}
	s.Sharing = nil
	b.set(nil, frame{latest: &s}, s.Since)
	if text := said(); !strings.Contains(text, "Nothing is heard") || b.footer.stop.Visible() {
		t.Errorf("afterwards it is said that %s", text)
	}
}
