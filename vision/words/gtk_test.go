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

	"aside/app/desk"
)

// zenity opens a real dialog on a desk of its own, and returns its window and
// a reader. The session's own accessibility bus is used, and started.
func zenity(t testing.TB, args ...string) (*Reader, Window) {
	t.Helper()
	for _, needed := range []string{"zenity", "/usr/libexec/at-spi-bus-launcher"} {
		if _, err := exec.LookPath(needed); err != nil {
			if os.Getenv("ASIDE_TEST_ALL") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	d := desk.Start(t, desk.Options{Display: true, WM: "openbox", Bus: true})
	setenv(t, d.BusAddress)
	cmd := d.Command(t.Context(), "zenity", args...)
	if _, err := d.Launch(cmd); err != nil {
		t.Fatal(err)
	}
	r, w := reader(t), Window{PID: uint32(cmd.Process.Pid)}
	err := d.Until(t.Context(), "a dialog with the focus", func() bool {
		got, err := r.Read(t.Context(), w)
		return err == nil && got.Whole && len(got.Lines) > 0 && (got.Focused != "" || len(got.Secrets) > 0)
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

// document is as long as an editor's, and begins to be read at its beginning.
func document(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "document")
	if err := os.WriteFile(path, []byte(strings.Repeat("the quick brown fox jumps over the lazy dog\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestARealDocumentIsRead(t *testing.T) {
	r, w := zenity(t, "--text-info", "--editable", "--filename="+document(t))
	r.limit = readLimit
	began := time.Now()
	got, err := r.Read(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Lines) < 100 || got.Lines[99] != "the quick brown fox jumps over the lazy dog" || !strings.HasPrefix(got.Focused, "the quick") {
		t.Errorf("focused %.60q in %d lines %q", got.Focused, len(got.Lines), got.Lines)
	}
	t.Logf("%d lines in %v", len(got.Lines), time.Since(began))
}

// BenchmarkGTK reads a real editor.
func BenchmarkGTK(b *testing.B) {
	r, w := zenity(b, "--text-info", "--editable", "--filename="+document(b))
	for b.Loop() {
		if got, err := r.Read(b.Context(), w); err != nil || !got.Whole {
			b.Fatalf("whole %t, %v", got.Whole, err)
		}
	}
}
