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
