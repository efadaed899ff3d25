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

// takeLimit bounds a shot, save where the user is asked for permission, and
// closeLimit the leave that is taken of a display.
const (
	takeLimit  = 2 * time.Second
	closeLimit = time.Second
)

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
	take(ctx context.Context, t vision.Target, r rules) (vision.Shot, error)
	describe() string
	close()
}

// chosen reports whether a capture is of what the user has chosen on the
// screen. Only X11 lets them.
func chosen(c vision.Capture) bool { return c == vision.CaptureRegion || c == vision.CapturePick }

// errGone means that a source is of no more use; a new one may be.
var errGone = errors.New("connection to the display is gone")

// Screen takes shots, one after the other. It is safe for concurrent use.
type Screen struct {
	log      *slog.Logger
	taking   chan struct{} // holds a token while source is used
	source   source        // nil when the connection was lost, or after Close
	choosing chan struct{} // holds a token while the user chooses
	lock     lock
	spare    spare

	mu     sync.Mutex // never held while the display is waited for
	rules  rules
	how    string             // what source is
	cancel context.CancelFunc // of the shot that is being taken
	giveUp context.CancelFunc // of what the user is choosing, nil if they are not
	closed bool
}

// Open connects to the display of the environment. The error wraps
// vision.ErrNoDisplay, vision.ErrNoPortal or vision.ErrUnsupported.
func Open(ctx context.Context, o Options, log *slog.Logger) (*Screen, error) {
	s := &Screen{log: log, rules: newRules(o)}
	var err error
	if s.source, err = open(ctx, &s.spare); err != nil {
		return nil, fmt.Errorf("open screen: %w", err)
	}
	s.how = s.source.describe()
	s.taking, s.choosing = make(chan struct{}, 1), make(chan struct{}, 1)
	s.lock.connect(ctx)
	return s, nil
}

// Configure says anew what may be seen, from the next Take on.
func (s *Screen) Configure(o Options) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = newRules(o)
}

// Locked reports whether the screen is locked, as far as can be found out. It
// may take a quarter of a second.
func (s *Screen) Locked(ctx context.Context) bool {
	ctx, _, err := s.begin(ctx)
	if err != nil {
		return false
	}
	defer s.end()
	return s.lock.locked(ctx)
}

// Private reports whether a window of that title is kept private. Its program is
// told by the PID, 0 if that is not known, and by the name that it gives itself.
func (s *Screen) Private(pid uint32, program, title string) bool {
	w := window{title: title, programs: []string{program}}
	if pid != 0 {
		w.programs = append(w.programs, processName(pid))
	}
	return s.allowed().private(w)
}

// Describe says in a few words what is looked at and how.
func (s *Screen) Describe() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.how
}

// Take takes a shot at once, without Sent. A window shot falls back to the
// display under the pointer when there is no active window; Shot.Capture says
// so. A region or a picked window that is not on the screen is
// vision.ErrUnchosen. The error wraps one of vision's.
func (s *Screen) Take(ctx context.Context, t vision.Target) (vision.Shot, error) {
	c := t.Capture
	switch c {
	case vision.CaptureWindow, vision.CaptureDisplay, vision.CaptureRegion, vision.CapturePick:
	default:
		return vision.Shot{}, fmt.Errorf("take %q: %w", c, vision.ErrUnsupported)
	}
	ctx, r, err := s.begin(ctx)
	if err != nil {
		return vision.Shot{}, fmt.Errorf("take %s: %w: %w", c, vision.ErrNoDisplay, err)
	}
	defer s.end()
	if s.lock.locked(ctx) {
		return vision.Shot{}, fmt.Errorf("take %s: %w", c, vision.ErrLocked)
	}
	shot, err := s.attempt(ctx, t, r)
	if errors.Is(err, errGone) && ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) { // the display may be back
		s.log.Warn("take shot", "err", err)
		shot, err = s.attempt(ctx, t, r)
	}
	if errors.Is(err, errGone) {
		err = fmt.Errorf("%w: %w", vision.ErrNoDisplay, err)
	}
	if err != nil {
		return vision.Shot{}, fmt.Errorf("take %s: %w", c, err)
	}
	return shot, nil
}

// begin waits for its turn. The context that it returns ends with Close, too.
func (s *Screen) begin(ctx context.Context) (context.Context, rules, error) {
	if err := ctx.Err(); err != nil {
		return nil, rules{}, err
	}
	select {
	case s.taking <- struct{}{}:
	case <-ctx.Done():
		return nil, rules{}, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		<-s.taking
		return nil, rules{}, errGone
	}
	ctx, s.cancel = context.WithCancel(ctx)
	return ctx, s.rules, nil
}

// end lets the next in.
func (s *Screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how = "none"
	if s.source != nil {
		s.how = s.source.describe()
	}
	if s.cancel != nil {
		s.cancel()
	}
	<-s.taking
}

// attempt takes a shot, connecting first if need be.
func (s *Screen) attempt(ctx context.Context, t vision.Target, r rules) (vision.Shot, error) {
	if s.source == nil {
		src, err := open(ctx, &s.spare)
		if err != nil {
			return vision.Shot{}, err
		}
		s.source = src
	}
	shot, err := s.source.take(ctx, t, r)
	if errors.Is(err, errGone) {
		s.source.close()
		s.source = nil
	}
	return shot, err
}

// Close ends a shot that is being taken and a choice that is being made, and
// disconnects. It may be called twice.
func (s *Screen) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
	if s.giveUp != nil {
		s.giveUp()
	}
	s.mu.Unlock()
	s.choosing <- struct{}{} // it has ended
	<-s.choosing
	s.taking <- struct{}{}
	defer s.end()
	if s.source != nil {
		s.source.close()
		s.source = nil
	}
	s.lock.close()
	s.spare.drop()
	return nil
}

// paint covers a rectangle of the screen in a picture whose own bounds are on
// the screen, too.
func paint(p *image.RGBA, r image.Rectangle) { fill(p, r, vision.Paint) }

func fill(p *image.RGBA, r image.Rectangle, grey byte) {
	if r = r.Intersect(p.Rect); r.Empty() {
		return
	}
	first := p.Pix[p.PixOffset(r.Min.X, r.Min.Y):][:4*r.Dx()]
	for i := range first {
		first[i] = grey
		if i%4 == 3 {
			first[i] = 0xff
		}
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(p.Pix[p.PixOffset(r.Min.X, y):], first)
	}
}
