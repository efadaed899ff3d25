//go:build unix

package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/history"
	"aside/app/hotkey"
	"aside/app/settings"
	"aside/app/turn"
)

// alone gives the test a home of its own, without display, sound and bus.
func alone(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, value := range map[string]string{
		"XDG_RUNTIME_DIR": dir, "XDG_CONFIG_HOME": dir, "XDG_DATA_HOME": dir, "HOME": dir,
		"DISPLAY": "", "WAYLAND_DISPLAY": "", "PULSE_SERVER": "unix:" + dir + "/none", "DBUS_SESSION_BUS_ADDRESS": "autolaunch:",
	} {
		t.Setenv(name, value)
	}
	return dir
}

// opened is a real core, reached by its socket as every face reaches it.
func opened(t *testing.T) (*App, control.Client) {
	t.Helper()
	a, err := Open(t.Context(), Options{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	path, err := settings.SocketPath()
	if err != nil {
		t.Fatal(err)
	}
	return a, control.Client{Path: path}
}

// wantCode wants a failure with that code and a next step.
func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	f, ok := errors.AsType[*control.Failure](err)
	if !ok || f.Problem.Code != code || f.Problem.Hint == "" {
		t.Errorf("%s: got %v, %+v, want %s", what, err, f, code)
	}
}

func TestEveryRefusalHasItsCode(t *testing.T) {
	alone(t)
	a, c := opened(t)
	for _, r := range []struct {
		verb string
		args any
		code string
	}{
		{"dance", nil, "verb_unknown"},
		{control.VerbAsk, "text", "bad_request"},
		{control.VerbAsk, control.AskArgs{Text: " "}, "question_empty"},
		{control.VerbAsk, control.AskArgs{Text: "x", Image: []byte("no picture")}, "image_invalid"},
		{control.VerbRetry, control.RetryArgs{ID: "x"}, "retry_gone"},
		{control.VerbShot, control.IDArgs{ID: "x"}, "shot_gone"},
		{control.VerbForget, control.IDArgs{ID: "x"}, "not_found"},
		{control.VerbPanel, control.PanelArgs{Show: true}, "display_none"},
		{control.VerbSay, control.SayArgs{Command: "backwards"}, "say_unknown"},
		{control.VerbSay, control.SayArgs{Command: "speed", Value: "9"}, "settings_value"},
	} {
		wantCode(t, r.verb, c.Do(t.Context(), r.verb, r.args), r.code)
	}
	if err := c.Do(t.Context(), control.VerbPanel, control.PanelArgs{}); err != nil {
		t.Errorf("to hide what is not there: %v", err)
	}
	wantCode(t, "after the end", failure(turn.ErrClosed), "ending")
	if a.panel.status() != "off" {
		t.Errorf("the panel is %s", a.panel.status())
	}
}

func TestTheVoiceChangesItsOwnSettingsAndNoOthers(t *testing.T) {
	alone(t)
	a, c := opened(t)
	path, err := settings.Path()
	if err != nil {
		t.Fatal(err)
	}
	const mine = "# by hand\n[screen]\nexclude = [\"secrets\"]\n"
	if err := os.WriteFile(path, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if err := c.Do(t.Context(), control.VerbSay, control.SayArgs{Command: "faster"}); err != nil {
			t.Fatal(err)
		}
	}
	s, _, err := settings.Load(path)
	if err != nil || s.Speak.Speed != 2.5 || len(s.Screen.Exclude) != 1 || a.settings().Speak.Speed != 2.5 {
		t.Errorf("the file holds %+v, %v", s, err)
	}
}

func TestAVoiceWithoutANameIsAnother(t *testing.T) {
	alone(t)
	a, c := opened(t)
	if err := c.Do(t.Context(), control.VerbSay, control.SayArgs{Command: "voice"}); err != nil {
		t.Fatal(err)
	}
	if got := a.settings().Speak.Voice; got != "rms" {
		t.Errorf("the voice is %q", got)
	}
}

func TestAVoiceThatIsNotKnownIsTakenFromTheShellAlone(t *testing.T) {
	alone(t)
	a, c := opened(t)
	a.wish("voice", "awb")
	if got := a.settings().Speak.Voice; got != "awb" {
		t.Fatalf("the voice is %q", got)
	}
	a.wish("voice", "belly")
	if got := a.settings().Speak.Voice; got != "awb" {
		t.Errorf("said, the voice is %q", got)
	}
	if p := a.refusal("voice", "belly"); p == nil || p.Code != "voice_unknown" || p.Hint == "" {
		t.Errorf("the refusal is %+v", p)
	}
	if err := c.Do(t.Context(), control.VerbSay, control.SayArgs{Command: "voice", Value: "belly"}); err != nil {
		t.Fatal(err)
	}
	if got := a.settings().Speak.Voice; got != "belly" {
		t.Errorf("typed, the voice is %q", got)
	}
}

func TestWhatIsWrongAtTheStartIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, dir string)
		code    string
	}{
		"settings that cannot be read": {func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, "aside", "settings.toml"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "settings_invalid"},
		"a history that is no file": {func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, "aside", "history.db"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "history_recovered"},
		"a folder that is a file": {func(t *testing.T, dir string) {
			file := filepath.Join(dir, "file")
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("XDG_DATA_HOME", file)
		}, "history_unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			c.prepare(t, alone(t))
			_, client := opened(t)
			s, err := client.Status(t.Context())
			for end := time.Now().Add(2 * time.Second); err == nil && s.Error == nil && time.Now().Before(end); {
				time.Sleep(5 * time.Millisecond) // the report is on its way
				s, err = client.Status(t.Context())
			}
			if err != nil || s.Error == nil || s.Error.Code != c.code {
				t.Errorf("status says %+v, %v", s.Error, err)
			}
		})
	}
}

