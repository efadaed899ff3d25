//go:build !windows && !darwin

package panel

import (
	"context"
	"slices"
	"time"

	"github.com/jezek/xgb/xproto"
)

// active is the window that the window manager calls so.
func (x *x11) active() xproto.Window {
	if v := x.get(x.root, "_NET_ACTIVE_WINDOW", 1); len(v) == 1 {
		return xproto.Window(v[0])
	}
	return 0
}

// noteActive keeps in mind which window is active, besides ours.
func (x *x11) noteActive() {
	active := x.active()
	x.mu.Lock()
	defer x.mu.Unlock()
	if active == 0 || active == x.ours || active == x.last {
		return
	}
	x.last = active
	if x.lifted {
		x.lifted = false
		x.setAbove(x.ours, false)
	}
}

func (x *x11) take(handle uintptr) bool {
	w := xproto.Window(handle)
	asked := handle != 0 && x.within(func() {
		x.noteActive()
		focus, err := xproto.GetInputFocus(x.conn).Reply()
		x.mu.Lock()
		defer x.mu.Unlock()
		x.before = x.last
		if err == nil && focus.Focus != w {
			x.focus = focus.Focus
		}
		x.activate(w, w)
	})
	if asked && !x.soon(context.Background(), func() bool { return x.holds(handle) }) {
		x.within(func() { x.focusOn(w) }) // there is no window manager
	}
	return asked
}

// focusOn gives a window the keyboard without asking a window manager.
func (x *x11) focusOn(w xproto.Window) {
	xproto.SetInputFocus(x.conn, xproto.InputFocusParent, w, xproto.TimeCurrentTime)
}

// activate asks the window manager, on behalf of the user, to give a window the
// keyboard.
func (x *x11) activate(w, from xproto.Window) {
	e := xproto.ClientMessageEvent{Format: 32, Window: w, Type: x.atoms["_NET_ACTIVE_WINDOW"],
		Data: xproto.ClientMessageDataUnionData32New([]uint32{byUser, 0, uint32(from), 0, 0})}
	xproto.SendEvent(x.conn, false, x.root, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, string(e.Bytes()))
}

func (x *x11) holds(handle uintptr) bool {
	var holds bool
	x.within(func() {
		reply, err := xproto.GetInputFocus(x.conn).Reply()
		holds = handle != 0 && err == nil && reply.Focus == xproto.Window(handle)
	})
	return holds
}

// handover is how long the keyboard may take from one window to another.
const handover = 250 * time.Millisecond

func (x *x11) restore(ctx context.Context) {
	x.mu.Lock()
	ours, focus := x.ours, x.focus
	x.mu.Unlock()
	if !x.holds(uintptr(ours)) {
		return
	}
	x.within(func() {
		switch w := x.heir(ours); {
		case w != 0:
			x.activate(w, ours)
		case focus != 0:
			x.focusOn(focus)
		}
	})
	x.soon(ctx, func() bool { return !x.holds(uintptr(ours)) })
}

// soon waits, for as long as a handover may take, until ok.
func (x *x11) soon(ctx context.Context, ok func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, handover)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
	return true
}

// heir is the window that had the keyboard before us or, if that has gone, the
// uppermost one; 0 for none.
func (x *x11) heir(ours xproto.Window) xproto.Window {
	x.mu.Lock()
	before := x.before
	x.mu.Unlock()
	if x.canHave(before, ours) {
		return before
	}
	all := x.get(x.root, "_NET_CLIENT_LIST_STACKING", 4096)
	for _, w := range slices.Backward(all) {
		if x.canHave(xproto.Window(w), ours) {
			return xproto.Window(w)
		}
	}
	return 0
}

// canHave reports whether a window can be seen and is one that is worked in.
func (x *x11) canHave(w, ours xproto.Window) bool {
	if _, seen := x.at(w); !seen || w == ours {
		return false
	}
	kind := x.get(w, "_NET_WM_WINDOW_TYPE", 1)
	return len(kind) == 0 || kind[0] != uint32(x.atoms["_NET_WM_WINDOW_TYPE_DOCK"]) && kind[0] != uint32(x.atoms["_NET_WM_WINDOW_TYPE_DESKTOP"])
}
