package turn

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// world is a loop with fakes all around it, in a bubble of fake time.
type world struct {
	*testing.T
	*Loop
	diary   *diary
	mic     *fakeMic
	ears    *fakeEars
	bargeIn bool // a voice cuts the reply off
	speaker *fakeSpeaker
	screen  *fakeScreen
	journal *fakeJournal
	engine  *fakeEngine
	capture vision.Capture // as it is set
	deaf    atomic.Bool    // nobody takes what is shared

	shareTokens int // 1000 if 0

	controls []string // that were carried out
}

func in(t *testing.T, script []any, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		w := &world{
			T: t, diary: d, mic: &fakeMic{diary: d}, ears: &fakeEars{fakeMic: fakeMic{diary: d, silent: true}}, speaker: &fakeSpeaker{diary: d},
			screen: &fakeScreen{}, journal: &fakeJournal{diary: d}, engine: &fakeEngine{diary: d, script: script},
			capture: vision.CaptureWindow,
		}
		w.Loop = NewLoop(Ports{
			Microphone: w.mic, Ears: w.ears, Loudspeaker: w.speaker, Screen: w.screen, Journal: w.journal,
			Engine: func() engine.Engine { return w.engine },
			Control: func(name, value string) {
				w.controls = append(w.controls, name+" "+value)
				if name == "skip" {
					w.Skip()
				}
			},
			Settings: func() Settings {
				return Settings{Capture: w.capture, Speak: true, Pace: 1, Volume: 1, BargeIn: w.bargeIn, ShareTokens: cmp.Or(w.shareTokens, 1000), Silence: silence}
			},
		}, slog.New(slog.DiscardHandler))
		defer w.Close()
		test(w)
	})
}

// hold holds the talk key for d and lets everything settle.
func (w *world) hold(d time.Duration) {
	w.Press(time.Now())
	time.Sleep(d)
	w.Release(time.Now())
	time.Sleep(50 * time.Millisecond)
	synctest.Wait()
}

func (w *world) after(d time.Duration) Snapshot {
	time.Sleep(d)
	synctest.Wait()
	return w.Snapshot()
}

func TestAHeldQuestionIsAnsweredAloudAndRemembered(t *testing.T) {
	script := []any{
		engine.Transcript{Text: "why is it closed twice", Final: true}, 300 * time.Millisecond, left,
		engine.Text{Delta: "Shutdown closes it. "}, speech("Shutdown closes it."), engine.Text{Delta: "Keep one."},
		speech("Keep one."), engine.Usage{Input: 1105, Output: 12}, engine.Done{Reason: "stop"},
	}
	in(t, script, func(w *world) {
		w.Press(time.Now())
		if s := w.after(500 * time.Millisecond); s.Phase != Listening || s.Microphone != "open" || s.Level == 0 {
			t.Errorf("while the key is held: %+v", s)
		}
		w.Release(time.Now())
		if s := w.after(150 * time.Millisecond); s.Phase != Thinking || s.Microphone != "closed" || s.Turn.Question != "why is it closed twice" || s.Turn.Shots[0].Sent {
			t.Errorf("after key-up: %+v, %+v", s, s.Turn)
		}
		if s := w.after(500 * time.Millisecond); s.Phase != Speaking || s.Turn.Sentence != "Shutdown closes it." {
			t.Errorf("while it speaks: %s, %+v", s.Phase, s.Turn)
		}
		if s := w.after(time.Second); s.Turn.Sentence != "Keep one." {
			t.Errorf("a second later it says %q", s.Turn.Sentence)
		}
		s := w.after(2 * time.Second)
		if s.Phase != Idle || s.Error != nil || s.Turn.Outcome != Answered || s.Turn.Answer != "Shutdown closes it. Keep one." {
			t.Errorf("in the end: %+v, %+v", s, s.Turn)
		}
		heard, seen, _ := w.engine.exchange(0).counts()
		if got := audio.Duration(heard, audio.RateListen); got < 480*time.Millisecond || got > 620*time.Millisecond || seen != 1 {
			t.Errorf("the engine heard %v and saw %d shots", got, seen)
		}
		if shots := s.Turn.Shots; len(shots) != 1 || shots[0].Title != "server.go" || !shots[0].Sent {
			t.Errorf("the shots are shown as %+v", shots)
		}
		if seen, ok := w.Seen(s.Turn.ID); !ok || len(seen.Pictures[0].Bytes) != s.Turn.Shots[0].Pictures[0].Bytes {
			t.Error("the bytes that were sent are not kept")
		}
		if v := w.journal.all()[s.Turn.ID]; v.Outcome != Answered || v.Answer != s.Turn.Answer {
			t.Errorf("the history holds %+v", v)
		}
	})
}

