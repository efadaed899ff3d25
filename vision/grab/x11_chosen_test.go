//go:build linux || freebsd

package grab

import (
	"errors"
	"image"
	"testing"

	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

// pick takes the window with that number.
func (r *rig) pick(id xproto.Window) (vision.Shot, error) {
	return r.screen.Take(r.Context(), vision.Target{Capture: vision.CapturePick, Window: uint32(id)})
}

func TestARegionIsTakenAsADisplayIs(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}})
	r.put(sheet{program: "vault", title: "vault", bounds: left, colour: red})
	r.put(sheet{program: "editor", title: "notes", bounds: right, colour: green})
	r.windowShot("notes")
	for _, c := range []struct{ drawn, want image.Rectangle }{
		{image.Rect(200, 150, 750, 250), image.Rect(200, 150, 750, 250)},
		{image.Rect(-50, -50, 100, 120), image.Rect(0, 0, 100, 120)},
		{image.Rect(1200, 700, 9000, 9000), image.Rect(1200, 700, 1280, 800)},
	} {
		s, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureRegion, Bounds: c.drawn})
		if err != nil {
			t.Errorf("%v: %v", c.drawn, err)
			continue
		}
		if s.Capture != vision.CaptureRegion || s.Bounds != c.want || s.Pixels.Rect.Size() != c.want.Size() || has(s.Pixels, red) {
			t.Errorf("%v is a %s of %v", c.drawn, s.Capture, s.Bounds)
		}
		if inside := c.want.Overlaps(right); (s.Title == "notes") != inside || has(s.Pixels, green) != inside {
			t.Errorf("%v is named %q", c.drawn, s.Title)
		}
		if inside := c.want.Overlaps(left); (s.Covered == 1) != inside || has(s.Pixels, grey) != inside {
			t.Errorf("in %v, %d windows are painted over", c.drawn, s.Covered)
		}
	}
	for _, beside := range []image.Rectangle{{}, image.Rect(1280, 0, 1300, 800), image.Rect(-9, -9, 0, 0)} {
		if _, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureRegion, Bounds: beside}); !errors.Is(err, vision.ErrUnchosen) {
			t.Errorf("the region %v: %v", beside, err)
		}
	}
}

func TestAPickedWindowIsTakenThoughAnotherIsActive(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}, Own: []string{"panel"}})
	editor := r.another()
	notes := r.show(editor, sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 500, 400), colour: green})
	r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(400, 300, 700, 600), colour: red})
	reader := r.put(sheet{program: "reader", title: "news", bounds: image.Rect(700, 50, 900, 250), colour: blue})
	r.show(editor, sheet{bounds: image.Rect(150, 150, 200, 200), colour: blue, free: true})
	r.activate(reader)
	s, err := r.pick(notes)
	if err != nil {
		t.Fatal(err)
	}
	if s.Capture != vision.CapturePick || s.Title != "notes" || s.Program != "editor" || s.Bounds.Size() != image.Pt(400, 300) {
		t.Errorf("got %s of %q, %q, %v", s.Capture, s.Title, s.Program, s.Bounds)
	}
	r.wantColour(s, 300, 200, green)
	r.wantColour(s, 175, 175, blue) // its menu
	r.wantColour(s, 450, 350, grey) // what is private lies over it
	if s.Covered != 1 || has(s.Pixels, red) {
		t.Errorf("%d windows were painted over", s.Covered)
	}
}

func TestAPickedWindowIsTakenOrNothingIs(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}, Own: []string{"panel"}})
	vault := r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(50, 50, 150, 150), colour: red})
	dialog := r.put(sheet{program: "editor", title: "open", bounds: image.Rect(200, 50, 250, 150), colour: red})
	dialogOf(r.conn, dialog, vault)
	panel := r.put(sheet{program: "panel", title: "panel", bounds: image.Rect(300, 50, 350, 150), colour: red})
	closed := r.put(sheet{program: "editor", title: "closed", bounds: image.Rect(400, 50, 450, 150), colour: red})
	iconified := r.put(sheet{program: "editor", title: "iconified", bounds: image.Rect(500, 50, 550, 150), colour: red})
	beside := r.put(sheet{program: "editor", title: "beside", bounds: image.Rect(600, 50, 650, 150), colour: red, free: true})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(50, 300, 300, 500), colour: green})
	r.windowShot("notes")
	xproto.DestroyWindow(r.conn, closed)
	r.conn.Sync()
	r.mouse("windowminimize", "--sync", number(iconified))
	xproto.ConfigureWindow(r.conn, beside, xproto.ConfigWindowX, []uint32{5000})
	r.conn.Sync()
	for name, c := range map[string]struct {
		window xproto.Window
		want   error
	}{
		"private":                     {vault, vision.ErrExcluded},
		"a dialog of what is":         {dialog, vision.ErrExcluded},
		"our own":                     {panel, vision.ErrUnchosen},
		"closed":                      {closed, vision.ErrUnchosen},
		"iconified":                   {iconified, vision.ErrUnchosen},
		"beside the screen":           {beside, vision.ErrUnchosen},
		"the root":                    {xproto.Setup(r.conn).DefaultScreen(r.conn).Root, vision.ErrUnchosen},
		"of a number that no one has": {0, vision.ErrUnchosen},
	} {
		if s, err := r.pick(c.window); !errors.Is(err, c.want) || s.Pixels != nil {
			t.Errorf("a window that is %s: %v", name, err)
		}
	}
	r.take(vision.CaptureDisplay) // the connection is still there
}
