//go:build linux

package hotkey

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
)

// keys is a desk's keyboard, under the fingers of a test.
type keys struct {
	t testing.TB
	d *desk.Desk
}

// display makes a private display the one of the environment.
func display(t testing.TB, wm string) keys {
	t.Helper()
	d := desk.Start(t, desk.Options{Display: true, WM: wm, Width: 640, Height: 480})
	t.Setenv("DISPLAY", d.Display)
	t.Setenv("XAUTHORITY", filepath.Join(d.Dir, "no-authority"))
	return keys{t, d}
}

// do runs xdotool, one step each.
func (k keys) do(steps ...string) {
	k.t.Helper()
	for _, step := range steps {
		if _, err := k.d.Output(k.t.Context(), "xdotool", strings.Fields(step)...); err != nil {
			k.t.Fatal(err)
		}
	}
}

// assign gives a keysym to a key that has none, and so changes the layout.
func assign(t *testing.T, sym xproto.Keysym) {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	m, err := readKeymap(conn)
	if err != nil {
		t.Fatal(err)
	}
	free := m.codes(0)[0]
	for code := range xproto.Keycode(247) {
		if row := m.row(code); row != nil && strings.Trim(fmt.Sprint(row), "[0 ]") == "" {
			free = code
		}
	}
	if err := xproto.ChangeKeyboardMappingChecked(conn, 1, free, 1, []xproto.Keysym{sym}).Check(); err != nil {
		t.Fatal(err)
	}
}

// window is a window of another program, with the focus.
type window struct {
	keys   keymap
	events <-chan xgb.Event
}

func newWindow(t *testing.T) window {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	id, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	xproto.CreateWindow(conn, screen.RootDepth, id, screen.Root, 0, 0, 50, 50, 0, xproto.WindowClassInputOutput,
		screen.RootVisual, xproto.CwEventMask, []uint32{xproto.EventMaskKeyPress})
	xproto.MapWindow(conn, id)
	if err := xproto.SetInputFocusChecked(conn, xproto.InputFocusParent, id, xproto.TimeCurrentTime).Check(); err != nil {
		t.Fatal(err)
	}
	keys, err := readKeymap(conn)
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan xgb.Event, 100)
	go func() {
		defer close(events)
		for {
			e, err := conn.WaitForEvent()
			if e == nil && err == nil {
				return
			}
			events <- e
		}
	}()
	t.Cleanup(func() {
		conn.Close()
		for range events { // until the reader has ended
		}
	})
	return window{keys, events}
}

// key returns the next key that the window sees: Escape, Space or another.
func (w window) key(t *testing.T) string {
	t.Helper()
	for {
		select {
		case e := <-w.events:
			press, ok := e.(xproto.KeyPressEvent)
			if !ok {
				continue
			}
			switch w.keys.row(press.Detail)[0] {
			case keysymEscape:
				return "Escape"
			case ' ':
				return "Space"
			}
			return "another key"
		case <-time.After(5 * time.Second):
			t.Fatal("the window saw no key in 5 s")
		}
	}
}
