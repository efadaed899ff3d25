//go:build linux || freebsd

package app

import (
	"errors"
	"image"
	"image/color"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"testing"

	"aside/app/desk"
	"aside/app/settings"
	"aside/vision"
	"aside/vision/words"
)

func TestOnlyTheShotsOwnTextIsTold(t *testing.T) {
	secret := image.Rect(110, 210, 120, 220)
	for _, c := range []struct {
		title   string
		capture vision.Capture
		want    int
	}{
		{"Letter", vision.CaptureWindow, 1},
		{"Letter", vision.CaptureDisplay, 1},
		{"Letter", vision.CapturePick, 1},
		{"Letter", vision.CaptureRegion, 0}, // the line may stand beside it
		{"Diary", vision.CaptureWindow, 0},
	} {
		shot := vision.Shot{
			Capture: c.capture, Title: "Letter",
			Bounds: image.Rect(100, 200, 130, 230), Pixels: image.NewRGBA(image.Rect(0, 0, 30, 30)),
		}
		tell(&shot, words.Text{Title: c.title, Lines: []string{"Dear Ada,"}, Secrets: []image.Rectangle{secret}, Whole: true})
		if len(shot.Words) != c.want || shot.Complete != (c.want > 0) {
			t.Errorf("of a %s, when %q is read, it tells %q", c.capture, c.title, shot.Words)
		}
		// A secret is painted over in any case.
		if shot.Pixels.RGBAAt(10, 10) != (color.RGBA{128, 128, 128, 255}) || shot.Pixels.RGBAAt(9, 10).A != 0 || shot.Pixels.RGBAAt(20, 20).A != 0 {
			t.Errorf("%s, %q: the secret is not painted over", c.capture, c.title)
		}
	}
}

func TestARealDialogIsSeenWithItsWordsAndWithoutItsSecrets(t *testing.T) {
	for _, needed := range []string{"zenity", "/usr/libexec/at-spi-bus-launcher"} {
		if _, err := exec.LookPath(needed); err != nil && os.Getenv("ASIDE_TEST_ALL") == "" {
			t.Skip(err)
		}
	}
	d := desk.Start(t, desk.Options{Display: true, WM: "openbox", Bus: true})
	t.Setenv("DISPLAY", d.Display)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", d.BusAddress)
	t.Setenv("XDG_SESSION_TYPE", "x11")
	t.Setenv("WAYLAND_DISPLAY", "")
	x := newSight(settings.Screen{Words: true}, slog.New(slog.DiscardHandler))
	defer x.close()
	dialog := d.Command(t.Context(), "zenity", "--forms", "--title=Join", "--text=Who are you?", "--add-password=Word")
	if _, err := d.Launch(dialog); err != nil {
		t.Fatal(err)
	}
	var shot vision.Shot
	err := d.Until(t.Context(), "the dialog's words", func() (ok bool) {
		var err error
		if shot, err = x.Take(t.Context(), vision.Target{Capture: vision.CaptureWindow}); err != nil {
			return false
		}
		shot, err = x.Read(t.Context(), shot)
		return err == nil && slices.Contains(shot.Words, "Word")
	})
	if err != nil {
		t.Fatalf("%v; its words are %q", err, shot.Words)
	}
	if shot.Title != "Join" || shot.PID != uint32(dialog.Process.Pid) || !slices.Contains(shot.Words, "Who are you?") {
		t.Errorf("it is %q of %d: %q", shot.Title, shot.PID, shot.Words)
	}
	if !painted(shot) {
		t.Error("the password is not painted over")
	}
	x.configure(settings.Screen{})
	if shot, err = x.Take(t.Context(), vision.Target{Capture: vision.CaptureWindow}); err != nil {
		t.Fatal(err)
	}
	if shot, err = x.Read(t.Context(), shot); err != nil || len(shot.Words) > 0 || !painted(shot) {
		t.Errorf("with words switched off they are %q, painted over %t, %v", shot.Words, painted(shot), err)
	}
	// Where nobody says whose window it is, its program does.
	unknown := vision.Shot{Anonymous: true, Pixels: shot.Pixels}
	if _, err := x.Read(t.Context(), unknown); !errors.Is(err, vision.ErrExcluded) {
		t.Errorf("a password that cannot be painted over: %v", err)
	}
}

// painted reports whether a field as wide as half the dialog is painted over.
func painted(shot vision.Shot) bool {
	const field = 100
	for y := range shot.Pixels.Rect.Dy() {
		row := 0
		for x := range shot.Pixels.Rect.Dx() {
			if row++; shot.Pixels.RGBAAt(x, y) != (color.RGBA{vision.Paint, vision.Paint, vision.Paint, 255}) {
				row = 0
			}
			if row >= field {
				return true
			}
		}
	}
	return false
}
