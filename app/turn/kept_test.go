package turn

import (
	"errors"
	"testing"
	"time"

	"aside/app/engine"
	"aside/vision"
)

func TestAFailedQuestionIsKeptAndCanBeSentAgain(t *testing.T) {
	in(t, []any{&engine.Error{Code: "net_refused", Message: "m", Hint: "h"}}, func(w *world) {
		w.hold(time.Second)
		s := w.after(time.Second)
		if s.Turn.Outcome != Failed || s.Error == nil || s.Error.Code != "net_refused" || !s.Turn.Retry {
			t.Fatalf("after the failure: %+v, %+v", s, s.Turn)
		}
		w.engine.script = []any{engine.Text{Delta: "yes"}, engine.Done{}}
		v, err := w.Ask(w.T.Context(), Question{Retry: ID(s.Turn.ID)}, nil)
		if err != nil || v.Outcome != Answered {
			t.Fatalf("sent again: %+v, %v", v, err)
		}
		first, _, _ := w.engine.exchange(0).counts()
		again, seen, _ := w.engine.exchange(1).counts()
		if again != first || seen != 1 {
			t.Errorf("sent again %d samples and %d shots, want %d and 1", again, seen, first)
		}
		if w.Snapshot().Error != nil {
			t.Error("the problem outlives the answer")
		}
	})
}

func TestAQuestionThatIsSentAgainIsSpokenIfItWasToBe(t *testing.T) {
	for _, c := range []struct{ first, speak, alike, want bool }{
		{false, false, true, false},
		{true, false, true, true},
		{true, false, false, false},
		{false, true, false, true},
	} {
		in(t, []any{&engine.Error{Code: "net_refused", Message: "m", Hint: "h"}}, func(w *world) {
			v, err := w.Ask(w.T.Context(), Question{Text: "why", Speak: c.first}, nil)
			if err != nil || !v.Retry {
				t.Fatalf("%+v, %v", v, err)
			}
			w.engine.script = []any{engine.Text{Delta: "yes"}, engine.Done{}}
			if _, err := w.Ask(w.T.Context(), Question{Retry: ID(v.ID), Speak: c.speak, Alike: c.alike}, nil); err != nil {
				t.Fatal(err)
			}
			if got := w.engine.exchange(1).prompt.Speak; got != c.want {
				t.Errorf("%+v: it is spoken: %v", c, got)
			}
		})
	}
}

func TestWhyAQuestionFailedIsShownUntilTheNextOneOrANewConversation(t *testing.T) {
	in(t, []any{&engine.Error{Code: "net_refused"}}, func(w *world) {
		w.hold(time.Second)
		if s := w.after(time.Second); s.Error == nil || s.Error.Code != "net_refused" {
			t.Fatalf("after the failure: %+v", s.Error)
		}
		w.Press(time.Now())
		if s := w.after(time.Second); s.Phase != Listening || s.Error != nil {
			t.Errorf("while the next one is asked: %s, %+v", s.Phase, s.Error)
		}
		w.Release(time.Now())
		if s := w.after(time.Second); s.Error == nil {
			t.Error("the second failure is not shown")
		}
		w.NewConversation()
		if s := w.after(time.Millisecond); s.Error != nil {
			t.Errorf("in a new conversation: %+v", s.Error)
		}
	})
}

func TestWhatWasSaidIsForgottenAfterFiveMinutes(t *testing.T) {
	in(t, []any{&engine.Error{Code: "net_refused"}}, func(w *world) {
		w.hold(time.Second)
		w.after(keepFailed + time.Second)
		done := make(chan bool)
		w.post(message{do: func() { done <- len(w.kept) == 0 }})
		if !<-done || w.Snapshot().Turn.Retry {
			t.Error("still kept")
		}
		if _, err := w.Ask(w.T.Context(), Question{Retry: ID(w.Snapshot().Turn.ID)}, nil); !errors.Is(err, ErrGone) {
			t.Errorf("sent again: %v", err)
		}
		if n := len(w.journal.all()); n != 1 {
			t.Errorf("%d records", n)
		}
	})
}

func TestAFailedLookCanBeSentAgainWithItsPicture(t *testing.T) {
	in(t, []any{&engine.Error{Code: "server_error"}}, func(w *world) {
		w.Start(Question{Look: true, Target: vision.Target{Capture: vision.CaptureWindow}})
		s := w.after(time.Second)
		if !s.Turn.Retry {
			t.Fatalf("got %+v", s.Turn)
		}
		w.engine.script = []any{engine.Text{Delta: "I see."}, engine.Done{}}
		w.screen.err = vision.ErrNoDisplay // the picture of then is what counts
		v, err := w.Ask(w.T.Context(), Question{Retry: ID(s.Turn.ID)}, nil)
		if err != nil || v.Outcome != Answered || !v.Look || len(v.Shots) == 0 {
			t.Errorf("sent again: %+v, %v", v, err)
		}
		w.engine.script = []any{engine.Text{Delta: "I still see."}, engine.Done{}}
		if v, err := w.Ask(w.T.Context(), Question{Retry: ID(s.Turn.ID)}, nil); err != nil || v.Outcome != Answered || len(v.Shots) == 0 {
			t.Errorf("sent once more: %+v, %v", v, err)
		}
	})
}

