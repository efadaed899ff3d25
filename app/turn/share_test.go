package turn

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aside/app/engine"
	"aside/vision"
)

// fakeSharer is an engine that takes looks without a question.
type fakeSharer struct {
	diary *diary
	mu    sync.Mutex
	took  []vision.Shot
	at    []time.Time
	has   bool
	busy  bool
	err   error
}

func (s *fakeSharer) Share(shot vision.Shot, left func(time.Time)) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.busy {
		return false, s.err
	}
	s.took, s.at, s.has = append(s.took, shot), append(s.at, time.Now()), true
	s.diary.add("shared " + shot.Title)
	left(time.Now())
	return true, nil
}

func (s *fakeSharer) Ready() bool { s.mu.Lock(); defer s.mu.Unlock(); return !s.busy }

func (s *fakeSharer) Shares() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.has }

func (s *fakeSharer) Unshare() { s.set(func() { s.has = false }) }

func (s *fakeSharer) set(change func()) { s.mu.Lock(); defer s.mu.Unlock(); change() }

func (s *fakeSharer) titles() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, shot := range s.took {
		all = append(all, shot.Title)
	}
	return all
}

// fakeFrame is around a window, or around none.
type fakeFrame struct {
	diary  *diary
	mu     sync.Mutex
	window uint32
	err    error
}

func (f *fakeFrame) Around(window uint32) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.window = window
	return f.err
}

func (f *fakeFrame) around() uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.window
}

func (f *fakeFrame) Close() { f.diary.add("frame closes") }

// now changes what is on the screen.
func (s *fakeScreen) now(window uint32, title string, tint uint8, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window, s.title, s.tint, s.err = window, title, tint, err
}

// sharing is a world with a sharer, of which nothing is shared yet.
func sharing(t *testing.T, script []any, test func(w *world, s *fakeSharer, f *fakeFrame)) {
	t.Helper()
	in(t, script, func(w *world) {
		s, f := &fakeSharer{diary: w.diary}, &fakeFrame{diary: w.diary}
		w.ports.Sharer = func() Sharer { return s }
		w.ports.Frame = func(context.Context) (Frame, error) { return f, nil }
		w.screen.window = 7
		test(w, s, f)
	})
}

// shares begins to share, and lets time pass.
func (w *world) shares(d time.Duration) Snapshot {
	w.Helper()
	if _, err := w.Share(w.T.Context()); err != nil {
		w.Fatal(err)
	}
	return w.after(d)
}

func TestANewLookIsSharedWhenTheWindowHasVisiblyChanged(t *testing.T) {
	sharing(t, nil, func(w *world, s *fakeSharer, f *fakeFrame) {
		if snap := w.shares(5 * time.Second); snap.Sharing == nil || snap.Sharing.Pictures != 1 || f.around() != 7 {
			t.Fatalf("got %+v, the frame is around %d", snap.Sharing, f.around())
		}
		w.screen.now(7, "server.go", 90, nil)
		w.after(3 * time.Second)
		w.screen.now(8, "client.go", 90, nil)
		snap := w.after(3 * time.Second)
		if got := strings.Join(s.titles(), " "); got != "server.go server.go client.go" || f.around() != 8 {
			t.Errorf("shared were %s, the frame is around %d", got, f.around())
		}
		v := snap.Sharing
		if v.Pictures != 3 || len(v.Shots) != 3 || !v.Shots[2].Sent || v.Tokens == 0 {
			t.Errorf("the user is told %+v", v)
		}
		w.Unshare()
		w.after(time.Second)
		seen, ok := w.Seen(v.ID)
		if last := s.took[2].Sent[0].Bytes; !ok || len(seen.Pictures) != 3 || !slices.Equal(seen.Pictures[2].Bytes, last) || !strings.Contains(seen.Text, "text of client.go") {
			t.Errorf("%d pictures can be looked at", len(seen.Pictures))
		}
		if w.screen.out != 0 {
			t.Errorf("%d shots were not given back", w.screen.out)
		}
	})
}

