//go:build linux || freebsd

package grab

import (
	"image"
	"testing"

	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

func TestOurPanelIsNeverInThePictureOfADisplay(t *testing.T) {
	r := start(t, managed(), Options{Own: []string{"aside-panel"}})
	panel := r.put(sheet{program: "aside-panel", title: "Aside", bounds: image.Rect(400, 100, 800, 500), colour: canary})
	below := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(300, 200, 600, 400), colour: green})
	for _, c := range []struct {
		name  string
		front xproto.Window
	}{{"notes", below}, {"Aside", panel}} {
		r.activate(c.front)
		s := r.take(vision.CaptureDisplay)
		if s.Capture != vision.CaptureDisplay || has(s.Pixels, canary) {
			t.Errorf("with %q in front, it is in the picture", c.name)
		}
		r.wantColour(s, 350, 300, green)
		r.wantColour(s, 700, 300, grey)
	}
	r.show(r.conn, sheet{program: "Aside-Panel", title: "Aside", bounds: image.Rect(0, 0, 1280, 800), colour: canary, free: true})
	if has(r.take(vision.CaptureDisplay).Pixels, canary) {
		t.Error("over everything, it is in the picture")
	}
}
