package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aside/app/control"
	"aside/app/engine/offline"
	"aside/app/fonts"
	"aside/app/history"
	"aside/app/hotkey"
	"aside/app/key"
	"aside/app/settings"
	"aside/app/turn"
	"aside/audio"
)

// Grade is how a check came out.
type Grade string

// The grades. Fair means that Aside works, with less.
const (
	Good Grade = "ok"
	Fair Grade = "less"
	Bad  Grade = "bad"
)

// Check is one line of the doctor's report.
type Check struct {
	Name  string `json:"name"`
	State Grade  `json:"state"`
	Found string `json:"found"`
	Fix   string `json:"fix,omitempty"`
}

// examineLimit bounds each check.
const examineLimit = 5 * time.Second

// Examine checks what Aside needs of this machine. What a running core knows
// better, it is asked.
func Examine(ctx context.Context, client control.Client) []Check {
	limited := func(check func(context.Context) Check) Check {
		ctx, cancel := context.WithTimeout(ctx, examineLimit)
		defer cancel()
		return check(ctx)
	}
	var status control.Status
	var running bool
	checks := []Check{limited(func(ctx context.Context) (c Check) {
		c, status, running = core(ctx, client)
		return c
	}), limited(display)}
	checks = append(checks, soundChecks()...)
	if soundSettings().BargeIn == "voice" {
		checks = append(checks, bargeInCheck(running, status))
	}
	checks = append(checks,
		limited(func(ctx context.Context) Check { return hotkeyCheck(ctx, running, status) }),
		limited(engineCheck), limited(keyringCheck), limited(historyCheck), panelCheck(status))
	if c, ok := waylandCheck(os.Getenv); ok {
		checks = append(checks, c)
	}
	if c, ok := fontCheck(fonts.Chinese); ok {
		checks = append(checks, c)
	}
	ctx, cancel := context.WithTimeout(ctx, examineLimit)
	defer cancel()
	return append(checks, offlineChecks(ctx)...)
}

func core(ctx context.Context, client control.Client) (c Check, s control.Status, running bool) {
	s, err := client.Status(ctx)
	switch {
	case errors.Is(err, control.ErrNotRunning):
		return Check{"core", Fair, "not running", "Start it with: aside"}, s, false
	case err != nil:
		return Check{"core", Bad, "not_answering: it runs and does not answer", "End it with: pkill -x aside, then start it again."}, s, false
	}
	return Check{Name: "core", State: Good, Found: "running, " + string(s.Phase)}, s, true
}

func display(ctx context.Context) Check {
	s := newSight(settings.Default().Screen, slog.New(slog.DiscardHandler))
	defer s.close()
	if _, err := s.open(ctx); err != nil { // it is not looked at
		return problemCheck("display", err)
	}
	return Check{Name: "display", State: Good, Found: s.describe()}
}

func problemCheck(name string, err error) Check {
	p := turn.ProblemOf(err)
	return Check{name, Bad, p.Code + ": " + p.Message, p.Hint}
}

func soundChecks() []Check {
	s := newSound(soundSettings, func(*turn.Problem) {}, "", slog.New(slog.DiscardHandler))
	defer s.close()
	found := s.devices()
	var checks []Check
	for _, name := range []string{"microphone", "loudspeaker"} {
		c := Check{Name: name, State: Good, Found: found[name]}
		switch found[name] {
		case "none":
			c.State, c.Fix = Bad, "Plug one in, or choose a default in the sound settings."
		case "audio_unavailable", "mic_stalled", "internal":
			c.State, c.Fix = Bad, "Start PulseAudio or PipeWire."
		case "mic_absent":
			p := turn.ProblemOf(audio.ErrAbsent)
			c = Check{name, Bad, p.Code + ": " + p.Message, p.Hint}
		}
		if strings.HasSuffix(found[name], absentSpeaker) {
			c.State, c.Fix = Fair, "Plug in the one you chose, or choose another: aside devices lists them."
		}
		checks = append(checks, c)
	}
	return checks
}

// bargeInCheck asks the core whether a voice can cut an answer off: to try it
// would change the sound server.
func bargeInCheck(running bool, status control.Status) Check {
	told := status.Devices["barge_in"]
	switch {
	case !running:
		return Check{"barge_in", Fair, "by voice, if the sound server cancels echo", "Start Aside to see: aside"}
	case told == "voice":
		return Check{Name: "barge_in", State: Good, Found: "by voice, and by the talk key"}
	}
	return Check{"barge_in", Fair, "by the talk key only: " + told, turn.ProblemOf(audio.ErrEcho).Hint}
}

