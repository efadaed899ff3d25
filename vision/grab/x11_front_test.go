//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"image"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

func TestWhatIsInFrontIsToldUnlessItIsPrivate(t *testing.T) {
	r := start(t, managed(), Options{Own: []string{"aside-panel"}, Exclude: []string{"vault"}})
	if _, _, err := r.screen.Front(t.Context()); !errors.Is(err, vision.ErrUnchosen) {
		t.Errorf("with nothing in front: %v", err)
	}
	notes := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(0, 0, 300, 300), colour: green})
	vault := r.put(sheet{program: "vault", title: "secret", bounds: image.Rect(400, 0, 700, 300), colour: red})
	panel := r.put(sheet{program: "aside-panel", title: "Aside", bounds: image.Rect(900, 0, 1200, 300), colour: grey})
	r.activate(vault)
	if program, title, err := r.screen.Front(t.Context()); !errors.Is(err, vision.ErrExcluded) || program+title != "" {
		t.Errorf("a private window is %q %q, %v", program, title, err)
	}
	r.activate(notes)
	r.activate(panel) // what the user looks at is below it
	if program, title, err := r.screen.Front(t.Context()); err != nil || program == "" || title != "notes" {
		t.Errorf("in front is %q %q, %v", program, title, err)
	}
	r.Setenv("XDG_SESSION_TYPE", "wayland")
	r.Setenv("WAYLAND_DISPLAY", "wayland-0")
	if _, _, err := r.screen.Front(t.Context()); !errors.Is(err, vision.ErrUnsupported) {
		t.Errorf("under Wayland: %v", err)
	}
}

func TestAWatchOfTheFrontKnowsNoPointer(t *testing.T) {
	r := start(t, managed(), Options{})
	notes := r.put(sheet{program: "editor", title: "notes", bounds: image.Rect(0, 0, 300, 300), colour: green})
	other := r.put(sheet{program: "editor", title: "other", bounds: image.Rect(400, 0, 700, 300), colour: red})
	r.activate(notes)
	ctx, stop := context.WithCancel(t.Context())
	changes, ended := make(chan struct{}, 100), make(chan error, 1)
	go func() { ended <- r.screen.WatchFront(ctx, func() { changes <- struct{}{} }) }()
	news := func(what string) {
		t.Helper()
		select {
		case <-changes:
		case <-time.After(5 * time.Second):
			t.Fatalf("%s is no news", what)
		}
	}
	for begun, n := false, 0; !begun; n++ { // a title that changes shows that it has begun
		property(r.conn, notes, xproto.AtomWmName, xproto.AtomString, 8, []byte("notes "+string(rune('a'+n%26))))
		r.conn.Sync()
		select {
		case <-changes:
			begun = true
		case <-time.After(time.Second):
		}
	}
	for range 3 {
		r.point(image.Pt(600, 500))
		time.Sleep(2 * restFor)
		r.point(image.Pt(100, 700))
		time.Sleep(2 * restFor)
	}
	select {
	case <-changes:
		t.Error("the pointer is news")
	default:
	}
	r.activate(other)
	news("another window")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
