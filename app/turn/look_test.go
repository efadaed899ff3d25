package turn

import (
	"image"
	"slices"
	"testing"
	"time"

	"aside/app/engine"
	"aside/vision"
)

// looks is what an exchange was shown.
func looks(x *fakeExchange) []vision.Shot {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.seen)
}

func TestOnlyWhatHasLeftIsToBeSeen(t *testing.T) {
	selection := vision.Shot{Capture: vision.CaptureWindow, Title: "server.go", Selection: "a line"}
	in(t, []any{engine.Sent{Shots: []vision.Shot{selection}}, engine.Done{}}, func(w *world) {
		w.hold(time.Second)
		s := w.after(time.Second)
		if v := s.Turn.Shots; len(v) != 1 || len(v[0].Pictures) != 0 || v[0].Chosen != 6 || !v[0].Sent {
			t.Errorf("the shots are %+v", v)
		}
		if seen, ok := w.Seen(s.Turn.ID); !ok || len(seen.Pictures) != 0 || seen.Text != selection.Text() {
			t.Errorf("to be seen are %+v", seen)
		}
	})
}

func TestTapsTakeNoPictureOfAQuestionAway(t *testing.T) {
	in(t, []any{left, engine.Done{}}, func(w *world) {
		w.hold(time.Second)
		asked := w.after(time.Second).Turn.ID
		for range maxSeen {
			w.hold(200 * time.Millisecond) // long enough for a look
			w.after(time.Second)
		}
		if _, ok := w.Seen(asked); !ok {
			t.Error("the picture is gone")
		}
	})
}

func TestTheLastFiveQuestionsCanBeSeen(t *testing.T) {
	in(t, []any{left, engine.Done{}}, func(w *world) {
		var ids []string
		for range maxSeen + 1 {
			w.hold(time.Second)
			ids = append(ids, w.after(time.Second).Turn.ID)
		}
		for i, id := range ids {
			if _, ok := w.Seen(id); ok != (i > 0) {
				t.Errorf("question %d can be seen: %t", i, ok)
			}
		}
	})
}

func TestThisAndThatAreTwoPicturesOfOneQuestion(t *testing.T) {
	in(t, []any{left, engine.Done{}}, func(w *world) {
		w.screen.changes = []fakeChange{{after: time.Second, window: "client.go"}}
		w.hold(3 * time.Second)
		s := w.after(time.Second)
		if s.Phase != Idle || s.Turn.Outcome != Answered || len(s.Turn.Shots) != 2 {
			t.Fatalf("got %+v, %+v", s, s.Turn)
		}
		this, that := s.Turn.Shots[0], s.Turn.Shots[1]
		if this.Title != "server.go" || that.Title != "client.go" || this.At != 0 || that.At < 1000 || that.At > 1200 || !this.Sent || !that.Sent {
			t.Errorf("the shots are %+v, %+v", this, that)
		}
		shown := looks(w.engine.exchange(0))
		if len(shown) != 2 || shown[1].Title != "client.go" || shown[1].Words[0] != "text of client.go" || len(shown[1].Sent) == 0 {
			t.Errorf("the engine was shown %d shots", len(shown))
		}
		if seen, ok := w.Seen(s.Turn.ID); !ok || len(seen.Pictures) != 2 || seen.Text == "" {
			t.Errorf("to be seen are %d pictures, %q", len(seen.Pictures), seen.Text)
		}
		if w.screen.out != 0 {
			t.Errorf("%d shots were not given back", w.screen.out)
		}
	})
}

func TestThePointerThatRestsElsewhereIsShownAround(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.screen.changes = []fakeChange{{after: time.Second, pointer: image.Pt(30, 20)}}
		w.hold(2 * time.Second)
		w.after(time.Second)
		shown := looks(w.engine.exchange(0))
		if len(shown) != 2 || shown[0].Near || !shown[1].Near || shown[1].Pointer != image.Pt(30, 20) {
			t.Errorf("the engine was shown %+v", shown)
		}
	})
}

