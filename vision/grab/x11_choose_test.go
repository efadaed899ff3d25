//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

// escape is the key's code, as Xvfb has it.
const escape = 9

// chose is what Choose has said.
type chose struct {
	target vision.Target
	err    error
	after  time.Duration
}

// choose begins to choose and returns when the user can.
func (r *rig) choose(ctx context.Context, c vision.Capture) <-chan chose {
	r.Helper()
	told := r.choosing(ctx, c)
	r.until("the choice", func() bool { return len(r.outlines()) == 4 })
	return told
}

// choosing begins to choose and does not wait.
func (r *rig) choosing(ctx context.Context, c vision.Capture) <-chan chose {
	told, began := make(chan chose, 1), time.Now()
	go func() {
		t, err := r.screen.Choose(ctx, c)
		told <- chose{t, err, time.Since(began)}
	}()
	return told
}

// outlines are the windows that show what is chosen.
func (r *rig) outlines() []xproto.Window {
	r.Helper()
	tree, err := xproto.QueryTree(r.conn, xproto.Setup(r.conn).DefaultScreen(r.conn).Root).Reply()
	if err != nil {
		r.Fatal(err)
	}
	var all []xproto.Window
	for _, w := range tree.Children {
		class, err := xproto.GetProperty(r.conn, false, w, xproto.AtomWmClass, xproto.AtomString, 0, 64).Reply()
		if err == nil && strings.HasPrefix(string(class.Value), chooseClass) {
			all = append(all, w)
		}
	}
	return all
}

// outlined is the rectangle that the outline surrounds, empty if there is none.
func (r *rig) outlined() image.Rectangle {
	r.Helper()
	var all image.Rectangle
	for _, w := range r.outlines() {
		a, err := xproto.GetWindowAttributes(r.conn, w).Reply()
		g, err2 := xproto.GetGeometry(r.conn, xproto.Drawable(w)).Reply()
		if err != nil || err2 != nil || a.MapState != xproto.MapStateViewable {
			return image.Rectangle{}
		}
		all = all.Union(covered(g))
	}
	return all.Inset(lineWidth)
}

// listens makes a window be told of keys and buttons. The function says
// whether it was told of Escape or a button.
func (r *rig) listens(conn *xgb.Conn, w xproto.Window) (told func() bool) {
	const mask = xproto.EventMaskKeyPress | xproto.EventMaskButtonPress | xproto.EventMaskButtonRelease
	xproto.ChangeWindowAttributes(conn, w, xproto.CwEventMask, []uint32{mask})
	conn.Sync()
	return func() bool {
		conn.Sync()
		for {
			event, err := conn.PollForEvent()
			switch e := event.(type) {
			case xproto.KeyPressEvent:
				if e.Detail == escape {
					return true
				}
			case xproto.ButtonPressEvent, xproto.ButtonReleaseEvent:
				return true
			case nil:
				if err == nil {
					return false
				}
			}
		}
	}
}

