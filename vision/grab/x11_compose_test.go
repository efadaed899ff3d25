//go:build linux || freebsd

package grab

import (
	"image"
	"testing"

	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

// composed is a desk whose window manager composes the screen.
func composed() desk.Options { return desk.Options{WM: "xfwm4", Width: 1280, Height: 800} }

func TestAComposedScreenIsPutTogetherFromItsWindows(t *testing.T) {
	r := start(t, composed(), Options{Exclude: []string{"vault"}})
	conn := r.another()
	r.show(conn, sheet{program: "vault", title: "vault", bounds: image.Rect(50, 50, 350, 350), colour: red})
	notes := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(200, 200, 600, 500), colour: green})
	r.activate(notes)
	r.show(r.conn, sheet{bounds: image.Rect(300, 300, 400, 400), colour: blue, free: true})
	r.show(r.another(), sheet{bounds: image.Rect(450, 300, 550, 400), colour: red, free: true})
	r.until("a composing manager", func() bool {
		return r.screen.source.(*x11).composited()
	})
	s := r.windowShot("notes")
	if s.Bounds.Size() != image.Pt(400, 300) {
		t.Errorf("bounds are %v", s.Bounds)
	}
	for _, s := range []vision.Shot{s, r.take(vision.CaptureDisplay)} {
		r.wantColour(s, 250, 250, green) // over the private one
		r.wantColour(s, 350, 350, blue)  // a menu of its own
		r.wantColour(s, 500, 350, grey)  // a stranger
		if has(s.Pixels, red) {
			t.Errorf("what must not be seen is in the %s", s.Capture)
		}
	}
	r.wantColour(r.take(vision.CaptureDisplay), 100, 150, grey)
}

func TestThroughTheHolesOfAComposedWindowTheNextIsSeen(t *testing.T) {
	r := start(t, composed(), Options{Exclude: []string{"vault"}})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 400), colour: green})
	clock := r.put(sheet{program: "clock", title: "clock", bounds: image.Rect(150, 150, 350, 350), colour: blue, free: true})
	if err := shape.Init(r.conn); err != nil {
		t.Fatal(err)
	}
	shape.Rectangles(r.conn, shape.SoSet, shape.SkBounding, xproto.ClipOrderingUnsorted, clock, 0, 0, []xproto.Rectangle{{X: 0, Y: 0, Width: 200, Height: 50}})
	r.conn.Sync()
	r.until("a composing manager", func() bool {
		return r.screen.source.(*x11).composited()
	})
	s := r.take(vision.CaptureDisplay)
	r.wantColour(s, 200, 170, blue)
	r.wantColour(s, 200, 300, green)
}
