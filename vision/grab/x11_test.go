//go:build linux || freebsd

package grab

import (
	"context"
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
}

// put opens a window and waits until the window manager has placed it in
// front, if there is one.
func (r *rig) put(s sheet) xproto.Window {
	r.Helper()
	screen := xproto.Setup(r.conn).DefaultScreen(r.conn)
	id, err := xproto.NewWindowId(r.conn)
	if err != nil {
		r.Fatal(err)
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
	xproto.CreateWindow(r.conn, screen.RootDepth, id, screen.Root, int16(b.Min.X), int16(b.Min.Y), uint16(b.Dx()), uint16(b.Dy()), 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{pixel, free})
	r.property(id, xproto.AtomWmName, xproto.AtomString, 8, []byte(s.title))
	r.property(id, xproto.AtomWmClass, xproto.AtomString, 8, []byte(s.program+"\x00"+s.program+"\x00"))
	// USPosition: the window manager leaves it where it is.
	hints := make([]byte, 18*4)
	hints[0] = 1
	r.property(id, xproto.AtomWmNormalHints, xproto.AtomWmSizeHints, 32, hints)
	xproto.MapWindow(r.conn, id)
	r.conn.Sync()
	r.until(s.title+" on the screen", func() bool {
		// A window manager that was still starting looks again when something
		// happens.
		r.property(screen.Root, xproto.AtomWmIconName, xproto.AtomString, 8, []byte(s.title))
		a, err := xproto.GetWindowAttributes(r.conn, id).Reply()
		return err == nil && a.MapState == xproto.MapStateViewable
	})
	return id
}

func (r *rig) property(id xproto.Window, name, kind xproto.Atom, format byte, data []byte) {
	xproto.ChangeProperty(r.conn, xproto.PropModeReplace, id, name, kind, format, uint32(len(data)*8/int(format)), data)
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
// the window manager may need a moment.
func (r *rig) windowShot(title string) vision.Shot {
	r.Helper()
	var shot vision.Shot
	r.until(title+" in front", func() bool {
		var err error
		shot, err = r.screen.Take(r.Context(), vision.CaptureWindow)
		if err != nil {
			r.Fatal(err)
		}
		return shot.Title == title
	})
	return shot
}

func (r *rig) take(c vision.Capture) vision.Shot {
	r.Helper()
	shot, err := r.screen.Take(r.Context(), c)
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

func TestTheActiveWindowIsTakenWithoutItsFrame(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: red})
	began := time.Now()
	s := r.windowShot("notes")
	if s.Capture != vision.CaptureWindow || s.Program != "editor" || s.Bounds.Size() != image.Pt(300, 200) {
		t.Errorf("got %s of %q, %v", s.Capture, s.Program, s.Bounds)
	}
	if s.Pixels.Rect != image.Rect(0, 0, 300, 200) || !vision.Uniform(s.Pixels) {
		t.Errorf("the picture of %v is not all the window's", s.Pixels.Rect)
	}
	r.wantColour(s, s.Bounds.Min.X, s.Bounds.Min.Y, red)
	if s.Taken.Before(began) || s.Taken.After(time.Now()) {
		t.Errorf("taken at %v", s.Taken)
	}
	if !strings.HasPrefix(r.screen.Describe(), "X11") {
		t.Errorf("described as %q", r.screen.Describe())
	}
}

func TestAWindowThatHangsOverTheEdgeIsCutThere(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "wide", bounds: image.Rect(1000, 500, 2000, 1200), colour: red})
	s := r.windowShot("wide")
	if !s.Bounds.In(image.Rect(0, 0, 1280, 800)) || s.Bounds.Empty() {
		t.Errorf("bounds are %v", s.Bounds)
	}
}

func TestWithoutAWindowManagerTheDisplayIsTaken(t *testing.T) {
	r := start(t, desk.Options{Width: 640, Height: 480}, Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 200, 200), colour: red})
	s := r.take(vision.CaptureWindow)
	if s.Capture != vision.CaptureDisplay || s.Bounds != image.Rect(0, 0, 640, 480) {
		t.Errorf("got %s, %v", s.Capture, s.Bounds)
	}
	r.wantColour(s, 150, 150, red)
}

func TestTheDisplayUnderThePointerIsTaken(t *testing.T) {
	r := start(t, desk.Options{WM: "openbox", Width: 1600, Height: 600}, Options{})
	for _, m := range []string{"left 800/200x600/150+0+0 screen", "right 800/200x600/150+800+0 none"} {
		words := strings.Fields(m)
		if out, err := r.desk.Output(t.Context(), "xrandr", "--setmonitor", words[0], words[1], words[2]); err != nil {
			if os.Getenv("ASIDE_TEST_ALL") != "" || !errors.Is(err, exec.ErrNotFound) {
				t.Fatalf("no second monitor: %v %s", err, out)
			}
			t.Skipf("no second monitor: %v", err)
		}
	}
	for _, c := range []struct {
		x    string
		want image.Rectangle
	}{{"100", image.Rect(0, 0, 800, 600)}, {"1200", image.Rect(800, 0, 1600, 600)}} {
		if out, err := r.desk.Output(t.Context(), "xdotool", "mousemove", c.x, "300"); err != nil {
			t.Fatal(err, out)
		}
		if s := r.take(vision.CaptureDisplay); s.Bounds != c.want {
			t.Errorf("with the pointer at %s the shot is of %v, want %v", c.x, s.Bounds, c.want)
		}
	}
}

