package panel

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// frame is what the window draws at once.
type frame struct {
	fresh   bool               // the first of a watch: what was shown before is replaced
	passed  []control.Snapshot // ends of turns that would otherwise be missed, oldest first
	latest  *control.Snapshot  // nil if nothing has come since the last frame
	offline bool               // the core is away
	still   bool               // the user wants nothing to move by itself

	choosing string // what the user draws or picks now: region, pick or ""
}

const (
	// frameGap is the least time between two frames.
	frameGap = 80 * time.Millisecond
	// restAfter is how long nothing is drawn until the window rests.
	restAfter = 65 * time.Second
	// maxPassed bounds the turns that wait for a hidden window.
	maxPassed = 64
)

// pump is the way to the window from any other goroutine. It keeps what is
// newest until the window can draw it, and draws nothing while it is hidden.
type pump struct {
	post func(func())              // runs a function on the window's goroutine
	draw func(frame)               // on that goroutine
	rest func()                    // called, on no goroutine of the window, when nothing was drawn for a while
	pace func(frame) time.Duration // when to draw again without news; 0 for not at all
	wait func(time.Duration) <-chan time.Time

	mu      sync.Mutex
	next    frame
	news    bool
	visible bool

	wake   chan struct{}
	cancel context.CancelFunc
	done   chan struct{}
}

// newPump returns a pump that draws with draw on Fyne's goroutine.
func newPump(draw func(frame), pace func(frame) time.Duration, rest func()) *pump {
	return &pump{
		post: fyne.Do, draw: draw, pace: pace, rest: rest, wait: time.After,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// start begins to draw, until close.
func (p *pump) start() {
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	go p.run(ctx)
}

// close stops drawing. The frame that is being drawn may still end after it.
func (p *pump) close() {
	p.cancel()
	<-p.done
}

// offer takes a snapshot; fresh says that it is the first of a watch.
func (p *pump) offer(s control.Snapshot, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := &p.next
	switch old := n.latest; {
	case fresh:
		n.passed, n.fresh = nil, true
	case old == nil || old.Turn == nil || s.Turn == nil || old.Turn.ID == s.Turn.ID:
	case len(n.passed) < maxPassed:
		n.passed = append(n.passed, *old)
	}
	if s.Earlier == nil && n.fresh && n.latest != nil && !fresh {
		s.Earlier = n.latest.Earlier // only the first snapshot has them
	}
	n.latest, n.offline = &s, false
	p.signal()
}

// lost takes the news that the core is away.
func (p *pump) lost() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next.offline = true
	p.signal()
}

// setVisible says whether there is anything to draw for.
func (p *pump) setVisible(visible bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.visible = visible
	p.signal()
}

// signal wakes run. p.mu is held.
func (p *pump) signal() {
	p.news = true
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// take returns the frame to draw, or not ok while the window is hidden.
func (p *pump) take() (frame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.visible {
		return frame{}, false
	}
	f := p.next
	p.next = frame{offline: f.offline}
	return f, true
}

// run draws until ctx ends.
func (p *pump) run(ctx context.Context) {
	defer close(p.done)
	var again, rest <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-again:
		case <-rest:
			rest = nil
			p.rest()
			continue
		}
		again = nil
		f, ok := p.take()
		if !ok {
			continue
		}
		drawn := make(chan time.Duration, 1)
		p.post(func() {
			p.draw(f)
			drawn <- p.pace(f)
		})
		select {
		case <-ctx.Done():
			return
		case gap := <-drawn:
			if gap > 0 {
				again = p.wait(gap)
			}
		}
		rest = p.wait(restAfter)
		select {
		case <-ctx.Done():
			return
		case <-p.wait(frameGap):
		}
	}
}

// do runs f on the window's goroutine, some time later.
func (p *pump) do(f func()) { p.post(f) }
