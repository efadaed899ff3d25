//go:build linux

package hotkey

import (
	"errors"
	"testing"
)

// sides binds the side buttons of a mouse.
func sides(t *testing.T) []Binding {
	return []Binding{{"talk", combo(t, "Mouse8")}, {"look", combo(t, "Ctrl+Alt+L")}, {"other", combo(t, "Ctrl+Mouse9")}}
}

func TestASideButtonIsAHoldAndOursAlone(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, sides(t))
	for _, lock := range []string{"Num_Lock", "Caps_Lock", "Num_Lock", "Caps_Lock"} {
		k.do("key "+lock, "mousedown 8")
		expect(t, h, "talk down")
		k.do("sleep 0.5", "click 1", "mouseup 8")
		expect(t, h, "talk up")
	}
	k.do("keydown ctrl mousedown 9 keyup ctrl mouseup 9", "click 9", "click 1")
	expect(t, h, "other down", "other up")
	quiet(t, h, k)

	other, err := Open(t.Context(), sides(t)[:1])
	if other == nil || !errors.Is(err, ErrTaken) || err.Error() != "Mouse8 is taken by another program" {
		t.Errorf("a second one: %v, %v; want ErrTaken", other, err)
	}
	if other != nil {
		other.Close()
	}
}

func TestEscapeDuringTheHoldOfAButtonIsReported(t *testing.T) {
	k := display(t, "")
	h := open(t, sides(t))
	w := newWindow(t)
	k.do("mousedown 8")
	expect(t, h, "talk down")
	k.do("key x", "key Escape", "mouseup 8")
	expect(t, h, "talk escape", "talk up")
	quiet(t, h, k)
	k.do("key Escape")
	if got := w.key(t); got != "another key" {
		t.Errorf("the window saw %s first, want the x", got)
	}
	for got := w.key(t); got != "Escape"; got = w.key(t) { // once it is nobody's again
	}
}

func TestALostReleaseOfAButtonIsNoticed(t *testing.T) {
	k := display(t, "")
	const buttonRelease = 5
	wire := tap(t, k.d, nil)
	wire.lost.Store(buttonRelease)
	h := open(t, sides(t))
	k.do("mousedown 8", "sleep 0.5", "mouseup 8")
	expect(t, h, "talk down", "talk up")
	quiet(t, h, k)
}

func TestTheStateOfAButtonIsReadFromItsReply(t *testing.T) {
	reply := make([]byte, 60)
	reply[34] = 1    // one word of buttons
	reply[57] = 0x02 // button 9
	for button, want := range map[byte]bool{8: false, 9: true, 10: false, 40: false} {
		if got := buttonInReply(reply, button); got != want {
			t.Errorf("button %d: %v", button, got)
		}
	}
	if buttonInReply(reply[:40], 9) {
		t.Error("a short reply has a button")
	}
}
