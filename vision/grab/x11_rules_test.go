//go:build linux || freebsd

package grab

import (
	"encoding/binary"
	"image"
	"os"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/composite"
	"github.com/jezek/xgb/xproto"

	"aside/app/desk"
	"aside/vision"
)

// dialogOf makes a window a dialog or a menu of another.
func dialogOf(conn *xgb.Conn, id, owner xproto.Window) {
	property(conn, id, xproto.AtomWmTransientFor, xproto.AtomWindow, 32, binary.LittleEndian.AppendUint32(nil, uint32(owner)))
	conn.Sync()
}

// Where windows of these tests stand, and a point in the middle of each.
var (
	left, atLeft   = image.Rect(50, 100, 250, 300), image.Pt(150, 200)
	right, atRight = image.Rect(700, 100, 900, 300), image.Pt(800, 200)
)

func TestAWindowThatNobodyKnowsIsPaintedOver(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(300, 400, 500, 500), colour: blue})
	stranger := r.another()
	r.show(stranger, sheet{bounds: left, colour: red})
	r.show(stranger, sheet{bounds: right, colour: red, free: true})
	s := r.take(vision.CaptureDisplay)
	if has(s.Pixels, red) {
		t.Error("it is in the picture")
	}
	r.wantColour(s, atLeft.X, atLeft.Y, grey)
	r.wantColour(s, atRight.X, atRight.Y, grey)
	r.wantColour(s, 400, 450, blue)
}

func TestATitleOrAClassIsEnoughToBeKnown(t *testing.T) {
	r := start(t, managed(), Options{})
	r.show(r.another(), sheet{title: "notes", bounds: left, colour: green})
	r.show(r.another(), sheet{program: "editor", bounds: right, colour: green})
	s := r.take(vision.CaptureDisplay)
	r.wantColour(s, atLeft.X, atLeft.Y, green)
	r.wantColour(s, atRight.X, atRight.Y, green)
}

func TestAMenuIsSeenIfWhatItBelongsToIs(t *testing.T) {
	menu := sheet{bounds: right, colour: green, free: true}
	for name, c := range map[string]struct {
		windows []sheet // of the program
		other   bool    // the menu is another program's, and names the last of the windows as its own
		want    func(*rig, vision.Shot)
	}{
		"of a program that may be seen":       {[]sheet{{program: "editor", title: "notes", bounds: left, colour: blue}}, false, seen},
		"named by the window it belongs to":   {[]sheet{{program: "editor", title: "notes", bounds: left, colour: blue}}, true, seen},
		"of a private program":                {[]sheet{{program: "vault", title: "safe", bounds: left, colour: blue}}, false, unseen},
		"of a program with something private": {[]sheet{{program: "browser", title: "vault", bounds: left, colour: blue}, {program: "browser", title: "news", bounds: left, colour: blue}}, false, unseen},
		"of a private window":                 {[]sheet{{program: "browser", title: "vault", bounds: left, colour: blue}}, true, unseen},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, managed(), Options{Exclude: []string{"vault"}})
			conn := r.another()
			var last xproto.Window
			for _, w := range c.windows {
				last = r.show(conn, w)
			}
			if c.other {
				conn = r.another()
			}
			id := r.show(conn, menu)
			if c.other {
				dialogOf(conn, id, last)
			}
			c.want(r, r.take(vision.CaptureDisplay))
		})
	}
}

func seen(r *rig, s vision.Shot)   { r.wantColour(s, atRight.X, atRight.Y, green) }
func unseen(r *rig, s vision.Shot) { r.wantColour(s, atRight.X, atRight.Y, grey) }

func TestADialogOfAPrivateWindowIsPrivate(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}})
	conn := r.another()
	vault := r.show(conn, sheet{program: "browser", title: "my vault", bounds: left, colour: red})
	dialog := r.show(conn, sheet{program: "browser", title: "save as", bounds: right, colour: red})
	dialogOf(conn, dialog, vault)
	if has(r.take(vision.CaptureDisplay).Pixels, red) {
		t.Error("it is in the picture")
	}
}

