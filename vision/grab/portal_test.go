//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/app/desk"
	"aside/vision"
)

// fakePortal answers like a desktop's portal, on the wire.
type fakePortal struct {
	bus    *dbus.Conn
	silent bool
	late   chan struct{} // if set, the answer comes when it is closed
	asked  chan struct{} // if set, gets a token for each call
	error  string        // if set, the call fails with that name
	empty  bool          // has nothing that takes pictures
	closed chan struct{} // if set, gets a token for each request that is closed
	code   uint32
	result map[string]dbus.Variant
}

// fakeRequest is a request of the portal that can be closed.
type fakeRequest struct{ closed chan<- struct{} }

// Close is the request's method.
func (f fakeRequest) Close() *dbus.Error {
	f.closed <- struct{}{}
	return nil
}

// Screenshot is the portal's method.
func (f *fakePortal) Screenshot(sender dbus.Sender, parent string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	var token string
	if err := options["handle_token"].Store(&token); err != nil || parent != "" {
		return "", dbus.MakeFailedError(errors.New("no handle_token"))
	}
	name := strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_")
	path := dbus.ObjectPath(portalPath + "/request/" + name + "/" + token)
	if f.error != "" {
		return "", dbus.NewError(f.error, nil)
	}
	if f.closed != nil {
		if err := f.bus.Export(fakeRequest{f.closed}, path, portalRequest); err != nil {
			return "", dbus.MakeFailedError(err)
		}
	}
	switch {
	case f.late != nil:
		go func() {
			<-f.late
			_ = f.bus.Emit(path, portalRequest+".Response", f.code, f.result) // nobody may be left
		}()
	case !f.silent:
		// Before the call returns, as a fast portal may.
		if err := f.bus.Emit(path, portalRequest+".Response", f.code, f.result); err != nil {
			return "", dbus.MakeFailedError(err)
		}
	}
	if f.asked != nil {
		f.asked <- struct{}{}
	}
	return path, nil
}

