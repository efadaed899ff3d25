package turn

import (
	"context"
	"sync"
)

// hub hands snapshots to whoever watches. A slow watcher misses what lies
// between, but never a turn's end.
type hub struct {
	mu       sync.Mutex
	latest   Snapshot
	earlier  []View // of the conversation, before the latest snapshot's turn
	watchers map[*watcher]struct{}
}

type watcher struct {
	pending []Snapshot    // oldest first; only the last one may be replaced
	ready   chan struct{} // holds one token while pending is not empty
}

// maxPending bounds what a watcher that does not read may hold.
const maxPending = 64

// publish makes s the latest snapshot.
func (h *hub) publish(s Snapshot, earlier []View) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latest, h.earlier = s, earlier
	for w := range h.watchers {
		w.add(s)
	}
}

// add queues s, in the place of an unread snapshot that is not the end of a
// turn.
func (w *watcher) add(s Snapshot) {
	n := len(w.pending)
	if n > 0 && (!w.pending[n-1].ends() || n >= maxPending) {
		if n == 1 && s.Earlier == nil {
			s.Earlier = w.pending[0].Earlier // only the first snapshot has them
		}
		w.pending = w.pending[:n-1]
	}
	w.pending = append(w.pending, s)
	select {
	case w.ready <- struct{}{}:
	default:
	}
}

// ends reports whether the snapshot shows how a turn ended.
func (s Snapshot) ends() bool { return s.Turn != nil && s.Turn.Outcome != Asked && !s.known }

func (h *hub) snapshot() Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.latest
}

// watch calls see with the latest snapshot and with every later one that see
// is quick enough for, until ctx ends or see returns an error.
func (h *hub) watch(ctx context.Context, see func(Snapshot) error) error {
	w := &watcher{ready: make(chan struct{}, 1)}
	h.mu.Lock()
	if h.watchers == nil {
		h.watchers = make(map[*watcher]struct{})
	}
	h.watchers[w] = struct{}{}
	first := h.latest
	first.Earlier = h.earlier
	w.add(first)
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.watchers, w)
		h.mu.Unlock()
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.ready:
		}
		h.mu.Lock()
		pending := w.pending
		w.pending = nil
		h.mu.Unlock()
		for _, s := range pending {
			if err := see(s); err != nil {
				return err
			}
		}
	}
}