func TestWhatIsKeptCanBeSentAgainTwice(t *testing.T) {
	in(t, []any{&engine.Error{Code: "server_error"}}, func(w *world) {
		w.screen.changes = []fakeChange{{after: time.Second, window: "client.go"}}
		w.hold(3 * time.Second)
		failed := w.after(time.Second).Turn
		w.engine.script = []any{time.Second, engine.Text{Delta: "yes"}, engine.Done{}}
		go func() { _, _ = w.Ask(w.T.Context(), Question{Retry: ID(failed.ID)}, nil) }() // the next supersedes it
		w.after(500 * time.Millisecond)
		for range 2 {
			v, err := w.Ask(w.T.Context(), Question{Retry: ID(failed.ID)}, nil)
			if err != nil || v.Outcome != Answered || v.Problem != nil || len(v.Shots) != 2 {
				t.Errorf("sent again: %+v, %v", v, err)
			}
		}
	})
}

func TestAPrivateQuestionStaysPrivateWhenItIsSentAgain(t *testing.T) {
	in(t, []any{&engine.Error{Code: "server_error"}}, func(w *world) {
		v, err := w.Ask(w.T.Context(), Question{Text: "secret", Target: vision.Target{Capture: vision.CaptureNone}, Private: true}, nil)
		if err != nil || !v.Retry {
			t.Fatalf("%+v, %v", v, err)
		}
		w.engine.script = []any{engine.Text{Delta: "yes"}, engine.Done{}}
		if v, err := w.Ask(w.T.Context(), Question{Retry: ID(v.ID)}, nil); err != nil || v.Outcome != Answered {
			t.Errorf("sent again: %+v, %v", v, err)
		}
		if n := len(w.journal.all()); n != 0 {
			t.Errorf("%d records", n)
		}
	})
}

func TestOnlyTheLastFailuresAreKept(t *testing.T) {
	in(t, []any{&engine.Error{Code: "server_error"}}, func(w *world) {
		var ids []ID
		for range maxFailed + 1 {
			v, err := w.Ask(w.T.Context(), Question{Text: "x", Target: vision.Target{Capture: vision.CaptureNone}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, ID(v.ID))
		}
		if _, err := w.Ask(w.T.Context(), Question{Retry: ids[0]}, nil); !errors.Is(err, ErrGone) {
			t.Errorf("the oldest: %v", err)
		}
		if _, err := w.Ask(w.T.Context(), Question{Retry: ids[1]}, nil); err != nil {
			t.Errorf("the next: %v", err)
		}
	})
}

func TestAFailedQuestionCanBeSentAgainThroughTheEngineBeside(t *testing.T) {
	in(t, []any{&engine.Error{Code: "stream_cut"}}, func(w *world) {
		w.engine.name = "realtime"
		other := &fakeEngine{diary: w.engine.diary, script: []any{engine.Text{Delta: "yes"}, engine.Done{}}}
		w.ports.Beside = func() engine.Engine { return other }
		w.hold(time.Second)
		s := w.after(time.Second)
		if !s.Turn.Retry || s.Turn.Beside != "chat" {
			t.Fatalf("after the failure: %+v", s.Turn)
		}
		v, err := w.Ask(w.T.Context(), Question{Retry: ID(s.Turn.ID), Beside: true}, nil)
		if err != nil || v.Outcome != Answered || v.Engine != "chat" || v.Beside != "" {
			t.Fatalf("sent again: %+v, %v", v, err)
		}
		first, _, _ := w.engine.exchange(0).counts()
		again, seen, _ := other.exchange(0).counts()
		if again != first || seen != 1 {
			t.Errorf("sent again %d samples and %d shots, want %d and 1", again, seen, first)
		}
	})
}

func TestAnEngineIsNotBesideItself(t *testing.T) {
	in(t, []any{&engine.Error{Code: "net_refused"}}, func(w *world) {
		w.ports.Beside = func() engine.Engine { return w.engine }
		w.hold(time.Second)
		if s := w.after(time.Second); !s.Turn.Retry || s.Turn.Beside != "" {
			t.Errorf("after the failure: %+v", s.Turn)
		}
	})
}
