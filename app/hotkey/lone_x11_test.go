//go:build linux

package hotkey

import (
	"errors"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// lones binds the right Ctrl key beside a combination.
func lones(t *testing.T) []Binding {
	return []Binding{{"talk", combo(t, "RightCtrl")}, {"look", combo(t, "Ctrl+Alt+L")}}
}

// event returns the next event.
func event(t *testing.T, h *Hook) Event {
	t.Helper()
	select {
	case e := <-h.Events():
		return e
	case <-time.After(5 * time.Second):
		t.Fatal("no event in 5 s")
		return Event{}
	}
}

func TestALoneModifierThatIsHeldCountsFromItsPress(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, lones(t))
	for _, key := range []string{"RightCtrl", "RightAlt"} {
		if err := h.Rebind(t.Context(), []Binding{{"talk", combo(t, key)}, lones(t)[1]}); err != nil {
			t.Fatal(err)
		}
		sym := map[string]string{"RightCtrl": "Control_R", "RightAlt": "Alt_R"}[key]
		k.do("keydown " + sym)
		down := event(t, h)
		if waited := time.Since(down.At); down.ID != "talk" || down.Kind != Down || waited < lookEvery {
			t.Errorf("%s: %s %s, %v after the press; want talk down after %v", key, down.ID, down.Kind, waited, lookEvery)
		}
		k.do("keyup " + sym)
		expect(t, h, "talk up")
		quiet(t, h, k)
	}
}

func TestALoneModifierThatIsTappedIsATap(t *testing.T) {
	k := display(t, "")
	h := open(t, lones(t))
	f := newFingers(t)
	for range 2 {
		f.tap(f.code(0xffe4))
		down, up := event(t, h), event(t, h)
		if down.Kind != Down || up.Kind != Up || up.At.Sub(down.At) >= lookEvery {
			t.Errorf("%s at %v, %s at %v; want a short down and up", down.Kind, down.At, up.Kind, up.At)
		}
	}
	quiet(t, h, k)
}

func TestALoneModifierTypedWithAnotherKeyIsNone(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, lones(t))
	for _, chord := range []string{"Control_R+c", "Control_R+Shift_L", "Control_R+Tab", "Control_R+Alt_L+x"} {
		k.do("key " + chord)
		quiet(t, h, k)
	}
	k.do("keydown Control_R key c sleep 0.5 key v keyup Control_R")
	quiet(t, h, k)
	k.do("keydown Control_R click 1 sleep 0.5 keyup Control_R")
	quiet(t, h, k)
	k.do("keydown Control_R keydown Alt_L key l keyup Alt_L keyup Control_R") // the other binding
	expect(t, h, "look down", "look up")
}

func TestAnotherKeyDuringALoneHoldVoidsIt(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, lones(t))
	for _, key := range []string{"c", "Escape", "Shift_L"} {
		k.do("keydown Control_R")
		expect(t, h, "talk down")
		k.do("key "+key, "key "+key, "keyup Control_R")
		expect(t, h, "talk escape", "talk up")
	}
	k.do("keydown Control_R")
	expect(t, h, "talk down")
	k.do("click 1", "click 4", "keyup Control_R") // on to another window
	expect(t, h, "talk up")
	quiet(t, h, k)
}

func TestALoneModifierIsTakenFromNobody(t *testing.T) {
	k := display(t, "")
	h := open(t, lones(t))
	w := newWindow(t)
	rival := open(t, lones(t)[:1]) // no conflict
	k.do("keydown Control_R sleep 0.4 keyup Control_R")
	expect(t, h, "talk down", "talk up")
	expect(t, rival, "talk down", "talk up")
	if got := w.key(t); got != "another key" {
		t.Errorf("the window saw %s, want the modifier", got)
	}
	k.do("key Control_R+space")
	for got := w.key(t); got != "Space"; got = w.key(t) {
	}
	quiet(t, h, k)
}

func TestLocksAndHeldModifiersDoNotMatterToALoneModifier(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, lones(t))
	for _, lock := range []string{"Num_Lock", "Caps_Lock", "Num_Lock", "Caps_Lock"} {
		k.do("key "+lock, "keydown Control_R")
		expect(t, h, "talk down")
		k.do("keyup Control_R")
		expect(t, h, "talk up")
	}
	k.do("keydown Shift_L keydown Control_R")
	expect(t, h, "talk down")
	k.do("keyup Control_R keyup Shift_L")
	expect(t, h, "talk up")
	quiet(t, h, k)
}

func TestALostReleaseOfALoneModifierIsNoticed(t *testing.T) {
	k := display(t, "")
	wire := tap(t, k.d, nil)
	h := open(t, lones(t))
	k.do("keydown Control_R")
	expect(t, h, "talk down")
	wire.lost.Store(xGeneric)
	k.do("keyup Control_R")
	expect(t, h, "talk up")
	wire.lost.Store(0)
	quiet(t, h, k)
}

