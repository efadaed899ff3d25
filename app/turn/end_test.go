package turn

import (
	"sync"
	"testing"
	"time"

	"aside/app/engine"
	"aside/vision"
)

// asked asks in the background and returns what became of it.
func (w *world) asked(q Question) (end func() View) {
	var v View
	var err error
	var wg sync.WaitGroup
	wg.Go(func() { v, err = w.Ask(w.T.Context(), q, nil) })
	w.after(100 * time.Millisecond)
	return func() View {
		wg.Wait()
		if err != nil {
			w.T.Errorf("asked: %v", err)
		}
		return v
	}
}

func TestWhoAskedHearsHowItEndedEvenWhenTheNextQuestionEndsIt(t *testing.T) {
	typed := Question{Text: "x", Target: vision.Target{Capture: vision.CaptureNone}, Speak: true}
	next := map[string]func(*world){
		"a typed question": func(w *world) { w.Start(typed) },
		"the key":          func(w *world) { w.Press(time.Now()); w.after(time.Second); w.Cancel() },
	}
	for name, interrupt := range next {
		t.Run(name+" while it thinks", func(t *testing.T) {
			in(t, []any{time.Hour}, func(w *world) {
				end := w.asked(typed)
				interrupt(w)
				if v := end(); v.Outcome != Superseded {
					t.Errorf("it ended as %+v", v)
				}
			})
		})
		t.Run(name+" while it speaks", func(t *testing.T) {
			in(t, []any{engine.Text{Delta: "One."}, speech("One."), time.Hour}, func(w *world) {
				end := w.asked(typed)
				interrupt(w)
				if v := end(); v.Outcome != Interrupted || v.Answer != "One." {
					t.Errorf("it ended as %+v", v)
				}
			})
		})
	}
}

func TestATurnThatIsForgottenWhileItRunsLeavesNothing(t *testing.T) {
	in(t, []any{engine.Text{Delta: "One."}, time.Hour}, func(w *world) {
		end := w.asked(Question{Text: "secret"})
		w.Forget(w.Snapshot().Turn.ID)
		if v := end(); v.Outcome != Cancelled {
			t.Errorf("it ended as %+v", v)
		}
		s := w.after(time.Second)
		if _, ok := w.Seen(end().ID); ok || s.Turn != nil || len(w.journal.all()) != 0 {
			t.Errorf("left: %+v, %v", s.Turn, w.journal.all())
		}
		w.hold(time.Second)
		if earlier := w.engine.exchange(1).prompt.Earlier; len(earlier) != 0 {
			t.Errorf("the next question is told %+v", earlier)
		}
	})
}

func TestASpokenQuestionIsInTheHistoryAsSoonAsItIsUnderstood(t *testing.T) {
	in(t, []any{engine.Transcript{Text: "why", Final: true}, time.Hour}, func(w *world) {
		w.hold(time.Second)
		s := w.after(400 * time.Millisecond)
		if v := w.journal.all()[s.Turn.ID]; v.Question != "why" {
			t.Errorf("the history holds %+v", v)
		}
	})
}

func TestHalfAnAnswerIsInTheHistoryWithinASecond(t *testing.T) {
	in(t, []any{engine.Text{Delta: "half "}, engine.Text{Delta: "an"}, time.Hour}, func(w *world) {
		w.Start(Question{Text: "x", Target: vision.Target{Capture: vision.CaptureNone}})
		s := w.after(saveEvery + 100*time.Millisecond)
		if v := w.journal.all()[s.Turn.ID]; v.Answer != "half an" {
			t.Errorf("the history holds %+v", v)
		}
	})
}

func TestEveryProblemIsShownUntilAQuestionIsAnswered(t *testing.T) {
	in(t, []any{engine.Text{Delta: "ok"}, engine.Done{}}, func(w *world) {
		first, second := &Problem{Code: "settings_invalid"}, &Problem{Code: "hotkey_conflict"}
		w.Report(first)
		w.Report(second)
		w.Report(second)
		for _, want := range []*Problem{first, second, nil} {
			if got := w.after(time.Millisecond).Error; (got == nil) != (want == nil) || got != nil && *got != *want {
				t.Errorf("shown %+v, want %+v", got, want)
			}
			if _, err := w.Ask(w.T.Context(), Question{Text: "x", Target: vision.Target{Capture: vision.CaptureNone}}, nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTheLogNamesKindsOfErrorsAndNotTheirWords(t *testing.T) {
	err := &engine.Error{Code: "c", Err: errUnplugged}
	if got := Cause(err); got == "" || got == err.Error() {
		t.Errorf("got %q", got)
	}
}

func TestAConversationIsCalledAfterItsFirstQuestionAndNotAfterATap(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.hold(100 * time.Millisecond)
		w.after(time.Second)
		w.hold(time.Second)
		if v := w.after(time.Second).Turn; v == nil || v.Conversation != v.ID {
			t.Errorf("got %+v", v)
		}
	})
}