func TestTheQuestionIsRecordedBeforeItLeaves(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.journal.slow = 2 * time.Second
		w.hold(time.Second)
		if w.diary.index("commit") >= 0 {
			t.Fatal("committed before the record was durable")
		}
		w.after(3 * time.Second)
		if r, c := w.diary.index("recorded"), w.diary.index("commit"); r < 0 || c < r {
			t.Errorf("recorded at %d, committed at %d", r, c)
		}
	})
}

func TestBargeInSilencesBeforeItListensAndSaysHowMuchWasHeard(t *testing.T) {
	script := []any{engine.Text{Delta: "One. Two. Three."}, speech("One."), speech("Two."), speech("Three."), time.Hour}
	in(t, script, func(w *world) {
		w.hold(time.Second)
		w.after(1500 * time.Millisecond)
		first := w.Snapshot().Turn.ID
		w.diary.lines = nil
		w.Press(time.Now())
		s := w.after(time.Millisecond)
		if s.Phase != Listening {
			t.Fatalf("phase %s", s.Phase)
		}
		if quiet, open := w.diary.index("voice silent"), w.diary.index("mic opens"); quiet < 0 || open < quiet {
			t.Errorf("silent at %d, microphone at %d", quiet, open)
		}
		earlier := w.engine.exchange(1).prompt.Earlier
		if len(earlier) != 1 || earlier[0].Heard != "One. Two." || earlier[0].Turn != string(first) ||
			earlier[0].Played < 1400*time.Millisecond || earlier[0].Played > 1600*time.Millisecond {
			t.Errorf("the question is told %+v", earlier)
		}
		w.Cancel()
		w.after(time.Millisecond)
		if _, _, played := w.engine.exchange(0).counts(); played < 1400*time.Millisecond || played > 1600*time.Millisecond {
			t.Errorf("the engine was told that %v was heard", played)
		}
		if v := w.journal.all()[first]; v.Outcome != Interrupted || v.Heard != "One. Two." {
			t.Errorf("the history holds %q, heard %q", v.Outcome, v.Heard)
		}
		w.hold(time.Second)
		if earlier := w.engine.exchange(2).prompt.Earlier; len(earlier) != 1 || earlier[0].Heard != "One. Two." || earlier[0].Played != 0 {
			t.Errorf("the next question is told %+v", earlier)
		}
	})
}

func TestThatAWindowIsPrivateIsToldBesideWhatGoesWrongAfterIt(t *testing.T) {
	mute := &engine.Error{Code: "speech_failed", Message: "Not spoken.", Hint: "Read it."}
	broken := &engine.Error{Code: "stream_cut", Message: "Cut off.", Hint: "Again."}
	for code, script := range map[string][]any{
		"speech_failed": {engine.Text{Delta: "ok"}, engine.Warning{Err: mute}, engine.Warning{Err: mute}, engine.Done{}},
		"stream_cut":    {broken},
	} {
		in(t, script, func(w *world) {
			w.screen.err = vision.ErrExcluded
			w.hold(time.Second)
			v := w.after(2 * time.Second).Turn
			if v.Problem == nil || v.Problem.Code != code || v.Also == nil || v.Also.Code != "screen_excluded" {
				t.Errorf("%s: it is told %+v and %+v", code, v.Problem, v.Also)
			}
		})
	}
}

