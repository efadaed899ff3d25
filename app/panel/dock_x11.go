//go:build !windows && !darwin

package panel

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// x11 tells an X server about the window, over a connection of its own. The
// atoms are those of the Extended Window Manager Hints 1.5.
type x11 struct {
	conn    *xgb.Conn // nil if there is no X server
	root    xproto.Window
	changed func() // the displays have, or the window stands elsewhere than asked
	done    chan struct{}
	late    atomic.Int32 // questions that the server has not answered in time

	mu     sync.Mutex
	atoms  map[string]xproto.Atom
	seen   screen
	ours   xproto.Window
	asked  area          // where the window was put
	last   xproto.Window // was active last, besides ours
	before xproto.Window // was active before the user wanted to type here, 0 for none
	focus  xproto.Window // had the keyboard then: that window or a part of it
	lifted bool          // over the others until one of them becomes active
	closed bool
}

// answering is how long the server may take for what the window waits for.
// After that nothing else is asked until it has answered.
const answering = 500 * time.Millisecond

// openSystem returns the way to the X server of this display. Without one it
// does nothing. changed is called, from any goroutine, when the window may have
// to move.
func openSystem(changed func()) windowSystem {
	x := &x11{atoms: map[string]xproto.Atom{}, changed: changed, done: make(chan struct{})}
	conn, err := xgb.NewConn()
	if err != nil {
		close(x.done)
		return x
	}
	x.conn, x.root = conn, xproto.Setup(conn).DefaultScreen(conn).Root
	x.within(func() {
		x.learn()
		x.listen()
		seen := x.look()
		x.mu.Lock()
		defer x.mu.Unlock()
		x.seen = seen
	})
	go x.follow()
	return x
}

// within runs f, which asks the server, and reports whether that was answered
// in time. What is late ends when the server answers or goes.
func (x *x11) within(f func()) bool {
	if x.conn == nil || x.late.Load() > 0 {
		return false
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
		return true
	case <-time.After(answering):
		x.late.Add(1)
		go func() {
			<-done
			x.late.Add(-1)
		}()
		return false
	}
}

func (x *x11) close() {
	x.mu.Lock()
	first := x.conn != nil && !x.closed
	x.closed = true
	x.mu.Unlock()
	if first {
		x.conn.Close()
	}
	select {
	case <-x.done:
	case <-time.After(answering): // the server is stuck
	}
}

// learn asks for all atoms at once, and for what tells of displays.
func (x *x11) learn() {
	names := atomNames()
	asked := make([]xproto.InternAtomCookie, len(names))
	for i, name := range names {
		asked[i] = xproto.InternAtom(x.conn, false, uint16(len(name)), name)
	}
	for i, name := range names {
		if reply, err := asked[i].Reply(); err == nil {
			x.atoms[name] = reply.Atom
		}
	}
	x.enable("RANDR")
	x.enable("XINERAMA")
}

// enable readies an extension, if the server has it.
//
// xgb's own way to do so writes to maps that every connection's reader reads
// from, and that ends the program. What it writes are the extension's errors,
// which we cannot cause, and its events, see report.
func (x *x11) enable(extension string) {
	reply, err := xproto.QueryExtension(x.conn, uint16(len(extension)), extension).Reply()
	if err != nil || !reply.Present {
		return
	}
	x.conn.ExtLock.Lock()
	defer x.conn.ExtLock.Unlock()
	x.conn.Extensions[extension] = reply.MajorOpcode
}

// has reports whether an extension is ready.
func (x *x11) has(extension string) bool {
	x.conn.ExtLock.RLock()
	defer x.conn.ExtLock.RUnlock()
	_, ok := x.conn.Extensions[extension]
	return ok
}

func atomNames() []string {
	return []string{
		"ATOM", "CARDINAL", "_MOTIF_WM_HINTS",
		"_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_DOCK", "_NET_WM_WINDOW_TYPE_UTILITY", "_NET_WM_WINDOW_TYPE_DESKTOP",
		"_NET_WM_STATE", "_NET_WM_STATE_ABOVE", "_NET_WM_STATE_STICKY", "_NET_WM_STATE_SKIP_TASKBAR", "_NET_WM_STATE_SKIP_PAGER",
		"_NET_WM_DESKTOP", "_NET_WM_USER_TIME", "_NET_WM_STRUT", "_NET_WM_STRUT_PARTIAL",
		"_NET_WORKAREA", "_NET_CLIENT_LIST", "_NET_CLIENT_LIST_STACKING", "_NET_ACTIVE_WINDOW",
	}
}

// set replaces a property of 32-bit values.
func (x *x11) set(w xproto.Window, name, kind string, values ...uint32) {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, v)
	}
	xproto.ChangeProperty(x.conn, xproto.PropModeReplace, w, x.atoms[name], x.atoms[kind], 32, uint32(len(values)), data)
}

