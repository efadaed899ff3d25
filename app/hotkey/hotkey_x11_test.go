//go:build linux

package hotkey

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func combo(t *testing.T, s string) Combo {
	t.Helper()
	c, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// both are the bindings of most tests.
func both(t *testing.T) []Binding {
	return []Binding{{"talk", combo(t, "Ctrl+Alt+Space")}, {"look", combo(t, "Ctrl+Alt+L")}}
}

// open opens a hook that must work in full.
func open(t *testing.T, bindings []Binding) *Hook {
	t.Helper()
	h, err := Open(t.Context(), bindings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// next returns the next event as "talk down"; "closed" after the last.
func next(t *testing.T, h *Hook) string {
	t.Helper()
	select {
	case e, ok := <-h.Events():
		if !ok {
			return "closed"
		}
		return e.ID + " " + e.Kind.String()
	case <-time.After(5 * time.Second):
		t.Fatal("no event in 5 s")
		return ""
	}
}

// expect reads events and wants exactly these.
func expect(t *testing.T, h *Hook, want ...string) {
	t.Helper()
	for i, w := range want {
		if got := next(t, h); got != w {
			t.Fatalf("event %d is %q, want %q", i, got, w)
		}
	}
}

// quiet wants that nothing is on its way: the next event is that of a tap.
func quiet(t *testing.T, h *Hook, k keys) {
	t.Helper()
	k.do("key ctrl+alt+l")
	expect(t, h, "look down", "look up")
}

func TestAHoldIsOneDownAndOneUpWhileTheKeyRepeats(t *testing.T) {
	k := display(t, "openbox")
	wire := tap(t, k.d, nil)
	h := open(t, both(t))
	k.do("keydown ctrl keydown alt keydown space sleep 1.5 keyup space keyup alt keyup ctrl")
	expect(t, h, "talk down", "talk up")
	quiet(t, h, k)
	if n := wire.presses.Load(); n < 10 {
		t.Errorf("the server sent %d presses; that was no auto-repeat", n)
	}
}

func TestTheOrderOfReleaseDoesNotMatter(t *testing.T) {
	k := display(t, "")
	h := open(t, both(t))
	for _, order := range [][3]string{
		{"ctrl", "alt", "space"}, {"ctrl", "space", "alt"}, {"alt", "ctrl", "space"},
		{"alt", "space", "ctrl"}, {"space", "ctrl", "alt"}, {"space", "alt", "ctrl"},
	} {
		k.do("keydown ctrl keydown alt keydown space")
		expect(t, h, "talk down")
		for _, key := range order {
			k.do("keyup " + key)
			if key == "space" {
				expect(t, h, "talk up")
			}
		}
		quiet(t, h, k)
	}
}

func TestLocksDoNotMatter(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, both(t))
	for _, lock := range []string{"Num_Lock", "Caps_Lock", "Num_Lock"} { // on; both on; one off again
		k.do("key "+lock, "key ctrl+alt+space")
		expect(t, h, "talk down", "talk up")
	}
}

func TestTheSecondGroupOfALayoutDoesNotMatter(t *testing.T) {
	k := display(t, "")
	if _, err := k.d.Output(t.Context(), "setxkbmap", "-layout", "us,ru", "-option", "grp:alt_shift_toggle"); err != nil {
		t.Skipf("no setxkbmap: %v", err)
	}
	h := open(t, both(t))
	k.do("keydown alt keydown shift keyup shift keyup alt") // to ru
	quiet(t, h, k)
	k.do("keydown ctrl keydown alt keydown space keyup space keyup alt keyup ctrl")
	expect(t, h, "talk down", "talk up")
}

func TestATakenCombinationIsNamedAndTheOtherWorks(t *testing.T) {
	k := display(t, "openbox")
	rival := open(t, both(t)[:1])
	h, err := Open(t.Context(), both(t))
	if h == nil {
		t.Fatalf("no hook: %v", err)
	}
	t.Cleanup(h.Close)
	var failed *BindingError
	if !errors.Is(err, ErrTaken) || !errors.As(err, &failed) || failed.Binding.ID != "talk" {
		t.Errorf("error %v, want ErrTaken for talk", err)
	}
	if want := "Ctrl+Alt+Space is taken by another program"; err == nil || err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	k.do("key ctrl+alt+space")
	expect(t, rival, "talk down", "talk up")
	quiet(t, h, k)

	rival.Close()
	if err := h.Rebind(t.Context(), both(t)); err != nil {
		t.Errorf("rebind when it is free again: %v", err)
	}
	k.do("key ctrl+alt+space")
	expect(t, h, "talk down", "talk up")
}

func TestOtherChordsAreIgnored(t *testing.T) {
	k := display(t, "")
	h := open(t, both(t))
	random := rand.New(rand.NewPCG(1, 2))
	chords := []string{"super+e", "space", "ctrl+space", "alt+space", "ctrl+alt+shift+space", "ctrl+alt+super+space", "Escape"}
	for range 200 {
		chord := ""
		for _, m := range []string{"ctrl+", "alt+", "shift+", "super+"} {
			if random.IntN(2) == 0 {
				chord += m
			}
		}
		chords = append(chords, chord+string("abcdefghijkmnopqrstuvwxyz0123456789"[random.IntN(35)]))
	}
	k.do("key --delay 0 " + strings.Join(chords, " "))
	quiet(t, h, k)
}

func TestEscapeDuringAHoldIsReportedOnce(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, both(t))
	k.do("keydown ctrl keydown alt keydown space", "key Escape", "key Escape", "key x")
	expect(t, h, "talk down", "talk escape")
	k.do("keyup space keyup alt keyup ctrl")
	expect(t, h, "talk up")
	k.do("keydown ctrl keydown alt keydown space", "key Escape", "keyup space keyup alt keyup ctrl")
	expect(t, h, "talk down", "talk escape", "talk up")
}

func TestEscapeOutsideAHoldBelongsToTheFocusedWindow(t *testing.T) {
	k := display(t, "")
	h := open(t, both(t))
	w := newWindow(t)
	k.do("key Escape")
	if got := w.key(t); got != "Escape" {
		t.Errorf("the window saw %s, want Escape", got)
	}
	k.do("key ctrl+alt+space", "key Escape")
	expect(t, h, "talk down", "talk up")
	for got := w.key(t); got != "Escape"; got = w.key(t) {
		if got == "Space" {
			t.Error("the window saw the space of the combination")
		}
	}
	quiet(t, h, k)
}

func TestALostReleaseIsNoticed(t *testing.T) {
	k := display(t, "openbox")
	const keyRelease = 3
	tap(t, k.d, func(report byte) bool { return report == keyRelease })
	h := open(t, both(t))
	k.do("keydown ctrl keydown alt keydown space", "keyup space keyup alt keyup ctrl")
	released := time.Now()
	expect(t, h, "talk down", "talk up")
	if took := time.Since(released); took > 500*time.Millisecond {
		t.Logf("noticed after %v", took) // no failure: other tests share the processor
	}
	quiet(t, h, k)
}

func TestAChangeOfLayoutDuringAHoldLeavesNothingStuck(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, append(both(t), Binding{"off", Combo{}}))
	k.do("keydown ctrl keydown alt keydown space")
	expect(t, h, "talk down")
	assign(t, 0xffd5) // F24, on a key that has nothing
	k.do("keyup space keyup alt keyup ctrl")
	expect(t, h, "talk up")
	quiet(t, h, k)
}

