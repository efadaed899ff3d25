package turn

import (
	"testing"
	"time"

	"aside/app/engine"
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
