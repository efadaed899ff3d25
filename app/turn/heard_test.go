package turn

import (
	"testing"
	"time"

	"aside/app/engine"
	"aside/audio"
)

func TestATurnSaysWhichMicrophoneHeardIt(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.mic.name = "Studio"
		w.Press(time.Now())
		if s := w.after(time.Second); s.Turn.Microphone != "Studio" || s.Hint != "" {
			t.Errorf("while it listens: %q, hint %q", s.Turn.Microphone, s.Hint)
		}
		w.Release(time.Now())
		s := w.after(time.Second)
		if s.Turn.Outcome != Answered || s.Turn.Microphone != "Studio" || s.Turn.Problem != nil {
			t.Errorf("afterwards: %+v, %+v", s.Turn, s.Turn.Problem)
		}
		if v := w.journal.all()[s.Turn.ID]; v.Microphone != "Studio" {
			t.Errorf("the history is told %q", v.Microphone)
		}
	})
}

func TestAnotherDefaultMicrophoneIsFollowedWithANotice(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.mic.name, w.mic.now = "Studio", "Webcam"
		w.Press(time.Now())
		s := w.after(time.Second)
		if s.Phase != Listening || s.Turn.Problem == nil || s.Turn.Problem.Code != "mic_switched" || s.Hint != s.Turn.Problem.Message {
			t.Fatalf("while it listens: %s, hint %q, %+v", s.Phase, s.Hint, s.Turn.Problem)
		}
		w.Release(time.Now())
		s = w.after(time.Second)
		if s.Turn.Outcome != Answered || s.Turn.Microphone != "Studio → Webcam" || s.Turn.Recording() != "Webcam" || s.Turn.Problem == nil || s.Turn.Problem.Code != "mic_switched" || s.Hint != "" {
			t.Errorf("afterwards: %+v, %+v, hint %q", s.Turn, s.Turn.Problem, s.Hint)
		}
	})
}

func TestAMicrophoneThatGoesAwayIsNamedAndWhatItHeardIsKept(t *testing.T) {
	for code, broken := range map[string]error{
		"mic_lost":  &audio.DeviceError{Name: "Studio", Err: audio.ErrLost},
		"mic_moved": &audio.DeviceError{Name: "Studio", Now: "Webcam", Err: audio.ErrMoved},
	} {
		in(t, []any{engine.Done{}}, func(w *world) {
			w.mic.name, w.mic.broken = "Studio", broken
			w.hold(time.Second)
			s := w.after(time.Second)
			if p := s.Turn.Problem; s.Turn.Outcome != Failed || p == nil || *p != *ProblemOf(broken) || p.Code != code || !s.Turn.Retry || s.Turn.Microphone != "Studio" {
				t.Errorf("got %+v, %+v", s.Turn, p)
			}
		})
	}
}

func TestAKeyHeldForEverIsWarnedOfAndSentAfterTwoMinutes(t *testing.T) {
	in(t, []any{engine.Text{Delta: "ok"}, engine.Done{}}, func(w *world) {
		w.Press(time.Now())
		if s := w.after(89 * time.Second); s.Phase != Listening || s.Hint != "" {
			t.Errorf("before: %s, hint %q", s.Phase, s.Hint)
		}
		if s := w.after(1500 * time.Millisecond); s.Phase != Listening || s.Hint != hints["lengthy"] || s.Microphone != "open" {
			t.Errorf("after 90 s: %s, hint %q", s.Phase, s.Hint)
		}
		if s := w.after(29 * time.Second); s.Phase != Listening {
			t.Errorf("after 119.5 s: %s", s.Phase)
		}
		s := w.after(time.Second)
		if s.Phase != Idle || s.Turn.Outcome != Answered || s.Microphone != "closed" || s.Hint != "" {
			t.Errorf("in the end: %+v, %+v", s, s.Turn)
		}
		if heard, _, _ := w.engine.exchange(0).counts(); audio.Duration(heard, audio.RateListen) != audio.MaxUtterance {
			t.Errorf("the engine heard %v", audio.Duration(heard, audio.RateListen))
		}
		w.Release(time.Now()) // at last
		if s := w.after(time.Second); s.Phase != Idle || len(w.engine.got) != 1 {
			t.Errorf("the release makes it %s", s.Phase)
		}
	})
}

func TestWhatAKeyHeldForEverHasHeardIsKept(t *testing.T) {
	in(t, []any{errUnplugged}, func(w *world) {
		w.Press(time.Now())
		s := w.after(121 * time.Second)
		if s.Turn.Outcome != Failed || !s.Turn.Retry {
			t.Fatalf("got %+v, %+v", s.Turn, s.Turn.Problem)
		}
		w.engine.script = []any{engine.Done{}}
		v, err := w.Ask(w.T.Context(), Question{Retry: ID(s.Turn.ID)}, nil)
		if heard, _, _ := w.engine.exchange(1).counts(); err != nil || v.Outcome != Answered || audio.Duration(heard, audio.RateListen) != audio.MaxUtterance {
			t.Errorf("sent again: %+v, %v, %d samples", v, err, heard)
		}
	})
}

func TestTheLightGoesOnWithTheFirstSample(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.mic.slow = 700 * time.Millisecond // a headset that switches on
		seen := map[string]time.Time{}
		go func() {
			_ = w.Watch(w.T.Context(), func(s Snapshot) error {
				if _, ok := seen[s.Microphone]; !ok && s.Phase == Listening {
					seen[s.Microphone] = time.Now()
				}
				return nil
			})
		}()
		pressed := time.Now()
		w.Press(pressed)
		if s := w.after(700 * time.Millisecond); s.Phase != Listening || s.Microphone != "opening" {
			t.Errorf("before the first sample: %s, %s", s.Phase, s.Microphone)
		}
		w.after(time.Second)
		w.Cancel()
		if at := seen["open"].Sub(pressed); at != 700*time.Millisecond+audio.FrameDuration || len(seen) != 2 {
			t.Errorf("the light went on after %v, want as soon as the sample is there; seen was %v", at, seen)
		}
	})
}

func TestAMicrophoneThatHearsNothingLightsNothing(t *testing.T) {
	in(t, nil, func(w *world) {
		w.mic.slow = time.Hour
		w.Press(time.Now())
		for range 25 {
			if s := w.after(100 * time.Millisecond); s.Microphone != "opening" {
				t.Fatalf("it is said to be %s", s.Microphone)
			}
		}
		if s := w.after(8 * time.Second); s.Phase != Idle || s.Microphone != "closed" || s.Error == nil {
			t.Errorf("in the end: %s, %s, %+v", s.Phase, s.Microphone, s.Error)
		}
	})
}