func TestAHistoryThatTakesNothingIsReportedOnce(t *testing.T) {
	store, err := history.Open(t.Context(), filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	j := &journal{Store: store, report: func(p *turn.Problem) { codes = append(codes, p.Code) }}
	if err := j.Begin(t.Context(), turn.View{ID: "1"}); err != nil {
		t.Fatal(err)
	}
	if err := j.Remove(t.Context(), "2"); err != nil {
		t.Errorf("to forget what is not there: %v", err)
	}
	_ = store.Close()
	for range 3 {
		_ = j.Update(t.Context(), turn.View{ID: "1"})
	}
	if len(codes) != 1 {
		t.Errorf("reported %q", codes)
	}
}

func TestEveryKeyThatIsNotTakenIsReportedOnce(t *testing.T) {
	var told []string
	k := &keys{log: slog.New(slog.DiscardHandler), on: keyActions{report: func(p *turn.Problem) { told = append(told, p.Code+" "+p.Message) }}}
	taken := func(combo string) error {
		parsed, err := hotkey.Parse(combo)
		if err != nil {
			t.Fatal(err)
		}
		return &hotkey.BindingError{Binding: hotkey.Binding{ID: bindTalk, Combo: parsed}, Err: hotkey.ErrTaken}
	}
	_, unread := bindings(settings.Hotkey{Talk: "nonsense", Look: "Ctrl+Alt+L"})
	for _, err := range []error{
		unread, unread, errors.Join(taken("Ctrl+Alt+A"), taken("Ctrl+Alt+B")), taken("Ctrl+Alt+B"), taken("Ctrl+Alt+C"), nil, taken("Ctrl+Alt+C"),
	} {
		k.tell(err)
	}
	want := "hotkey_invalid hotkey.talk is no key combination.\nhotkey_conflict Ctrl+Alt+A is taken by another program.\n" +
		"hotkey_conflict Ctrl+Alt+B is taken by another program.\nhotkey_conflict Ctrl+Alt+C is taken by another program.\n" +
		"hotkey_conflict Ctrl+Alt+C is taken by another program."
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("reported\n%s\nwant\n%s", got, want)
	}
	if k.status() != "hotkey_conflict" {
		t.Errorf("status is %s", k.status())
	}
}

func TestAPartThatDoesNotEndDoesNotKeepTheRest(t *testing.T) {
	ended := false
	began := time.Now()
	err := closeAll([]func() error{func() error { select {} }, func() error { ended = true; return nil }})
	if !errors.Is(err, errStuck) || !ended || time.Since(began) > 2*closeLimit {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestAFaceSeesTheTurnAsItGoes(t *testing.T) {
	alone(t)
	_, c := opened(t)
	v, err := c.Ask(t.Context(), control.AskArgs{Text: "who are you", Screen: "none"}, nil)
	if err != nil || v.Outcome != "answered" || !strings.Contains(v.Answer, "offline") {
		t.Errorf("got %+v, %v", v, err)
	}
	var first json.RawMessage
	stop := errors.New("seen")
	if err := c.Call(context.Background(), control.VerbWatch, nil, func(raw json.RawMessage) error { first = raw; return stop }); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if !strings.Contains(string(first), v.ID) || !strings.Contains(string(first), `"usage":null`) {
		t.Errorf("the first snapshot is %s", first)
	}
}
