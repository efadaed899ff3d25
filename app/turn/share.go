package turn

import (
	"context"
	"errors"
	"image"
	"slices"
	"strings"
	"time"

	"aside/vision"
)

const (
	shareLimit = 10 * time.Minute       // how long the user's window is shared
	shareEvery = 500 * time.Millisecond // how often it is looked whether it has changed
	shareKept  = 12                     // pictures of a sharing that can be looked at
)

// Why a sharing is not begun, or ends by itself.
var (
	// ErrBlind means that the engine takes no looks without a question.
	ErrBlind = errors.New("the engine takes no looks without a question")
	// ErrUnframed means that the windows of this desktop cannot be followed.
	ErrUnframed = errors.New("windows cannot be followed here")
	// errDear means that one look costs more than may be spent in a minute.
	errDear = errors.New("one look costs more than the budget of a minute")
)

// share is live sight: as long as it runs, the engine has a look at the window
// in front, and a new one when that has visibly changed. The loop owns view,
// seen and timer, its own goroutine the rest.
type share struct {
	*Loop
	sharer Sharer
	frame  Frame
	cancel context.CancelFunc
	timer  *time.Timer
	view   Sharing
	seen   []Seen // of each of the view's shots

	pace   pace
	need   int         // tokens of the last look
	framed uint32      // the window that the frame is around
	last   vision.Shot // that the engine has; without Pixels if it has none
}

// Share begins to share the window in front, or goes on for another ten
// minutes. The error wraps ErrBlind, ErrUnframed or one of vision's.
func (l *Loop) Share(ctx context.Context) (Sharing, error) {
	if s, ok := l.prolong(); ok {
		return s, nil
	}
	sharer := l.sharer()
	if sharer == nil || l.ports.Screen == nil || l.ports.Frame == nil {
		return Sharing{}, ErrBlind
	}
	if l.locked(ctx) {
		return Sharing{}, vision.ErrLocked
	}
	frame, err := l.ports.Frame(ctx)
	if errors.Is(err, vision.ErrUnsupported) {
		err = ErrUnframed
	}
	if err != nil {
		return Sharing{}, err
	}
	began := make(chan Sharing, 1)
	l.post(message{do: func() { began <- l.beginShare(sharer, frame) }})
	select {
	case s := <-began:
		return s, nil
	case <-l.life.Done():
		frame.Close()
		return Sharing{}, ErrClosed
	}
}

// sharer is the engine that answers now, nil if it takes no looks without a
// question.
func (l *Loop) sharer() Sharer {
	if l.ports.Sharer == nil {
		return nil
	}
	return l.ports.Sharer()
}

// prolong lets a sharing that runs begin its ten minutes anew.
func (l *Loop) prolong() (s Sharing, ok bool) {
	return l.shared(func(s *share) {
		s.prolong()
		l.publish()
	})
}

// shared does something in the loop with a sharing that runs, and returns how
// it stood then.
func (l *Loop) shared(do func(*share)) (s Sharing, ok bool) {
	done := make(chan Sharing, 1)
	l.post(message{do: func() {
		defer close(done)
		if running := l.share; running != nil {
			do(running)
			done <- running.view
		}
	}})
	select {
	case s, ok = <-done:
	case <-l.life.Done():
	}
	return s, ok
}

func (s *share) prolong() {
	s.view.Until = time.Now().Add(shareLimit)
	s.timer.Reset(shareLimit)
}

// beginShare is for the loop.
func (l *Loop) beginShare(sharer Sharer, frame Frame) Sharing {
	l.endShare("")
	s := &share{Loop: l, sharer: sharer, frame: frame, pace: pace{budget: l.ports.Settings().ShareTokens}}
	s.view.ID, s.view.Until = string(newID(time.Now())), time.Now().Add(shareLimit)
	s.timer = time.AfterFunc(shareLimit, func() { l.post(message{do: func() { l.leaveShare(s, "share_over", nil) }}) })
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(l.life)
	l.share, l.hint = s, ""
	l.ending.Go(func() { s.run(ctx) })
	l.publish()
	return s.view
}

// Unshare ends a sharing, and returns what it was; it is not ok if there was
// none.
func (l *Loop) Unshare() (s Sharing, ok bool) {
	return l.shared(func(*share) { l.endShare("share_stopped") })
}

// endShare is for the loop: nothing more is shared, and the user is given that
// hint.
func (l *Loop) endShare(hint string) {
	if l.share != nil {
		l.leaveShare(l.share, hint, nil)
	}
}

// leaveShare is endShare for what may have ended by now, with what went wrong.
func (l *Loop) leaveShare(s *share, hint string, why error) {
	if l.share != s {
		return
	}
	s.cancel()
	s.timer.Stop()
	l.share, l.hint = nil, hints[hint]
	if why != nil {
		l.problem = ProblemOf(why)
		l.log.Info("share ended", "code", l.problem.Code, "cause", Cause(why))
	}
	l.publish()
}

