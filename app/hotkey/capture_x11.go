//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

const (
	// captureLimit is how long the user may think.
	captureLimit = 20 * time.Second
	// grabPatience is how long another program may keep the keyboard, as a menu
	// does that is just closing.
	grabPatience = 400 * time.Millisecond
)

// Capture has the whole keyboard to itself until the user has pressed a
// combination, and returns it. No key reaches any program meanwhile; see hears
// what is held so far, and why what was pressed is no combination. Escape alone
// calls it off (ErrCalledOff), and so does half a minute without one. The error
// wraps ErrTaken while another program has the keyboard.
func Capture(ctx context.Context, see func(Capturing)) (Combo, error) {
	ctx, cancel := context.WithTimeout(ctx, captureLimit)
	defer cancel()
	k, err := connect(ctx)
	if err != nil {
		return Combo{}, fmt.Errorf("capture keys: %w", err)
	}
	x := k.(*x11) // connect has no other
	reports := make(chan xgb.Event)
	go x.read(reports)
	defer func() {
		x.conn.Close() // which gives the keyboard back
		for range reports {
		}
	}()
	if err := x.grabAll(ctx); err != nil {
		return Combo{}, fmt.Errorf("capture keys: %w", err)
	}
	c := capturing{keys: x.keys}
	for {
		select {
		case report, ok := <-reports:
			if !ok {
				return Combo{}, fmt.Errorf("capture keys: %w", ErrLost)
			}
			combo, done, err := c.take(report, see)
			if done || err != nil {
				return combo, err
			}
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return Combo{}, ErrCalledOff
			}
			return Combo{}, ctx.Err()
		}
	}
}

// grabAll takes the keyboard, and the side buttons of the mouse as far as
// nobody else has them.
func (x *x11) grabAll(ctx context.Context) error {
	for _, button := range []byte{8, 9} {
		xproto.GrabButton(x.conn, false, x.root, xproto.EventMaskButtonPress, xproto.GrabModeAsync, xproto.GrabModeAsync,
			xproto.WindowNone, xproto.CursorNone, button, xproto.ModMaskAny)
	}
	for began := time.Now(); ; {
		reply, err := xproto.GrabKeyboard(x.conn, false, x.root, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrLost, err)
		case reply.Status == xproto.GrabStatusSuccess:
			return nil
		case time.Since(began) > grabPatience:
			return ErrTaken
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// capturing makes a combination of what the server reports.
type capturing struct {
	keys keymap
	lone string // the modifier that is down with nothing beside it
	code xproto.Keycode
}

// take takes in one report. It is done when that completes a combination.
func (c *capturing) take(report xgb.Event, see func(Capturing)) (combo Combo, done bool, err error) {
	switch e := report.(type) {
	case xproto.KeyPressEvent:
		return c.press(e.Detail, c.keys.plain(e.State), see)
	case xproto.ButtonPressEvent:
		return c.offer(Combo{c.modifiers(c.keys.plain(e.State)), fmt.Sprintf("Mouse%d", e.Detail)}, see)
	case xproto.KeyReleaseEvent:
		if c.lone != "" && e.Detail == c.code {
			return c.offer(Combo{Key: c.lone}, see)
		}
		state := c.keys.plain(e.State) &^ c.maskOf(e.Detail)
		see(Capturing{Held: c.modifiers(state).String()})
	}
	return Combo{}, false, nil
}

func (c *capturing) press(code xproto.Keycode, state uint16, see func(Capturing)) (Combo, bool, error) {
	if slices.Contains(c.keys.codes(keysymEscape), code) && state == 0 {
		return Combo{}, false, ErrCalledOff
	}
	c.lone = ""
	if mask := c.maskOf(code); mask != 0 || c.loneNamed(code) != "" {
		if state&^mask == 0 { // the same of the other side is no other key
			c.lone, c.code = c.loneNamed(code), code
		}
		see(Capturing{Held: c.modifiers(state | mask).String()})
		return Combo{}, false, nil
	}
	name := c.name(code)
	if name == "" {
		see(Capturing{Held: c.modifiers(state).String(), Wrong: "this key has no name here"})
		return Combo{}, false, nil
	}
	return c.offer(Combo{c.modifiers(state), name}, see)
}

// offer is done if combo is one that may be taken.
func (c *capturing) offer(combo Combo, see func(Capturing)) (Combo, bool, error) {
	c.lone = ""
	parsed, err := Parse(combo.String())
	if err == nil {
		return parsed, true, nil
	}
	see(Capturing{Held: combo.Modifiers.String(), Wrong: wrongWith(combo)})
	return Combo{}, false, nil
}

// wrongWith says why a combination that was pressed may not be taken.
func wrongWith(c Combo) string {
	if c.Modifiers&(Ctrl|Alt|Super) == 0 {
		return c.Key + " needs Ctrl, Alt or Super beside it"
	}
	return c.String() + " cannot be taken"
}

// modifiers are those of a state.
func (c *capturing) modifiers(state uint16) (m Modifiers) {
	for _, one := range []Modifiers{Ctrl, Alt, Shift, Super} {
		if mask, ok := c.keys.mask(one); ok && state&mask != 0 {
			m |= one
		}
	}
	return m
}

// maskOf is the bit that a key makes in a state, 0 if it is no modifier of ours.
func (c *capturing) maskOf(code xproto.Keycode) uint16 {
	for _, k := range []struct {
		sym xproto.Keysym
		mod Modifiers
	}{
		{0xffe3, Ctrl}, {0xffe4, Ctrl}, {0xffe1, Shift}, {0xffe2, Shift},
		{keysymAltL, Alt}, {keysymAltR, Alt}, {0xffe7, Alt}, {keysymSuperL, Super}, {keysymSuperR, Super},
	} {
		if slices.Contains(c.keys.codes(k.sym), code) {
			mask, _ := c.keys.mask(k.mod)
			return mask
		}
	}
	return 0
}

// loneNamed is the name of a modifier that may be held alone, "" for another
// key.
func (c *capturing) loneNamed(code xproto.Keycode) string {
	for _, name := range []string{"RightCtrl", "RightAlt", "RightSuper"} {
		if slices.Contains(c.keys.named(name), code) {
			return name
		}
	}
	return ""
}

// name is what a Combo calls a key, "" if it has no name for it.
func (c *capturing) name(code xproto.Keycode) string {
	var names []string
	for _, k := range namedKeys() {
		names = append(names, k.name)
	}
	for r := 'A'; r <= 'Z'; r++ {
		names = append(names, string(r))
	}
	for r := '0'; r <= '9'; r++ {
		names = append(names, string(r))
	}
	for n := 1; n <= 24; n++ {
		names = append(names, fmt.Sprintf("F%d", n))
	}
	for _, name := range names {
		if slices.Contains(c.keys.named(name), code) {
			return name
		}
	}
	return ""
}
