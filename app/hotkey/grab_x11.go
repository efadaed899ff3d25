//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"errors"
	"fmt"
	"slices"

	"github.com/jezek/xgb/xproto"
)

// grab is one binding in the server's numbers.
type grab struct {
	binding Binding
	codes   []xproto.Keycode // every key that makes the combination's
	mask    uint16           // its modifiers
	locks   []uint16         // what may be added to them
}

func (g grab) equal(o grab) bool {
	return g.binding == o.binding && g.mask == o.mask && slices.Equal(g.codes, o.codes) && slices.Equal(g.locks, o.locks)
}

// overlaps reports whether both would fire at the same press.
func (g grab) overlaps(o grab) bool {
	return g.mask == o.mask && slices.ContainsFunc(g.codes, func(c xproto.Keycode) bool { return slices.Contains(o.codes, c) })
}

// each calls f for everything that has to be grabbed.
func (g grab) each(f func(code xproto.Keycode, state uint16)) {
	for _, code := range g.codes {
		for _, lock := range g.locks {
			f(code, g.mask|lock)
		}
	}
}

// plan translates bindings with the present keymap.
func (x *x11) plan(bindings []Binding) (grabs []grab, failed []*BindingError) {
	for _, b := range bindings {
		mask, ok := x.keys.mask(b.Combo.Modifiers)
		g := grab{binding: b, mask: mask, codes: x.keys.codes(keysym(b.Combo.Key)), locks: x.keys.locks()}
		switch {
		case !ok || len(g.codes) == 0:
			failed = append(failed, &BindingError{b, ErrNoKey})
		case slices.ContainsFunc(grabs, g.overlaps):
			failed = append(failed, &BindingError{b, ErrTwice})
		default:
			grabs = append(grabs, g)
		}
	}
	return grabs, failed
}

// retake makes the grabs those of bindings. What stays the same is left alone.
func (x *x11) retake(bindings []Binding) (failed []*BindingError) {
	planned, failed := x.plan(bindings)
	var kept []grab
	for _, g := range x.grabs {
		if slices.ContainsFunc(planned, g.equal) {
			kept = append(kept, g)
		} else {
			x.drop(g)
		}
	}
	for _, g := range planned {
		if slices.ContainsFunc(kept, g.equal) {
			continue
		}
		if err := x.take(g); err != nil {
			failed = append(failed, &BindingError{g.binding, err})
			continue
		}
		kept = append(kept, g)
	}
	x.grabs = kept
	return failed
}

// take grabs all of g or nothing, in one round trip.
func (x *x11) take(g grab) error {
	var cookies []xproto.GrabKeyCookie
	g.each(func(code xproto.Keycode, state uint16) {
		cookies = append(cookies, xproto.GrabKeyChecked(x.conn, false, x.root, state, code,
			xproto.GrabModeAsync, xproto.GrabModeAsync))
	})
	var first error
	for _, c := range cookies {
		if err := c.Check(); err != nil && first == nil {
			first = err
		}
	}
	if first == nil {
		return nil
	}
	x.drop(g)
	var taken xproto.AccessError
	if errors.As(first, &taken) {
		return ErrTaken
	}
	return fmt.Errorf("cannot be grabbed: %w", first)
}

// drop gives g back. Nobody waits for the answer: the server handles it before
// whatever is asked next.
func (x *x11) drop(g grab) {
	g.each(func(code xproto.Keycode, state uint16) {
		xproto.UngrabKey(x.conn, code, x.root, state)
	})
}
