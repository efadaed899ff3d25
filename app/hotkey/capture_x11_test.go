//go:build linux

package hotkey

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// captured is what came of a Capture.
type captured struct {
	combo Combo
	err   error
	seen  []Capturing
}

// startCapture starts a Capture.
func startCapture(ctx context.Context, t *testing.T) <-chan captured {
	t.Helper()
	done := make(chan captured, 1)
	var mu sync.Mutex
	var seen []Capturing
	go func() {
		c, err := Capture(ctx, func(c Capturing) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, c)
		})
		mu.Lock()
		defer mu.Unlock()
		done <- captured{c, err, seen}
	}()
	return done
}

func TestWhatIsPressedIsCaptured(t *testing.T) {
	for _, c := range []struct {
		keys, want string // of xdotool
		wrong      string // that was pressed before
	}{
		{"keydown ctrl keydown alt key g keyup alt keyup ctrl", "Ctrl+Alt+G", ""},
		{"keydown super keydown shift key k keyup shift keyup super", "Shift+Super+K", ""},
		{"key l keydown ctrl key l keyup ctrl", "Ctrl+L", "L needs Ctrl, Alt or Super beside it"},
		{"keydown Control_R keyup Control_R", "RightCtrl", ""},
		{"key Pause", "Pause", ""},
		{"click 8", "Mouse8", ""},
	} {
		t.Run(c.want, func(t *testing.T) {
			k := display(t, "openbox")
			h := open(t, both(t))
			done := startCapture(t.Context(), t)
			time.Sleep(300 * time.Millisecond) // nobody says when the keyboard is taken
			k.do("keydown ctrl keydown alt key ctrl+alt+l keyup alt keyup ctrl")
			got := <-done
			if got.err != nil || got.combo.String() != "Ctrl+Alt+L" {
				t.Fatalf("our own combination: %v, %v", got.combo, got.err)
			}
			done = startCapture(t.Context(), t)
			time.Sleep(300 * time.Millisecond)
			k.do(c.keys)
			got = <-done
			if got.err != nil || got.combo.String() != c.want {
				t.Errorf("got %v, %v after %v", got.combo, got.err, got.seen)
			}
			if c.wrong != "" && !slices.ContainsFunc(got.seen, func(s Capturing) bool { return s.Wrong == c.wrong }) {
				t.Errorf("it said %v", got.seen)
			}
			quiet(t, h, k) // no key of ours was reported meanwhile
		})
	}
}

func TestEscapeCallsTheCaptureOff(t *testing.T) {
	k := display(t, "")
	done := startCapture(t.Context(), t)
	time.Sleep(300 * time.Millisecond) // nobody says when the keyboard is taken
	k.do("key Escape")
	if got := <-done; !errors.Is(got.err, ErrCalledOff) {
		t.Errorf("got %v, %v", got.combo, got.err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done = startCapture(ctx, t)
	cancel()
	if got := <-done; !errors.Is(got.err, context.Canceled) {
		t.Errorf("got %v, %v", got.combo, got.err)
	}
}

func TestCaptureWaitsForNobodyWhoKeepsTheKeyboard(t *testing.T) {
	k := display(t, "")
	done := startCapture(t.Context(), t)
	time.Sleep(300 * time.Millisecond)
	if _, err := Capture(t.Context(), func(Capturing) {}); !errors.Is(err, ErrTaken) {
		t.Errorf("got %v", err)
	}
	k.do("key Escape")
	<-done
}