func TestTroubleWithDevicesIsToldAndTheNextPressWorks(t *testing.T) {
	answer := []any{engine.Text{Delta: "ok"}, engine.Done{}}
	tests := []struct {
		name    string
		trouble func(*world)
		code    string
		outcome Outcome
		retry   bool
	}{
		{"no microphone", func(w *world) { w.mic.err = audio.ErrNoMicrophone }, "mic_none", Failed, false},
		{"the chosen microphone is absent", func(w *world) { w.mic.err = audio.ErrAbsent }, "mic_absent", Failed, false},
		{"no sound server", func(w *world) { w.mic.err = audio.ErrNoServer }, "audio_unavailable", Failed, false},
		{"unplugged while speaking", func(w *world) { w.mic.broken = errUnplugged }, "mic_lost", Failed, true},
		{"stalled", func(w *world) { w.mic.broken = audio.ErrStalled }, "mic_stalled", Failed, true},
		{"moved", func(w *world) { w.mic.broken = audio.ErrMoved }, "mic_moved", Failed, true},
		{"another program has it", func(w *world) { w.mic.err = audio.ErrBusy }, "mic_busy", Failed, false},
		{"muted", func(w *world) { w.mic.err = audio.ErrMuted }, "mic_muted", Failed, false},
		{"a private window", func(w *world) { w.screen.err = vision.ErrExcluded }, "screen_excluded", Answered, false},
		{"windows that cannot be told apart", func(w *world) { w.screen.err = vision.ErrUnsorted }, "screen_unsorted", Answered, false},
		{"no display", func(w *world) { w.screen.err = vision.ErrNoDisplay }, "screen_none", Answered, false},
		{"a blank picture", func(w *world) { w.screen.err = vision.ErrBlank }, "screen_blank", Answered, false},
		{"a refused picture", func(w *world) { w.screen.err = vision.ErrRefused }, "screen_refused", Answered, false},
		{"no portal", func(w *world) { w.screen.err = vision.ErrNoPortal }, "portal_missing", Answered, false},
		{"a portal that gives up", func(w *world) { w.screen.err = vision.ErrPortalFailed }, "portal_failed", Answered, false},
		{"a portal that is silent", func(w *world) { w.screen.err = errSilent }, "portal_silent", Answered, false},
		{"a portal's bad file", func(w *world) { w.screen.err = vision.ErrPortalPicture }, "portal_bad_file", Answered, false},
		{"an unknown desktop", func(w *world) { w.screen.err = vision.ErrUnsupported }, "screen_unsupported", Answered, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in(t, answer, func(w *world) {
				tt.trouble(w)
				w.hold(time.Second)
				s := w.after(2 * time.Second)
				if s.Phase != Idle || s.Turn.Outcome != tt.outcome || s.Turn.Problem == nil || s.Turn.Problem.Code != tt.code {
					t.Fatalf("got %+v, problem %+v", s.Turn, s.Turn.Problem)
				}
				if s.Turn.Problem.Message == "" || s.Turn.Problem.Hint == "" || s.Turn.Retry != tt.retry {
					t.Errorf("problem %+v, retry %v", s.Turn.Problem, s.Turn.Retry)
				}
				*w.mic, *w.screen = fakeMic{diary: w.diary}, fakeScreen{}
				w.hold(time.Second)
				if s := w.after(2 * time.Second); s.Turn.Outcome != Answered || s.Error != nil {
					t.Errorf("the next press: %+v, %+v", s.Turn, s.Error)
				}
			})
		})
	}
}

func TestABrokenLoudspeakerLeavesTheText(t *testing.T) {
	in(t, []any{engine.Text{Delta: "Here."}, speech("Here."), time.Second, engine.Done{}}, func(w *world) {
		w.speaker.err = audio.ErrNoLoudspeaker
		w.hold(time.Second)
		s := w.after(3 * time.Second)
		if s.Turn.Outcome != Answered || s.Turn.Answer != "Here." || s.Turn.Problem.Code != "speaker_none" {
			t.Errorf("got %+v, %+v", s.Turn, s.Turn.Problem)
		}
	})
}

func TestSilenceAndTapsSendNothingAndLeaveNoTrace(t *testing.T) {
	for name, hold := range map[string]time.Duration{"silence": time.Second, "tap": 100 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			in(t, nil, func(w *world) {
				w.mic.silent = true
				w.hold(hold)
				s := w.after(time.Second)
				if s.Phase != Idle || s.Hint == "" || s.Turn != nil || len(w.journal.all()) != 0 || w.diary.index("commit") >= 0 {
					t.Errorf("got %+v; history %v", s, w.journal.all())
				}
				if w.diary.index("mic closes") < 0 {
					t.Error("the microphone stayed open")
				}
			})
		})
	}
}

func TestAnEngineThatNeverAnswersTimesOut(t *testing.T) {
	in(t, []any{time.Hour}, func(w *world) {
		w.hold(time.Second)
		s := w.after(3 * time.Minute)
		if s.Phase != Idle || s.Turn.Outcome != TimedOut || s.Turn.Problem.Code != "timed_out" || !s.Turn.Retry {
			t.Errorf("got %+v, %+v", s.Turn, s.Turn.Problem)
		}
	})
}

