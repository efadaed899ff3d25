package turn

import (
	"testing"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

func TestAToggleWithinTheTailGoesOnWithTheSameQuestion(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.Toggle(time.Now())
		w.after(time.Second)
		w.Toggle(time.Now())
		time.Sleep(15 * time.Millisecond) // within the tail
		w.Toggle(time.Now())
		if s := w.after(time.Second); s.Phase != Listening {
			t.Fatalf("phase %s", s.Phase)
		}
		w.Toggle(time.Now())
		if s := w.after(time.Second); s.Turn.Outcome != Answered || len(w.engine.got) != 1 {
			t.Errorf("%s, %d exchanges", s.Turn.Outcome, len(w.engine.got))
		}
	})
}

func TestAPressWhileALostMicrophoneIsClosedBeginsAnotherQuestion(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.mic.broken, w.mic.closes = errUnplugged, 500*time.Millisecond
		w.hold(600 * time.Millisecond) // it was lost before the release
		w.Press(time.Now())
		if s := w.after(700 * time.Millisecond); s.Phase != Listening || len(w.engine.got) != 2 {
			t.Errorf("phase %s, %d exchanges", s.Phase, len(w.engine.got))
		}
	})
}

func TestWordsThatAnExchangeDoesNotTakeAreKept(t *testing.T) {
	in(t, []any{&engine.Error{Code: "server_error"}}, func(w *world) {
		w.engine.deaf = errBroken
		w.hold(2 * time.Second)
		s := w.after(time.Second)
		if s.Turn == nil || s.Turn.Outcome != Failed || s.Error == nil || s.Error.Code != "server_error" || !s.Turn.Retry {
			t.Fatalf("after the failure: %+v, %+v", s, s.Turn)
		}
		w.engine.deaf, w.engine.script = nil, []any{engine.Done{}}
		if v, err := w.Ask(w.T.Context(), Question{Retry: ID(s.Turn.ID)}, nil); err != nil || v.Outcome != Answered {
			t.Fatalf("sent again: %+v, %v", v, err)
		}
		if again, _, _ := w.engine.exchange(1).counts(); audio.Duration(again, audio.RateListen) < 1900*time.Millisecond {
			t.Errorf("sent again are %v", audio.Duration(again, audio.RateListen))
		}
	})
}

func TestALockOfTheScreenEndsWhatNobodyHoldsTheKeyFor(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.hold(100 * time.Millisecond)
		w.hold(100 * time.Millisecond)
		if s := w.after(time.Second); s.Phase != Listening || !s.Latched {
			t.Fatalf("after two taps: %s, latched %t", s.Phase, s.Latched)
		}
		w.screen.mu.Lock()
		w.screen.err = vision.ErrLocked
		w.screen.mu.Unlock()
		s := w.after(time.Second)
		if s.Phase != Idle || s.Error == nil || s.Error.Code != "screen_locked" || w.diary.count("mic closes") != 2 {
			t.Errorf("once it is locked: %+v, done was %q", s, w.diary.lines)
		}
	})
}
