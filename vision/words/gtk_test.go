//go:build linux || freebsd

package words

import (
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/app/desk"
)

// zenity opens a real dialog, and returns its window and a reader.
func zenity(t testing.TB, args ...string) (*Reader, Window) {
	t.Helper()
	return opened(t, func(got Text) bool {
		return got.Whole && len(got.Lines) > 0 && (got.Focused != "" || len(got.Secrets) > 0)
	}, "zenity", args...)
}

// opened starts a program on a desk of its own, and returns its window and a
// reader when what is read is ready. The session's own accessibility bus is
// used, and started.
func opened(t testing.TB, ready func(Text) bool, program string, args ...string) (*Reader, Window) {
	t.Helper()
	for _, needed := range []string{program, "/usr/libexec/at-spi-bus-launcher"} {
		if _, err := exec.LookPath(needed); err != nil {
			if os.Getenv("ASIDE_TEST_ALL") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	d := desk.Start(t, desk.Options{Display: true, WM: "openbox", Bus: true})
	setenv(t, d.BusAddress)
	cmd := d.Command(t.Context(), program, args...)
	if _, err := d.Launch(cmd); err != nil {
		t.Fatal(err)
	}
	r, w := reader(t), Window{PID: uint32(cmd.Process.Pid)}
	err := d.Until(t.Context(), "a window with the focus", func() bool {
		got, err := r.Read(t.Context(), w)
		return err == nil && ready(got)
	})
	if err != nil {
		got, err2 := r.Read(t.Context(), w)
		t.Fatalf("%v; got %+v, %v", err, got, err2)
	}
	return r, w
}

func TestARealDialogIsRead(t *testing.T) {
	r, w := zenity(t, "--entry", "--title=A question", "--text=What is\nyour name?", "--entry-text=Ada Lovelace")
	got, err := r.Read(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != "A question" || got.Focused != "Ada Lovelace" || !got.Whole {
		t.Errorf("title %q, focused %q, whole %t", got.Title, got.Focused, got.Whole)
	}
	if want := []string{"Ada Lovelace", "What is", "your name?", "Cancel", "OK"}; !slices.Equal(got.Lines, want) {
		t.Errorf("lines are %q", got.Lines)
	}
}

func TestARealPasswordIsNotRead(t *testing.T) {
	r, w := zenity(t, "--password", "--title=Unlock")
	got, err := r.Read(t.Context(), w)
	if err != nil || len(got.Secrets) != 1 || !got.Secrets[0].In(image.Rect(0, 0, 1920, 1080)) || got.Focused != "" || !got.Whole {
		t.Errorf("got %+v, %v", got, err)
	}
}

const fox = "the quick brown fox jumps over the lazy dog"

// document is as long as an editor's, and begins to be read at its beginning.
func document(t testing.TB, lines int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "document")
	if err := os.WriteFile(path, []byte(strings.Repeat(fox+"\n", lines)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestARealDocumentIsRead(t *testing.T) {
	r, w := zenity(t, "--text-info", "--editable", "--filename="+document(t, 100))
	r.limit = readLimit
	began := time.Now()
	got, err := r.Read(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Lines) < 100 || got.Lines[99] != fox || !strings.HasPrefix(got.Focused, "the quick") {
		t.Errorf("focused %.60q in %d lines %q", got.Focused, len(got.Lines), got.Lines)
	}
	t.Logf("%d lines in %v", len(got.Lines), time.Since(began))
}

// BenchmarkGTK reads the window of a real editor with a document of a thousand
// lines, beside the floor: one question for the text alone, by someone who knows
// where it is.
func BenchmarkGTK(b *testing.B) {
	const lines = maxText / (len(fox) + 1)
	r, w := opened(b, func(got Text) bool { return strings.HasPrefix(got.Focused, fox) }, "mousepad", "--disable-server", document(b, 1000))
	b.Run("aside", func(b *testing.B) {
		for b.Loop() {
			if got, err := r.Read(b.Context(), w); err != nil || strings.Count(got.Focused, fox) < lines {
				b.Fatalf("%d lines have the focus, %v", strings.Count(got.Focused, fox), err)
			}
		}
		if each := b.Elapsed() / time.Duration(b.N); each > readLimit {
			b.Errorf("it takes %v: in time only a part would be read", each)
		}
	})
	b.Run("gettext", func(b *testing.B) {
		text, bus := withFocus(b, r, w)
		done := make(chan *dbus.Call, 1)
		for b.Loop() {
			var got string
			text.ask(b.Context(), bus, done, getText, int32(0), int32(maxText))
			if err := (<-done).Store(&got); err != nil || len(got) != maxText {
				b.Fatalf("%d bytes, %v", len(got), err)
			}
		}
	})
}

// withFocus finds what has the focus in a window.
func withFocus(t testing.TB, r *Reader, w Window) (ref, *dbus.Conn) {
	t.Helper()
	bus, err := r.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	top, _, err := find(t.Context(), bus, w)
	if err != nil {
		t.Fatal(err)
	}
	k := newWalk(bus, top)
	k.run(t.Context())
	if k.focus == nil {
		t.Fatal("nothing has the focus")
	}
	return k.focus.ref, bus
}
