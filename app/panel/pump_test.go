package panel

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"aside/app/control"
)

// newTestPump returns a pump whose window notes what it draws.
func newTestPump(pace time.Duration) (*pump, *[]frame) {
	var drawn []frame
	p := newPump(func(f frame) { drawn = append(drawn, f) }, func(frame) time.Duration { return pace }, func() {})
	p.post = func(f func()) { f() }
	return p, &drawn
}

func TestPumpDrawsTheNewestAndNotTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, drawn := newTestPump(0)
		p.setVisible(true)
		p.start()
		defer p.close()
		for i := range 10_000 {
			p.offer(control.Snapshot{Seq: uint64(i + 1)}, i == 0)
			time.Sleep(100 * time.Microsecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(*drawn); n > 14 {
			t.Errorf("%d frames in a second", n)
		}
		if last := (*drawn)[len(*drawn)-1]; last.latest == nil || last.latest.Seq != 10_000 {
			t.Errorf("the last frame is not the newest: %+v", last)
		}
	})
}

func TestPumpDrawsNothingWhileHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, drawn := newTestPump(10 * time.Millisecond)
		p.start()
		defer p.close()
		p.offer(control.Snapshot{Seq: 1}, true)
		p.offer(control.Snapshot{Seq: 2}, false)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(*drawn) != 0 {
			t.Fatalf("%d frames for a hidden window", len(*drawn))
		}
		p.setVisible(true)
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		if len(*drawn) != 1 || (*drawn)[0].latest.Seq != 2 || !(*drawn)[0].fresh {
			t.Fatalf("shown again it draws %+v", *drawn)
		}
		p.setVisible(false)
		before := len(*drawn)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(*drawn) > before+1 {
			t.Errorf("hidden again it draws %d frames more", len(*drawn)-before)
		}
	})
}

func TestPumpRestsWhenNothingMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, drawn := newTestPump(0)
		p.setVisible(true)
		p.start()
		defer p.close()
		p.offer(control.Snapshot{Seq: 1}, true)
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(*drawn) > 2 {
			t.Errorf("%d frames in an hour without news", len(*drawn))
		}
	})
}

func TestPumpMissesNoTurnsEnd(t *testing.T) {
	p, drawn := newTestPump(0)
	p.offer(control.Snapshot{Seq: 1, Turn: &control.View{ID: "a", Outcome: "asked"}, Earlier: []control.View{{ID: "0"}}}, true)
	p.offer(control.Snapshot{Seq: 2, Turn: &control.View{ID: "a", Outcome: "answered"}}, false)
	p.offer(control.Snapshot{Seq: 3, Turn: &control.View{ID: "b", Outcome: "asked"}}, false)
	p.setVisible(true)
	f, ok := p.take()
	if !ok || len(*drawn) != 0 {
		t.Fatal("there is no frame")
	}
	var h history
	h.add(f)
	var got []string
	for _, v := range h.turns {
		got = append(got, v.ID+" "+string(v.Outcome))
	}
	if want := []string{"0 ", "a answered", "b asked"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAWishForTheVoiceLeavesNoTurn(t *testing.T) {
	var h history
	spoken, wish := control.View{ID: "a", Outcome: "asked"}, control.View{ID: "b", Outcome: "asked"}
	for i, step := range []struct {
		turn control.View
		want int
	}{{spoken, 1}, {wish, 2}, {spoken, 1}} {
		if h.add(frame{latest: &control.Snapshot{Turn: &step.turn}}); len(h.turns) != step.want {
			t.Errorf("step %d: %d turns, want %d", i, len(h.turns), step.want)
		}
	}
}

func TestHistoryFollowsTheConversation(t *testing.T) {
	turn := func(id string) *control.View { return &control.View{ID: id} }
	var h history
	ids := func() (all []string) {
		for _, v := range h.turns {
			all = append(all, v.ID)
		}
		return all
	}
	for _, step := range []struct {
		name string
		f    frame
		want []string
	}{
		{"a watch begins", frame{fresh: true, latest: &control.Snapshot{Turn: turn("b"), Earlier: []control.View{{ID: "a"}}}}, []string{"a", "b"}},
		{"the turn goes on", frame{latest: &control.Snapshot{Turn: turn("b")}}, []string{"a", "b"}},
		{"nothing new", frame{}, []string{"a", "b"}},
		{"another turn", frame{latest: &control.Snapshot{Turn: turn("c")}}, []string{"a", "b", "c"}},
		{"a new conversation", frame{fresh: true, latest: &control.Snapshot{}}, nil},
		{"its first turn", frame{latest: &control.Snapshot{Turn: turn("d")}}, []string{"d"}},
	} {
		if h.add(step.f); !slices.Equal(ids(), step.want) {
			t.Errorf("%s: %q, want %q", step.name, ids(), step.want)
		}
	}
	h.drop("d")
	if len(h.turns) != 0 {
		t.Errorf("a forgotten turn is still there: %q", ids())
	}
	for i := range 2 * keepTurns {
		h.add(frame{latest: &control.Snapshot{Turn: turn(string(rune('A' + i)))}})
	}
	if len(h.turns) != keepTurns {
		t.Errorf("%d turns are kept", len(h.turns))
	}
}

func TestPumpRestsOnceWhenNothingWasDrawnForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, drawn := newTestPump(0)
		rests := 0
		p.rest = func() { rests++ }
		p.setVisible(true)
		p.start()
		defer p.close()
		for range 3 { // it is never still for long enough
			time.Sleep(restAfter - time.Second)
			p.offer(control.Snapshot{}, false)
		}
		synctest.Wait()
		if rests != 0 {
			t.Errorf("it rests between two frames")
		}
		p.setVisible(false) // which draws nothing, and hinders nothing
		time.Sleep(10 * restAfter)
		synctest.Wait()
		if rests != 1 {
			t.Errorf("it rests %d times after %d frames", rests, len(*drawn))
		}
	})
}
