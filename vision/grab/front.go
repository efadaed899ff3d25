package grab

import (
	"context"
	"fmt"
)

// Front returns the program and the title of the window that the user looks at:
// the one in front, or the one below it if that is our own. No picture is
// taken, and Take is never made to wait. The error wraps vision.ErrExcluded if
// the window is kept private, vision.ErrUnchosen if there is none,
// vision.ErrUnsupported where windows cannot be told apart, or
// vision.ErrNoDisplay.
func (s *Screen) Front(ctx context.Context) (program, title string, err error) {
	w, err := front(ctx, s.allowed())
	if err != nil {
		return "", "", fmt.Errorf("see what is in front: %w", err)
	}
	return w.program(), w.title, nil
}

// WatchFront is Watch for windows and titles alone: while nothing changes it
// does nothing.
func (s *Screen) WatchFront(ctx context.Context, changed func()) error {
	if err := watch(ctx, s.allowed, false, func(Change) { changed() }); err != nil && ctx.Err() == nil {
		return fmt.Errorf("watch what is in front: %w", err)
	}
	return nil
}
