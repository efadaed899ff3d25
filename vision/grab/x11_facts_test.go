//go:build linux || freebsd

package grab

import (
	"errors"
	"image"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

// point moves the pointer.
func (r *rig) point(to image.Point) {
	r.Helper()
	r.mouse("mousemove", to.String())
}

// mouse has xdotool do something; points may be given as they print.
func (r *rig) mouse(words ...string) {
	r.Helper()
	args := strings.Fields(strings.NewReplacer("(", "", ")", "", ",", " ").Replace(strings.Join(words, " ")))
	if out, err := r.desk.Output(r.Context(), "xdotool", args...); err != nil {
		r.Fatal(err, out)
	}
}

// resources replaces the X resources, as xrdb does.
func (r *rig) resources(text string) {
	r.Helper()
	root := xproto.Setup(r.conn).DefaultScreen(r.conn).Root
	property(r.conn, root, xproto.AtomResourceManager, xproto.AtomString, 8, []byte(text))
	r.conn.Sync()
}

func TestAShotSaysWhereThePointerIs(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 400, 300), colour: green})
	for _, at := range []image.Point{{250, 200}, {1200, 700}, {0, 0}} {
		r.point(at)
		if s := r.windowShot("notes"); s.Pointer != at {
			t.Errorf("in the window's shot the pointer is at %v, want %v", s.Pointer, at)
		}
		if s := r.take(vision.CaptureDisplay); s.Pointer != at {
			t.Errorf("in the display's shot the pointer is at %v, want %v", s.Pointer, at)
		}
	}
}

func TestAShotSaysTheDensity(t *testing.T) {
	r := start(t, desk.Options{Width: 64, Height: 48}, Options{})
	long := strings.Repeat("some.resource: value\n", 400) // more than one property of a window may hold
	for _, c := range []struct {
		resources string
		want      float64
	}{
		{"", 0}, {"Xft.dpi:\t192\n", 2}, {long + "Xft.dpi:\t144\n", 1.5},
		{strings.Repeat(" ", maxResources-len("Xft.dpi: 96")) + "Xft.dpi: 960\n", 0}, // cut in the number
	} {
		r.resources(c.resources)
		if got := r.take(vision.CaptureDisplay).Density; got != c.want {
			t.Errorf("with resources of %d bytes the density is %v, want %v", len(c.resources), got, c.want)
		}
	}
}

func TestAShotCountsThePrivateWindowsInIt(t *testing.T) {
	for _, wm := range []string{"openbox", "xfwm4"} {
		t.Run(wm, func(t *testing.T) {
			r := start(t, desk.Options{WM: wm, Width: 1280, Height: 800}, Options{Exclude: []string{"vault"}, Own: []string{"panel"}})
			if wm == "xfwm4" {
				r.until("a composing manager", func() bool { return r.screen.source.(*x11).composited() })
			}
			notes := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(50, 50, 450, 350), colour: green})
			if got := r.take(vision.CaptureDisplay).Covered; got != 0 {
				t.Errorf("where nothing is private, %d are", got)
			}
			vault := r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(600, 100, 800, 300), colour: red})
			dialogOf(r.conn, r.put(sheet{program: "safe", title: "open", bounds: image.Rect(850, 400, 950, 500), colour: red}), vault)
			r.put(sheet{program: "panel", title: "panel", bounds: image.Rect(1100, 100, 1200, 300), colour: red})
			if s := r.take(vision.CaptureDisplay); s.Covered != 2 || has(s.Pixels, red) {
				t.Errorf("%d windows are private, want 2", s.Covered)
			}
			r.activate(notes)
			if got := r.windowShot("notes").Covered; got != 0 {
				t.Errorf("%d private windows lie over the window, want none", got)
			}
		})
	}
}

func TestADisplayIsNamedByTheActiveWindowInIt(t *testing.T) {
	r := start(t, desk.Options{WM: "openbox", Width: 1600, Height: 600}, Options{Exclude: []string{"vault"}})
	r.monitors("left 800/200x600/150+0+0 screen", "right 800/200x600/150+800+0 none")
	vault := r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(100, 100, 300, 300), colour: red})
	dialog := r.put(sheet{program: "safe", title: "open", bounds: image.Rect(400, 100, 500, 200), colour: red})
	dialogOf(r.conn, dialog, vault)
	notes := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(100, 350, 300, 550), colour: green})
	pid := uint32(os.Getpid())
	name, err := xproto.InternAtom(r.conn, false, uint16(len("_NET_WM_PID")), "_NET_WM_PID").Reply()
	if err != nil {
		t.Fatal(err)
	}
	property(r.conn, notes, name.Atom, xproto.AtomCardinal, 32, []byte{byte(pid), byte(pid >> 8), byte(pid >> 16), byte(pid >> 24)})
	for _, c := range []struct {
		front   xproto.Window
		pointer image.Point
		title   string
	}{
		{notes, image.Pt(10, 10), "notes"}, {notes, image.Pt(900, 10), ""}, {vault, image.Pt(10, 10), ""}, {dialog, image.Pt(10, 10), ""},
	} {
		r.activate(c.front)
		r.point(c.pointer)
		s := r.take(vision.CaptureDisplay)
		if s.Title != c.title || (s.Program == "") != (c.title == "") || (s.PID == pid) != (c.title != "") || s.PID != 0 && s.PID != pid {
			t.Errorf("with the pointer at %v it is %q of %q, %d, want %q", c.pointer, s.Title, s.Program, s.PID, c.title)
		}
	}
}

func TestADialogOfAPrivateWindowIsNotTaken(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}})
	vault := r.put(sheet{program: "browser", title: "my vault", bounds: left, colour: red})
	dialog := r.put(sheet{program: "browser", title: "save as", bounds: right, colour: red})
	r.activate(dialog)
	r.windowShot("save as")
	dialogOf(r.conn, dialog, vault)
	if s, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureWindow}); !errors.Is(err, vision.ErrExcluded) {
		t.Errorf("got %q, %v", s.Title, err)
	}
}

func number(w xproto.Window) string { return strconv.FormatUint(uint64(w), 10) }
