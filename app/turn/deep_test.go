package turn

import (
	"testing"
	"time"

	"aside/app/engine"
)

func TestTheNextQuestionIsThoughtAboutHarderAndNoOther(t *testing.T) {
	in(t, []any{engine.Deeper{Model: "deep"}, engine.Text{Delta: "So."}, engine.Done{}}, func(w *world) {
		w.Deepen(true)
		if s := w.after(0); !s.Deep {
			t.Error("nobody is told")
		}
		w.hold(100 * time.Millisecond) // a tap asks nothing
		if s := w.after(time.Second); !s.Deep {
			t.Error("a tap forgets it")
		}
		w.hold(time.Second)
		if s := w.after(time.Second); s.Deep || !s.Turn.Deep || s.Turn.Model != "deep" {
			t.Errorf("got %+v of %+v", s.Turn, s)
		}
		w.Deepen(true)
		w.Deepen(false)
		if s := w.after(0); s.Deep {
			t.Error("it cannot be called off")
		}
	})
}

func TestAnEarlierTurnIsFoundByItsID(t *testing.T) {
	in(t, []any{engine.Text{Delta: "So."}, engine.Done{}}, func(w *world) {
		if _, ok := w.Turn(""); ok {
			t.Error("there is a turn before the first")
		}
		first, err := w.Ask(w.T.Context(), Question{Text: "one", Along: "äb"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Ask(w.T.Context(), Question{Text: "two"}, nil); err != nil {
			t.Fatal(err)
		}
		if v, ok := w.Turn(first.ID); !ok || v.Question != "one" || v.Answer != "So." || v.Along != 2 {
			t.Errorf("%+v, %v", v, ok)
		}
		if v, ok := w.Turn(""); !ok || v.Question != "two" {
			t.Errorf("the newest is %+v, %v", v, ok)
		}
	})
}