func TestASuspendedHookHasNothingStuckWhenItGoesOn(t *testing.T) {
	k := display(t, "openbox")
	wire := tap(t, k.d, nil)
	h := open(t, []Binding{{"talk", combo(t, "Ctrl+Alt+Space")}, {"lone", combo(t, "RightCtrl")}, {"look", combo(t, "Ctrl+Alt+L")}})
	k.do("keydown ctrl keydown alt keydown space")
	expect(t, h, "talk down")
	goOn := wire.suspend()
	k.do("keyup space keyup alt keyup ctrl", "key Control_R+c", "sleep 0.5")
	goOn()
	expect(t, h, "talk up")
	quiet(t, h, k)

	k.do("keydown Control_R")
	expect(t, h, "lone down")
	goOn = wire.suspend()
	k.do("keyup Control_R", "sleep 0.5")
	goOn()
	expect(t, h, "lone up")
	quiet(t, h, k)
}

func TestAKeyThatAppearsLaterIsTaken(t *testing.T) {
	k := display(t, "")
	h, err := Open(t.Context(), append(both(t), Binding{"late", combo(t, "Ctrl+F24")}))
	if h == nil || !errors.Is(err, ErrNoKey) || !strings.Contains(fmt.Sprint(err), "Ctrl+F24") {
		t.Fatalf("hook %v, error %v; want a hook, and ErrNoKey for Ctrl+F24", h, err)
	}
	t.Cleanup(h.Close)
	assign(t, 0xffd5)
	quiet(t, h, k) // by now the hook has heard of the change
	k.do("key ctrl+F24")
	expect(t, h, "late down", "late up")
}

