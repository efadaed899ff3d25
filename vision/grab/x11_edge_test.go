//go:build linux || freebsd

package grab

import (
	"errors"
	"image"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

func TestAServerWithoutSharedMemoryIsReadAllTheSame(t *testing.T) {
	for _, depth := range []int{24, 16} {
		r := start(t, desk.Options{WM: "openbox", Width: 641, Height: 480, Depth: depth, Server: []string{"-extension", "MIT-SHM"}},
			Options{Exclude: []string{"vault"}})
		if got := r.screen.Describe(); !strings.Contains(got, "no shared memory") {
			t.Errorf("it is described as %q", got)
		}
		r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(400, 50, 500, 150), colour: red})
		r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 201, 200), colour: green})
		s := r.windowShot("notes")
		if s.Pixels.Rect.Dx() != 101 || !vision.Uniform(s.Pixels) {
			t.Errorf("with %d bits the picture of %v is not of one colour", depth, s.Pixels.Rect)
		}
		s = r.take(vision.CaptureDisplay)
		r.wantColour(s, 150, 150, green)
		r.wantColour(s, 450, 100, grey)
		if has(s.Pixels, red) {
			t.Errorf("with %d bits the private window is in the picture", depth)
		}
	}
}

func TestAWindowThatHangsOverAnyEdgeIsCutThere(t *testing.T) {
	for _, wm := range []string{"openbox", "xfwm4"} {
		t.Run(wm, func(t *testing.T) {
			r := start(t, desk.Options{WM: wm, Width: 1280, Height: 800}, Options{})
			if wm == "xfwm4" {
				r.until("a composing manager", func() bool { return r.screen.source.(*x11).composited() })
			}
			id := r.put(sheet{program: "editor", title: "wide", bounds: image.Rect(100, 100, 500, 400), colour: green})
			r.activate(id)
			r.windowShot("wide")
			for _, to := range []string{"-150 -100", "-150 300", "1100 -100", "1100 700", "400 -100"} {
				// Not --sync: the window manager may place the frame, not the window, there.
				r.mouse("windowmove", number(id), to)
				before := image.Rectangle{}
				r.until("the window at "+to, func() bool {
					s := r.windowShot("wide")
					settled := s.Bounds == before && s.Bounds.Size() != image.Pt(400, 300)
					before = s.Bounds
					return settled
				})
				s := r.take(vision.CaptureWindow)
				if !s.Bounds.In(image.Rect(0, 0, 1280, 800)) || s.Pixels.Rect.Size() != s.Bounds.Size() || !vision.Uniform(s.Pixels) {
					t.Errorf("moved to %s it is %v, a picture of %v", to, s.Bounds, s.Pixels.Rect)
				}
				r.wantColour(s, s.Bounds.Min.X, s.Bounds.Min.Y, green)
				picked, err := r.pick(id)
				if err != nil || picked.Bounds != s.Bounds {
					t.Errorf("moved to %s and picked it is %v, %v", to, picked.Bounds, err)
				}
			}
		})
	}
}

func TestMonitorsMayBeOfUnequalSizeAndAnywhere(t *testing.T) {
	r := start(t, desk.Options{WM: "openbox", Width: 1600, Height: 900}, Options{})
	r.monitors("small 600/150x400/100+0+300 screen", "large 900/200x900/200+700+0 none")
	small, large := image.Rect(0, 300, 600, 700), image.Rect(700, 0, 1600, 900)
	id := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(500, 350, 900, 650), colour: green}) // in both
	r.activate(id)
	for _, c := range []struct {
		pointer image.Point
		want    image.Rectangle
	}{
		{image.Pt(10, 310), small}, {image.Pt(1599, 899), large}, {image.Pt(700, 0), large},
		{image.Pt(10, 10), image.Rect(0, 0, 1600, 900)}, // on none of them
	} {
		r.point(c.pointer)
		s := r.take(vision.CaptureDisplay)
		if s.Bounds != c.want || s.Pixels.Rect.Size() != c.want.Size() || s.Title != "notes" {
			t.Errorf("with the pointer at %v the display is %v of %q, want %v", c.pointer, s.Bounds, s.Title, c.want)
		}
		for _, at := range []image.Point{{590, 500}, {710, 500}} {
			if at.In(c.want) {
				r.wantColour(s, at.X, at.Y, green)
			}
		}
	}
	if s := r.windowShot("notes"); s.Bounds.Size() != image.Pt(400, 300) || !vision.Uniform(s.Pixels) {
		t.Errorf("over both, the window is %v", s.Bounds)
	}
}

func TestAThousandWindowsVanishWhileTheyAreTaken(t *testing.T) {
	for wm, windows := range map[string]int{"openbox": 1000, "xfwm4": 250} {
		t.Run(wm, func(t *testing.T) {
			r := start(t, desk.Options{WM: wm, Width: 480, Height: 360}, Options{Exclude: []string{"vault"}})
			source := r.screen.source
			var newest atomic.Uint32
			done := make(chan struct{})
			go func() {
				defer close(done)
				r.vanish(r.another(), windows, &newest)
			}()
			taken := map[vision.Capture]int{}
			for gone := false; !gone; {
				select {
				case <-done:
					gone = true
				default:
				}
				for _, c := range []vision.Capture{vision.CaptureWindow, vision.CaptureDisplay, vision.CapturePick} {
					s, err := r.screen.Take(t.Context(), vision.Target{Capture: c, Window: newest.Load()})
					switch {
					case err == nil:
						taken[s.Capture]++
						r.screen.Free(s)
					case c != vision.CapturePick || !errors.Is(err, vision.ErrUnchosen):
						t.Fatalf("take %s: %v", c, err)
					}
				}
			}
			if r.screen.source != source {
				t.Error("the connection was lost on the way")
			}
			if taken[vision.CapturePick] == 0 || taken[vision.CaptureDisplay] == 0 {
				t.Errorf("taken were %v", taken)
			}
		})
	}
}

// vanish opens windows and closes them, one after the other, at any time after.
func (r *rig) vanish(conn *xgb.Conn, windows int, newest *atomic.Uint32) {
	after := []time.Duration{0, 200 * time.Microsecond, time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond}
	var open []xproto.Window
	for i := range windows {
		at := image.Pt(i%200, i%150)
		id := r.open(conn, sheet{program: "editor", title: "notes", bounds: image.Rectangle{Min: at, Max: at.Add(image.Pt(200, 150))}, colour: green})
		conn.Sync()
		newest.Store(uint32(id))
		time.Sleep(after[i%len(after)])
		if open = append(open, id); len(open) > 1 { // the one before, or this
			at := i % 2
			xproto.DestroyWindow(conn, open[at])
			open = slices.Delete(open, at, at+1)
		}
		conn.Sync()
	}
	for _, id := range open {
		xproto.DestroyWindow(conn, id)
	}
	conn.Sync()
}
