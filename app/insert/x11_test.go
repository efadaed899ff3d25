//go:build linux

package insert

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/desk"
)

// place is a desk with a window in front.
type place struct {
	*testing.T
	*desk.Desk
	stop func() // ends the program in front
}

// newPlace starts a program on a desk of its own and waits until its window is
// in front.
func newPlace(t *testing.T, program string, args ...string) place {
	t.Helper()
	for _, needed := range []string{program, "xclip"} {
		if _, err := exec.LookPath(needed); err != nil {
			if os.Getenv("ASIDE_TEST_ALL") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	d := desk.Start(t, desk.Options{Display: true, WM: "openbox", Bus: true})
	t.Setenv("DISPLAY", d.Display)
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("XAUTHORITY", filepath.Join(d.Dir, "no-authority"))
	p := place{T: t, Desk: d}
	p.stop = p.launch(program, args...)
	return p
}

// launch starts a program and waits until another window is in front.
func (p place) launch(program string, args ...string) (stop func()) {
	p.Helper()
	before, _, _ := p.ActiveWindow(p.Context())
	stop, err := p.Launch(p.Desk.Command(p.Context(), program, args...))
	if err != nil {
		p.Fatal(err)
	}
	err = p.Until(p.Context(), program+" in front", func() bool {
		now, focus, err := p.ActiveWindow(p.Context())
		return err == nil && now != before && now != 0 && focus != 0
	})
	if err != nil {
		p.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // its field has the keyboard a little later
	return stop
}

// hold puts something on the clipboard, as another program does.
func (p place) hold(form, text string) {
	p.Helper()
	cmd := p.Desk.Command(p.Context(), "xclip", "-quiet", "-selection", "clipboard", "-target", form, "-in")
	cmd.Stdin = strings.NewReader(text)
	if _, err := p.Launch(cmd); err != nil {
		p.Fatal(err)
	}
	err := p.Until(p.Context(), "the clipboard", func() bool {
		forms, err := p.Output(p.Context(), "xclip", "-selection", "clipboard", "-target", "TARGETS", "-out")
		return err == nil && strings.Contains(forms, form)
	})
	if err != nil {
		p.Fatal(err)
	}
}

func (p place) held() string {
	out, err := p.Output(p.Context(), "xclip", "-selection", "clipboard", "-out")
	if err != nil {
		return "" // it holds nothing
	}
	return out
}

func (p place) front() Window {
	p.Helper()
	w, err := Front()
	if err != nil || !w.Known() {
		p.Fatal(w, err)
	}
	return w
}

// wants waits until a file holds a text.
func (p place) wants(path, want string) {
	p.Helper()
	var got []byte
	err := p.Until(p.Context(), "the text", func() bool {
		got, _ = os.ReadFile(path)
		return string(got) == want
	})
	if err != nil {
		p.Errorf("%v: it is %q, want %q", err, got, want)
	}
}

func TestTextIsPastedIntoATerminalAndTheClipboardPutBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "typed")
	p := newPlace(t, "xterm", "-e", "sh", "-c", "cat > "+file)
	p.hold("UTF8_STRING", "mine before")
	var i Inserter
	defer i.Close()
	for _, text := range []string{"x := `ö`\n", "\nfmt.Println(x)\n"} { // the second time the clipboard is its own
		lost, err := i.Insert(t.Context(), p.front(), text)
		if err != nil || lost != "" {
			t.Fatalf("%q, %v", lost, err)
		}
	}
	if _, err := p.Output(t.Context(), "xdotool", "key", "Return", "ctrl+d"); err != nil {
		t.Fatal(err)
	}
	p.wants(file, "x := `ö`\nfmt.Println(x)\n")
	if got := p.held(); got != "mine before" {
		t.Errorf("the clipboard holds %q", got)
	}
}

func TestTextIsPastedIntoTheWindowThatTheQuestionCameFrom(t *testing.T) {
	out := filepath.Join(t.TempDir(), "entry")
	p := newPlace(t, "sh", "-c", "exec zenity --entry --title=Name --text=Name > "+out)
	target := p.front()
	p.launch("xterm")
	var i Inserter
	defer i.Close()
	lost, err := i.Insert(t.Context(), target, "Ada — 愛達")
	if err != nil || lost != "" {
		t.Fatalf("%q, %v", lost, err)
	}
	if _, err := p.Output(t.Context(), "xdotool", "key", "Return"); err != nil {
		t.Fatal(err)
	}
	p.wants(out, "Ada — 愛達\n")
	if got := p.held(); got != "" {
		t.Errorf("the clipboard was empty and holds %q", got)
	}
}

func TestWhatCannotBeKeptIsSaid(t *testing.T) {
	p := newPlace(t, "xterm", "-e", "cat")
	p.hold("image/png", strings.Repeat("x", 3*Longest))
	var i Inserter
	defer i.Close()
	lost, err := i.Insert(t.Context(), p.front(), "text")
	if err != nil || lost != "picture" {
		t.Errorf("%q, %v", lost, err)
	}
	if got := p.held(); got != "text" {
		t.Errorf("the clipboard holds %q", got)
	}
}

func TestAWindowThatIsGoneGetsNothing(t *testing.T) {
	p := newPlace(t, "xterm", "-e", "cat")
	target := p.front()
	p.stop()
	p.hold("UTF8_STRING", "mine")
	var i Inserter
	defer i.Close()
	if _, err := i.Insert(t.Context(), target, "text"); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
	if got := p.held(); got != "mine" {
		t.Errorf("the clipboard holds %q", got)
	}
	if _, err := i.Insert(t.Context(), target, strings.Repeat("x", Longest+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("%v", err)
	}
}

func TestAWindowThatTakesNothingIsTold(t *testing.T) {
	p := newPlace(t, "xterm", "-class", "Deaf", "-e", "cat") // it knows no Ctrl+V
	p.hold("UTF8_STRING", "mine")
	var i Inserter
	defer i.Close()
	if _, err := i.Insert(t.Context(), p.front(), "text"); !errors.Is(err, ErrUntaken) {
		t.Errorf("%v", err)
	}
	if got := p.held(); got != "mine" {
		t.Errorf("the clipboard holds %q", got)
	}
}

func TestAPictureIsTakenFromTheClipboardHoweverLargeItIs(t *testing.T) {
	p := newPlace(t, "xterm", "-e", "cat")
	if _, err := Picture(t.Context(), 1<<20); !errors.Is(err, ErrEmpty) {
		t.Errorf("from an empty one: %v", err)
	}
	for _, size := range []int{1000, 900_000} { // the second comes in pieces
		want := strings.Repeat("picture ", size/8)
		p.hold("image/png", want)
		var got []byte
		err := p.Until(t.Context(), "the picture", func() bool {
			got, _ = Picture(t.Context(), 1<<20)
			return string(got) == want
		})
		if err != nil {
			t.Errorf("%v: %d bytes of %d", err, len(got), len(want))
		}
	}
	if _, err := Picture(t.Context(), 1000); !errors.Is(err, ErrTooLong) {
		t.Errorf("a large one: %v", err)
	}
}

func TestNothingIsPastedWhereThatIsNotPossible(t *testing.T) {
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	if _, err := Front(); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	var i Inserter
	if _, err := i.Insert(t.Context(), Window{id: 1}, "x"); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
}