func TestWhatAlwaysMovesIsSharedOnceASecondAndWithinTheBudget(t *testing.T) {
	sharing(t, nil, func(w *world, s *fakeSharer, _ *fakeFrame) {
		w.shareTokens = 60 // of some six each
		w.shares(0)
		for i := range 240 {
			w.screen.now(7, "film", uint8(17*i), nil)
			w.after(250 * time.Millisecond)
		}
		w.Unshare()
		w.after(time.Second)
		sum := 0
		for i, shot := range s.took {
			sum += tokens(shot)
			if i > 0 && s.at[i].Sub(s.at[i-1]) < shareGap {
				t.Errorf("%v after the one before", s.at[i].Sub(s.at[i-1]))
			}
		}
		if sum > 60 || sum < 40 {
			t.Errorf("%d looks cost %d tokens", len(s.titles()), sum)
		}
	})
}

func TestASharingEnds(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(w *world, s *fakeSharer, f *fakeFrame)
		hint string
		code string
	}{
		"by its command":     {func(w *world, _ *fakeSharer, _ *fakeFrame) { w.Unshare() }, "share_stopped", ""},
		"by stop":            {func(w *world, _ *fakeSharer, _ *fakeFrame) { w.Cancel() }, "share_stopped", ""},
		"after ten minutes":  {func(w *world, _ *fakeSharer, _ *fakeFrame) { w.after(shareLimit) }, "share_over", ""},
		"with a lock":        {func(w *world, _ *fakeSharer, _ *fakeFrame) { w.screen.now(7, "", 0, vision.ErrLocked) }, "share_locked", ""},
		"with the display":   {func(w *world, _ *fakeSharer, _ *fakeFrame) { w.screen.now(7, "", 0, vision.ErrNoDisplay) }, "", "screen_none"},
		"with its frame":     {func(_ *world, _ *fakeSharer, f *fakeFrame) { f.mu.Lock(); f.err = vision.ErrNoDisplay; f.mu.Unlock() }, "", "screen_none"},
		"with another voice": {func(w *world, _ *fakeSharer, _ *fakeFrame) { w.deaf.Store(true) }, "", "share_engine"},
		"with the service": {func(w *world, s *fakeSharer, _ *fakeFrame) {
			s.set(func() { s.err = &engine.Error{Code: "key_rejected"} })
			w.screen.now(7, "other", 90, nil)
		}, "", "key_rejected"},
	} {
		t.Run(name, func(t *testing.T) {
			sharing(t, nil, func(w *world, s *fakeSharer, f *fakeFrame) {
				w.ports.Sharer = func() Sharer {
					if w.deaf.Load() {
						return nil
					}
					return s
				}
				w.shares(2 * time.Second)
				c.end(w, s, f)
				snap := w.after(2 * time.Second)
				if snap.Sharing != nil || s.Shares() || w.diary.count("frame closes") != 1 || snap.Hint != hints[c.hint] {
					t.Errorf("it goes on: %+v, hint %q", snap.Sharing, snap.Hint)
				}
				if code := snap.Error; (code == nil) != (c.code == "") || code != nil && code.Code != c.code {
					t.Errorf("the problem is %+v", code)
				}
				w.screen.now(9, "afterwards", 200, nil)
				if w.after(5 * time.Second); slices.Contains(s.titles(), "afterwards") {
					t.Error("it was shared afterwards")
				}
			})
		})
	}
}

func TestWhatIsPrivateTakesBackWhatIsShared(t *testing.T) {
	sharing(t, nil, func(w *world, s *fakeSharer, f *fakeFrame) {
		w.shares(2 * time.Second)
		w.screen.now(8, "secrets", 90, vision.ErrExcluded)
		if snap := w.after(2 * time.Second); s.Shares() || f.around() != 0 || snap.Sharing == nil {
			t.Errorf("it is still there, the frame around %d", f.around())
		}
		w.screen.now(7, "server.go", 0, nil)
		if w.after(3 * time.Second); !s.Shares() || len(s.titles()) != 2 || f.around() != 7 {
			t.Errorf("%d looks were shared", len(s.titles()))
		}
		w.screen.now(0, "the whole display", 30, nil)
		if w.after(3 * time.Second); s.Shares() || len(s.titles()) != 2 {
			t.Error("the display was shared")
		}
	})
}

