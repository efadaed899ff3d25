package app

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"log/slog"
	"sync"
	"time"

	"aside/app/settings"
	"aside/app/turn"
	"aside/vision"
	"aside/vision/grab"
	"aside/vision/words"
)

// panelClass is how our panel's window calls itself.
const panelClass = "aside-panel"

// connectLimit bounds how long the display may take when Aside starts.
const connectLimit = 2 * time.Second

// sight gives the turn its eyes. Without a display it waits for one.
type sight struct {
	log   *slog.Logger
	words *words.Reader

	mu      sync.Mutex
	options grab.Options
	wanted  bool         // the words of a window go along
	screen  *grab.Screen // nil without a display
}

func newSight(s settings.Screen, log *slog.Logger) *sight {
	x := &sight{log: log, words: words.New(), options: seen(s), wanted: s.Words}
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

// Take implements turn.Screen.
func (x *sight) Take(ctx context.Context, t vision.Target) (vision.Shot, error) {
	screen, err := x.open(ctx)
	if err != nil {
		return vision.Shot{}, err
	}
	return screen.Take(ctx, t)
}

// Read implements turn.Screen. It comes after the picture, which says whether
// the window may be seen at all; where the picture cannot say that, the window's
// own program does.
func (x *sight) Read(ctx context.Context, shot vision.Shot) (vision.Shot, error) {
	x.mu.Lock()
	screen, wanted := x.screen, x.wanted
	x.mu.Unlock()
	if screen == nil || shot.PID == 0 && shot.Program == "" && !shot.Anonymous {
		return shot, nil
	}
	var text words.Text
	var err error
	if shot.Anonymous {
		text, err = x.words.ReadActive(ctx, func(w words.Window) bool { return !screen.Private(w.PID, w.Program, w.Title) })
	} else {
		text, err = x.words.Read(ctx, words.Window{PID: shot.PID, Program: shot.Program, Title: shot.Title})
	}
	switch {
	case errors.Is(err, words.ErrUnwanted), shot.Anonymous && len(text.Secrets) > 0: // who knows where they are in the picture
		return vision.Shot{}, fmt.Errorf("read window: %w", vision.ErrExcluded)
	case err != nil && !errors.Is(err, words.ErrUnavailable) && !errors.Is(err, words.ErrSilent):
		x.log.Info("read window", "cause", turn.Cause(err))
	}
	if shot.Anonymous {
		shot.Title, shot.Program = text.Title, text.Program
	}
	if !wanted {
		text.Lines, text.Whole = nil, false
	}
	tell(&shot, text)
	return shot, nil
}

// front returns the program and the title of the window that the user looks at.
func (x *sight) front(ctx context.Context) (program, title string, err error) {
	screen, err := x.open(ctx)
	if err != nil {
		return "", "", err
	}
	return screen.Front(ctx)
}

// watchFront calls changed when another window or another title is in front,
// until ctx ends.
func (x *sight) watchFront(ctx context.Context, changed func()) error {
	screen, err := x.open(ctx)
	if err != nil {
		return err
	}
	return screen.WatchFront(ctx, changed)
}

// choose lets the user draw a region or pick a window.
func (x *sight) choose(ctx context.Context, c vision.Capture) (vision.Target, error) {
	screen, err := x.open(ctx)
	if err != nil {
		return vision.Target{}, err
	}
	return screen.Choose(ctx, c)
}

// Locked implements turn.Screen.
func (x *sight) Locked(ctx context.Context) bool {
	screen, err := x.open(ctx)
	return err == nil && screen.Locked(ctx)
}

// Watch implements turn.Screen.
func (x *sight) Watch(ctx context.Context, changed func(turn.Change)) error {
	screen, err := x.open(ctx)
	if err != nil {
		return err
	}
	return screen.Watch(ctx, func(c grab.Change) { changed(turn.Change{Window: c.Window}) })
}

// Free implements turn.Screen.
func (x *sight) Free(shot vision.Shot) {
	x.mu.Lock()
	screen := x.screen
	x.mu.Unlock()
	if screen != nil {
		screen.Free(shot)
	}
}

// tell adds to a shot what was read, and paints over what is secret. The text
// of another window is left out: it came to the front meanwhile, and may be
// private. So is that of a window of which the user has drawn a region: nobody
// says which of it stands there, and what lies beside was not meant.
func tell(shot *vision.Shot, t words.Text) {
	if t.Title == shot.Title && shot.Capture != vision.CaptureRegion {
		shot.Words, shot.Complete = t.Lines, t.Whole
	}
	grey := image.NewUniform(color.Gray{vision.Paint})
	for _, secret := range t.Secrets {
		draw.Draw(shot.Pixels, secret.Sub(shot.Bounds.Min), grey, image.Point{}, draw.Src)
	}
}

// configure says anew what may be looked at.
func (x *sight) configure(s settings.Screen) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.options, x.wanted = seen(s), s.Words
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
	x.words.Close()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.screen != nil {
		_ = x.screen.Close() // nothing is lost with it
		x.screen = nil
	}
}
