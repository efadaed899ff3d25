package grab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aside/vision"
)

// chooseLimit is how long the user may take to choose.
const chooseLimit = 30 * time.Second

// chooseClass is how the windows call themselves that show what is chosen.
const chooseClass = "aside-choose"

// Choose lets the user draw a region with the left button, or click on a
// window to pick it. The click reaches no window, and the focus stays where it
// is. Shots can be taken meanwhile; when Choose returns, nothing of it is on
// the screen any more.
//
// The error wraps vision.ErrUnchosen when the user presses Escape or the right
// button, draws less than 8 by 8 pixels, clicks where no window is, or takes
// longer than half a minute, when ctx ends, and when another program has the
// mouse; otherwise vision.ErrUnsupported or vision.ErrNoDisplay. One call at a
// time can succeed.
func (s *Screen) Choose(ctx context.Context, c vision.Capture) (vision.Target, error) {
	if !chosen(c) {
		return vision.Target{}, fmt.Errorf("choose %q: %w", c, vision.ErrUnsupported)
	}
	ctx, r, err := s.beginChoice(ctx)
	if err != nil {
		return vision.Target{}, fmt.Errorf("choose %s: %w", c, err)
	}
	defer s.endChoice()
	t, err := choose(ctx, c, r)
	switch {
	case err == nil:
		return t, nil
	case ctx.Err() != nil:
		err = fmt.Errorf("%w: %w", vision.ErrUnchosen, ctx.Err())
	case errors.Is(err, errGone):
		err = fmt.Errorf("%w: %w", vision.ErrNoDisplay, err)
	}
	return vision.Target{}, fmt.Errorf("choose %s: %w", c, err)
}

// beginChoice returns a context that ends with Close, too.
func (s *Screen) beginChoice(ctx context.Context) (context.Context, rules, error) {
	select {
	case s.choosing <- struct{}{}:
	default:
		return nil, rules{}, fmt.Errorf("the user is choosing already: %w", vision.ErrUnchosen)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		<-s.choosing
		return nil, rules{}, fmt.Errorf("%w: %w", vision.ErrNoDisplay, errGone)
	}
	ctx, s.giveUp = context.WithTimeout(ctx, chooseLimit)
	return ctx, s.rules, nil
}

func (s *Screen) endChoice() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveUp()
	s.giveUp = nil
	<-s.choosing
}
