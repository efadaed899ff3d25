//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"slices"
	"time"

	"github.com/jezek/xgb/xproto"
)

// lookEvery is how often the server is asked whether the held key is still
// held. Nothing is asked while no key is.
const lookEvery = 200 * time.Millisecond

// held is the combination that is held.
//
// A passive grab that fires becomes an active one until its key comes up: all
// keys are reported to us meanwhile, which is how Escape is seen without
// ever being taken.
type held struct {
	hold
	watch   watch
	binding Binding // what is held
	trigger trigger // its key
	escaped bool    // Escape was pressed during this hold
}

// watch ticks while a key is down. The zero watch is stopped.
type watch struct{ ticker *time.Ticker }

func (w *watch) start() { w.ticker = time.NewTicker(lookEvery) }

func (w *watch) stop() {
	if w.ticker != nil {
		w.ticker.Stop()
		w.ticker = nil
	}
}

func (w *watch) tick() <-chan time.Time {
	if w.ticker == nil {
		return nil
	}
	return w.ticker.C
}

// stroke is a press or a release that the server reported to us alone.
type stroke struct {
	trigger
	at    uint32 // the server's milliseconds
	state uint16
}

func (x *x11) press(s stroke) (out []Event, err error) {
	h := &x.held
	if h.down && s.trigger == h.trigger {
		return x.apply(h.press(s.at)), nil
	}
	if h.down {
		// Something beside the hold, unless its end was lost.
		if out, err = x.look(); err != nil || h.down {
			return append(out, x.beside(s)...), err
		}
	}
	if h.echo(s.at) && s.trigger == h.trigger {
		if down, err := x.down(h.trigger); err != nil || !down {
			return out, err
		}
	}
	mask := x.keys.plain(s.state)
	for _, g := range x.grabs {
		if !g.binding.Combo.lone() && g.mask == mask && slices.Contains(g.triggers(), s.trigger) {
			h.binding, h.trigger = g.binding, s.trigger
			return append(out, x.apply(h.press(s.at))...), nil
		}
	}
	return out, nil
}

// beside takes in what is pressed during a hold.
func (x *x11) beside(s stroke) []Event {
	h := &x.held
	if h.escaped || s.button || !slices.Contains(x.keys.codes(keysymEscape), xproto.Keycode(s.code)) {
		return nil
	}
	h.escaped = true
	return []Event{{Kind: Escape, ID: h.binding.ID, At: time.Now()}}
}

func (x *x11) release(s stroke) ([]Event, error) {
	if !x.held.down || s.trigger != x.held.trigger {
		return nil, nil
	}
	down, err := x.down(s.trigger)
	if err != nil {
		return nil, err
	}
	return x.apply(x.held.release(s.at, down)), nil
}

// look notices a release that was not reported.
func (x *x11) look() ([]Event, error) {
	down, err := x.down(x.held.trigger)
	if err != nil {
		return nil, err
	}
	return x.apply(x.held.look(down)), nil
}

// apply turns a change of the hold into events, and starts or stops asking.
func (x *x11) apply(c change) (out []Event) {
	h, now := &x.held, time.Now()
	if c.up {
		out = append(out, Event{Kind: Up, ID: h.binding.ID, At: now})
		h.watch.stop()
	}
	if c.down {
		out = append(out, Event{Kind: Down, ID: h.binding.ID, At: now})
		h.watch.start()
		h.escaped = false
	}
	if h.trigger.button && c.up != c.down {
		x.grabEscape(c.down)
	}
	return out
}
