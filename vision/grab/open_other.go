//go:build windows || (darwin && cgo)

package grab

import (
	"context"
	"fmt"
	"image"
	"time"

	"github.com/kbinani/screenshot"

	"aside/vision"
)

// displays looks at whole displays. It knows nothing of windows.
type displays struct{}

func open(context.Context, *spare) (source, error) {
	if screenshot.NumActiveDisplays() == 0 {
		return nil, vision.ErrNoDisplay
	}
	return displays{}, nil
}

// choose does not exist here: nothing is known of windows.
func choose(context.Context, vision.Capture, rules) (vision.Target, error) {
	return vision.Target{}, vision.ErrUnsupported
}

// take takes the first display: this library knows of no pointer and of no
// active window.
func (displays) take(_ context.Context, t vision.Target, r rules) (vision.Shot, error) {
	if chosen(t.Capture) {
		return vision.Shot{}, vision.ErrUnsupported
	}
	if len(r.exclude) > 0 {
		return vision.Shot{}, vision.ErrUnsorted
	}
	taken := time.Now()
	var bounds image.Rectangle
	if screenshot.NumActiveDisplays() > 0 {
		bounds = screenshot.GetDisplayBounds(0)
	}
	if bounds.Empty() {
		return vision.Shot{}, vision.ErrNoDisplay
	}
	p, err := screenshot.CaptureRect(bounds)
	if err != nil {
		return vision.Shot{}, fmt.Errorf("%w: %w", vision.ErrRefused, err)
	}
	return vision.Shot{Taken: taken, Capture: vision.CaptureDisplay, Bounds: bounds, Pointer: bounds.Max, Pixels: p}, nil
}

func (displays) describe() string {
	return fmt.Sprintf("%d displays", screenshot.NumActiveDisplays())
}

func (displays) close() {}
