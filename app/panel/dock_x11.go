//go:build !windows && !darwin

package panel

import (
	"context"
	"encoding/binary"
	"io"
	"log"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xinerama"
	"github.com/jezek/xgb/xproto"
)

// x11 tells an X server about the window, over a connection of its own. The
// atoms are those of the Extended Window Manager Hints 1.5.
type x11 struct {
	conn *xgb.Conn // nil if there is no X server
	root xproto.Window

	mu     sync.Mutex
	atoms  map[string]xproto.Atom
	ours   xproto.Window
	before xproto.Window // had the keyboard before the user clicked here, 0 for nobody
	closed bool
}

// openSystem returns the way to the X server of this display. Without one it
// does nothing.
func openSystem() windowSystem {
	xgb.Logger = log.New(io.Discard, "", 0) // it reports each connection that ends
	x := &x11{atoms: map[string]xproto.Atom{}}
	conn, err := xgb.NewConn()
	if err != nil {
		return x
	}
	x.conn, x.root = conn, xproto.Setup(conn).DefaultScreen(conn).Root
	return x
}

func (x *x11) close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.conn != nil && !x.closed {
		x.closed = true
		x.conn.Close()
	}
}

func (x *x11) atom(name string) xproto.Atom {
	x.mu.Lock()
	defer x.mu.Unlock()
	if a, ok := x.atoms[name]; ok {
		return a
	}
	reply, err := xproto.InternAtom(x.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0
	}
	x.atoms[name] = reply.Atom
	return reply.Atom
}

// set replaces a property of 32-bit values.
func (x *x11) set(w xproto.Window, name, kind string, values ...uint32) {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, v)
	}
	xproto.ChangeProperty(x.conn, xproto.PropModeReplace, w, x.atom(name), x.atom(kind), 32, uint32(len(values)), data)
}

func (x *x11) declare(handle uintptr) {
	if x.conn == nil {
		return
	}
	w := xproto.Window(handle)
	class := "aside-panel\x00aside-panel\x00"
	xproto.ChangeProperty(x.conn, xproto.PropModeReplace, w, xproto.AtomWmClass, xproto.AtomString, 8, uint32(len(class)), []byte(class))
	x.set(w, "_NET_WM_WINDOW_TYPE", "ATOM", uint32(x.atom("_NET_WM_WINDOW_TYPE_DOCK")))
	x.set(w, "_NET_WM_STATE", "ATOM", uint32(x.atom("_NET_WM_STATE_ABOVE")), uint32(x.atom("_NET_WM_STATE_STICKY")),
		uint32(x.atom("_NET_WM_STATE_SKIP_TASKBAR")), uint32(x.atom("_NET_WM_STATE_SKIP_PAGER")))
	x.set(w, "_NET_WM_DESKTOP", "CARDINAL", 0xffffffff) // on all
	x.set(w, "_NET_WM_USER_TIME", "CARDINAL", 0)        // do not focus it
	x.sync()
}

// sync waits until the server has done what it was told.
func (x *x11) sync() { _, _ = xproto.GetInputFocus(x.conn).Reply() }

// area is a part of the display in pixels.
type area struct{ x, y, w, h int }

// with is what two areas have in common.
func (a area) with(b area) area {
	left, top := max(a.x, b.x), max(a.y, b.y)
	return area{left, top, min(a.x+a.w, b.x+b.w) - left, min(a.y+a.h, b.y+b.h) - top}
}

// outermost is the part of free on the monitor that is nearest to an edge.
func outermost(free area, monitors []area, edge string) area {
	best := area{}
	for _, m := range monitors {
		m = free.with(m)
		nearer := edge == "left" && m.x < best.x || edge != "left" && m.x+m.w > best.x+best.w
		if m.w > 0 && m.h > 0 && (best == area{} || nearer) {
			best = m
		}
	}
	if best == (area{}) {
		return free
	}
	return best
}

// free is the part of the monitor at an edge that is free for windows.
func (x *x11) free(edge string) area { return outermost(x.workarea(), x.monitors(), edge) }

// monitors are all monitors, none if the server does not tell.
func (x *x11) monitors() []area {
	if x.conn == nil || xinerama.Init(x.conn) != nil {
		return nil
	}
	reply, err := xinerama.QueryScreens(x.conn).Reply()
	if err != nil {
		return nil
	}
	var all []area
	for _, s := range reply.ScreenInfo {
		all = append(all, area{int(s.XOrg), int(s.YOrg), int(s.Width), int(s.Height)})
	}
	return all
}

// workarea is the part of all monitors together that is free for windows.
func (x *x11) workarea() area {
	if x.conn == nil {
		return area{}
	}
	screen := xproto.Setup(x.conn).DefaultScreen(x.conn)
	all := area{0, 0, int(screen.WidthInPixels), int(screen.HeightInPixels)}
	if v := x.get(x.root, "_NET_WORKAREA", 4); len(v) == 4 && v[2] > 0 && v[3] > 0 {
		return area{int(int32(v[0])), int(int32(v[1])), int(v[2]), int(v[3])}
	}
	return all
}

// get reads up to n 32-bit values of a property.
func (x *x11) get(w xproto.Window, name string, n uint32) []uint32 {
	reply, err := xproto.GetProperty(x.conn, false, w, x.atom(name), xproto.GetPropertyTypeAny, 0, n).Reply()
	if err != nil || reply.Format != 32 {
		return nil
	}
	var values []uint32
	for data := reply.Value; len(data) >= 4; data = data[4:] {
		values = append(values, binary.LittleEndian.Uint32(data))
	}
	return values
}

func (x *x11) height(edge string) int { return x.free(edge).h }

func (x *x11) place(handle uintptr, edge string, width int) {
	a := x.free(edge)
	if a.h == 0 {
		return
	}
	left := a.x
	if edge != "left" {
		left = a.x + a.w - width
	}
	xproto.ConfigureWindow(x.conn, xproto.Window(handle),
		xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight,
		[]uint32{uint32(int32(left)), uint32(int32(a.y)), uint32(width), uint32(a.h)})
	x.sync()
}

// active is the window that has the keyboard.
func (x *x11) active() xproto.Window {
	if v := x.get(x.root, "_NET_ACTIVE_WINDOW", 1); len(v) == 1 {
		return xproto.Window(v[0])
	}
	return 0
}

func (x *x11) remember(handle uintptr) {
	if x.conn == nil || handle == 0 {
		return
	}
	active := x.active()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ours = xproto.Window(handle)
	if active != x.ours {
		x.before = active
	}
}

// handover is how long giving the keyboard back may take.
const handover = 250 * time.Millisecond

func (x *x11) restore(ctx context.Context) {
	x.mu.Lock()
	before, ours := x.before, x.ours
	x.before = 0
	x.mu.Unlock()
	if x.conn == nil || before == 0 || x.active() != ours {
		return
	}
	e := xproto.ClientMessageEvent{Format: 32, Window: before, Type: x.atom("_NET_ACTIVE_WINDOW"),
		Data: xproto.ClientMessageDataUnionData32New([]uint32{2, 0, uint32(ours), 0, 0})} // 2: on behalf of the user
	xproto.SendEvent(x.conn, false, x.root, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, string(e.Bytes()))
	ctx, cancel := context.WithTimeout(ctx, handover)
	defer cancel()
	for x.active() == ours {
		select {
		case <-ctx.Done():
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}
