package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aside/app/desk"
)

// fewest is how many looks make it true that the focus was watched.
const fewest = 20

// watchFocus looks again and again which window is in front and has the focus.
// The function that it returns ends that, and says how often it looked and
// whether it was the same window each time.
func watchFocus(ctx context.Context, d *desk.Desk) (kept func() (int, error), err error) {
	first, _, err := d.ActiveWindow(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for the window in front: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	looks, done := 0, make(chan error, 1)
	go func() {
		var failed error
		for ; ctx.Err() == nil && failed == nil; _ = wait(ctx, 20*time.Millisecond) {
			active, focus, err := d.ActiveWindow(ctx)
			switch {
			case ctx.Err() != nil:
			case err != nil:
				failed = fmt.Errorf("look for the window in front: %w", err)
			case active != first || focus != first:
				failed = fmt.Errorf("the focus moved from window %d to %d", first, focus)
			default:
				looks++
			}
		}
		done <- failed
	}()
	return func() (int, error) {
		cancel()
		err := <-done
		if err == nil && looks < fewest {
			err = errors.New("the focus was hardly watched")
		}
		return looks, err
	}, nil
}