func TestRebindWhileRunning(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, both(t))
	rebind := func(talk string) {
		t.Helper()
		if err := h.Rebind(t.Context(), []Binding{{"talk", combo(t, talk)}, both(t)[1]}); err != nil {
			t.Fatal(err)
		}
	}
	rebind("Super+F9")
	k.do("key ctrl+alt+space", "key super+F9")
	expect(t, h, "talk down", "talk up")

	k.do("keydown super keydown F9")
	expect(t, h, "talk down")
	rebind("Super+F9") // the same: the hold goes on
	rebind("Shift+F8") // gone: it ends
	expect(t, h, "talk up")
	k.do("keyup F9 keyup super")
	quiet(t, h, k)

	err := h.Rebind(t.Context(), []Binding{both(t)[1], {"again", both(t)[1].Combo}})
	if !errors.Is(err, ErrTwice) {
		t.Errorf("one combination for two bindings: %v, want ErrTwice", err)
	}
	quiet(t, h, k)
}

func TestADyingServerEndsTheHookAndAnotherCanBeOpened(t *testing.T) {
	k := display(t, "")
	h := open(t, both(t))
	k.do("keydown ctrl keydown alt keydown space")
	expect(t, h, "talk down")
	if err := k.d.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, h, "talk up", " lost", "closed")
	if err := h.Err(); !errors.Is(err, ErrLost) {
		t.Errorf("Err is %v, want ErrLost", err)
	}
	if err := h.Rebind(t.Context(), both(t)); !errors.Is(err, ErrClosed) {
		t.Errorf("rebind of a dead hook: %v, want ErrClosed", err)
	}
	if h, err := Open(t.Context(), both(t)); h != nil || !errors.Is(err, ErrNoDisplay) {
		t.Errorf("open without a server: %v, %v; want ErrNoDisplay", h, err)
	}
	k = display(t, "")
	quiet(t, open(t, both(t)), k)
}

func TestCloseGivesTheCombinationsBack(t *testing.T) {
	k := display(t, "")
	for range 5 {
		h := open(t, both(t))
		k.do("key ctrl+alt+space")
		expect(t, h, "talk down", "talk up")
		h.Close()
		h.Close()
		expect(t, h, "closed")
		if err := h.Err(); err != nil {
			t.Errorf("Err after Close: %v", err)
		}
	}
}

func TestOpenWithoutADisplay(t *testing.T) {
	t.Setenv("DISPLAY", "")
	if h, err := Open(t.Context(), both(t)); h != nil || !errors.Is(err, ErrNoDisplay) {
		t.Errorf("open: %v, %v; want ErrNoDisplay", h, err)
	}
}

func TestOpenGivesUpOnAServerThatDoesNotAnswer(t *testing.T) {
	dir := t.TempDir()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, "X:7"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	t.Setenv("DISPLAY", filepath.Join(dir, "X:7"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if h, err := Open(ctx, both(t)); h != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("open: %v, %v; want the deadline", h, err)
	}
}