// withPortal starts a session that has a portal, unless f is nil, and returns
// the screen that uses it.
func withPortal(t *testing.T, f *fakePortal, o Options) (*Screen, error) {
	t.Helper()
	d := desk.Start(t, desk.Options{Bus: true})
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", d.BusAddress)
	t.Setenv("XDG_SESSION_TYPE", "wayland")
	if f != nil {
		f.serve(t, d.BusAddress)
	}
	s, err := Open(t.Context(), o, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

// serve puts the portal on a bus.
func (f *fakePortal) serve(t *testing.T, address string) {
	t.Helper()
	bus, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	f.bus = bus
	if !f.empty {
		if err := bus.Export(f, portalPath, "org.freedesktop.portal.Screenshot"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bus.RequestName(portalName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

// written is a picture that a portal has written.
func written(t *testing.T) (path string, result map[string]dbus.Variant) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "shot 1.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	p := image.NewRGBA(image.Rect(0, 0, 30, 20))
	p.SetRGBA(0, 0, color.RGBA{9, 8, 7, 255})
	if err := errors.Join(png.Encode(f, p), f.Close()); err != nil {
		t.Fatal(err)
	}
	uri := "file://" + strings.ReplaceAll(path, " ", "%20")
	return path, map[string]dbus.Variant{"uri": dbus.MakeVariant(uri)}
}

func TestThePortalLetsNobodyChoose(t *testing.T) {
	path, result := written(t)
	s, err := withPortal(t, &fakePortal{result: result}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []vision.Capture{vision.CaptureRegion, vision.CapturePick} {
		if _, err := s.Take(t.Context(), vision.Target{Capture: c, Bounds: image.Rect(0, 0, 9, 9)}); !errors.Is(err, vision.ErrUnsupported) {
			t.Errorf("take %s: %v", c, err)
		}
		if _, err := s.Choose(t.Context(), c); !errors.Is(err, vision.ErrUnsupported) {
			t.Errorf("choose %s: %v", c, err)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the portal was asked: %v", err)
	}
}

func TestThePortalsPictureIsTakenAndItsFileRemoved(t *testing.T) {
	path, result := written(t)
	s, err := withPortal(t, &fakePortal{result: result}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	shot, err := s.Take(t.Context(), vision.Target{Capture: vision.CaptureWindow})
	if err != nil {
		t.Fatal(err)
	}
	if shot.Capture != vision.CaptureDisplay || shot.Bounds != image.Rect(0, 0, 30, 20) || shot.Pixels.RGBAAt(0, 0) != (color.RGBA{9, 8, 7, 255}) {
		t.Errorf("got %s, %v", shot.Capture, shot.Bounds)
	}
	if shot.Pointer.In(shot.Bounds) {
		t.Errorf("nobody has said that the pointer is at %v", shot.Pointer)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestAPictureThatComesTooLateIsRemoved(t *testing.T) {
	path, result := written(t)
	f := &fakePortal{result: result, late: make(chan struct{}), asked: make(chan struct{}, 1), closed: make(chan struct{}, 1)}
	s, err := withPortal(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, drop := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := s.Take(ctx, vision.Target{Capture: vision.CaptureDisplay})
		failed <- err
	}()
	<-f.asked
	asked := time.Now()
	s.Configure(Options{})
	if got := s.Describe(); got != "desktop portal" || time.Since(asked) > 100*time.Millisecond {
		t.Errorf("the status is %q after %v", got, time.Since(asked))
	}
	drop()
	if err := <-failed; !errors.Is(err, vision.ErrPortalSilent) || !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	close(f.late)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if len(f.closed) > 0 {
		t.Error("the request was closed, though the picture came")
	}
}

func TestARequestThatIsNotAnsweredIsClosed(t *testing.T) {
	f := &fakePortal{silent: true, closed: make(chan struct{}, 1)}
	s, err := withPortal(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := s.source.(*portal)
	if p.patience != portalPatience || portalPatience > 30*time.Second {
		t.Errorf("it would be waited for %v", p.patience)
	}
	p.patience, p.wait = 100*time.Millisecond, 50*time.Millisecond
	if _, err := s.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrPortalSilent) {
		t.Errorf("error is %v", err)
	}
	select {
	case <-f.closed:
	case <-time.After(5 * time.Second):
		t.Error("it was not closed")
	}
}

func TestAPortalThatEndsIsNotWaitedFor(t *testing.T) {
	f := &fakePortal{silent: true, asked: make(chan struct{}, 1)}
	s, err := withPortal(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-f.asked
		_, _ = f.bus.ReleaseName(portalName) // as the bus does for one that crashes
	}()
	asked := time.Now()
	if _, err := s.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrPortalFailed) || time.Since(asked) > 5*time.Second {
		t.Errorf("after %v the error is %v", time.Since(asked), err)
	}
}

func TestWhatThePortalMayAnswer(t *testing.T) {
	uri := func(v any) map[string]dbus.Variant { return map[string]dbus.Variant{"uri": dbus.MakeVariant(v)} }
	for name, c := range map[string]struct {
		portal  *fakePortal
		options Options
		want    error
	}{
		"the user refuses":          {&fakePortal{code: 1}, Options{}, vision.ErrRefused},
		"it gives up":               {&fakePortal{code: 2}, Options{}, vision.ErrPortalFailed},
		"an error":                  {&fakePortal{error: "org.freedesktop.portal.Error.Failed"}, Options{}, vision.ErrPortalFailed},
		"nobody takes pictures":     {&fakePortal{empty: true}, Options{}, vision.ErrNoPortal},
		"it went away":              {&fakePortal{error: "org.freedesktop.DBus.Error.ServiceUnknown"}, Options{}, vision.ErrNoPortal},
		"no address":                {&fakePortal{}, Options{}, vision.ErrPortalFailed},
		"an address of no text":     {&fakePortal{result: uri(7)}, Options{}, vision.ErrPortalFailed},
		"an address on the network": {&fakePortal{result: uri("http://example.com/a.png")}, Options{}, vision.ErrPortalPicture},
		"a file that is not there":  {&fakePortal{result: uri("file:///no/such/file.png")}, Options{}, vision.ErrPortalPicture},
		"private windows":           {&fakePortal{}, Options{Exclude: []string{"vault"}}, vision.ErrUnsorted},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := withPortal(t, c.portal, c.options)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
		})
	}
}

func TestAPictureThatIsRefusedAndGivenAllTheSameIsRemoved(t *testing.T) {
	path, result := written(t)
	s, err := withPortal(t, &fakePortal{code: 1, result: result}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrRefused) {
		t.Errorf("error is %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestWithoutAPortalOrABusThereIsNoPicture(t *testing.T) {
	if _, err := withPortal(t, nil, Options{}); !errors.Is(err, vision.ErrNoPortal) {
		t.Errorf("without a portal: %v", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "no-bus"))
	if _, err := Open(t.Context(), Options{}, slog.New(slog.DiscardHandler)); !errors.Is(err, vision.ErrNoPortal) {
		t.Errorf("without a bus: %v", err)
	}
}

func TestABusThatHangsHoldsNoPortalUp(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", socket) // it takes calls and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	t.Setenv("XDG_SESSION_TYPE", "wayland")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	opened := make(chan error, 1)
	go func() {
		_, err := Open(ctx, Options{}, slog.New(slog.DiscardHandler))
		opened <- err
	}()
	select {
	case err := <-opened:
		if !errors.Is(err, vision.ErrNoPortal) {
			t.Errorf("error is %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it is waited for")
	}
}
