//go:build !windows && !darwin

package insert

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// display is a connection to the X server. The atoms are those of the Inter-
// Client Communication Conventions and of the Extended Window Manager Hints.
type display struct {
	conn  *xgb.Conn
	setup *xproto.SetupInfo
	root  xproto.Window
}

func dial() (*display, error) {
	if os.Getenv("WAYLAND_DISPLAY") != "" || os.Getenv("DISPLAY") == "" {
		return nil, ErrUnsupported
	}
	xgb.Logger = log.New(io.Discard, "", 0) // it reports each connection that ends
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	setup := xproto.Setup(conn)
	return &display{conn, setup, setup.DefaultScreen(conn).Root}, nil
}

func (d *display) atom(name string) xproto.Atom {
	reply, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0
	}
	return reply.Atom
}

// active is the window in front: the one that the window manager names, else
// the one that has the keyboard.
func (d *display) active() xproto.Window {
	reply, err := xproto.GetProperty(d.conn, false, d.root, d.atom("_NET_ACTIVE_WINDOW"), xproto.AtomWindow, 0, 1).Reply()
	if err == nil && len(reply.Value) == 4 {
		return xproto.Window(binary.LittleEndian.Uint32(reply.Value))
	}
	focus, err := xproto.GetInputFocus(d.conn).Reply()
	if err != nil || focus.Focus <= 1 || focus.Focus == d.root { // 0 and 1 are none and wherever the pointer is
		return 0
	}
	return focus.Focus
}

// class is the kind of a window, as its program names it; "" if the window is
// gone or has none.
func (d *display) class(w xproto.Window) string {
	reply, err := xproto.GetProperty(d.conn, false, w, xproto.AtomWmClass, xproto.AtomString, 0, 64).Reply()
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.TrimRight(string(reply.Value), "\x00"), "\x00")
	return parts[len(parts)-1]
}

// Front returns the window in front. The error wraps ErrUnsupported or ErrGone.
func Front() (Window, error) {
	d, err := dial()
	if err != nil {
		return Window{}, err
	}
	defer d.conn.Close()
	w := d.active()
	if w == 0 {
		return Window{}, ErrGone
	}
	return WindowOf(uint32(w), d.class(w)), nil
}

// comeLimit is how long a window may take to come to the front.
const comeLimit = time.Second

// bring brings a window to the front, on behalf of the user, and waits until it
// is there.
func (d *display) bring(ctx context.Context, w Window) error {
	id := xproto.Window(w.id)
	if id == 0 {
		return ErrGone
	}
	if _, err := xproto.GetGeometry(d.conn, xproto.Drawable(id)).Reply(); err != nil || d.class(id) != w.class {
		return ErrGone
	}
	if d.active() == id {
		return nil
	}
	e := xproto.ClientMessageEvent{Format: 32, Window: id, Type: d.atom("_NET_ACTIVE_WINDOW"),
		Data: xproto.ClientMessageDataUnionData32New([]uint32{2, 0, 0, 0, 0})} // 2: on behalf of the user
	xproto.SendEvent(d.conn, false, d.root, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, string(e.Bytes()))
	ctx, cancel := context.WithTimeout(ctx, comeLimit)
	defer cancel()
	for d.active() != id {
		select {
		case <-ctx.Done():
			return ErrBehind
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// press presses keys, the first first, and lets go of them in reverse.
func (d *display) press(symbols []uint32) error {
	if err := xtest.Init(d.conn); err != nil {
		return fmt.Errorf("%w: press keys: %w", ErrUnsupported, err)
	}
	codes, err := d.codes(symbols)
	if err != nil {
		return err
	}
	for _, code := range codes {
		xtest.FakeInput(d.conn, xproto.KeyPress, code, 0, d.root, 0, 0, 0)
	}
	for i := range codes {
		xtest.FakeInput(d.conn, xproto.KeyRelease, codes[len(codes)-1-i], 0, d.root, 0, 0, 0)
	}
	_, err = xproto.GetInputFocus(d.conn).Reply() // the server has done it
	return err
}

// codes are the keys on this keyboard that have the symbols.
func (d *display) codes(symbols []uint32) ([]byte, error) {
	first := d.setup.MinKeycode
	reply, err := xproto.GetKeyboardMapping(d.conn, first, byte(d.setup.MaxKeycode-first)+1).Reply()
	if err != nil {
		return nil, fmt.Errorf("read keyboard: %w", err)
	}
	var codes []byte
	for _, symbol := range symbols {
		found := false
		for i, s := range reply.Keysyms {
			if uint32(s) == symbol {
				codes, found = append(codes, byte(first)+byte(i/int(reply.KeysymsPerKeycode))), true
				break
			}
		}
		if !found {
			return nil, fmt.Errorf("%w: the keyboard has no key %#x", ErrUnsupported, symbol)
		}
	}
	return codes, nil
}