func TestTheLastAnswerIsSaidAgain(t *testing.T) {
	in(t, []any{engine.Text{Delta: "One."}, speech("One."), engine.Done{}}, func(w *world) {
		w.Again("") // nothing to say yet
		w.hold(time.Second)
		w.after(3 * time.Second)
		w.Again("")
		if s := w.after(500 * time.Millisecond); s.Phase != Speaking || s.Turn.Answer != "One." {
			t.Errorf("got %s, %+v", s.Phase, s.Turn)
		}
		if s := w.after(time.Second); s.Phase != Idle || s.Turn.Outcome != Answered || len(w.journal.all()) != 1 {
			t.Errorf("in the end %s, %+v, %d records", s.Phase, s.Turn, len(w.journal.all()))
		} else if _, ok := w.Seen(s.Turn.ID); !ok {
			t.Error("what was sent with it can no longer be seen")
		}
		// Asked for by voice, the wish is a turn of its own.
		w.engine.script = []any{time.Minute}
		w.hold(time.Second)
		w.Again("")
		if s := w.after(500 * time.Millisecond); s.Phase != Speaking || s.Turn.Answer != "One." {
			t.Errorf("asked for by voice: %s, %+v", s.Phase, s.Turn)
		}
	})
}

func TestAnAnswerThatCannotBeSaidAgainSaysWhy(t *testing.T) {
	in(t, []any{engine.Text{Delta: "Here."}, speech("Here."), engine.Done{}}, func(w *world) {
		w.hold(time.Second)
		w.after(3 * time.Second)
		w.speaker.err = audio.ErrNoLoudspeaker
		w.Again("")
		if s := w.after(time.Second); s.Phase != Idle || s.Turn.Problem == nil || s.Turn.Problem.Code != "speaker_none" {
			t.Errorf("got %+v, %+v", s, s.Turn)
		}
	})
}

func TestASlowWatcherStillSeesEveryEnd(t *testing.T) {
	in(t, []any{engine.Text{Delta: "x"}, engine.Done{}}, func(w *world) {
		ctx, cancel := context.WithCancel(w.T.Context())
		ends := map[string]bool{}
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = w.Watch(ctx, func(s Snapshot) error {
				time.Sleep(2 * time.Second)
				if s.ends() {
					ends[s.Turn.ID] = true
				}
				return nil
			})
		})
		synctest.Wait() // until it watches
		for range 5 {
			if _, err := w.Ask(w.T.Context(), Question{Text: "x", Target: vision.Target{Capture: vision.CaptureNone}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		w.after(time.Minute)
		cancel()
		wg.Wait()
		if len(ends) != 5 {
			t.Errorf("saw %d ends of 5", len(ends))
		}
	})
}

func TestCloseEndsEverythingAndTellsWhoWaits(t *testing.T) {
	in(t, []any{time.Hour}, func(w *world) {
		var err error
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err = w.Ask(context.Background(), Question{Text: "x", Target: vision.Target{Capture: vision.CaptureNone}}, nil)
		})
		w.after(time.Second)
		w.Close()
		wg.Wait()
		if err != nil && err != ErrClosed { //nolint:errorlint // the very value
			t.Errorf("got %v", err)
		}
		if n := len(w.journal.all()); n != 1 {
			t.Errorf("%d records", n)
		}
		for _, v := range w.journal.all() {
			if v.Outcome != Cancelled {
				t.Errorf("the history says %s", v.Outcome)
			}
		}
	})
}

func TestIDsSortByTime(t *testing.T) {
	now := time.Now()
	for range 100 {
		later := now.Add(time.Millisecond)
		if a, b := newID(now), newID(later); a >= b {
			t.Fatalf("%s is not before %s", a, b)
		}
		now = later
	}
}

func TestALookWithoutAPictureAsksNothing(t *testing.T) {
	in(t, []any{engine.Text{Delta: "I see."}, engine.Done{Reason: "stop"}}, func(w *world) {
		w.screen.err = vision.ErrNoDisplay
		w.Start(Question{Look: true, Target: vision.Target{Capture: vision.CaptureWindow}})
		s := w.after(time.Second)
		if s.Turn.Outcome != Failed || s.Turn.Problem == nil || s.Turn.Problem.Code != "screen_none" || s.Turn.Answer != "" {
			t.Errorf("it ended as %+v, %+v", s.Turn, s.Turn.Problem)
		}
	})
}
