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

// wait returns what the user has chosen once they have let go of the button or
// the key that decided it: no window beneath is to get the rest of that.
func (c *choice) wait(ctx context.Context) (vision.Target, error) {
	for c.settled == nil || c.held != 0 || c.key {
		select {
		case event, ok := <-c.events:
			if !ok {
				return vision.Target{}, errGone
			}
			c.handle(event)
			if len(c.events) == 0 {
				c.show()
			}
		case <-c.settled:
			return c.target, c.err
		case <-ctx.Done():
			return vision.Target{}, ctx.Err()
		}
	}
	return c.target, c.err
}

// handle takes in what the user does.
func (c *choice) handle(event xgb.Event) {
	switch e := event.(type) {
	case xproto.MotionNotifyEvent:
		c.at, c.under = image.Pt(int(e.RootX), int(e.RootY)), e.Child
	case xproto.ButtonPressEvent:
		c.at, c.under = image.Pt(int(e.RootX), int(e.RootY)), e.Child
		c.press(byte(e.Detail))
	case xproto.ButtonReleaseEvent:
		c.at = image.Pt(int(e.RootX), int(e.RootY))
		c.release(byte(e.Detail))
	case xproto.KeyPressEvent: // Escape, no other is ours
		c.key = true
		c.decide(vision.Target{}, fmt.Errorf("the user pressed Escape: %w", vision.ErrUnchosen))
	case xproto.KeyReleaseEvent:
		c.key = c.x.down(e.Detail) // a key that repeats is not up
	}
}

func (c *choice) press(button byte) {
	c.held |= bit(button)
	switch {
	case c.settled != nil:
	case button == rightButton:
		c.decide(vision.Target{}, fmt.Errorf("the user pressed the right button: %w", vision.ErrUnchosen))
	case button != leftButton:
	case c.capture == vision.CapturePick:
		if w, ok := c.client(); ok {
			c.decide(vision.Target{Capture: c.capture, Window: uint32(w.id)}, nil)
			return
		}
		c.decide(vision.Target{}, fmt.Errorf("there is no window: %w", vision.ErrUnchosen))
	default:
		c.from, c.drawing = c.at, true
	}
}

func (c *choice) release(button byte) {
	c.held &^= bit(button)
	if button != leftButton || !c.drawing || c.settled != nil {
		return
	}
	drawn := c.drawn()
	if drawn.Dx() < leastRegion || drawn.Dy() < leastRegion {
		c.decide(vision.Target{}, fmt.Errorf("the region is too small: %w", vision.ErrUnchosen))
		return
	}
	c.decide(vision.Target{Capture: c.capture, Bounds: drawn}, nil)
}

// bit stands for a button; the wheel has none, since it is never held.
func bit(button byte) uint8 {
	if button > rightButton {
		return 0
	}
	return 1 << button
}

func (c *choice) drawn() image.Rectangle { return image.Rectangle{Min: c.from, Max: c.at}.Canon() }

// decide holds for good; the outline goes at once.
func (c *choice) decide(t vision.Target, err error) {
	if c.settled == nil {
		c.target, c.err, c.settled = t, err, time.After(settleLimit)
		c.outline.hide()
	}
}

// show outlines what would be chosen.
func (c *choice) show() {
	switch {
	case c.settled != nil:
	case c.capture == vision.CaptureRegion && c.drawing:
		c.outline.surround(c.drawn())
	case c.capture == vision.CapturePick && c.under != c.outline.of:
		c.outline.of = c.under
		w, _ := c.client()
		c.outline.surround(w.bounds)
	}
}

// client is the window under the pointer, if it is one to work in and not ours.
// Which child of the root is there, the server has said: it knows of holes and
// of windows that let the mouse through.
func (c *choice) client() (client, bool) {
	s, err := c.x.scene()
	if err != nil {
		return client{}, false // the connection is gone, as the next event will say
	}
	all := slices.DeleteFunc(s.all, func(w client) bool {
		return w.top.id != c.under || w.hidden || w.aid || c.rules.ours(w.window)
	})
	if len(all) == 0 {
		return client{}, false
	}
	for _, w := range all {
		if c.at.In(w.bounds) {
			return w, true
		}
	}
	return all[len(all)-1], true // on its frame
}

// down reports whether a key is down.
func (x *x11) down(code xproto.Keycode) bool {
	keys, err := xproto.QueryKeymap(x.conn).Reply()
	return err == nil && int(code/8) < len(keys.Keys) && keys.Keys[code/8]&(1<<(code%8)) != 0
}
