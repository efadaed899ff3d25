//go:build linux || freebsd

package grab

import (
	"context"
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

// Bounds of a choice.
const (
	leastRegion = 8                      // pixels either way: what is less was a click
	grabLimit   = time.Second            // for another program to let go of the mouse
	grabPoll    = 50 * time.Millisecond  // how often it is asked
	settleLimit = 500 * time.Millisecond // for the user to let go of what decided
)

// The buttons of a mouse.
const (
	leftButton  = 1
	rightButton = 3
)

// choice is what the user is choosing, over a connection of its own: shots are
// taken meanwhile. One goroutine uses it.
type choice struct {
	x       *x11
	events  <-chan xgb.Event
	capture vision.Capture
	rules   rules
	escape  []xproto.Keycode
	outline outline

	under    xproto.Window // the child of the root under the pointer
	from, at image.Point   // where the left button went down, and the pointer is
	drawing  bool          // it is down

	held    uint8            // the buttons that are down, a bit each
	key     bool             // Escape is down
	settled <-chan time.Time // nil until it is decided
	target  vision.Target
	err     error
}

// chooseX11 lets the user choose. Whatever it shows and holds is gone when it
// returns, unless the server hangs; then it goes with the connection.
func chooseX11(ctx context.Context, c vision.Capture, r rules) (vision.Target, error) {
	dial, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	x, err := dialX11(dial)
	if err != nil {
		return vision.Target{}, err
	}
	stop := context.AfterFunc(ctx, x.hurry)
	ch := &choice{x: x, events: x.listen(), capture: c, rules: r}
	defer func() {
		stop()
		x.hurry()
		ch.end()
		x.close()
		for range ch.events { // until its goroutine has ended
		}
	}()
	if err := ch.begin(ctx); err != nil {
		return vision.Target{}, err
	}
	return ch.wait(ctx)
}

// hurry bounds what is still to be asked of the server.
func (x *x11) hurry() { _ = x.socket.SetDeadline(time.Now().Add(closeLimit)) } // it fails on what is closed already

// listen passes on what the server tells, until the connection ends.
func (x *x11) listen() <-chan xgb.Event {
	events := make(chan xgb.Event, 64)
	go func() {
		defer close(events)
		for {
			event, err := x.conn.WaitForEvent()
			switch {
			case event != nil:
				events <- event
			case err == nil:
				return
			}
		}
	}()
	return events
}

// begin takes the mouse, and of the keyboard Escape alone: the talk key must go
// on working.
func (c *choice) begin(ctx context.Context) error {
	if err := c.grabPointer(ctx); err != nil {
		return err
	}
	if err := c.grabEscape(); err != nil {
		return gone(err)
	}
	var err error
	if c.outline, err = newOutline(c.x, chooseClass, lineWidth); err != nil {
		return gone(err)
	}
	at, err := xproto.QueryPointer(c.x.conn, c.x.root).Reply()
	if err != nil {
		return gone(err)
	}
	c.under, c.at = at.Child, image.Pt(int(at.RootX), int(at.RootY))
	c.show()
	return nil
}

// grabPointer waits a moment for a program that has the mouse, as an open menu
// does.
func (c *choice) grabPointer(ctx context.Context) error {
	const mask = xproto.EventMaskButtonPress | xproto.EventMaskButtonRelease | xproto.EventMaskPointerMotion
	ctx, cancel := context.WithTimeout(ctx, grabLimit)
	defer cancel()
	tick := time.NewTicker(grabPoll)
	defer tick.Stop()
	cursor := c.cross()
	for {
		reply, err := xproto.GrabPointer(c.x.conn, false, c.x.root, mask, xproto.GrabModeAsync, xproto.GrabModeAsync,
			0, cursor, xproto.TimeCurrentTime).Reply()
		if err != nil {
			return gone(err)
		}
		if reply.Status == xproto.GrabStatusSuccess {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("another program has the mouse: %w", vision.ErrUnchosen)
		}
	}
}

// cross is the cursor while the user chooses, 0 if the server has none: then it
// stays as it was.
func (c *choice) cross() xproto.Cursor {
	const name, crosshair = "cursor", 34 // XC_crosshair; the next glyph is its mask
	font, err := xproto.NewFontId(c.x.conn)
	if err != nil {
		return 0
	}
	cursor, err := xproto.NewCursorId(c.x.conn)
	if err != nil {
		return 0
	}
	xproto.OpenFont(c.x.conn, font, uint16(len(name)), name)
	err = xproto.CreateGlyphCursorChecked(c.x.conn, cursor, font, font, crosshair, crosshair+1, 0, 0, 0, 0xffff, 0xffff, 0xffff).Check()
	if err != nil {
		return 0
	}
	return cursor
}

// grabEscape takes Escape, whichever locks are on. If another program has it,
// the right button must do.
func (c *choice) grabEscape() error {
	const keysym = 0xff1b // XK_Escape
	setup := xproto.Setup(c.x.conn)
	keys, err := xproto.GetKeyboardMapping(c.x.conn, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		return err
	}
	for i, width := 0, int(keys.KeysymsPerKeycode); width > 0 && i+width <= len(keys.Keysyms); i += width {
		if slices.Contains(keys.Keysyms[i:i+width], keysym) {
			c.escape = append(c.escape, setup.MinKeycode+xproto.Keycode(i/width))
		}
	}
	for _, code := range c.escape {
		for _, locks := range []uint16{0, xproto.ModMaskLock, xproto.ModMask2, xproto.ModMaskLock | xproto.ModMask2} {
			xproto.GrabKey(c.x.conn, false, c.x.root, locks, code, xproto.GrabModeAsync, xproto.GrabModeAsync)
		}
	}
	return nil
}

// end lets go of all, and returns when the server has done so.
func (c *choice) end() {
	xproto.UngrabPointer(c.x.conn, xproto.TimeCurrentTime)
	for _, code := range c.escape {
		xproto.UngrabKey(c.x.conn, code, c.x.root, xproto.ModMaskAny)
	}
	xproto.UngrabKeyboard(c.x.conn, xproto.TimeCurrentTime)
	c.outline.destroy()
	c.x.conn.Sync()
}
