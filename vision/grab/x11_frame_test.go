//go:build linux || freebsd

package grab

import (
	"errors"
	"fmt"
	"image"
	"testing"

	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

// framed are the lines of the frame that are on the screen, and the rectangle
// that they surround, empty if there is none.
func (r *rig) framed() (lines []xproto.Window, inside image.Rectangle) {
	root := xproto.Setup(r.conn).DefaultScreen(r.conn).Root
	tree, err := xproto.QueryTree(r.conn, root).Reply()
	if err != nil {
		r.Fatal(err)
	}
	var outside image.Rectangle
	for _, id := range tree.Children {
		class, err := xproto.GetProperty(r.conn, false, id, xproto.AtomWmClass, xproto.AtomString, 0, 64).Reply()
		attributes, err2 := xproto.GetWindowAttributes(r.conn, id).Reply()
		g, err3 := xproto.GetGeometry(r.conn, xproto.Drawable(id)).Reply()
		if errors.Join(err, err2, err3) != nil || string(class.Value) != frameClass+"\x00"+frameClass+"\x00" || attributes.MapState != xproto.MapStateViewable {
			continue
		}
		lines = append(lines, id)
		outside = outside.Union(covered(g))
	}
	if outside.Empty() {
		return lines, outside
	}
	return lines, outside.Inset(frameWidth)
}

func TestAFrameIsAroundTheSharedWindowAndFollowsIt(t *testing.T) {
	r := start(t, managed(), Options{})
	notes := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(200, 150, 600, 450), colour: green})
	s := r.windowShot("notes")
	f, err := r.screen.Frame(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Around(s.Window); err != nil {
		t.Fatal(err)
	}
	lines, inside := r.framed()
	if len(lines) != 4 || inside != s.Bounds {
		t.Errorf("%d lines are around %v, want %v", len(lines), inside, s.Bounds)
	}
	xproto.ConfigureWindow(r.conn, notes, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{500, 300})
	r.until("the frame at the window's new place", func() bool {
		_, inside := r.framed()
		return inside == r.windowShot("notes").Bounds && inside != s.Bounds
	})
	xproto.UnmapWindow(r.conn, notes)
	r.until("no frame around a window that has gone", func() bool { lines, _ := r.framed(); return len(lines) == 0 })
	if err := f.Around(0); err != nil {
		t.Error(err)
	}
	for range 2 { // Close may be called twice
		f.Close()
	}
	if lines, _ := r.framed(); len(lines) > 0 {
		t.Errorf("%d lines are left", len(lines))
	}
}

func TestAFrameHasNeitherKeyboardNorMouse(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(200, 150, 600, 450), colour: green})
	s := r.windowShot("notes")
	window, focus, err := r.desk.ActiveWindow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.screen.Frame(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Around(s.Window); err != nil {
		t.Fatal(err)
	}
	if now, nowFocus, err := r.desk.ActiveWindow(t.Context()); err != nil || now != window || nowFocus != focus {
		t.Errorf("window %d is in front and %d has the focus, before it was %d and %d: %v", now, nowFocus, window, focus, err)
	}
	lines, _ := r.framed()
	for _, line := range lines {
		attributes, err := xproto.GetWindowAttributes(r.conn, line).Reply()
		if err != nil || !attributes.OverrideRedirect {
			t.Errorf("a line is the window manager's: %v", err)
		}
	}
	if err := shape.Init(r.conn); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if input, err := shape.GetRectangles(r.conn, line, shape.SkInput).Reply(); err != nil || len(input.Rectangles) > 0 {
			t.Errorf("a line takes the mouse: %v", err)
		}
	}
	if out, err := r.desk.Output(t.Context(), "xdotool", "mousemove", "--sync", "400", fmt.Sprint(s.Bounds.Min.Y-1)); err != nil {
		t.Fatal(err, out)
	}
	root := xproto.Setup(r.conn).DefaultScreen(r.conn).Root
	at, err := xproto.QueryPointer(r.conn, root).Reply()
	if err != nil || at.Child == lines[0] || at.Child == 0 {
		t.Errorf("under the pointer is %d: %v", at.Child, err)
	}
}

func TestAFrameIsInNoPicture(t *testing.T) {
	for name, d := range map[string]desk.Options{
		"as the server has it":       managed(),
		"with a compositing manager": composed(),
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, d, Options{})
			r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(200, 150, 600, 450), colour: green})
			if name != "as the server has it" {
				r.until("a composing manager", func() bool { return r.screen.source.(*x11).composited() })
			}
			s := r.windowShot("notes")
			before := r.take(vision.CaptureDisplay)
			f, err := r.screen.Frame(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := f.Around(s.Window); err != nil {
				t.Fatal(err)
			}
			for _, c := range []vision.Capture{vision.CaptureWindow, vision.CaptureDisplay} {
				if s := r.take(c); has(s.Pixels, lineColour()) || s.Covered != 0 {
					t.Errorf("it is in the picture of the %s, where %d are covered", c, s.Covered)
				}
			}
			if after := r.take(vision.CaptureDisplay); name != "as the server has it" && !vision.Same(before.Pixels, after.Pixels) {
				t.Error("what lies below it is not in the picture")
			}
		})
	}
}
