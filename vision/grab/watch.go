package grab

import (
	"context"
	"fmt"
	"image"
	"time"
)

// Change says that what the user looks at has become something else.
type Change struct {
	// At is when that happened. What it became is reported a little later: when
	// it has been left alone for a moment.
	At time.Time

	// Window says that another window is in front, or none, or that the one in
	// front has another title. Else the pointer rests at another place.
	Window bool

	Pointer image.Point // on the root window, in pixels
}

// Watch calls changed, until ctx ends, when what the user looks at has changed:
// another window or another title is in front, or the pointer has come to rest
// elsewhere. What was there when it began is no change, nor is one of our own
// windows in front; a window that may not be seen is one, of which Take will
// tell. A title is reported once a second at most, and only when its letters
// are others.
//
// It has a connection of its own and never makes Take wait. It blocks: changed
// is called by the caller's goroutine, so never after Watch has returned; while
// it runs nothing is noticed, and nothing lost but where the pointer rested
// meanwhile. Several may watch at once. Close does not end it.
//
// The error is nil when ctx ended. Otherwise it wraps vision.ErrUnsupported
// where windows cannot be told apart, or vision.ErrNoDisplay: that of a display
// which does not answer comes after two seconds.
func (s *Screen) Watch(ctx context.Context, changed func(Change)) error {
	if err := watch(ctx, s.allowed, true, changed); err != nil && ctx.Err() == nil {
		return fmt.Errorf("watch screen: %w", err)
	}
	return nil
}

// allowed is what may be seen at the moment.
func (s *Screen) allowed() rules {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rules
}
