package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"aside/app/settings"
	"aside/vision"
	"aside/vision/grab"
)

// panelClass is how our panel's window calls itself.
const panelClass = "aside-panel"

// connectLimit bounds how long the display may take when Aside starts.
const connectLimit = 2 * time.Second

// sight gives the turn its eyes. Without a display it waits for one.
type sight struct {
	log *slog.Logger

	mu      sync.Mutex
	options grab.Options
	screen  *grab.Screen // nil without a display
}

func newSight(s settings.Screen, log *slog.Logger) *sight {
	x := &sight{log: log, options: seen(s)}
	ctx, cancel := context.WithTimeout(context.Background(), connectLimit)
	defer cancel()
	if _, err := x.open(ctx); err != nil {
		log.Warn("sight", "err", err)
	}
	return x
}

// seen says what may be looked at. Our own panel is not what the user means.
func seen(s settings.Screen) grab.Options {
	return grab.Options{Exclude: s.Exclude, Own: []string{panelClass}}
}

// open connects to the display unless that is done.
func (x *sight) open(ctx context.Context) (*grab.Screen, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.screen != nil {
		return x.screen, nil
	}
	screen, err := grab.Open(ctx, x.options, x.log)
	if err != nil {
		return nil, err
	}
	x.screen = screen
	return screen, nil
}

// Take takes a picture for a turn.
func (x *sight) Take(ctx context.Context, c vision.Capture) (vision.Shot, error) {
	screen, err := x.open(ctx)
	if err != nil {
		return vision.Shot{}, err
	}
	return screen.Take(ctx, c)
}

// configure says anew what may be looked at.
func (x *sight) configure(s settings.Screen) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.options = seen(s)
	if x.screen != nil {
		x.screen.Configure(x.options)
	}
}

// describe says how the screen is looked at, for status.
func (x *sight) describe() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.screen == nil {
		return "none"
	}
	return x.screen.Describe()
}

func (x *sight) close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.screen != nil {
		_ = x.screen.Close() // nothing is lost with it
		x.screen = nil
	}
}