func TestAMenuOfTheActiveWindowIsInItsPicture(t *testing.T) {
	r := start(t, managed(), Options{})
	conn := r.another()
	id := r.show(conn, sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 500, 400), colour: green})
	r.activate(id)
	r.show(conn, sheet{bounds: image.Rect(150, 150, 250, 250), colour: blue, free: true})
	r.show(r.another(), sheet{bounds: image.Rect(300, 150, 400, 250), colour: red, free: true})
	s := r.windowShot("notes")
	r.wantColour(s, 200, 200, blue)
	r.wantColour(s, 350, 200, grey)
}

func TestWhatACompositingManagerDrawsOnIsNoWindow(t *testing.T) {
	r := start(t, managed(), Options{})
	r.put(sheet{program: "editor", title: "notes", bounds: left, colour: green})
	conn := r.another()
	if err := composite.Init(conn); err != nil {
		t.Fatal(err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	overlay, err := composite.GetOverlayWindow(conn, root).Reply()
	if err != nil {
		t.Fatal(err)
	}
	property(conn, overlay.OverlayWin, xproto.AtomWmIconName, xproto.AtomString, 8, []byte("x"))
	conn.Sync()
	if s := r.take(vision.CaptureDisplay); has(s.Pixels, grey) {
		t.Error("the picture is painted over")
	}
}

func TestWindowsUnderAGuardAreNotThere(t *testing.T) {
	r := start(t, desk.Options{Width: 640, Height: 480}, Options{Exclude: []string{"vault"}})
	r.put(sheet{program: "vault", title: "iconified", bounds: image.Rect(50, 50, 250, 250), colour: red})
	screen := xproto.Setup(r.conn).DefaultScreen(r.conn)
	guard, err := xproto.NewWindowId(r.conn)
	if err != nil {
		t.Fatal(err)
	}
	xproto.CreateWindow(r.conn, 0, guard, screen.Root, 0, 0, 640, 480, 0, xproto.WindowClassInputOnly, 0, xproto.CwOverrideRedirect, []uint32{1})
	property(r.conn, guard, xproto.AtomWmName, xproto.AtomString, 8, []byte("mutter guard window"))
	xproto.MapWindow(r.conn, guard)
	r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(0, 0, 640, 480), colour: green})
	if s := r.take(vision.CaptureDisplay); !vision.Uniform(s.Pixels) {
		t.Error("a hole was painted where a window would be")
	}
}

func TestAWindowWithHolesHidesNothing(t *testing.T) {
	r := start(t, managed(), Options{Exclude: []string{"vault"}})
	r.put(sheet{program: "vault", title: "vault", bounds: image.Rect(150, 150, 250, 250), colour: red})
	id := r.put(sheet{program: "clock", title: "clock", bounds: image.Rect(100, 100, 400, 300), colour: green})
	r.activate(id)
	opacity, err := xproto.InternAtom(r.conn, false, uint16(len("_NET_WM_WINDOW_OPACITY")), "_NET_WM_WINDOW_OPACITY").Reply()
	if err != nil {
		t.Fatal(err)
	}
	r.wantColour(r.windowShot("clock"), 200, 200, green)
	property(r.conn, id, opacity.Atom, xproto.AtomCardinal, 32, []byte{0xff, 0xff, 0xff, 0x7f})
	r.conn.Sync()
	r.wantColour(r.windowShot("clock"), 200, 200, grey)
}

func TestAWindowIsPrivateByItsProcessToo(t *testing.T) {
	pid := uint32(os.Getpid())
	if processName(pid) == "" {
		t.Skip("this system does not tell what its processes are called")
	}
	s := &Screen{rules: newRules(Options{Exclude: []string{processName(pid)}})}
	if !s.Private(pid, "Passwords and Keys", "Login") || s.Private(0, "Passwords and Keys", "Login") {
		t.Error("a program that calls itself otherwise is told by its process alone")
	}
}
