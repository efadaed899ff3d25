//go:build linux || freebsd

package grab

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside/app/desk"
	"aside/vision"
)

func TestWhatDISPLAYMaySay(t *testing.T) {
	for display, want := range map[string]address{
		":0":                  {"unix", "/tmp/.X11-unix/X0", "", "0", 0},
		":93.2":               {"unix", "/tmp/.X11-unix/X93", "", "93", 2},
		"unix:1":              {"unix", "/tmp/.X11-unix/X1", "", "1", 0},
		"localhost:10.0":      {"tcp", "localhost:6010", "localhost", "10", 0},
		"tcp/there:1":         {"tcp", "there:6001", "there", "1", 0},
		"/tmp/launch-12/x:0":  {"unix", "/tmp/launch-12/x:0", "", "0", 0},
		"":                    {},
		"nonsense":            {},
		":":                   {},
		":x":                  {},
		":-1":                 {},
		":1.y":                {},
		":1.-1":               {},
		":99999999999999999":  {},
		"/tmp/launch-12/x:0.": {"unix", "/tmp/launch-12/x:0", "", "0", 0},
	} {
		got, err := addressOf(display)
		if got != want && err == nil || (err != nil) != (want == address{}) {
			t.Errorf("%q is %+v, %v, want %+v", display, got, err, want)
		}
	}
}

// entry is one of an authority file.
func entry(family uint16, parts ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, family)
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(p))), p...)
	}
	return b
}

func TestTheCookieIsThatOfTheDisplay(t *testing.T) {
	mine, other := strings.Repeat("m", 16), strings.Repeat("o", 16)
	file := slices.Concat(
		entry(256, "elsewhere", "7", cookieName, other), entry(0, "here", "7", cookieName, other),
		entry(256, "here", "8", cookieName, other), entry(256, "here", "7", "XDM-AUTHORIZATION-1", other),
		entry(256, "here", "7", cookieName, mine), entry(65535, "", "", cookieName, other))
	if got := cookieIn(bytes.NewReader(file), "here", "7"); string(got) != mine {
		t.Errorf("the cookie is %q", got)
	}
	if got := cookieIn(bytes.NewReader(file), "nowhere", "3"); string(got) != other {
		t.Errorf("the cookie of everybody is %q", got)
	}
	if got := cookieIn(bytes.NewReader(file[:len(file)-1]), "nowhere", "3"); got != nil {
		t.Errorf("the cookie of half a file is %q", got)
	}
}

