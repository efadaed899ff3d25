package e2e

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"aside/app/desk"
)

// guard samples, until it is stopped, what must hold at every moment: who has
// the focus, and whether our microphone is open.
type guard struct {
	stop context.CancelFunc
	done sync.WaitGroup

	mu    sync.Mutex
	focus map[uint64]int // active window, or the one with the focus if it is another → samples
	mic   []micSample
	lost  []error // of the samples that could not be taken
}

type micSample struct {
	at   time.Time
	open bool
}

// fewest is how many samples make a guard: with less it was asleep.
const fewest = 10

// guardFocus watches the focus alone: there need be no core yet.
func (c *core) guardFocus() *guard {
	c.Helper()
	ctx, cancel := context.WithCancel(c.ctx)
	g := &guard{stop: cancel, focus: map[uint64]int{}}
	g.sample(ctx, func() error {
		active, focus, err := c.ActiveWindow(ctx)
		if err != nil {
			return err
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.focus[active]++
		if focus != active {
			g.focus[focus]++
		}
		return nil
	})
	c.Cleanup(g.end)
	return g
}

// guard watches the focus and the microphone of the core that runs.
func (c *core) guard() *guard {
	c.Helper()
	g := c.guardFocus()
	ctx, cancel := context.WithCancel(c.ctx)
	focusOnly := g.stop
	g.stop = func() { focusOnly(); cancel() }
	g.sample(ctx, func() error {
		at := time.Now()
		open, err := c.records(ctx)
		if err != nil {
			return err
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.mic = append(g.mic, micSample{at, open})
		return nil
	})
	return g
}

// sample takes one sample after the other until ctx ends.
func (g *guard) sample(ctx context.Context, take func() error) {
	g.done.Go(func() {
		for ctx.Err() == nil {
			if err := take(); err != nil && ctx.Err() == nil {
				g.mu.Lock()
				g.lost = append(g.lost, err)
				g.mu.Unlock()
			}
		}
	})
}

// end stops the guard. It may be called twice.
func (g *guard) end() {
	g.stop()
	g.done.Wait()
}

// slack is what a sample of the sound server's list may be late: it takes a
// process to ask.
const slack = 150 * time.Millisecond

// check says what did not hold: the focus must never have left window, and the
// microphone must have been open between down and up and at no other time.
func (g *guard) check(t testing.TB, window uint64, down, up time.Time) {
	t.Helper()
	g.checkFocus(t, window)
	g.mu.Lock()
	defer g.mu.Unlock()
	held := 0
	for _, s := range g.mic {
		switch {
		case s.open && (s.at.Before(down.Add(-slack)) || s.at.After(up.Add(slack+120*time.Millisecond))):
			t.Errorf("the microphone was open %v after key-down, %v after key-up", s.at.Sub(down), s.at.Sub(up))
		case s.open:
			held++
		}
	}
	if held < fewest || len(g.mic)-held < fewest {
		t.Errorf("%d samples of an open microphone and %d of a closed one are too few", held, len(g.mic)-held)
	}
}

// checkFocus wants every sample of the focus in window, and enough of them.
func (g *guard) checkFocus(t testing.TB, window uint64) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	for w, n := range g.focus {
		if w != window {
			t.Errorf("the focus was in window %d for %d samples, not in %d", w, n, window)
		}
	}
	if n := g.focus[window]; n < fewest {
		t.Errorf("%d samples of the focus are too few", n)
	}
	for _, err := range g.lost {
		t.Errorf("a sample is lost: %v", err)
	}
}

// front is the window in front, which has the focus.
func (c *core) front() uint64 {
	c.Helper()
	window, focus, err := c.ActiveWindow(c.ctx)
	if err != nil || window != focus {
		c.Fatalf("window %d is in front, %d has the focus: %v", window, focus, err)
	}
	return window
}

// records asks the sound server whether our core records.
func (c *core) records(ctx context.Context) (bool, error) {
	streams, err := c.Microphones(ctx)
	return c.ours(streams) > 0, err
}

// ours counts the streams of the core that runs.
func (c *core) ours(streams []desk.Stream) int {
	n := 0
	for _, s := range streams {
		if s.PID == strconv.Itoa(c.cmd.Process.Pid) {
			n++
		}
	}
	return n
}

// microphoneOpen reports whether our core records. It does not take a sound
// server that is silent for a closed microphone.
func (c *core) microphoneOpen() bool {
	c.Helper()
	open, err := c.records(c.ctx)
	if err != nil {
		c.Fatal(err)
	}
	return open
}

// voices counts the streams of our core that play.
func (c *core) voices() int {
	c.Helper()
	streams, err := c.Loudspeakers(c.ctx)
	if err != nil {
		c.Fatal(err)
	}
	return c.ours(streams)
}
