package grab

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// frameClass is how the windows call themselves that show what is shared.
	frameClass = "aside-frame"

	// frameEvery is how often it is looked where the window has gone.
	frameEvery = 100 * time.Millisecond
)

// Frame is a thin frame around a window on the screen: the sign that it is
// shared. It follows the window, has neither the keyboard nor the mouse, and is
// in no picture. Its methods may be called at once.
type Frame struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when it follows nothing any more

	mu     sync.Mutex
	edges  edges
	window uint32
	err    error // why there is none any more
	closed bool
}

// edges draw a frame. They are used by one goroutine at a time.
type edges interface {
	// surround draws around a window, or nothing for 0 and for one that is not
	// on the screen. With raise they come over whatever has come to the front.
	surround(window uint32, raise bool) error
	close()
}

// Frame opens a frame, around nothing yet. The error wraps
// vision.ErrUnsupported where windows cannot be told apart, or
// vision.ErrNoDisplay.
func (s *Screen) Frame(ctx context.Context) (*Frame, error) {
	e, err := openEdges(ctx)
	if err != nil {
		return nil, fmt.Errorf("open frame: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &Frame{cancel: cancel, done: make(chan struct{}), edges: e}
	go f.follow(ctx)
	return f, nil
}

// Around draws the frame around a window, as Shot.Window numbers it; 0 is none.
// When it returns, the frame is there. The error wraps vision.ErrNoDisplay if
// there is no frame any more.
func (f *Frame) Around(window uint32) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.window = window
	f.draw(true)
	return f.err
}

func (f *Frame) draw(raise bool) {
	if f.err != nil {
		return
	}
	if err := f.edges.surround(f.window, raise); err != nil {
		f.err = fmt.Errorf("draw frame: %w", err)
	}
}

// follow keeps the frame where its window is.
func (f *Frame) follow(ctx context.Context) {
	defer close(f.done)
	tick := time.NewTicker(frameEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		f.mu.Lock()
		if f.window != 0 {
			f.draw(false)
		}
		lost := f.err != nil
		f.mu.Unlock()
		if lost {
			return
		}
	}
}

// Close takes the frame away; when it returns nothing of it is on the screen.
// It may be called twice.
func (f *Frame) Close() {
	f.cancel()
	<-f.done
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.closed = true
		f.edges.close()
	}
}
