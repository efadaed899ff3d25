package turn

import (
	"image"
	"testing"
	"time"

	"aside/app/engine"
	"aside/vision"
)

// answersLook waits until a look has been answered, and tells of it as the
// engine does.
func answersLook(n int) func(*fakeExchange) engine.Event {
	return func(x *fakeExchange) engine.Event {
		for {
			if _, seen, _ := x.counts(); seen >= n {
				return left(x)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func TestAModelThatLooksAgainSeesTheSameWindowAsItIsNow(t *testing.T) {
	in(t, []any{left, time.Second, engine.Look{}, answersLook(2), engine.Act{Name: "look_again"}, engine.Text{Delta: "Green."}, engine.Done{}}, func(w *world) {
		w.screen.window = 7
		w.hold(time.Second)
		w.screen.mu.Lock()
		w.screen.title, w.screen.tint = "server.go: saved", 90
		w.screen.mu.Unlock()
		s := w.after(3 * time.Second)
		if s.Turn.Outcome != Answered || len(s.Turn.Acts) != 1 || s.Turn.Problem != nil || s.Hint != hints["look_again"] {
			t.Errorf("got %+v, hint %q", s.Turn, s.Hint)
		}
		want := vision.Target{Capture: vision.CapturePick, Window: 7}
		if all := w.screen.wanted; len(all) != 2 || all[1] != want {
			t.Errorf("looked at %+v", all)
		}
		if v := s.Turn.Shots; len(v) != 2 || !v[1].Sent || v[1].Capture != "window" || v[1].Title != "server.go: saved" || v[1].At < 1900 {
			t.Errorf("the shots are %+v", v)
		}
		if seen, ok := w.Seen(s.Turn.ID); !ok || len(seen.Pictures) != 2 || w.screen.out != 0 {
			t.Errorf("%d pictures are to be seen, %d were not given back", len(seen.Pictures), w.screen.out)
		}
		if took := s.Turn.Timings.Encoded; took > 500 {
			t.Errorf("the first picture is said to have taken %v ms", took)
		}
	})
}

func TestALookAtWhatMayNotBeSeenIsDeclinedAndSaid(t *testing.T) {
	for _, c := range []struct {
		name    string
		q       Question
		err     error
		looks   int
		problem string
	}{
		{"a private window", Question{Text: "why"}, vision.ErrExcluded, 2, "screen_excluded"},
		{"a locked screen", Question{Text: "why"}, vision.ErrLocked, 2, "screen_locked"},
		{"a question without the screen", Question{Text: "why", Target: vision.Target{Capture: vision.CaptureNone}}, nil, 0, ""},
		{"a picture that was given", Question{Text: "why", Images: []vision.Shot{{Capture: vision.CaptureNone, Pixels: image.NewRGBA(image.Rect(0, 0, 64, 48))}}}, nil, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in(t, []any{left, time.Second, engine.Look{}, answersLook(1 + min(len(c.q.Images)+c.looks, 1)), engine.Text{Delta: "I cannot."}, engine.Done{}}, func(w *world) {
				w.Start(c.q)
				w.after(time.Second / 2)
				w.screen.mu.Lock()
				w.screen.err = c.err
				w.screen.mu.Unlock()
				s := w.after(3 * time.Second)
				if s.Turn.Outcome != Answered || len(w.screen.wanted) != c.looks {
					t.Errorf("%d looks: %+v", len(w.screen.wanted), s.Turn)
				}
				shown := looks(w.engine.exchange(0))
				if last := shown[len(shown)-1]; len(last.Sent) != 0 || last.Pixels != nil {
					t.Errorf("the engine was shown %d shots", len(shown))
				}
				if p := s.Turn.Problem; (p == nil) != (c.problem == "") || p != nil && p.Code != c.problem {
					t.Errorf("the user is told %+v", p)
				}
			})
		})
	}
}

func TestALookThatTakesTooLongIsDeclined(t *testing.T) {
	in(t, []any{left, time.Second, engine.Look{}, answersLook(2), engine.Text{Delta: "I cannot."}, engine.Done{}}, func(w *world) {
		w.Start(Question{Text: "why"})
		w.after(time.Second / 2)
		w.screen.mu.Lock()
		w.screen.hangs = true
		w.screen.mu.Unlock()
		if s := w.after(lookLimit + time.Second); s.Turn.Outcome != Answered || s.Turn.Problem == nil {
			t.Errorf("got %+v", s.Turn)
		}
	})
}
