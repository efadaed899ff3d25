package app

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/hotkey"
	"aside/app/settings"
	"aside/app/turn"
)

func TestAKeyThatCannotBeHadNamesTheWayOut(t *testing.T) {
	for id, ways := range map[string][]string{
		bindTalk: {"settings set hotkey.talk RightCtrl", "Mouse8"},
		bindLook: {"settings set hotkey.look Super+F10"},
	} {
		combo, err := hotkey.Parse("Ctrl+Alt+A")
		if err != nil {
			t.Fatal(err)
		}
		for _, reason := range []error{hotkey.ErrTaken, hotkey.ErrNoKey, hotkey.ErrTwice, hotkey.ErrNoInput} {
			problems := keyProblems(&hotkey.BindingError{Binding: hotkey.Binding{ID: id, Combo: combo}, Err: reason})
			if len(problems) != 1 || !strings.HasPrefix(problems[0].Message, "Ctrl+Alt+A ") {
				t.Fatalf("%v: %+v", reason, problems)
			}
			for _, way := range ways {
				if !strings.Contains(problems[0].Hint, way) {
					t.Errorf("%v: the hint %q does not offer %q", reason, problems[0].Hint, way)
				}
			}
		}
		for _, word := range strings.Fields(chooseKey(id)) { // what is offered can be had
			if strings.HasPrefix(word, "Right") || strings.HasPrefix(word, "Mouse") || strings.HasPrefix(word, "Super+") {
				if _, err := hotkey.Parse(strings.TrimRight(word, ".,")); err != nil {
					t.Errorf("offered: %v", err)
				}
			}
		}
	}
}

func TestATakenTalkKeyGivesWayToTheRightCtrlKey(t *testing.T) {
	d := desk.Start(t, desk.Options{Display: true, Width: 640, Height: 480})
	t.Setenv("DISPLAY", d.Display)
	t.Setenv("XAUTHORITY", os.DevNull)
	talk := settings.Hotkey{Talk: "Ctrl+Alt+Space", Look: "Ctrl+Alt+L", Type: "Ctrl+Alt+Shift+Space", Panel: "Super+F9"}
	bound, err := bindings(talk)
	if err != nil {
		t.Fatal(err)
	}
	rival, err := hotkey.Open(t.Context(), bound[:1])
	if err != nil {
		t.Fatal(err)
	}
	defer rival.Close()

	happened, problems := make(chan string, 10), make(chan turn.Problem, 10)
	k := startKeys(talk, keyActions{
		down:    func(time.Time) { happened <- "down" },
		up:      func(time.Time) { happened <- "up" },
		cancel:  func() { happened <- "cancel" },
		look:    func() { happened <- "look" },
		typing:  func() { happened <- "type" },
		panel:   func() { happened <- "panel" },
		display: func() {},
		report:  func(p *turn.Problem) { problems <- *p },
	}, slog.New(slog.DiscardHandler))
	defer k.close()
	if p := <-problems; p.Code != "hotkey_conflict" || k.status() != "hotkey_conflict" {
		t.Errorf("%+v, status %s; want hotkey_conflict", p, k.status())
	}
	check := hotkeyCheck(t.Context(), true, control.Status{Devices: map[string]string{"hotkey": k.status()}, Hotkey: k.problem()})
	if check.State != Fair || check.Found != "hotkey_conflict: Ctrl+Alt+Space is taken by another program." || check.Fix != chooseKey(bindTalk) {
		t.Errorf("the doctor says %+v", check)
	}
	talk.Talk = "RightCtrl"
	k.rebind(talk)
	for deadline := time.Now().Add(5 * time.Second); k.status() != "ready" && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	if p := k.problem(); p != nil {
		t.Errorf("with another key it still says %+v", p)
	}
	for keys, want := range map[string]string{"Control_R": "down up", "Control_R+c": "", "ctrl+alt+l": "look", "ctrl+alt+shift+space": "type", "super+F9": "panel"} {
		if _, err := d.Output(t.Context(), "xdotool", "key", keys); err != nil {
			t.Fatal(err)
		}
		for _, w := range strings.Fields(want) {
			if got := <-happened; got != w {
				t.Errorf("%s: %s, want %s", keys, got, w)
			}
		}
	}
}

func TestEscapeIsTakenOnlyWhileItListensWithoutTheKey(t *testing.T) {
	d := desk.Start(t, desk.Options{Display: true, Width: 640, Height: 480})
	t.Setenv("DISPLAY", d.Display)
	t.Setenv("XAUTHORITY", os.DevNull)
	happened := make(chan string, 10)
	k := startKeys(settings.Hotkey{Look: "Super+F10"}, keyActions{
		cancel:  func() { happened <- "cancel" },
		look:    func() { happened <- "look" },
		display: func() { happened <- "ready" },
		report:  func(p *turn.Problem) { t.Errorf("reported: %+v", p) },
	}, slog.New(slog.DiscardHandler))
	defer k.close()
	<-happened
	press := func(key string) {
		if _, err := d.Output(t.Context(), "xdotool", "key", key); err != nil {
			t.Fatal(err)
		}
	}
	only := func(when string) {
		press("Escape")
		press("super+F10")
		if got := <-happened; got != "look" {
			t.Errorf("%s: %s", when, got)
		}
	}
	only("before")
	k.latched(true)
	for seen := false; !seen; {
		press("Escape")
		select {
		case got := <-happened:
			if seen = true; got != "cancel" {
				t.Errorf("Escape did %s", got)
			}
		case <-time.After(50 * time.Millisecond): // it is not taken yet
		}
	}
	k.latched(false)
	for taken := true; taken; {
		rival, err := hotkey.Open(t.Context(), []hotkey.Binding{{ID: "rival", Combo: hotkey.Combo{Key: "Escape"}}})
		if rival != nil {
			rival.Close()
		}
		taken = err != nil
	}
	only("afterwards")
}