func TestAnotherLookThatShowsTheSameIsLeftOut(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.screen.changes = []fakeChange{{after: time.Second, pointer: image.Pt(-5, 20)}}
		w.hold(2 * time.Second)
		w.after(time.Second)
		if shown := looks(w.engine.exchange(0)); len(shown) != 1 || w.screen.out != 0 {
			t.Errorf("the engine was shown %d shots, %d were not given back", len(shown), w.screen.out)
		}
	})
}

func TestAQuestionHasAtMostFourLooks(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		for _, title := range []string{"b", "c", "d", "e", "f"} {
			w.screen.changes = append(w.screen.changes, fakeChange{after: time.Second, window: title})
		}
		w.hold(8 * time.Second)
		w.after(time.Second)
		if shown := looks(w.engine.exchange(0)); len(shown) != maxShots || shown[maxShots-1].Title != "d" {
			t.Errorf("the engine was shown %d shots", len(shown))
		}
	})
}

func TestAfterKeyUpNoMoreLooksBegin(t *testing.T) {
	for range 20 { // it was left to chance
		in(t, []any{engine.Done{}}, func(w *world) {
			w.screen.changes = []fakeChange{{after: time.Second, window: "b"}, {after: 10 * time.Millisecond, window: "c"}}
			w.hold(1045 * time.Millisecond) // while b is being looked at
			w.after(time.Second)
			if n := len(w.screen.wanted); n != 2 {
				t.Errorf("%d looks", n)
			}
		})
	}
}

func TestAPrivateWindowOnTheWayLeavesTheFirstPicture(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.screen.changes = []fakeChange{{after: time.Second, window: "secrets", err: vision.ErrExcluded}}
		w.hold(2 * time.Second)
		s := w.after(time.Second)
		if shown := looks(w.engine.exchange(0)); len(shown) != 1 || shown[0].Title != "server.go" || s.Turn.Outcome != Answered || s.Turn.Problem != nil {
			t.Errorf("the engine was shown %d shots; %+v", len(shown), s.Turn)
		}
	})
}

func TestATypedQuestionHasOneLook(t *testing.T) {
	in(t, []any{2 * time.Second, engine.Done{}}, func(w *world) {
		w.screen.changes = []fakeChange{{after: time.Second, window: "client.go"}}
		w.Start(Question{Text: "why"})
		s := w.after(4 * time.Second)
		if len(s.Turn.Shots) != 1 || s.Turn.Outcome != Answered {
			t.Errorf("got %+v", s.Turn)
		}
	})
}

func TestTheNextQuestionLooksWhereItIsAimed(t *testing.T) {
	region := vision.Target{Capture: vision.CaptureRegion, Bounds: image.Rect(1, 2, 30, 40)}
	in(t, []any{engine.Done{}}, func(w *world) {
		w.Aim(region)
		if s := w.after(0); s.Next != "region" {
			t.Errorf("the next question looks at %q", s.Next)
		}
		w.hold(100 * time.Millisecond) // a tap asks nothing
		if s := w.after(time.Second); s.Next != "region" {
			t.Errorf("after a tap the next question looks at %q", s.Next)
		}
		w.Press(time.Now())
		if s := w.after(time.Second); s.Next != "" {
			t.Errorf("while the question is asked the next one looks at %q", s.Next)
		}
		w.Release(time.Now())
		if s := w.after(time.Second); s.Next != "" || s.Turn.Shots[0].Capture != "region" {
			t.Errorf("got %+v, %+v", s, s.Turn)
		}
		w.hold(time.Second)
		w.after(time.Second)
		want := []vision.Capture{vision.CaptureRegion, vision.CaptureRegion, vision.CaptureWindow}
		for i, got := range w.screen.wanted {
			if got.Capture != want[i] || got.Capture == vision.CaptureRegion && got != region {
				t.Errorf("look %d is at %+v", i, got)
			}
		}
	})
}