// focus is the window that is active and the one that has the focus.
func (r *rig) focus() string {
	r.Helper()
	active, focus, err := r.desk.ActiveWindow(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return fmt.Sprint(active, focus)
}

// wantNothingLeft checks that a choice has left nothing behind.
func (r *rig) wantNothingLeft(before string) {
	r.Helper()
	if left := r.outlines(); len(left) > 0 {
		r.Errorf("%d windows are left", len(left))
	}
	if has(r.take(vision.CaptureDisplay).Pixels, lineColour()) {
		r.Error("the outline is in a picture")
	}
	if after := r.focus(); after != before {
		r.Errorf("the focus was %s and is %s", before, after)
	}
	root := xproto.Setup(r.conn).DefaultScreen(r.conn).Root
	mouse, err := xproto.GrabPointer(r.conn, false, root, 0, xproto.GrabModeAsync, xproto.GrabModeAsync, 0, 0, xproto.TimeCurrentTime).Reply()
	if err != nil || mouse.Status != xproto.GrabStatusSuccess {
		r.Errorf("the mouse is still held: %v", err)
	}
	xproto.UngrabPointer(r.conn, xproto.TimeCurrentTime)
	r.conn.Sync()
}

// twoWindows are one that is active and one that is not, of which one is told
// of keys and buttons.
func twoWindows(t *testing.T) (r *rig, notes, news xproto.Window, told func() bool) {
	r = start(t, managed(), Options{Exclude: []string{"vault"}, Own: []string{"panel"}})
	conn := r.another()
	news = r.show(conn, sheet{program: "reader", title: "news", bounds: image.Rect(700, 100, 1000, 400), colour: green})
	r.windowShot("news")
	notes = r.show(conn, sheet{program: "editor", title: "notes", bounds: image.Rect(100, 100, 500, 500), colour: blue})
	r.windowShot("notes")
	xproto.ChangeWindowAttributes(conn, notes, xproto.CwEventMask, []uint32{xproto.EventMaskKeyPress})
	return r, notes, news, r.listens(conn, news)
}

func TestARegionIsDrawn(t *testing.T) {
	r, _, _, told := twoWindows(t)
	before := r.focus()
	for _, c := range []struct{ from, to image.Point }{
		{image.Pt(750, 150), image.Pt(900, 350)}, {image.Pt(900, 350), image.Pt(600, 300)}, {image.Pt(1279, 799), image.Pt(0, 0)},
		{image.Pt(710, 110), image.Pt(718, 118)},
	} {
		want := image.Rectangle{Min: c.from, Max: c.to}.Canon()
		done := r.choose(t.Context(), vision.CaptureRegion)
		r.point(c.from)
		r.mouse("mousedown 1")
		r.point(c.to)
		if want.Inset(-lineWidth).In(image.Rect(0, 0, 1280, 800)) {
			r.until("the rubber band", func() bool { return r.outlined() == want })
		}
		r.mouse("mouseup 1")
		if got := <-done; got.err != nil || got.target != (vision.Target{Capture: vision.CaptureRegion, Bounds: want}) {
			t.Errorf("from %v to %v: %+v, %v", c.from, c.to, got.target, got.err)
		}
		r.wantNothingLeft(before)
	}
	if told() {
		t.Error("the window beneath was told of it")
	}
}

func TestAWindowIsPicked(t *testing.T) {
	r, notes, news, told := twoWindows(t)
	before := r.focus()
	notesAt, newsAt := r.take(vision.CaptureWindow).Bounds, image.Rectangle{}
	if s, err := r.pick(news); err != nil {
		t.Fatal(err)
	} else {
		newsAt = s.Bounds
	}
	r.point(image.Pt(300, 300))
	done := r.choose(t.Context(), vision.CapturePick)
	r.until("the outline of what is under the pointer already", func() bool { return r.outlined() == notesAt })
	r.point(image.Pt(1200, 700))
	r.until("no outline on the root", func() bool { return r.outlined().Empty() })
	r.point(image.Pt(900, 300))
	r.until("the outline of the other window", func() bool { return r.outlined() == newsAt })
	r.mouse("click 1")
	if got := <-done; got.err != nil || got.target != (vision.Target{Capture: vision.CapturePick, Window: uint32(news)}) {
		t.Errorf("picked %+v, %v, want %d", got.target, got.err, news)
	}
	r.wantNothingLeft(before)
	if told() {
		t.Error("the window was told of the click")
	}
	done = r.choose(t.Context(), vision.CapturePick)
	r.point(image.Pt(notesAt.Min.X+50, notesAt.Min.Y-5)) // the frame that the window manager draws
	r.mouse("click 1")
	if got := <-done; got.err != nil || got.target.Window != uint32(notes) {
		t.Errorf("on its frame, picked %+v, %v", got.target, got.err)
	}
	r.wantNothingLeft(before)
}

func TestWhatIsNoWindowToWorkInIsNotPicked(t *testing.T) {
	r, _, _, _ := twoWindows(t)
	r.put(sheet{program: "panel", title: "panel", bounds: image.Rect(1050, 100, 1150, 200), colour: red, free: true})
	r.put(sheet{program: "menu", title: "menu", bounds: image.Rect(1050, 300, 1150, 400), colour: red, free: true})
	before := r.focus()
	for what, at := range map[string]image.Point{"the root": {1200, 700}, "our panel": {1100, 150}, "a menu": {1100, 350}} {
		done := r.choose(t.Context(), vision.CapturePick)
		r.point(at)
		r.mouse("click 1")
		if got := <-done; !errors.Is(got.err, vision.ErrUnchosen) {
			t.Errorf("%s is %+v, %v", what, got.target, got.err)
		}
		r.wantNothingLeft(before)
	}
}

func TestAChoiceIsCalledOff(t *testing.T) {
	r, _, _, told := twoWindows(t)
	before := r.focus()
	r.point(image.Pt(800, 200))
	for _, c := range []vision.Capture{vision.CaptureRegion, vision.CapturePick} {
		for how, call := range map[string]func(context.CancelFunc){
			"Escape":              func(context.CancelFunc) { r.mouse("key Escape") },
			"Escape, held":        func(context.CancelFunc) { r.mouse("keydown Escape sleep 0.2 keyup Escape") },
			"Escape with NumLock": func(context.CancelFunc) { r.mouse("key Num_Lock key Escape key Num_Lock") },
			"the right button":    func(context.CancelFunc) { r.mouse("click 3") },
			"the end of its time": func(cancel context.CancelFunc) { cancel() },
			"Escape while drawing": func(context.CancelFunc) {
				r.mouse("mousemove 1200 700 mousedown 1 key Escape mouseup 1 mousemove 800 200")
			},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			done := r.choose(ctx, c)
			call(cancel)
			got := <-done
			cancel()
			if !errors.Is(got.err, vision.ErrUnchosen) || got.target != (vision.Target{}) {
				t.Errorf("%s ends the choice of a %s with %+v, %v", how, c, got.target, got.err)
			}
			r.wantNothingLeft(before)
		}
	}
	if told() {
		t.Error("the window beneath was told of it")
	}
}

func TestAClickIsNoRegion(t *testing.T) {
	r, _, _, _ := twoWindows(t)
	for _, to := range []string{"750 150", "757 300", "900 157"} {
		done := r.choose(t.Context(), vision.CaptureRegion)
		r.mouse("mousemove 750 150 mousedown 1 mousemove", to, "mouseup 1")
		if got := <-done; !errors.Is(got.err, vision.ErrUnchosen) {
			t.Errorf("drawn to %s: %+v, %v", to, got.target, got.err)
		}
	}
}

func TestCloseEndsAChoice(t *testing.T) {
	r, _, _, _ := twoWindows(t)
	done := r.choose(t.Context(), vision.CaptureRegion)
	if _, err := r.screen.Choose(t.Context(), vision.CapturePick); !errors.Is(err, vision.ErrUnchosen) {
		t.Errorf("a second choice: %v", err)
	}
	if err := r.screen.Close(); err != nil {
		t.Error(err)
	}
	if len(r.outlines()) > 0 {
		t.Error("something is left on the screen")
	}
	if got := <-done; !errors.Is(got.err, vision.ErrUnchosen) {
		t.Errorf("it ends with %v", got.err)
	}
	if _, err := r.screen.Choose(t.Context(), vision.CapturePick); !errors.Is(err, vision.ErrNoDisplay) {
		t.Errorf("after Close: %v", err)
	}
}

func TestAMouseThatAnotherProgramHasIsWaitedFor(t *testing.T) {
	r, _, _, _ := twoWindows(t)
	root := xproto.Setup(r.conn).DefaultScreen(r.conn).Root
	hold := func() {
		reply, err := xproto.GrabPointer(r.conn, false, root, 0, xproto.GrabModeAsync, xproto.GrabModeAsync, 0, 0, xproto.TimeCurrentTime).Reply()
		if err != nil || reply.Status != xproto.GrabStatusSuccess {
			t.Fatal("no mouse", err)
		}
	}
	hold()
	got := <-r.choosing(t.Context(), vision.CaptureRegion)
	if !errors.Is(got.err, vision.ErrUnchosen) || got.after < grabLimit || got.after > grabLimit+time.Second {
		t.Errorf("while it is held: %v after %v", got.err, got.after)
	}
	done := r.choosing(t.Context(), vision.CaptureRegion)
	xproto.UngrabPointer(r.conn, xproto.TimeCurrentTime)
	r.until("the choice", func() bool { return len(r.outlines()) == 4 })
	r.mouse("mousemove 750 150 mousedown 1 mousemove 800 200 mouseup 1")
	if got := <-done; got.err != nil {
		t.Errorf("when it is free: %v", got.err)
	}
}

func TestKeysThatAnotherProgramHasHoldNothingUp(t *testing.T) {
	r, _, _, _ := twoWindows(t)
	root := xproto.Setup(r.conn).DefaultScreen(r.conn).Root
	for what, take := range map[string]func(){
		"Escape": func() {
			xproto.GrabKey(r.conn, false, root, xproto.ModMaskAny, escape, xproto.GrabModeAsync, xproto.GrabModeAsync)
		},
		"the keyboard": func() {
			xproto.GrabKeyboard(r.conn, false, root, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync)
		},
	} {
		take()
		r.conn.Sync()
		done := r.choose(t.Context(), vision.CaptureRegion)
		r.mouse("mousemove 750 150 mousedown 1 mousemove 800 200 mouseup 1")
		if got := <-done; got.err != nil {
			t.Errorf("while another has %s: %v", what, got.err)
		}
		done = r.choose(t.Context(), vision.CapturePick)
		r.mouse("key Escape click 3")
		if got := <-done; !errors.Is(got.err, vision.ErrUnchosen) {
			t.Errorf("while another has %s: %v", what, got.err)
		}
	}
}

func TestTheTalkKeyAndShotsWorkWhileTheUserChooses(t *testing.T) {
	r, _, _, _ := twoWindows(t)
	const f9 = 75
	talk := r.another()
	root := xproto.Setup(talk).DefaultScreen(talk).Root
	xproto.GrabKey(talk, false, root, xproto.ModMaskAny, f9, xproto.GrabModeAsync, xproto.GrabModeAsync)
	talk.Sync()
	done := r.choose(t.Context(), vision.CaptureRegion)
	r.mouse("mousemove 650 50 mousedown 1 mousemove 1050 450 key F9")
	keys := ""
	r.until("the talk key", func() bool {
		switch event, _ := talk.PollForEvent(); event.(type) {
		case xproto.KeyPressEvent:
			keys += "down "
		case xproto.KeyReleaseEvent:
			keys += "up"
		}
		return keys == "down up"
	})
	r.until("the rubber band", func() bool { return !r.outlined().Empty() })
	s := r.windowShot("notes")
	if has(s.Pixels, lineColour()) {
		t.Error("the outline is in the picture")
	}
	if s := r.take(vision.CaptureDisplay); has(s.Pixels, lineColour()) || s.Covered != 0 {
		t.Error("the outline is in the picture of the display")
	}
	r.mouse("mouseup 1")
	if got := <-done; got.err != nil {
		t.Error(got.err)
	}
}

func TestAServerThatHangsEndsAChoice(t *testing.T) {
	r, _, _, _ := twoWindows(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := r.choose(ctx, vision.CapturePick)
	r.signal(syscall.SIGSTOP)
	cancel()
	began := time.Now()
	got := <-done
	r.signal(syscall.SIGCONT)
	if took := time.Since(began); !errors.Is(got.err, vision.ErrUnchosen) || took > 3*closeLimit {
		t.Errorf("it ends after %v with %v", took, got.err)
	}
	r.until("the outline to go", func() bool { return len(r.outlines()) == 0 })
}

func TestOnlyARegionAndAWindowCanBeChosen(t *testing.T) {
	r, _, _, _ := twoWindows(t)
	for _, c := range []vision.Capture{vision.CaptureWindow, vision.CaptureDisplay, vision.CaptureNone, ""} {
		if _, err := r.screen.Choose(t.Context(), c); !errors.Is(err, vision.ErrUnsupported) {
			t.Errorf("choose %q: %v", c, err)
		}
	}
	r.Setenv("DISPLAY", ":4711")
	if _, err := r.screen.Choose(t.Context(), vision.CaptureRegion); !errors.Is(err, vision.ErrNoDisplay) {
		t.Errorf("without a display: %v", err)
	}
}
