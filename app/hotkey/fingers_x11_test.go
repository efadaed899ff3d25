//go:build linux

package hotkey

import (
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// fingers press keys without a program between, as fast as the server takes it.
type fingers struct {
	tb   testing.TB
	conn *xgb.Conn
	keys keymap
}

func newFingers(tb testing.TB) fingers {
	tb.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(conn.Close)
	if err := xtest.Init(conn); err != nil {
		tb.Fatal(err)
	}
	keys, err := readKeymap(conn)
	if err != nil {
		tb.Fatal(err)
	}
	return fingers{tb, conn, keys}
}

// code returns the key that makes a keysym.
func (f fingers) code(sym xproto.Keysym) trigger {
	return trigger{code: byte(f.keys.codes(sym)[0])}
}

func (f fingers) press(t trigger)   { f.fake(t, xproto.KeyPress, xproto.ButtonPress) }
func (f fingers) release(t trigger) { f.fake(t, xproto.KeyRelease, xproto.ButtonRelease) }

func (f fingers) tap(t trigger) {
	f.press(t)
	f.release(t)
}

// fake sends an event and waits until the server has it.
func (f fingers) fake(t trigger, key, button byte) {
	f.tb.Helper()
	kind := key
	if t.button {
		kind = button
	}
	if err := xtest.FakeInputChecked(f.conn, kind, t.code, 0, 0, 0, 0, 0).Check(); err != nil {
		f.tb.Fatal(err)
	}
}