// get reads up to n 32-bit values of a property.
func (x *x11) get(w xproto.Window, name string, n uint32) []uint32 {
	return values(x.ask(w, name, n))
}

func (x *x11) ask(w xproto.Window, name string, n uint32) xproto.GetPropertyCookie {
	return xproto.GetProperty(x.conn, false, w, x.atoms[name], xproto.GetPropertyTypeAny, 0, n)
}

func values(asked xproto.GetPropertyCookie) []uint32 {
	reply, err := asked.Reply()
	if err != nil || reply.Format != 32 {
		return nil
	}
	var values []uint32
	for data := reply.Value; len(data) >= 4; data = data[4:] {
		values = append(values, binary.LittleEndian.Uint32(data))
	}
	return values
}

// declare waits until the server knows: a window that is mapped sooner takes
// the keyboard.
func (x *x11) declare(handle uintptr, above bool, s strut) {
	w := xproto.Window(handle)
	x.within(func() {
		x.mu.Lock()
		isNew := x.ours != w
		x.ours, x.lifted = w, false
		x.mu.Unlock()
		if isNew {
			class := "aside-panel\x00aside-panel\x00"
			xproto.ChangeProperty(x.conn, xproto.PropModeReplace, w, xproto.AtomWmClass, xproto.AtomString, 8, uint32(len(class)), []byte(class))
			xproto.ChangeWindowAttributes(x.conn, w, xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify})
		}
		kind, states := "_NET_WM_WINDOW_TYPE_UTILITY", []string{"_NET_WM_STATE_STICKY", "_NET_WM_STATE_SKIP_TASKBAR", "_NET_WM_STATE_SKIP_PAGER"}
		if above {
			kind, states = "_NET_WM_WINDOW_TYPE_DOCK", append(states, "_NET_WM_STATE_ABOVE")
		}
		x.set(w, "_NET_WM_WINDOW_TYPE", "ATOM", uint32(x.atoms[kind]))
		var state []uint32
		for _, name := range states {
			state = append(state, uint32(x.atoms[name]))
		}
		x.set(w, "_NET_WM_STATE", "ATOM", state...)
		x.set(w, "_NET_WM_DESKTOP", "CARDINAL", 0xffffffff)           // on all
		x.set(w, "_MOTIF_WM_HINTS", "_MOTIF_WM_HINTS", 2, 0, 0, 0, 0) // no frame
		x.set(w, "_NET_WM_USER_TIME", "CARDINAL", 0)                  // do not focus it
		x.reserve(w, s)
		_, _ = xproto.GetInputFocus(x.conn).Reply() // by then it has done the rest
	})
}

// reserve asks other windows to leave a place free.
func (x *x11) reserve(w xproto.Window, s strut) {
	if s == (strut{}) {
		xproto.DeleteProperty(x.conn, w, x.atoms["_NET_WM_STRUT"])
		xproto.DeleteProperty(x.conn, w, x.atoms["_NET_WM_STRUT_PARTIAL"])
		return
	}
	all := make([]uint32, 12) // left, right, top, bottom; and of each where it begins and ends
	side := 1
	if s.left {
		side = 0
	}
	all[side], all[4+2*side], all[5+2*side] = uint32(s.depth), uint32(s.from), uint32(s.to)
	x.set(w, "_NET_WM_STRUT", "CARDINAL", all[:4]...)
	x.set(w, "_NET_WM_STRUT_PARTIAL", "CARDINAL", all...)
}

func (x *x11) place(handle uintptr, at area, s strut) bool {
	x.mu.Lock()
	x.asked = at
	x.mu.Unlock()
	return x.within(func() {
		w := xproto.Window(handle)
		xproto.ConfigureWindow(x.conn, w,
			xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight,
			[]uint32{uint32(int32(at.x)), uint32(int32(at.y)), uint32(at.w), uint32(at.h)})
		x.reserve(w, s)
	})
}

// lift does not raise the window: some window managers give one that is raised
// the keyboard, others leave it where it is.
func (x *x11) lift(handle uintptr) {
	x.mu.Lock()
	x.lifted = true
	x.mu.Unlock()
	x.within(func() { x.setAbove(xproto.Window(handle), true) })
}

// setAbove asks the window manager to hold a window that is mapped above
// others, or no longer.
func (x *x11) setAbove(w xproto.Window, above bool) {
	add := uint32(0)
	if above {
		add = 1
	}
	e := xproto.ClientMessageEvent{Format: 32, Window: w, Type: x.atoms["_NET_WM_STATE"],
		Data: xproto.ClientMessageDataUnionData32New([]uint32{add, uint32(x.atoms["_NET_WM_STATE_ABOVE"]), 0, byUser, 0})}
	xproto.SendEvent(x.conn, false, x.root, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, string(e.Bytes()))
}

// byUser tells a window manager that the user wants what it is asked for.
const byUser = 2
