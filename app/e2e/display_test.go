package e2e

import (
	"encoding/binary"
	"io"
	"log"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// xgb tells of every connection that ends, unless that is said before the first.
var _ = hushXGB()

func hushXGB() struct{} {
	xgb.Logger = log.New(io.Discard, "", 0)
	return struct{}{}
}

// display is a connection of the test's own to the desk's display, for what
// must not take the time of a process.
type display struct {
	c    *core
	conn *xgb.Conn
	root xproto.Window
	pid  xproto.Atom
	keys []byte // of the talk chord, in the order in which they go down
}

// display connects to the desk's display.
func (c *core) display() *display {
	c.Helper()
	conn, err := xgb.NewConnDisplay(c.Display)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(conn.Close)
	if err := xtest.Init(conn); err != nil {
		c.Fatal(err)
	}
	const name = "_NET_WM_PID"
	atom, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		c.Fatal(err)
	}
	d := &display{c: c, conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root, pid: atom.Atom}
	const control, alt, space = 0xffe3, 0xffe9, 0x20
	for _, symbol := range []xproto.Keysym{control, alt, space} {
		d.keys = append(d.keys, d.key(symbol))
	}
	return d
}

// key is the key that gives a symbol.
func (d *display) key(symbol xproto.Keysym) byte {
	d.c.Helper()
	s := xproto.Setup(d.conn)
	m, err := xproto.GetKeyboardMapping(d.conn, s.MinKeycode, byte(s.MaxKeycode-s.MinKeycode)+1).Reply()
	if err != nil {
		d.c.Fatal(err)
	}
	for i, k := range m.Keysyms {
		if k == symbol {
			return byte(s.MinKeycode) + byte(i/int(m.KeysymsPerKeycode))
		}
	}
	d.c.Fatalf("no key gives %#x", symbol)
	return 0
}

// press holds the talk key and returns the moment when the last key went down.
func (d *display) press() (at time.Time) {
	d.c.Helper()
	for _, k := range d.keys {
		at = d.fake(xproto.KeyPress, k)
	}
	return at
}

// release lets the talk key go and returns the moment when the first key came
// up.
func (d *display) release() time.Time {
	d.c.Helper()
	at := d.fake(xproto.KeyRelease, d.keys[2])
	d.fake(xproto.KeyRelease, d.keys[1])
	d.fake(xproto.KeyRelease, d.keys[0])
	return at
}

func (d *display) fake(what, key byte) time.Time {
	d.c.Helper()
	at := time.Now()
	if err := xtest.FakeInputChecked(d.conn, what, key, 0, d.root, 0, 0, 0).Check(); err != nil {
		d.c.Fatal(err)
	}
	return at
}

// shows reports whether a process has a window that can be seen.
func (d *display) shows(pid int) bool {
	tree, err := xproto.QueryTree(d.conn, d.root).Reply()
	if err != nil {
		d.c.Fatal(err)
	}
	for _, frame := range tree.Children {
		windows := []xproto.Window{frame}
		if inside, err := xproto.QueryTree(d.conn, frame).Reply(); err == nil {
			windows = append(windows, inside.Children...)
		}
		for _, w := range windows {
			if d.owner(w) != pid {
				continue
			}
			if a, err := xproto.GetWindowAttributes(d.conn, w).Reply(); err == nil && a.MapState == xproto.MapStateViewable {
				return true
			}
		}
	}
	return false
}

// owner is the process of a window, 0 if it does not say.
func (d *display) owner(w xproto.Window) int {
	p, err := xproto.GetProperty(d.conn, false, w, d.pid, xproto.AtomCardinal, 0, 1).Reply()
	if err != nil || len(p.Value) < 4 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(p.Value))
}