func TestNoScreenThisTimeIsForOneQuestion(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.Aim(vision.Target{Capture: vision.CaptureNone})
		w.hold(time.Second)
		if s := w.after(time.Second); len(s.Turn.Shots) != 0 || s.Turn.Outcome != Answered || len(w.screen.wanted) != 0 {
			t.Errorf("got %+v", s.Turn)
		}
		if _, err := w.Ask(w.T.Context(), Question{Text: "and now"}, nil); err != nil {
			t.Fatal(err)
		}
		if len(w.screen.wanted) != 1 {
			t.Error("the question after it looks at nothing either")
		}
	})
}

func TestALookIsNeverAtNothing(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.Aim(vision.Target{Capture: vision.CaptureNone})
		w.Start(Question{Look: true})
		if s := w.after(time.Second); len(s.Turn.Shots) != 1 || s.Turn.Shots[0].Capture != "window" || s.Next != "none" {
			t.Errorf("got %+v, %+v", s, s.Turn)
		}
		w.Aim(vision.Target{Capture: vision.CaptureDisplay})
		w.capture = vision.CaptureNone
		w.Start(Question{Look: true})
		if s := w.after(time.Second); len(s.Turn.Shots) != 1 || s.Turn.Shots[0].Capture != "display" || s.Next != "" {
			t.Errorf("aimed: got %+v, %+v", s, s.Turn)
		}
		w.Start(Question{Look: true})
		if s := w.after(time.Second); len(s.Turn.Shots) != 1 || s.Turn.Shots[0].Capture != "window" {
			t.Errorf("set to nothing: got %+v, %+v", s, s.Turn)
		}
	})
}

func TestAQuestionThatIsForgottenHasUsedItsAim(t *testing.T) {
	in(t, []any{time.Hour}, func(w *world) {
		w.Aim(vision.Target{Capture: vision.CaptureDisplay})
		w.Start(Question{Text: "secret"})
		w.Forget(w.after(time.Second).Turn.ID)
		if s := w.after(time.Second); s.Next != "" {
			t.Errorf("the next question looks at %q", s.Next)
		}
	})
}

func TestAnAimCanBeCalledOff(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.Aim(vision.Target{Capture: vision.CaptureNone})
		w.Aim(vision.Target{})
		w.hold(time.Second)
		if s := w.after(time.Second); s.Next != "" || len(s.Turn.Shots) != 1 {
			t.Errorf("got %+v, %+v", s, s.Turn)
		}
	})
}

func TestWhileTheScreenIsLockedNothingIsRecorded(t *testing.T) {
	for _, c := range []vision.Capture{vision.CaptureWindow, vision.CaptureNone} {
		in(t, []any{engine.Done{}}, func(w *world) {
			w.screen.err = vision.ErrLocked
			w.Aim(vision.Target{Capture: c})
			w.Press(time.Now())
			s := w.after(100 * time.Millisecond)
			if s.Phase != Idle || s.Microphone != "closed" || s.Error == nil || s.Error.Code != "screen_locked" || s.Turn != nil {
				t.Errorf("%s: got %+v", c, s)
			}
			w.Release(time.Now())
			w.after(time.Second)
			if len(w.journal.all()) != 0 || w.diary.index("commit") >= 0 || w.diary.index("mic closes") < 0 {
				t.Errorf("%s: left %v", c, w.journal.all())
			}
			if _, err := w.Ask(w.T.Context(), Question{Text: "typed", Target: vision.Target{Capture: vision.CaptureNone}}, nil); err != nil {
				t.Error(err)
			}
			w.after(time.Second)
			if v := w.journal.all(); len(v) != 1 {
				t.Errorf("%s: a typed question is not asked: %v", c, v)
			}
		})
	}
}
