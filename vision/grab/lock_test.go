//go:build linux || freebsd

package grab

import (
	"errors"
	"image"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/app/desk"
	"aside/vision"
)

// fakeLock is who locks the screen: as a desktop's locker is asked, and as the
// login manager is.
type fakeLock struct {
	locked atomic.Bool
	hangs  chan struct{} // if set, no answer comes before it is closed
}

// GetActive is a locker's method.
func (f *fakeLock) GetActive() (bool, *dbus.Error) {
	if f.hangs != nil {
		<-f.hangs
	}
	return f.locked.Load(), nil
}

// Get reads a property of the login manager's session.
func (f *fakeLock) Get(from, property string) (dbus.Variant, *dbus.Error) {
	if from != "org.freedesktop.login1.Session" || property != "LockedHint" {
		return dbus.Variant{}, dbus.MakeFailedError(errors.New(from + property))
	}
	return dbus.MakeVariant(f.locked.Load()), nil
}

// serve puts the lock on the rig's bus.
func (f *fakeLock) serve(r *rig, name, path, as string) {
	r.Helper()
	bus, err := dbus.Connect(r.desk.BusAddress)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = bus.Close() })
	if err := bus.Export(f, dbus.ObjectPath(path), as); err != nil {
		r.Fatal(err)
	}
	if _, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		r.Fatal(err)
	}
}

// onABus is a small desk with a bus.
func onABus() desk.Options { return desk.Options{Width: 320, Height: 200, Bus: true} }

func TestALockedScreenIsNotLookedAt(t *testing.T) {
	for name, c := range map[string]struct{ path, as string }{
		"org.freedesktop.ScreenSaver": {"/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"},
		"org.gnome.ScreenSaver":       {"/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"},
		"org.xfce.ScreenSaver":        {"/org/xfce/ScreenSaver", "org.xfce.ScreenSaver"},
		"org.freedesktop.login1":      {"/org/freedesktop/login1/session/auto", "org.freedesktop.DBus.Properties"},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, onABus(), Options{})
			lock := &fakeLock{}
			lock.serve(r, name, c.path, c.as)
			r.take(vision.CaptureDisplay)
			lock.locked.Store(true)
			for _, c := range []vision.Capture{vision.CaptureDisplay, vision.CaptureWindow} {
				if s, err := r.screen.Take(t.Context(), vision.Target{Capture: c}); !errors.Is(err, vision.ErrLocked) || s.Pixels != nil {
					t.Errorf("got %v of the %s, %v", s.Bounds, c, err)
				}
			}
			lock.locked.Store(false)
			r.take(vision.CaptureDisplay)
		})
	}
}

func TestALockedScreenIsNotAskedOfThePortal(t *testing.T) {
	r := start(t, onABus(), Options{})
	lock := &fakeLock{}
	lock.locked.Store(true)
	lock.serve(r, "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver")
	f := &fakePortal{asked: make(chan struct{}, 1)}
	f.serve(t, r.desk.BusAddress)
	t.Setenv("XDG_SESSION_TYPE", "wayland")
	s, err := Open(t.Context(), Options{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrLocked) || len(f.asked) > 0 {
		t.Errorf("error is %v; the portal was asked %d times", err, len(f.asked))
	}
}

func TestALockerThatHangsIsTakenToHaveLockedTheScreen(t *testing.T) {
	r := start(t, onABus(), Options{})
	lock := &fakeLock{hangs: make(chan struct{})}
	lock.serve(r, "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver")
	began := time.Now()
	if _, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrLocked) {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
	close(lock.hangs)
	r.take(vision.CaptureDisplay)
}

func TestABusThatHangsDoesNotHoldAShotUp(t *testing.T) {
	r := start(t, onABus(), Options{})
	socket := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", socket) // it takes calls and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	r.screen.lock.close()
	began := time.Now()
	r.take(vision.CaptureDisplay)
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestABusThatComesBackIsAskedAgain(t *testing.T) {
	r := start(t, onABus(), Options{})
	lock := &fakeLock{}
	lock.locked.Store(true)
	lock.serve(r, "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver")
	_ = r.screen.lock.session.Close() // as if it had gone
	if _, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrLocked) {
		t.Errorf("error is %v", err)
	}
}

func TestWithoutABusTheScreenIsTaken(t *testing.T) {
	r := start(t, desk.Options{Width: 320, Height: 200}, Options{})
	r.take(vision.CaptureDisplay)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r.take(vision.CaptureDisplay)
	if r.screen.lock.session != nil {
		t.Error("a bus was found where there is none")
	}
}

func TestALockersWindowLocksTheScreen(t *testing.T) {
	whole, part := image.Rect(0, 0, 320, 200), image.Rect(10, 10, 200, 100)
	for _, c := range []struct {
		program string
		bounds  image.Rectangle
		want    error
	}{
		{"i3lock", whole, vision.ErrLocked},
		{"XScreenSaver", whole, vision.ErrLocked},
		{"cinnamon-screen", whole, vision.ErrLocked}, // as the kernel cuts it
		{"xscreensaver", part, nil},                  // its settings
		{"player", whole, nil},
	} {
		t.Run(strings.ToLower(c.program), func(t *testing.T) {
			r := start(t, desk.Options{Width: 320, Height: 200}, Options{})
			r.put(sheet{program: c.program, title: "window", bounds: c.bounds, colour: red, free: true})
			if _, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
		})
	}
}
