//go:build linux || freebsd

package grab

import (
	"image"
	"runtime"
	"testing"

	"aside/app/desk"
	"aside/vision"
)

// maxGrowth bounds what a shot may take of memory.
const maxGrowth = 300 << 20 // bytes

// grown takes a shot and checks what that took: memory of ours, and what is
// shared with the server. It may take longer than a question would wait.
func (r *rig) grown(c vision.Capture) vision.Shot {
	r.Helper()
	src, err := openX11(r.Context(), new(spare))
	if err != nil {
		r.Fatal(err)
	}
	defer src.close()
	x := src.(*x11)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	v, err := x.look(vision.Target{Capture: c}, rules{})
	if err != nil {
		r.Fatal(err)
	}
	s := v.finish()
	runtime.ReadMemStats(&after)
	shared := 0
	if x.segment != nil {
		shared = len(x.segment.data)
	}
	if ours := int(after.TotalAlloc - before.TotalAlloc); ours+shared > maxGrowth || shared > maxStrip {
		r.Errorf("a %s of %v takes %d MiB and shares %d MiB", s.Capture, s.Bounds, ours>>20, shared>>20)
	}
	return s
}

func TestAHugeScreenFitsIntoMemory(t *testing.T) {
	for _, wm := range []string{"openbox", "xfwm4"} {
		t.Run(wm, func(t *testing.T) {
			r := start(t, desk.Options{WM: wm, Width: 15360, Height: 8640}, Options{})
			if wm == "xfwm4" {
				r.until("a composing manager", func() bool { return r.screen.source.(*x11).composited() })
			}
			window := image.Rect(9000, 5000, 9000+3840, 5000+2160)
			r.activate(r.put(sheet{program: "editor", title: "notes", bounds: window, colour: green}))
			s := r.grown(vision.CaptureWindow)
			if s.Title != "notes" || s.Bounds.Size() != window.Size() || !vision.Uniform(s.Pixels) {
				t.Errorf("the window is %q, %v", s.Title, s.Bounds)
			}
			r.wantColour(s, s.Bounds.Min.X, s.Bounds.Min.Y, green)
			r.point(image.Pt(12000, 5000))
			s = r.grown(vision.CaptureDisplay)
			if want := image.Rect(7680, 2840, 15360, 7160); s.Bounds != want || s.Pixels.Rect.Size() != want.Size() {
				t.Errorf("the display is %v, %v, want %v", s.Bounds, s.Pixels.Rect, want)
			}
			for _, y := range []int{5100, 6000, 7000} { // in either strip
				r.wantColour(s, 9100, y, green)
			}
			if r.wantColour(s, 12830, 7100, green); s.Pixels.RGBAAt(0, 0) == green || !s.Pointer.In(s.Bounds) {
				t.Error("there is more of the window than there is")
			}
		})
	}
}