func hotkeyCheck(ctx context.Context, running bool, status control.Status) Check {
	path, _ := settings.Path()     // without a home the defaults hold
	s, _, _ := settings.Load(path) // likewise
	c := Check{Name: "hotkey", State: Good, Found: strings.Join(chosenKeys(s.Hotkey), ", ")}
	if running {
		if p := status.Hotkey; p != nil {
			c.State, c.Found, c.Fix = Fair, p.Code+": "+p.Message, p.Hint
		} else if state := status.Devices["hotkey"]; state != "ready" {
			c.State, c.Found, c.Fix = Fair, state, "Ask again in a moment."
		}
		return c
	}
	bound, unread := bindings(s.Hotkey)
	hook, err := hotkey.Open(ctx, bound)
	if hook != nil {
		hook.Close()
	}
	if problems := keyProblems(errors.Join(unread, err)); len(problems) > 0 {
		p := problems[0]
		c.State, c.Found, c.Fix = Fair, p.Code+": "+p.Message, p.Hint
	}
	return c
}

// chosenKeys are the combinations that are not switched off.
func chosenKeys(h settings.Hotkey) []string {
	return slices.DeleteFunc([]string{h.Talk, h.Look, h.Type, h.Panel}, func(k string) bool { return k == "" })
}

func keyringCheck(ctx context.Context) Check {
	path, _ := settings.Path()
	s, _, _ := settings.Load(path)
	source, err := key.New().Status(ctx, s.Engine.BaseURL)
	switch {
	case err == nil && source == key.Nowhere:
		return Check{"keyring", Good, "answers, no key stored", "To use a service: aside key set"}
	case err == nil:
		return Check{Name: "keyring", State: Good, Found: "key from " + string(source)}
	case errors.Is(err, key.ErrLocked):
		return Check{"keyring", Fair, "keyring_locked: the keyring is locked", "Unlock it, or set " + key.Variable + "."}
	case errors.Is(err, key.ErrTimeout):
		return Check{"keyring", Fair, "keyring_timeout: the keyring does not answer", "Restart it."}
	case errors.Is(err, key.ErrInvalid):
		return Check{"keyring", Fair, "key_invalid: the key cannot be used", "Store it again with aside key set, or correct " + key.Variable + "."}
	}
	return Check{"keyring", Fair, "keyring_none: no keyring answers", "Install gnome-keyring or KeePassXC to store a key; the offline reader needs none."}
}

func historyCheck(ctx context.Context) Check {
	dir, err := settings.DataDir()
	if err != nil {
		return Check{"history", Bad, "history_unavailable: " + err.Error(), "Make the folder writable for you alone."}
	}
	store, err := history.Visit(ctx, filepath.Join(dir, "history.db"))
	if err != nil {
		return Check{"history", Bad, "history_unavailable: the history cannot be opened", "Look at " + dir}
	}
	_ = store.Close() // it was only looked at
	return Check{Name: "history", State: Good, Found: dir}
}

func panelCheck(status control.Status) Check {
	path, err := exec.LookPath(panelProgram())
	if err != nil {
		return Check{"panel", Fair, "panel_missing: aside-panel is not there", "Build it with: make build"}
	}
	if p := panelProblem(status.Devices["panel"]); p != nil {
		return Check{"panel", Fair, p.Code + ": " + p.Message, p.Hint}
	}
	return Check{Name: "panel", State: Good, Found: path}
}

// waylandCheck says what a Wayland desktop allows the panel, if it is a Wayland
// program. No such desktop lets a program say where its windows stand.
func waylandCheck(env func(string) string) (c Check, is bool) {
	c = Check{"panel window", Fair, "on Wayland the desktop decides where the panel stands, whether it is above others, and whether it gets the keyboard when it comes", ""}
	if env("DISPLAY") != "" {
		c.Fix = "As an X program it stands where it is set, on most desktops: FYNE_PLATFORM=x11 aside. GNOME does so by itself."
	}
	return c, env("WAYLAND_DISPLAY") != "" && env("FYNE_PLATFORM") != "x11"
}

// fontCheck says what Chinese text needs, if it is missing.
func fontCheck(there func() bool) (c Check, is bool) {
	return Check{"fonts", Fair, "no font has Chinese letters", fonts.Advice}, !there()
}

func offlineChecks(ctx context.Context) []Check {
	var checks []Check
	for _, p := range offline.Check(ctx) {
		c := Check{Name: p.Name, State: Good, Found: p.Found, Fix: p.More}
		if !p.OK {
			c.State, c.Found, c.Fix = Fair, "offline_missing: not installed", "apt install "+p.Package
		}
		checks = append(checks, c)
	}
	return checks
}

func engineCheck(ctx context.Context) Check {
	path, _ := settings.Path()
	s, _, _ := settings.Load(path)
	e := newEngines(func() settings.Settings { return s }, slog.New(slog.DiscardHandler))
	defer e.close()
	return e.check(ctx)
}
