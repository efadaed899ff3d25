//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/jezek/xgb/xproto"
)

// lone is the modifier that is held alone. The first tick of its watch is when
// the hold counts.
type lone struct {
	hold
	alone
	watch   watch
	binding Binding
	code    xproto.Keycode
	since   time.Time
}

// listenRaw hears of all keys from now on.
func (x *x11) listenRaw() error {
	if x.raw != nil {
		return nil
	}
	r, err := openRaw(context.Background(), os.Getenv("DISPLAY"), x.root)
	switch {
	case errors.Is(err, ErrNoInput):
		return ErrNoInput
	case err != nil:
		return fmt.Errorf("cannot be listened for: %w", err)
	}
	x.raw = r
	return nil
}

// watchRaw tells which keys are lone modifiers, and stops listening when none
// is.
func (x *x11) watchRaw() {
	var keys []xproto.Keycode
	for _, g := range x.grabs {
		if g.binding.Combo.lone() {
			keys = append(keys, g.codes...)
		}
	}
	switch {
	case x.raw == nil:
	case keys == nil:
		x.raw.close()
		x.raw = nil
	default:
		x.raw.watch(keys)
	}
}

func (x *x11) rawEvents() <-chan rawEvent {
	if x.raw == nil {
		return nil
	}
	return x.raw.events
}

// handleRaw takes in a key or a click anywhere. An error means that the
// connection is gone.
func (x *x11) handleRaw(e rawEvent, ok bool) ([]Event, error) {
	l := &x.lone
	switch {
	case !ok:
		return nil, errServerGone
	case !l.down && e.kind == rawKeyPress:
		return x.pressLone(e)
	case !l.down:
	case e.kind == rawButtonPress:
		l.click()
	case e.kind == rawKeyPress && e.code == l.code:
		return x.pressAgain(e), nil
	case e.kind == rawKeyPress:
		return l.events(l.other()), nil
	case e.code == l.code:
		down, err := x.down(l.trigger())
		if err != nil {
			return nil, err
		}
		return x.applyLone(l.release(e.at, down)), nil
	}
	return nil, nil
}

// pressLone takes in a press while no lone modifier is held.
func (x *x11) pressLone(e rawEvent) ([]Event, error) {
	for _, g := range x.grabs {
		if g.binding.Combo.lone() && slices.Contains(g.codes, e.code) {
			x.lone.binding, x.lone.code = g.binding, e.code
			return x.applyLone(x.lone.press(e.at)), nil
		}
	}
	return nil, nil
}

// pressAgain takes in a press of the modifier while it is held. Raw keys do not
// repeat: unless it bounced, its release was hidden by a grab.
func (x *x11) pressAgain(e rawEvent) (out []Event) {
	if !x.lone.released {
		out = x.applyLone(x.lone.look(false))
	}
	return append(out, x.applyLone(x.lone.press(e.at))...)
}

// lookLone notices a release that was not reported, or that the hold counts.
func (x *x11) lookLone() ([]Event, error) {
	l := &x.lone
	down, err := x.down(l.trigger())
	if err != nil {
		return nil, err
	}
	if !down {
		return x.applyLone(l.look(false)), nil
	}
	return l.events(l.ripen()), nil
}

// applyLone turns a change of the hold into events. Clicks are reported to us
// while it lasts and at no other time.
func (x *x11) applyLone(c change) (out []Event) {
	l := &x.lone
	if c.up {
		out = l.events(l.up())
		l.watch.stop()
		x.chooseRaw(rawKeys)
	}
	if c.down {
		l.alone, l.since = alone{}, time.Now()
		l.watch.start()
		x.chooseRaw(rawKeys | rawButtons)
	}
	return out
}

// chooseRaw changes what is reported. When it cannot be, the connection is
// gone, which its reader notices.
func (x *x11) chooseRaw(events uint32) {
	if x.raw != nil {
		_ = x.raw.choose(events)
	}
}

func (l *lone) trigger() trigger { return trigger{code: byte(l.code)} }

// events dates what the hold means.
func (l *lone) events(kinds []Kind) (out []Event) {
	for _, k := range kinds {
		at := time.Now()
		if k == Down {
			at = l.since
		}
		out = append(out, Event{Kind: k, ID: l.binding.ID, At: at})
	}
	return out
}
