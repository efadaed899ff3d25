package grab

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"sync"
	"time"

	"aside/vision"
)

// takeLimit bounds a shot, save where the user is asked for permission.
const takeLimit = 2 * time.Second

// Options say what may be seen.
type Options struct {
	// Exclude are the windows that are kept private: names of programs, which
	// must be equal, and parts of titles. Case does not matter. Password
	// managers need not be listed where windows can be told apart.
	Exclude []string

	// Own are the programs of our own windows. They are painted over and never
	// taken for the active window.
	Own []string
}

// source is a way to look at the screen. It is used by one goroutine at a time.
type source interface {
	take(ctx context.Context, c vision.Capture, r rules) (vision.Shot, error)
	describe() string
	close()
}

// errGone means that a source is of no more use; a new one may be.
var errGone = errors.New("connection to the display is gone")

// Screen takes shots. It is safe for concurrent use.
type Screen struct {
	log *slog.Logger

	mu     sync.Mutex
	rules  rules
	source source // nil when the connection was lost, or after Close
	closed bool
}

// Open connects to the display of the environment. The error wraps
// vision.ErrNoDisplay or vision.ErrUnsupported.
func Open(ctx context.Context, o Options, log *slog.Logger) (*Screen, error) {
	s := &Screen{log: log, rules: newRules(o)}
	src, err := open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open screen: %w", err)
	}
	s.source = src
	return s, nil
}

// Configure says anew what may be seen, from the next Take on.
func (s *Screen) Configure(o Options) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = newRules(o)
}

// Describe says in a few words what is looked at and how.
func (s *Screen) Describe() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.source == nil {
		return "none"
	}
	return s.source.describe()
}

// Take takes a shot at once, without Sent. A window shot falls back to the
// display under the pointer when there is no active window; Shot.Capture says
// so. The error wraps one of vision's.
func (s *Screen) Take(ctx context.Context, c vision.Capture) (vision.Shot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c != vision.CaptureWindow && c != vision.CaptureDisplay {
		return vision.Shot{}, fmt.Errorf("take %q: %w", c, vision.ErrUnsupported)
	}
	shot, err := s.attempt(ctx, c)
	if errors.Is(err, errGone) && ctx.Err() == nil { // the display may be back
		s.log.Warn("take shot", "err", err)
		shot, err = s.attempt(ctx, c)
	}
	if errors.Is(err, errGone) {
		err = fmt.Errorf("%w: %w", vision.ErrNoDisplay, err)
	}
	if err != nil {
		return vision.Shot{}, fmt.Errorf("take %s: %w", c, err)
	}
	return shot, nil
}

// attempt takes a shot, connecting first if need be.
func (s *Screen) attempt(ctx context.Context, c vision.Capture) (vision.Shot, error) {
	if s.closed {
		return vision.Shot{}, vision.ErrNoDisplay
	}
	if s.source == nil {
		src, err := open(ctx)
		if err != nil {
			return vision.Shot{}, err
		}
		s.source = src
	}
	shot, err := s.source.take(ctx, c, s.rules)
	if errors.Is(err, errGone) {
		s.source.close()
		s.source = nil
	}
	return shot, err
}

// Close disconnects. It may be called twice.
func (s *Screen) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.source != nil {
		s.source.close()
		s.source = nil
	}
	return nil
}

// paint covers a rectangle of the screen in a picture whose own bounds are on
// the screen, too.
func paint(p *image.RGBA, r image.Rectangle) {
	const grey = 0x80
	r = r.Intersect(p.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := p.Pix[p.PixOffset(r.Min.X, y):][:4*r.Dx()]
		for i := range row {
			row[i] = grey
			if i%4 == 3 {
				row[i] = 0xff
			}
		}
	}
}
