//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"errors"
	"fmt"
	"slices"

	"github.com/jezek/xgb/xproto"
)

// grab is one binding in the server's numbers. That of a lone modifier takes
// nothing: see lone.
type grab struct {
	binding Binding
	button  byte             // 0 for a key
	codes   []xproto.Keycode // every key that makes the combination's
	mask    uint16           // its modifiers
	locks   []uint16         // what may be added to them
}

func (g grab) equal(o grab) bool {
	return g.binding == o.binding && g.mask == o.mask && slices.Equal(g.codes, o.codes) && slices.Equal(g.locks, o.locks)
}

// overlaps reports whether both would fire at the same press.
func (g grab) overlaps(o grab) bool {
	return g.mask == o.mask && slices.ContainsFunc(g.triggers(), func(t trigger) bool { return slices.Contains(o.triggers(), t) })
}

// trigger is a key or a mouse button.
type trigger struct {
	button bool
	code   byte
}

// triggers returns what makes the combination when its modifiers are held.
func (g grab) triggers() []trigger {
	if g.button != 0 {
		return []trigger{{button: true, code: g.button}}
	}
	all := make([]trigger, len(g.codes))
	for i, c := range g.codes {
		all[i] = trigger{code: byte(c)}
	}
	return all
}

// each calls f for everything that has to be grabbed.
func (g grab) each(f func(t trigger, state uint16)) {
	if g.binding.Combo.lone() {
		return
	}
	for _, t := range g.triggers() {
		for _, lock := range g.locks {
			f(t, g.mask|lock)
		}
	}
}

// plan translates bindings with the present keymap.
func (x *x11) plan(bindings []Binding) (grabs []grab, failed []*BindingError) {
	for _, b := range bindings {
		mask, ok := x.keys.mask(b.Combo.Modifiers)
		g := grab{binding: b, button: b.Combo.button(), mask: mask, codes: x.keys.named(b.Combo.Key), locks: x.keys.locks()}
		switch {
		case !ok || len(g.triggers()) == 0:
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
	x.watchRaw()
	return failed
}

// take grabs all of g or nothing, in one round trip.
func (x *x11) take(g grab) error {
	switch {
	case g.binding.Combo.lone():
		return x.listenRaw()
	case g.button != 0 && !x.findInput():
		return ErrNoInput
	}
	var cookies []interface{ Check() error }
	g.each(func(t trigger, state uint16) { cookies = append(cookies, x.grab(t, state)) })
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
	g.each(x.ungrab)
}

func (x *x11) grab(t trigger, state uint16) interface{ Check() error } {
	if t.button {
		return xproto.GrabButtonChecked(x.conn, false, x.root, xproto.EventMaskButtonPress|xproto.EventMaskButtonRelease,
			xproto.GrabModeAsync, xproto.GrabModeAsync, xproto.WindowNone, xproto.CursorNone, t.code, state)
	}
	return xproto.GrabKeyChecked(x.conn, false, x.root, state, xproto.Keycode(t.code),
		xproto.GrabModeAsync, xproto.GrabModeAsync)
}

func (x *x11) ungrab(t trigger, state uint16) {
	if t.button {
		xproto.UngrabButton(x.conn, t.code, x.root, state)
		return
	}
	xproto.UngrabKey(x.conn, xproto.Keycode(t.code), x.root, state)
}

// grabEscape takes Escape during the hold of a button, or gives it back. The
// grab of a key reports it anyway, that of a button does not. Where Escape is
// taken the hold goes on without.
func (x *x11) grabEscape(take bool) {
	for _, code := range x.keys.codes(keysymEscape) {
		for _, lock := range x.keys.locks() {
			if take {
				xproto.GrabKey(x.conn, false, x.root, lock, code, xproto.GrabModeAsync, xproto.GrabModeAsync)
				continue
			}
			x.ungrab(trigger{code: byte(code)}, lock)
		}
	}
}
