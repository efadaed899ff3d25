//go:build linux || freebsd

package grab

import (
	"image"
	"runtime"
	"testing"

	"aside/app/desk"
	"aside/vision"
)

func TestAShotThatIsFreedPaysForTheNext(t *testing.T) {
	for _, wm := range []string{"openbox", "xfwm4"} {
		t.Run(wm, func(t *testing.T) {
			r := start(t, desk.Options{WM: wm, Width: 1280, Height: 800}, Options{})
			if wm == "xfwm4" {
				r.until("a composing manager", func() bool { return r.screen.source.(*x11).composited() })
			}
			r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 700, 500), colour: green})
			r.windowShot("notes")
			r.screen.Free(r.take(vision.CaptureDisplay))
			const shots = 20
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range shots {
				s := r.take(vision.CaptureDisplay)
				r.wantColour(s, 300, 300, green)
				r.screen.Free(s)
			}
			runtime.ReadMemStats(&after)
			if each := (after.TotalAlloc - before.TotalAlloc) / shots; each > 512<<10 {
				t.Errorf("each shot allocates %d KiB", each>>10)
			}
		})
	}
}

func TestWhatAFreedShotShowedIsNotInTheNext(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 700, 500), colour: red})
	r.windowShot("notes")
	r.screen.Free(r.take(vision.CaptureDisplay))
	r.put(sheet{program: "editor", title: "more", bounds: image.Rect(0, 0, 1280, 800), colour: green, free: true})
	if s := r.take(vision.CaptureDisplay); has(s.Pixels, red) {
		t.Error("it is")
	}
}