func TestAnExcludedWindowIsNotTaken(t *testing.T) {
	for _, rule := range []string{"Vault", "my PASSWORDS"} {
		t.Run(rule, func(t *testing.T) {
			r := start(t, managed(), Options{})
			r.put(sheet{program: "vault", title: "All my passwords", bounds: image.Rect(50, 50, 250, 250), colour: red})
			r.windowShot("All my passwords")
			r.screen.Configure(Options{Exclude: []string{rule}})
			if s, err := r.screen.Take(t.Context(), vision.CaptureWindow); !errors.Is(err, vision.ErrExcluded) || s.Pixels != nil {
				t.Errorf("got %v, %v", s.Bounds, err)
			}
		})
	}
}

func TestExcludedAndOwnWindowsArePaintedOver(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}, Own: []string{"panel"}})
	vault := image.Rect(50, 50, 250, 250)
	r.put(sheet{program: "vault", title: "vault", bounds: vault, colour: red})
	r.put(sheet{program: "panel", title: "panel", bounds: image.Rect(300, 50, 400, 250), colour: red})
	r.put(sheet{program: "vault", title: "its menu", bounds: image.Rect(600, 400, 700, 500), colour: red, free: true})
	r.put(sheet{program: "editor", title: "menu", bounds: image.Rect(750, 400, 850, 500), colour: green, free: true})
	s := r.take(vision.CaptureDisplay)
	if s.Capture != vision.CaptureDisplay || s.Title != "" {
		t.Errorf("got %s of %q", s.Capture, s.Title)
	}
	for y := range s.Pixels.Rect.Dy() {
		for x := range s.Pixels.Rect.Dx() {
			if s.Pixels.RGBAAt(x, y) == red {
				t.Fatalf("there is red at %d,%d", x, y)
			}
		}
	}
	r.wantColour(s, 150, 150, grey)
	r.wantColour(s, 800, 450, green)
}

func TestWhatLiesUnderTheActiveWindowDoesNotSpoilIt(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}, Own: []string{"panel"}})
	r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(50, 50, 350, 350), colour: red})
	id := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(150, 150, 450, 450), colour: green})
	r.put(sheet{program: "panel", title: "panel", bounds: image.Rect(400, 400, 600, 600), colour: blue, free: true})
	r.activate(id)
	s := r.windowShot("notes")
	r.wantColour(s, s.Bounds.Min.X+20, s.Bounds.Min.Y+20, green)
	r.wantColour(s, 430, 430, grey)
}

func TestTheWindowBehindOurOwnIsTaken(t *testing.T) {
	r := start(t, managed(), Options{Own: []string{"panel"}})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: green})
	r.windowShot("notes")
	panel := r.put(sheet{program: "panel", title: "panel", bounds: image.Rect(600, 100, 700, 300), colour: red})
	r.until("the panel in front", func() bool {
		active, _, err := r.desk.ActiveWindow(t.Context())
		return err == nil && active == uint64(panel)
	})
	if s := r.take(vision.CaptureWindow); s.Title != "notes" {
		t.Errorf("took %q", s.Title)
	}
}

func TestWithoutSharedMemoryThePictureIsTheSame(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 303, 201), colour: blue})
	with := r.windowShot("notes")
	if err := r.screen.Close(); err != nil {
		t.Fatal(err)
	}
	x, err := dialX11(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	without, err := x.take(t.Context(), vision.CaptureWindow, rules{})
	if err != nil {
		t.Fatal(err)
	}
	if string(with.Pixels.Pix) != string(without.Pixels.Pix) || with.Pixels.Rect != without.Pixels.Rect {
		t.Error("the pictures differ")
	}
}

func TestADisplayOfSixteenBitsIsRead(t *testing.T) {
	r := start(t, desk.Options{WM: "openbox", Width: 641, Height: 480, Depth: 16}, Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 201, 200), colour: green})
	s := r.windowShot("notes")
	if s.Pixels.Rect.Dx() != 101 || !vision.Uniform(s.Pixels) {
		t.Errorf("the picture of %v is not of one colour", s.Pixels.Rect)
	}
	r.wantColour(s, s.Bounds.Min.X, s.Bounds.Min.Y, green)
}

func TestWindowsThatComeAndGoDoNotMatter(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"nobody"}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		screen := xproto.Setup(r.conn).DefaultScreen(r.conn)
		for ctx.Err() == nil {
			id, err := xproto.NewWindowId(r.conn)
			if err != nil {
				return
			}
			xproto.CreateWindow(r.conn, 0, id, screen.Root, 10, 10, 50, 50, 0, xproto.WindowClassInputOutput, 0, 0, nil)
			xproto.MapWindow(r.conn, id)
			xproto.DestroyWindow(r.conn, id)
			r.conn.Sync()
		}
	}()
	for range 50 {
		r.take(vision.CaptureWindow)
	}
	cancel()
	<-done
}

func TestTheServerIsNotHeldAfterAShot(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}})
	r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(50, 50, 250, 250), colour: red})
	r.until("the refusal", func() bool {
		_, err := r.screen.Take(t.Context(), vision.CaptureWindow)
		return errors.Is(err, vision.ErrExcluded)
	})
	if _, err := xproto.QueryPointer(r.conn, xproto.Setup(r.conn).DefaultScreen(r.conn).Root).Reply(); err != nil {
		t.Error(err)
	}
}

func FuzzWhatAWindowSaysOfItself(f *testing.F) {
	f.Add("xterm\x00XTerm\x00", []byte{1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, class string, raw []byte) {
		for _, name := range programs(class, nil) {
			if strings.ContainsAny(name, "\x00\n") || name == "" {
				t.Errorf("program %q", name)
			}
		}
		if n := len(numbers(raw)); n != len(raw)/4 {
			t.Errorf("%d numbers in %d bytes", n, len(raw))
		}
		grow(image.Rect(0, 0, 10, 10), numbers(raw), 1)
		clean(latin1(raw))
	})
}
