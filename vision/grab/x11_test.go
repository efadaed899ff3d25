//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"image"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

func TestTheActiveWindowIsTakenWithoutItsFrame(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: red})
	began := time.Now()
	s := r.windowShot("notes")
	if again, err := r.pick(xproto.Window(s.Window)); err != nil || again.Title != "notes" {
		t.Errorf("its number is %d: %v", s.Window, err)
	}
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
	r.monitors("left 800/200x600/150+0+0 screen", "right 800/200x600/150+800+0 none")
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

func TestAWindowOnTheSecondDisplayIsTakenFromThere(t *testing.T) {
	r := start(t, desk.Options{WM: "openbox", Width: 1600, Height: 600}, Options{})
	r.monitors("left 800/200x600/150+0+0 screen", "right 800/200x600/150+800+0 none")
	r.put(sheet{program: "reader", title: "left", bounds: image.Rect(100, 100, 400, 300), colour: red})
	r.put(sheet{program: "editor", title: "right", bounds: image.Rect(900, 100, 1300, 400), colour: green})
	if out, err := r.desk.Output(t.Context(), "xdotool", "mousemove", "200", "200"); err != nil {
		t.Fatal(err, out)
	}
	s := r.windowShot("right")
	if s.Capture != vision.CaptureWindow || !s.Bounds.In(image.Rect(800, 0, 1600, 600)) || s.Bounds.Size() != image.Pt(400, 300) {
		t.Errorf("got %s of %v", s.Capture, s.Bounds)
	}
	if !vision.Uniform(s.Pixels) {
		t.Error("the picture is not all the window's")
	}
	r.wantColour(s, s.Bounds.Min.X+10, s.Bounds.Min.Y+10, green)
	if s := r.take(vision.CaptureDisplay); s.Bounds != image.Rect(0, 0, 800, 600) || has(s.Pixels, green) || !has(s.Pixels, red) {
		t.Errorf("the display under the pointer is %v", s.Bounds)
	}
}

func TestAnExcludedWindowIsNotTaken(t *testing.T) {
	for _, rule := range []string{"Vault", "my PASSWORDS"} {
		t.Run(rule, func(t *testing.T) {
			r := start(t, managed(), Options{})
			r.put(sheet{program: "vault", title: "All my passwords", bounds: image.Rect(50, 50, 250, 250), colour: red})
			r.windowShot("All my passwords")
			r.screen.Configure(Options{Exclude: []string{rule}})
			if s, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureWindow}); !errors.Is(err, vision.ErrExcluded) || s.Pixels != nil {
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
	without, err := x.take(t.Context(), vision.Target{Capture: vision.CaptureWindow}, rules{})
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
		_, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureWindow})
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
		shrink(image.Rect(0, 0, 10, 10), numbers(raw))
		clean(latin1(raw))
	})
}