func TestALoneModifierIsNotHeardWhileAnotherProgramHasTheKeyboard(t *testing.T) {
	k := display(t, "")
	wire := tap(t, k.d, nil)
	h := open(t, lones(t))
	quiet(t, h, k)                   // the first key of all makes changes of the layout
	t.Setenv("DISPLAY", k.d.Display) // for others than the hook
	release := grabKeyboard(t)       // a screen locker
	before := wire.events.Load()
	k.do("keydown Control_R sleep 0.4 keyup Control_R", "key s e c r e t")
	if n := wire.events.Load() - before; n != 0 {
		t.Errorf("%d events of what is typed there", n)
	}
	release()
	quiet(t, h, k)

	k.do("keydown Control_R")
	expect(t, h, "talk down")
	release = grabKeyboard(t) // a menu
	k.do("keyup Control_R")
	expect(t, h, "talk up")
	release()
	k.do("key Control_R")
	expect(t, h, "talk down", "talk up")
}

func TestAReleaseThatAGrabHidesDoesNotSwallowTheNextHold(t *testing.T) {
	k := display(t, "")
	h := open(t, lones(t))
	f := newFingers(t)
	ctrl := f.code(0xffe4)
	f.press(ctrl)
	expect(t, h, "talk down")
	release := grabKeyboard(t)
	f.release(ctrl)
	release()
	f.press(ctrl)
	expect(t, h, "talk up", "talk down")
	f.release(ctrl)
	expect(t, h, "talk up")
	quiet(t, h, k)
}

func TestRebindLetsGoOfALoneModifier(t *testing.T) {
	k := display(t, "")
	h := open(t, lones(t))
	for _, told := range []bool{true, false} {
		k.do("keydown Control_R")
		if told {
			expect(t, h, "talk down")
		}
		if err := h.Rebind(t.Context(), both(t)); err != nil {
			t.Fatal(err)
		}
		if told {
			expect(t, h, "talk up")
		}
		k.do("keyup Control_R")
		quiet(t, h, k)
		if err := h.Rebind(t.Context(), lones(t)); err != nil {
			t.Fatal(err)
		}
	}
	k.do("key Control_R")
	expect(t, h, "talk down", "talk up")
}

func TestOnlyALoneModifierIsWokenByOtherKeys(t *testing.T) {
	k := display(t, "")
	wire := tap(t, k.d, nil)
	h := open(t, both(t))
	f := newFingers(t)
	typed := func() int64 {
		before := wire.events.Load()
		for range 50 {
			f.tap(f.code('x'))
		}
		quiet(t, h, k)
		return wire.events.Load() - before
	}
	few := typed() // those of the combination alone
	if few >= 50 {
		t.Errorf("%d events for 50 keys that concern nobody", few)
	}
	if err := h.Rebind(t.Context(), lones(t)); err != nil {
		t.Fatal(err)
	}
	if n := typed(); n < 100 {
		t.Errorf("%d events for 50 keys while a lone modifier is bound: the measure is broken", n)
	}
	if err := h.Rebind(t.Context(), both(t)); err != nil {
		t.Fatal(err)
	}
	if n := typed(); n > few+4 {
		t.Errorf("%d events for 50 keys after the lone modifier went, %d before it came", n, few)
	}
}

func TestALoneModifierFollowsTheLayout(t *testing.T) {
	k := display(t, "")
	layout := func(args ...string) {
		t.Helper()
		if _, err := k.d.Output(t.Context(), "setxkbmap", args...); err != nil {
			t.Skipf("no setxkbmap: %v", err)
		}
	}
	h := open(t, append(lones(t), Binding{"other", combo(t, "RightAlt")}))
	layout("-layout", "us", "-option", "compose:rctrl")
	expect(t, h, "talk lost")
	k.do("key Multi_key")
	quiet(t, h, k)
	layout("-layout", "de", "-option", "")
	quiet(t, h, k) // by now the hook has heard of the change
	k.do("key Control_R", "key ISO_Level3_Shift")
	expect(t, h, "talk down", "talk up", "other down", "other up")
}

// grabKeyboard takes the whole keyboard, as a full-screen game does.
func grabKeyboard(t *testing.T) (release func()) {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	reply, err := xproto.GrabKeyboard(conn, false, root, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
	if err != nil || reply.Status != xproto.GrabStatusSuccess {
		t.Fatalf("grab the keyboard: %v, %v", reply, err)
	}
	return func() {
		if err := xproto.UngrabKeyboardChecked(conn, xproto.TimeCurrentTime).Check(); err != nil {
			t.Error(err)
		}
		conn.Close()
	}
}

func TestAGrabbedKeyboardLeavesNothingStuck(t *testing.T) {
	k := display(t, "openbox")
	h := open(t, both(t))
	release := grabKeyboard(t)
	k.do("key ctrl+alt+space", "keydown ctrl keydown alt keydown space")
	release()
	k.do("keyup space keyup alt keyup ctrl") // of a press that was not ours
	quiet(t, h, k)
	k.do("key ctrl+alt+space")
	expect(t, h, "talk down", "talk up")
}

func TestAServerThatDiesEndsALoneHold(t *testing.T) {
	k := display(t, "")
	h := open(t, lones(t))
	k.do("keydown Control_R")
	expect(t, h, "talk down")
	if err := k.d.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, h, "talk up", " lost", "closed")
	if err := h.Err(); !errors.Is(err, ErrLost) {
		t.Errorf("Err is %v, want ErrLost", err)
	}
}