// run looks again and again, until ctx ends or there is a reason to share no
// more.
func (s *share) run(ctx context.Context) {
	tick := time.NewTicker(shareEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := s.look(ctx); err != nil && ctx.Err() == nil {
			hint := ""
			if errors.Is(err, vision.ErrLocked) {
				hint, err = "share_locked", nil
			}
			s.post(message{do: func() { s.leaveShare(s, hint, err) }})
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	s.sharer.Unshare()
	s.frame.Close()
}

// look shares what is in front if it is worth that. The error is a reason to
// share no more.
func (s *share) look(ctx context.Context) error {
	if s.Loop.sharer() != s.sharer {
		return ErrBlind // another engine answers by now
	}
	looking, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	shot, err := s.ports.Screen.Take(looking, vision.Target{Capture: vision.CaptureWindow})
	switch {
	case errors.Is(err, vision.ErrLocked), errors.Is(err, vision.ErrNoDisplay):
		return err
	case err != nil:
		return s.nothing()
	}
	defer s.ports.Screen.Free(shot)
	if shot.Window == 0 || vision.Blank(shot) { // the display, which nobody has chosen
		return s.nothing()
	}
	if err := s.frame.Around(shot.Window); err != nil {
		return err
	}
	if shot.Window != s.framed {
		s.framed = shot.Window
		return nil // a moment later it has drawn itself
	}
	return s.another(looking, shot)
}

// nothing takes back what is shared: what is in front by now is not to be seen.
func (s *share) nothing() error {
	if s.last.Pixels != nil {
		s.sharer.Unshare()
		s.last = vision.Shot{}
	}
	s.framed = 0
	return s.frame.Around(0)
}

// another shares a look that differs from the last, as soon as it may.
func (s *share) another(ctx context.Context, shot vision.Shot) error {
	if s.sharer.Shares() && s.last.Pixels != nil && !differs(s.last, shot) {
		return nil
	}
	if !s.sharer.Ready() || s.pace.wait(time.Now(), s.need) > 0 {
		return nil
	}
	before := shot
	before.Pixels = copied(shot.Pixels) // as it is, without what is painted over next
	shot, err := s.ports.Screen.Read(ctx, shot)
	if err != nil {
		return s.nothing()
	}
	if shot.Sent, err = vision.Fit(ctx, shot, s.ports.Engine().Capabilities().Fitting); err != nil {
		return nil // it took too long, or was called off
	}
	shot, ok := cheapened(shot, s.pace.budget)
	s.need = tokens(shot)
	switch {
	case !ok:
		return errDear
	case s.pace.wait(time.Now(), s.need) > 0 || ctx.Err() != nil:
		return nil
	}
	view, seen := describe(shot), seen([]vision.Shot{shot})
	taken, err := s.sharer.Share(shot, func(time.Time) { s.post(message{do: func() { s.left(view, seen) }}) })
	if taken {
		s.pace.spend(time.Now(), s.need)
		s.last = before
	}
	return err
}

// differs reports whether a look shows something else than the one before.
func differs(before, now vision.Shot) bool {
	return before.Window != now.Window || !vision.Same(before.Pixels, now.Pixels)
}

// copied is a picture of its own.
func copied(p *image.RGBA) *image.RGBA {
	c := *p
	c.Pix = slices.Clone(p.Pix)
	return &c
}

// tokens is about what a shot costs.
func tokens(s vision.Shot) int { return describe(s).Tokens }

// cheapened is a shot within a budget: without its parts, and without its text
// if need be. It is not ok if that is not enough.
func cheapened(s vision.Shot, budget int) (_ vision.Shot, ok bool) {
	if tokens(s) > budget {
		s.Sent = s.Sent[:1]
	}
	if tokens(s) > budget {
		s.Words, s.Complete, s.Selection = nil, false, ""
	}
	return s, tokens(s) <= budget
}

// left notes, in the loop, that a look has left.
func (s *share) left(v ShotView, seen Seen) {
	v.Sent = s.ports.Engine().Capabilities().Host != ""
	s.view.Pictures++
	s.view.Tokens += v.Tokens
	s.view.Shots = append(slices.Clone(s.view.Shots), v) // whoever has seen the old ones keeps them
	s.seen = append(s.seen, seen)
	if over := len(s.seen) - shareKept; over > 0 {
		s.view.Shots, s.seen = s.view.Shots[over:], slices.Delete(s.seen, 0, over) // Delete wipes
	}
	var all Seen
	var texts []string
	for _, one := range s.seen {
		all.Pictures = append(all.Pictures, one.Pictures...)
		texts = append(texts, one.Text)
	}
	all.Text = strings.TrimSpace(strings.Join(texts, "\n"))
	s.shelf.put(s.view.ID, all)
	if s.Loop.share == s {
		s.publish()
	}
}