func TestAfterAQuestionWithItsOwnPictureTheWindowIsSharedAgain(t *testing.T) {
	sharing(t, nil, func(w *world, s *fakeSharer, _ *fakeFrame) {
		w.shares(2 * time.Second)
		s.set(func() { s.has, s.busy = false, true }) // a question has come
		if w.after(3 * time.Second); len(s.titles()) != 1 {
			t.Error("beside the question's own picture another was shared")
		}
		s.set(func() { s.busy = false })
		if w.after(2 * time.Second); len(s.titles()) != 2 || !s.Shares() {
			t.Errorf("%d looks were shared", len(s.titles()))
		}
	})
}

func TestASharingThatIsWantedAgainBeginsItsTenMinutesAnew(t *testing.T) {
	sharing(t, nil, func(w *world, s *fakeSharer, _ *fakeFrame) {
		w.shares(9 * time.Minute)
		if snap := w.shares(9 * time.Minute); snap.Sharing == nil || len(s.titles()) != 1 {
			t.Errorf("it is over, after %d looks", len(s.titles()))
		}
		if snap := w.after(2 * time.Minute); snap.Sharing != nil {
			t.Error("it goes on")
		}
		if _, ok := w.Unshare(); ok {
			t.Error("there was something to end")
		}
	})
}

func TestASharingThatCannotBeIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(w *world)
		want  error
	}{
		"with an engine that takes none": {func(w *world) { w.ports.Sharer = func() Sharer { return nil } }, ErrBlind},
		"with nothing that shares":       {func(w *world) { w.ports.Sharer = nil }, ErrBlind},
		"while the screen is locked":     {func(w *world) { w.screen.err = vision.ErrLocked }, vision.ErrLocked},
		"where windows are not followed": {func(w *world) {
			w.ports.Frame = func(context.Context) (Frame, error) { return nil, vision.ErrUnsupported }
		}, ErrUnframed},
	} {
		sharing(t, nil, func(w *world, s *fakeSharer, _ *fakeFrame) {
			c.spoil(w)
			if _, err := w.Share(w.T.Context()); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
			if snap := w.after(2 * time.Second); snap.Sharing != nil || len(s.titles()) > 0 {
				t.Errorf("%s: it was begun", name)
			}
		})
	}
}

func TestALookThatIsTooDearIsCheapenedOrRefused(t *testing.T) {
	dear := vision.Shot{Sent: []vision.Encoded{{Tokens: 100}, {Tokens: 500}}, Words: []string{strings.Repeat("word", 200)}}
	for _, c := range []struct {
		budget, pictures int
		words, ok        bool
	}{{1000, 2, true, true}, {400, 1, true, true}, {150, 1, false, true}, {50, 1, false, false}} {
		got, ok := cheapened(dear, c.budget)
		if len(got.Sent) != c.pictures || (got.Words != nil) != c.words || ok != c.ok {
			t.Errorf("within %d: %d pictures, words: %t, ok: %t", c.budget, len(got.Sent), got.Words != nil, ok)
		}
	}
}

func TestWhileTheUserSharesASpokenQuestionLooksThoughItIsSetNotTo(t *testing.T) {
	sharing(t, []any{engine.Done{}}, func(w *world, _ *fakeSharer, _ *fakeFrame) {
		w.capture = vision.CaptureNone
		w.hold(time.Second)
		if s := w.after(time.Second); len(s.Turn.Shots) != 0 {
			t.Errorf("it looks: %+v", s.Turn.Shots)
		}
		w.shares(time.Second)
		w.hold(time.Second)
		if s := w.after(time.Second); len(s.Turn.Shots) != 1 {
			t.Errorf("it does not look: %+v", s.Turn)
		}
	})
}
