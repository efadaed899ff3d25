package turn

import (
	"context"
	"sync"
	"testing"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

var errNoSpeech = &engine.Error{Code: "no_speech"}

// fakeEars are a microphone that does not hear the fakeSpeaker.
type fakeEars struct {
	fakeMic
	err error // of Attend
	mu  sync.Mutex
}

func (e *fakeEars) Attend(context.Context) (Attention, error) {
	if e.err != nil {
		return nil, e.err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	mic := e.fakeMic
	e.diary.add("ears open")
	return &fakeAttention{fakeRecording{mic: &mic}}, nil
}

// hush is a user who says nothing any more.
func (e *fakeEars) hush() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.silent = true
}

type fakeAttention struct{ fakeRecording }

func (a *fakeAttention) Heard()       { a.mic.diary.add("ears heard") }
func (a *fakeAttention) Close() error { a.mic.diary.add("ears close"); return nil }

// spokenInto lets the reply begin that a voice may cut off. The voice begins a
// second into it and lasts for so many frames.
func (w *world) spokenInto(frames int, script ...any) (first string) {
	w.Helper()
	w.bargeIn = true
	w.ears.silent, w.ears.from, w.ears.words = false, 50, 50+frames
	w.hold(time.Second)
	w.engine.script = script
	s := w.after(900 * time.Millisecond)
	if s.Phase != Speaking || s.Microphone != "voice" {
		w.Fatalf("while a voice is waited for: %s, microphone %s", s.Phase, s.Microphone)
	}
	return s.Turn.ID
}

func TestAVoiceCutsTheReplyOffAndIsHeardFromItsFirstWord(t *testing.T) {
	in(t, long(), func(w *world) {
		first := w.spokenInto(100, engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, engine.Done{})
		s := w.after(600 * time.Millisecond)
		if s.Phase != Listening || s.Turn.ID == first || !s.Latched || s.Microphone != "open" || s.Level == 0 {
			t.Fatalf("when a voice is heard: %+v", s)
		}
		if w.diary.index("voice silent") < 0 || w.diary.count("mic opens") != 1 || w.diary.count("ears heard") != 1 {
			t.Errorf("done was %q", w.diary.lines)
		}
		if told := w.engine.exchange(1).prompt.Earlier; len(told) != 1 || told[0].Heard != "One." && told[0].Heard != "One. Two." {
			t.Errorf("the question is told %+v", told)
		}
		s = w.after(4 * time.Second)
		if s.Phase != Idle || s.Turn.ID == first || s.Turn.Question != "why" || s.Turn.Outcome != Answered || s.Microphone != "closed" {
			t.Errorf("in the end: %+v, %+v", s, s.Turn)
		}
		// Two seconds of voice, a pause that ends it, and what came before the voice.
		heard, _, _ := w.engine.exchange(1).counts()
		if got := audio.Duration(heard, audio.RateListen); got < 3300*time.Millisecond || got > 3700*time.Millisecond {
			t.Errorf("the engine heard %v", got)
		}
		if v := w.journal.all()[first]; v.Outcome != Interrupted || v.Heard == "" {
			t.Errorf("the history holds %+v", v)
		}
		if w.diary.count("ears close") != 1 {
			t.Errorf("done was %q", w.diary.lines)
		}
	})
}

func TestWhatIsHeardOfAVoiceBeginsBeforeIt(t *testing.T) {
	in(t, long(), func(w *world) {
		rec, err := (&fakeEars{fakeMic: fakeMic{diary: w.diary, from: 75}}).Attend(w.T.Context())
		if err != nil {
			t.Fatal(err)
		}
		lead, err := leadOf(w.T.Context(), rec, settling, func(audio.Frame) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		silent := 0
		for _, f := range lead {
			if audio.RMS(f.Samples) > 0 {
				break
			}
			silent++
		}
		if want := int(leadIn / audio.FrameDuration); silent < want-1 || silent > want+4 || len(lead)-silent < 10 {
			t.Errorf("the lead is %d frames, %d of them before the voice", len(lead), silent)
		}
	})
}

func TestWhatIsLeftOfTheEchoAtTheBeginningIsNoVoice(t *testing.T) {
	in(t, long(), func(w *world) {
		w.bargeIn = true
		w.ears.silent, w.ears.words = false, int(settling/audio.FrameDuration)
		w.hold(time.Second)
		if s := w.after(2 * time.Second); s.Phase != Speaking || w.diary.count("ears heard") != 0 {
			t.Errorf("phase %s, done was %q", s.Phase, w.diary.lines)
		}
	})
}

func TestAVoiceForNothingLetsTheReplyGoOn(t *testing.T) {
	for name, script := range map[string][]any{
		"no words":                {100 * time.Millisecond, errNoSpeech},
		"a wish to the same turn": wish("faster"),
	} {
		in(t, long(), func(w *world) {
			first := w.spokenInto(20, script...)
			if s := w.after(600 * time.Millisecond); s.Phase != Listening {
				t.Fatalf("%s: phase %s", name, s.Phase)
			}
			s := w.after(2 * time.Second)
			if s.Phase != Speaking || s.Turn.ID != first || s.Microphone != "voice" || s.Error != nil || s.Turn.Problem != nil {
				t.Errorf("%s: %+v, %+v", name, s, s.Turn)
			}
			w.ears.hush()
			s = w.after(8 * time.Second)
			if s.Phase != Idle || s.Turn.ID != first || s.Turn.Outcome != Answered || s.Turn.Answer != "One. Two. Three. Four." || s.Microphone != "closed" {
				t.Errorf("%s: in the end %+v, %+v", name, s, s.Turn)
			}
			if opened, closed := w.diary.count("ears open"), w.diary.count("ears close"); opened < 2 || opened != closed || len(w.journal.all()) != 1 {
				t.Errorf("%s: the microphone was opened %d times and closed %d times; %d records", name, opened, closed, len(w.journal.all()))
			}
		})
	}
}

func TestTheMicrophoneThatWaitsIsClosedWithTheVoiceOfTheReply(t *testing.T) {
	for name, end := range map[string]func(*world){
		"the end of the reply": func(w *world) { time.Sleep(6 * time.Second) },
		"Esc":                  func(w *world) { w.Cancel() },
		"the talk key":         func(w *world) { w.Press(time.Now()) },
		"a typed question": func(w *world) {
			w.engine.script = nil
			w.Start(Question{Text: "x", Target: vision.Target{Capture: vision.CaptureNone}})
		},
		"a locked screen": func(w *world) {
			w.screen.mu.Lock()
			w.screen.err = vision.ErrLocked
			w.screen.mu.Unlock()
			time.Sleep(lockEvery)
		},
		"a microphone that breaks": func(*world) { time.Sleep(500 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			in(t, long(), func(w *world) {
				w.bargeIn = true
				if name == "a microphone that breaks" {
					w.ears.broken = errUnplugged
				}
				w.hold(time.Second)
				if s := w.after(300 * time.Millisecond); s.Microphone != "voice" || w.diary.count("ears open") != 1 {
					t.Fatalf("microphone %s", s.Microphone)
				}
				end(w)
				if s := w.after(300 * time.Millisecond); s.Microphone == "voice" || w.diary.count("ears close") != 1 {
					t.Errorf("microphone %s, done was %q", s.Microphone, w.diary.lines)
				}
				if quiet := w.diary.index("voice silent"); quiet > w.diary.index("ears close") {
					t.Errorf("the microphone was closed before the voice was silent: %q", w.diary.lines)
				}
				if w.diary.count("ears heard") != 0 {
					t.Error("a voice was heard")
				}
			})
		})
	}
}

func TestNobodyListensIntoAReplyUnlessItIsWantedAndPossible(t *testing.T) {
	for name, set := range map[string]func(*world){
		"by the key only":  func(w *world) { w.bargeIn = false },
		"an echo":          func(w *world) { w.ears.err = audio.ErrEcho },
		"no ears":          func(w *world) { w.do(func() { w.ports.Ears = nil }) },
		"a typed question": func(w *world) { w.screen.err = vision.ErrLocked },
	} {
		in(t, long(), func(w *world) {
			w.bargeIn = true
			set(w)
			w.Start(Question{Text: "x", Speak: true, Target: vision.Target{Capture: vision.CaptureNone}})
			s := w.after(time.Second)
			if s.Phase != Speaking || s.Microphone != "closed" || w.diary.count("ears open") != 0 || s.Error != nil {
				t.Errorf("%s: %+v, done was %q", name, s, w.diary.lines)
			}
		})
	}
}
