package panel

import (
	"context"
	"time"

	"aside/app/control"
)

const (
	// patience is how long the panel outlives the core.
	patience = 15 * time.Second
	// firstPause and longestPause are between two tries to reach the core.
	firstPause   = 100 * time.Millisecond
	longestPause = time.Second
)

// watcher keeps watching the core, and comes back when it went away.
type watcher struct {
	core Core
	pump *pump
	gone func() // called once, when the core has been away for too long

	cancel context.CancelFunc
	done   chan struct{}
}

func newWatcher(core Core, pump *pump, gone func()) *watcher {
	return &watcher{core: core, pump: pump, gone: gone, done: make(chan struct{})}
}

func (w *watcher) start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	go w.run(ctx)
}

// close ends the watch and waits for it. It may be called twice.
func (w *watcher) close() {
	w.cancel()
	<-w.done
}

// run watches until ctx ends or the core stays away.
func (w *watcher) run(ctx context.Context) {
	defer close(w.done)
	lost, pause := time.Now(), firstPause
	for ctx.Err() == nil {
		if w.watch(ctx) {
			lost, pause = time.Now(), firstPause
		}
		if ctx.Err() != nil {
			return
		}
		w.pump.lost()
		if time.Since(lost) >= patience {
			w.gone()
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// watch watches once. It reports whether the core was there.
//
// When the turn that was shown is gone, a new conversation has begun or a turn
// was deleted: which, only the first snapshot of another watch tells.
func (w *watcher) watch(ctx context.Context) (there bool) {
	for again := true; again && ctx.Err() == nil; {
		again = false
		once, cancel := context.WithCancel(ctx)
		first, had := true, false
		_ = w.core.Watch(once, func(s control.Snapshot) { // however it ended, the core is away
			if again {
				return
			}
			if had && s.Turn == nil {
				again = true
				cancel()
				return
			}
			had = s.Turn != nil
			w.pump.offer(s, first)
			there, first = true, false
		})
		cancel()
	}
	return there
}
