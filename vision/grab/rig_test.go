//go:build linux || freebsd

package grab

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

var (
	red   = color.RGBA{0xff, 0, 0, 0xff}
	green = color.RGBA{0, 0xff, 0, 0xff}
	blue  = color.RGBA{0, 0, 0xff, 0xff}
	grey  = color.RGBA{0x80, 0x80, 0x80, 0xff}
)

// rig is a desk, a screen that looks at it, and a hand that puts windows on it.
type rig struct {
	*testing.T
	desk   *desk.Desk
	screen *Screen
	conn   *xgb.Conn
}

func start(t *testing.T, d desk.Options, o Options) *rig {
	t.Helper()
	d.Display = true
	r := &rig{T: t, desk: desk.Start(t, d)}
	r.environment()
	conn, err := xgb.NewConnDisplay(r.desk.Display)
	if err != nil {
		t.Fatal(err)
	}
	r.conn = conn
	t.Cleanup(conn.Close)
	r.screen, err = Open(t.Context(), o, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 2 { // Close may be called twice
			if err := r.screen.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return r
}

// environment is the desk's, as far as it says where to look.
func (r *rig) environment() {
	bus := r.desk.BusAddress
	if bus == "" {
		bus = "unix:path=" + r.desk.Dir + "/no-bus" // not set at all, it would be the user's own
	}
	r.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
	r.Setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
	r.Setenv("DISPLAY", r.desk.Display)
	r.Setenv("XDG_SESSION_TYPE", "")
	r.Setenv("WAYLAND_DISPLAY", "")
}

// managed is a desk with a window manager.
func managed() desk.Options { return desk.Options{WM: "openbox", Width: 1280, Height: 800} }

// sheet is a window of one colour.
type sheet struct {
	program, title string
	bounds         image.Rectangle
	colour         color.RGBA
	free           bool // override-redirect, like a menu
	shy            bool // wants no keys, and so is not brought to the front
}

// put opens a window and waits until the window manager has placed it in
// front, if there is one.
func (r *rig) put(s sheet) xproto.Window {
	r.Helper()
	return r.show(r.conn, s)
}

// show is put for a window of another program.
func (r *rig) show(conn *xgb.Conn, s sheet) xproto.Window {
	r.Helper()
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	id := r.open(conn, s)
	conn.Sync()
	r.until(s.title+" on the screen", func() bool {
		// A window manager that was still starting looks again when something
		// happens.
		property(conn, root, xproto.AtomWmIconName, xproto.AtomString, 8, []byte(s.title))
		a, err := xproto.GetWindowAttributes(conn, id).Reply()
		return err == nil && a.MapState == xproto.MapStateViewable
	})
	return id
}

// another is a second program's connection to the display.
func (r *rig) another() *xgb.Conn {
	r.Helper()
	conn, err := xgb.NewConnDisplay(r.desk.Display)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(conn.Close)
	return conn
}

// open maps a window of its own and does not wait for it.
func (r *rig) open(conn *xgb.Conn, s sheet) xproto.Window {
	screen := xproto.Setup(conn).DefaultScreen(conn)
	id, err := xproto.NewWindowId(conn)
	if err != nil {
		r.Error(err)
	}
	free := uint32(0)
	if s.free {
		free = 1
	}
	b := s.bounds
	pixel := uint32(s.colour.R)<<16 | uint32(s.colour.G)<<8 | uint32(s.colour.B)
	if screen.RootDepth == 16 {
		pixel = uint32(s.colour.R>>3)<<11 | uint32(s.colour.G>>2)<<5 | uint32(s.colour.B>>3)
	}
	xproto.CreateWindow(conn, screen.RootDepth, id, screen.Root, int16(b.Min.X), int16(b.Min.Y), uint16(b.Dx()), uint16(b.Dy()), 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{pixel, free})
	if s.title != "" {
		property(conn, id, xproto.AtomWmName, xproto.AtomString, 8, []byte(s.title))
	}
	if s.program != "" {
		property(conn, id, xproto.AtomWmClass, xproto.AtomString, 8, []byte(s.program+"\x00"+s.program+"\x00"))
	}
	// USPosition: the window manager leaves it where it is.
	hints := make([]byte, 18*4)
	hints[0] = 1
	property(conn, id, xproto.AtomWmNormalHints, xproto.AtomWmSizeHints, 32, hints)
	if s.shy {
		hints := make([]byte, 9*4)
		hints[0] = 1 // InputHint; the input itself is 0
		property(conn, id, xproto.AtomWmHints, xproto.AtomWmHints, 32, hints)
	}
	xproto.MapWindow(conn, id)
	return id
}

func property(conn *xgb.Conn, id xproto.Window, name, kind xproto.Atom, format byte, data []byte) {
	xproto.ChangeProperty(conn, xproto.PropModeReplace, id, name, kind, format, uint32(len(data)*8/int(format)), data)
}

func (r *rig) until(what string, ok func() bool) {
	r.Helper()
	if err := r.desk.Until(r.Context(), what, ok); err != nil {
		r.Fatal(err)
	}
}

// activate brings a window to the front.
func (r *rig) activate(id xproto.Window) {
	r.Helper()
	if out, err := r.desk.Output(r.Context(), "xdotool", "windowactivate", "--sync", fmt.Sprint(id)); err != nil {
		r.Fatal(err, out)
	}
}

// windowShot takes the active window, which must be the one with the title:
// the window manager may need a moment, and one that has only just started may
// take a window for older than itself, which it does not bring to the front.
func (r *rig) windowShot(title string) vision.Shot {
	r.Helper()
	var shot vision.Shot
	late := time.Now().Add(2 * time.Second)
	r.until(title+" in front", func() bool {
		if time.Now().After(late) {
			late = time.Now().Add(2 * time.Second)
			_, _ = r.desk.Output(r.Context(), "xdotool", "search", "--name", "^"+title+"$", "windowactivate") // it is tried again
		}
		var err error
		shot, err = r.screen.Take(r.Context(), vision.Target{Capture: vision.CaptureWindow})
		if err != nil {
			r.Fatal(err)
		}
		return shot.Title == title
	})
	return shot
}

func (r *rig) take(c vision.Capture) vision.Shot {
	r.Helper()
	shot, err := r.screen.Take(r.Context(), vision.Target{Capture: c})
	if err != nil {
		r.Fatal(err)
	}
	return shot
}

// wantColour checks a pixel by where it is on the screen.
func (r *rig) wantColour(s vision.Shot, x, y int, want color.RGBA) {
	r.Helper()
	at := image.Pt(x, y).Sub(s.Bounds.Min)
	if !at.In(s.Pixels.Rect) {
		r.Errorf("%d,%d is not in the shot of %v", x, y, s.Bounds)
		return
	}
	if got := s.Pixels.RGBAAt(at.X, at.Y); got != want {
		r.Errorf("the colour at %d,%d is %v, want %v", x, y, got, want)
	}
}

// monitors splits the display, as `xrandr --setmonitor` does.
func (r *rig) monitors(all ...string) {
	r.Helper()
	for _, m := range all {
		words := strings.Fields(m)
		if out, err := r.desk.Output(r.Context(), "xrandr", "--setmonitor", words[0], words[1], words[2]); err != nil {
			if os.Getenv("ASIDE_TEST_ALL") != "" || !errors.Is(err, exec.ErrNotFound) {
				r.Fatalf("no second monitor: %v %s", err, out)
			}
			r.Skipf("no second monitor: %v", err)
		}
	}
}
