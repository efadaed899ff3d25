//go:build linux || freebsd

package grab

import (
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"os/exec"
	"testing"

	"github.com/jezek/xgb/xproto"
	"github.com/kbinani/screenshot"

	"aside/app/desk"
	"aside/vision"
)

// BenchmarkTake takes a whole display with what must not be seen painted over,
// beside shared memory alone, the floor, the library that only takes it, and the
// program that only takes it, which is started each time.
func BenchmarkTake(b *testing.B) {
	for _, size := range []image.Point{{1920, 1080}, {3840, 2160}} {
		d := desk.Start(b, desk.Options{Display: true, WM: "openbox", Width: size.X, Height: size.Y})
		b.Setenv("DISPLAY", d.Display)
		b.Setenv("XDG_SESSION_TYPE", "")
		b.Setenv("WAYLAND_DISPLAY", "")
		s, err := Open(b.Context(), Options{Exclude: []string{"vault"}, Own: []string{"aside-panel"}}, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%dx%d/aside", size.X, size.Y), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				shot, err := s.Take(b.Context(), vision.Target{Capture: vision.CaptureDisplay})
				if err != nil {
					b.Fatal(err)
				}
				s.Free(shot)
			}
		})
		b.Run(fmt.Sprintf("%dx%d/raw", size.X, size.Y), func(b *testing.B) { raw(b, size) })
		b.Run(fmt.Sprintf("%dx%d/kbinani", size.X, size.Y), func(b *testing.B) {
			for b.Loop() {
				if _, err := screenshot.CaptureDisplay(0); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("%dx%d/maim", size.X, size.Y), func(b *testing.B) {
			for b.Loop() {
				cmd := d.Command(b.Context(), "maim", "--format", "bmp")
				cmd.Stdout = io.Discard
				if err := cmd.Run(); errors.Is(err, exec.ErrNotFound) {
					b.Skip(err)
				} else if err != nil {
					b.Fatal(err)
				}
			}
		})
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// raw has the server copy the display into shared memory, and nothing else.
func raw(b *testing.B, size image.Point) {
	s, err := openX11(b.Context(), new(spare))
	if err != nil {
		b.Fatal(err)
	}
	x := s.(*x11)
	defer x.close()
	if x.segment == nil {
		b.Fatal("no shared memory")
	}
	for b.Loop() {
		if _, err := x.segment.pixels(xproto.Drawable(x.root), image.Rectangle{Max: size}, 4*size.X*size.Y); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLocked asks a bus on which nobody locks anything.
func BenchmarkLocked(b *testing.B) {
	d := desk.Start(b, desk.Options{Bus: true})
	b.Setenv("DBUS_SESSION_BUS_ADDRESS", d.BusAddress)
	b.Setenv("DBUS_SYSTEM_BUS_ADDRESS", d.BusAddress)
	var l lock
	defer l.close()
	for b.Loop() {
		if l.locked(b.Context()) {
			b.Fatal("locked")
		}
	}
}