func TestAServerThatWantsACookieGetsIt(t *testing.T) {
	secret := strings.Repeat("s", 16)
	path := filepath.Join(t.TempDir(), "authority")
	write := func(display, secret string) {
		if err := os.WriteFile(path, entry(65535, "", display, cookieName, secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("", secret)
	d := desk.Start(t, desk.Options{Display: true, Width: 64, Height: 48, Server: []string{"-auth", path}})
	r := &rig{T: t, desk: d}
	r.environment()
	t.Setenv("XAUTHORITY", path)
	for display, want := range map[string]error{d.Display[1:]: nil, "4711": vision.ErrNoDisplay} {
		write(display, secret)
		s, err := Open(t.Context(), Options{}, slog.New(slog.DiscardHandler))
		if !errors.Is(err, want) {
			t.Errorf("with the cookie of display %s: %v, want %v", display, err, want)
		}
		if err != nil {
			continue
		}
		if _, err := s.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// signal sends a signal to the desk's X server.
func (r *rig) signal(s syscall.Signal) {
	r.Helper()
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		r.Fatal(err)
	}
	for _, path := range environments {
		folder := filepath.Dir(path)
		line, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		environment, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(line, []byte("Xvfb\x00")) || !bytes.Contains(environment, []byte(r.desk.Dir)) {
			continue // it may have ended by now
		}
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err == nil {
			err = syscall.Kill(pid, s)
		}
		if err != nil {
			r.Fatal(err)
		}
		return
	}
	r.Skip("no X server was found in /proc")
}

func TestAServerThatHangsIsGivenUp(t *testing.T) {
	r := start(t, desk.Options{Width: 64, Height: 48}, Options{})
	r.take(vision.CaptureDisplay)
	r.signal(syscall.SIGSTOP)
	defer r.signal(syscall.SIGCONT)
	for what, cancelled := range map[string]bool{"the shot": false, "the shot of a context that ends": true} {
		ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
		if cancelled {
			ctx, cancel = context.WithTimeout(r.Context(), 300*time.Millisecond)
		}
		took := make(chan time.Duration)
		go func() {
			began := time.Now()
			if _, err := r.screen.Take(ctx, vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrNoDisplay) {
				r.Errorf("%s: %v", what, err)
			}
			took <- time.Since(began)
		}()
		asked := time.Now()
		r.screen.Configure(Options{})
		_ = r.screen.Describe()
		if waited := time.Since(asked); waited > 100*time.Millisecond {
			t.Errorf("the status waits %v for %s", waited, what)
		}
		if d := <-took; d > takeLimit+500*time.Millisecond || cancelled && d > 800*time.Millisecond {
			t.Errorf("%s took %v", what, d)
		}
		cancel()
	}
	if got := r.screen.Describe(); got != "none" {
		t.Errorf("what hangs is described as %q", got)
	}
	r.signal(syscall.SIGCONT)
	r.take(vision.CaptureDisplay)
}

func TestCloseEndsAShotThatHangs(t *testing.T) {
	r := start(t, desk.Options{Width: 64, Height: 48}, Options{})
	r.signal(syscall.SIGSTOP)
	defer r.signal(syscall.SIGCONT)
	began, failed := time.Now(), make(chan error)
	go func() {
		_, err := r.screen.Take(r.Context(), vision.Target{Capture: vision.CaptureDisplay})
		failed <- err
	}()
	r.until("the shot to begin", func() bool { return len(r.screen.taking) > 0 })
	if err := r.screen.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; !errors.Is(err, vision.ErrNoDisplay) {
		t.Errorf("the shot ends with %v", err)
	}
	if d := time.Since(began); d > closeLimit+500*time.Millisecond {
		t.Errorf("it took %v", d)
	}
	if _, err := r.screen.Take(r.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrNoDisplay) {
		t.Errorf("after Close: %v", err)
	}
}

func TestADisplayThatComesBackIsFound(t *testing.T) {
	r := start(t, managed(), Options{})
	r.take(vision.CaptureDisplay)
	// As when the server ends: the connection is lost.
	r.screen.source.(*x11).conn.Close()
	r.take(vision.CaptureDisplay)
	r.Setenv("DISPLAY", ":4711")
	r.screen.source.(*x11).conn.Close()
	if _, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureDisplay}); !errors.Is(err, vision.ErrNoDisplay) {
		t.Errorf("without a server: %v", err)
	}
	r.environment()
	r.take(vision.CaptureDisplay)
}

func TestWithoutADisplayThereIsAnError(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("XDG_SESSION_TYPE", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, display := range []string{"", ":4711", "nonsense"} {
		t.Setenv("DISPLAY", display)
		if s, err := Open(t.Context(), Options{}, slog.New(slog.DiscardHandler)); !errors.Is(err, vision.ErrNoDisplay) {
			t.Errorf("DISPLAY=%q: %v, %v", display, s, err)
		}
	}
}

func TestTheEndOfTheContextEndsAShot(t *testing.T) {
	r := start(t, managed(), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.screen.Take(ctx, vision.Target{Capture: vision.CaptureDisplay}); err == nil {
		t.Error("a cancelled shot was taken")
	}
	r.take(vision.CaptureDisplay)
	if _, err := r.screen.Take(t.Context(), vision.Target{Capture: vision.CaptureNone}); !errors.Is(err, vision.ErrUnsupported) {
		t.Errorf("a shot of nothing: %v", err)
	}
}
