//go:build unix

package app

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/settings"
	"aside/app/turn"
	"aside/vision"
)

// told asks for one reply.
func told[T any](t *testing.T, c control.Client, verb string, args any) (got T, err error) {
	t.Helper()
	err = c.Call(t.Context(), verb, args, func(raw json.RawMessage) error { return json.Unmarshal(raw, &got) })
	return got, err
}

// settingNamed finds a setting.
func settingNamed(t *testing.T, all control.Settings, name string) control.Setting {
	t.Helper()
	for _, s := range all.Settings {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no %s", name)
	return control.Setting{}
}

func TestASettingIsSetAndResetAndTheRestOfTheFileStays(t *testing.T) {
	alone(t)
	a, c := opened(t)
	path, err := settings.Path()
	if err != nil {
		t.Fatal(err)
	}
	const mine = "# by hand\n[speak]\nspeed = 1.25 # brisk\nunknown = 1\n"
	if err := os.WriteFile(path, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: "speak.voice", Value: "nova"}); err != nil {
		t.Fatal(err)
	}
	if got := a.settings().Speak; got.Voice != "nova" || got.Speed != 1.25 {
		t.Errorf("in effect is %+v", got)
	}
	all, err := told[control.Settings](t, c, control.VerbSettings, nil)
	if err != nil || all.Path != path {
		t.Fatal(err, all.Path)
	}
	if s := settingNamed(t, all, "speak.voice"); s.Value != "nova" || s.Default != "alloy" || s.Source != "file" || s.Kind != "text" || s.About == "" {
		t.Errorf("it is told as %+v", s)
	}
	if s := settingNamed(t, all, "panel.edge"); s.Source != "default" || len(s.Choices) != 2 {
		t.Errorf("it is told as %+v", s)
	}
	if err := c.Do(t.Context(), control.VerbReset, control.ResetArgs{Name: "speak.speed"}); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	if want := "# by hand\n[speak]\n# brisk\nunknown = 1\nvoice = \"nova\"\n"; string(text) != want {
		t.Errorf("the file holds\n%s", text)
	}
	if got := a.settings().Speak.Speed; got != 1 {
		t.Errorf("the speed is %v", got)
	}
	wantCode(t, "a value that is none", c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: "speak.speed", Value: "9"}), "settings_value")
	wantCode(t, "no setting", c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: "speak.x", Value: "9"}), "settings_key")
	wantCode(t, "no setting", c.Do(t.Context(), control.VerbReset, control.ResetArgs{Name: "speak.x"}), "settings_key")
	wantCode(t, "no key", c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: "hotkey.talk", Value: "L"}), "hotkey_invalid")
	wantCode(t, "the key of another", c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: "hotkey.talk", Value: "ctrl+alt+l"}), "hotkey_conflict")
}

func TestWhatTheSettingsHaveMendedIsNoLongerSaid(t *testing.T) {
	alone(t)
	a, c := opened(t)
	set := func(name, value string) {
		t.Helper()
		if err := c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: name, Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	want := func(when, code string) {
		t.Helper()
		s, err := told[control.Status](t, c, control.VerbStatus, nil)
		got := ""
		if s.Error != nil {
			got = s.Error.Code
		}
		if err != nil || got != code {
			t.Errorf("%s, the error is %q, want %q: %v", when, got, code, err)
		}
	}
	ctx, enough := context.WithTimeout(t.Context(), 10*time.Second)
	defer enough()
	_ = a.loop.Watch(ctx, func(s turn.Snapshot) error {
		if s.Error != nil && s.Error.Code == "hotkey_unavailable" { // there is no display
			enough()
		}
		return nil
	})
	a.loop.Retract("hotkey_unavailable")
	set("engine.kind", "chat")
	set("engine.base_url", "http://127.0.0.1:1/v1")
	_, _ = a.loop.Ask(t.Context(), turn.Question{Text: "why", Target: vision.Target{Capture: vision.CaptureNone}}, nil)
	want("with nobody at the address", "net_refused")
	set("panel.width", "420")
	want("with a wider panel", "net_refused")
	set("engine.base_url", "http://models.example/v1")
	want("with an address in the clear", "insecure_address")
	set("engine.base_url", "https://models.example/v1")
	want("with a good address", "")
}

func TestAFileThatCannotBeWrittenIsSaid(t *testing.T) {
	alone(t)
	_, c := opened(t)
	path, _ := settings.Path()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "set", c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: "speak.voice", Value: "nova"}), "settings_unwritable")
}

func TestWhoWatchesTheSettingsSeesEveryChangeOfThem(t *testing.T) {
	alone(t)
	_, c := opened(t)
	path, _ := settings.Path()
	ctx, cancel := context.WithCancel(t.Context())
	voices, ended := make(chan string, 16), make(chan error, 1)
	go func() {
		ended <- c.Call(ctx, control.VerbSettings, control.SettingsArgs{Watch: true}, func(raw json.RawMessage) error {
			var all control.Settings
			if err := json.Unmarshal(raw, &all); err != nil {
				return err
			}
			voices <- settingNamed(t, all, "speak.voice").Value
			return nil
		})
	}()
	want := func(voice string) {
		t.Helper()
		for {
			select {
			case got := <-voices:
				if got == voice {
					return
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("the voice %s is not told", voice)
			}
		}
	}
	want("alloy")
	if err := c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: "speak.voice", Value: "nova"}); err != nil {
		t.Fatal(err)
	}
	want("nova")
	if err := os.WriteFile(path, []byte("[speak]\nvoice = \"echo\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want("echo")
	if err := c.Do(t.Context(), control.VerbSay, control.SayArgs{Command: "voice", Value: "sage"}); err != nil {
		t.Fatal(err)
	}
	want("sage")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestTheFirstStepsAreDueOnAFreshHomeOnly(t *testing.T) {
	alone(t)
	_, c := opened(t)
	due := func(done bool) bool {
		t.Helper()
		w, err := told[control.Welcome](t, c, control.VerbWelcome, control.WelcomeArgs{Done: done})
		if err != nil {
			t.Fatal(err)
		}
		return w.Due
	}
	if !due(false) {
		t.Error("on a fresh home they are not due")
	}
	if due(true) || due(false) {
		t.Error("they are due after they were done")
	}
	dir, _ := settings.DataDir()
	if err := os.Remove(dir + "/" + welcomed); err != nil {
		t.Fatal(err)
	}
	if err := c.Do(t.Context(), control.VerbSet, control.SetArgs{Name: "speak.voice", Value: "nova"}); err != nil {
		t.Fatal(err)
	}
	if due(false) {
		t.Error("they are due for somebody who has set something")
	}
	at := func(step int) control.Welcome {
		t.Helper()
		w, err := told[control.Welcome](t, c, control.VerbWelcome, control.WelcomeArgs{Step: step})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	if want := (control.Welcome{Due: true, Step: 2}); at(2) != want || at(0) != want {
		t.Errorf("begun, they are %+v", at(0))
	}
	if due(true) || due(false) {
		t.Error("begun and done, they are due")
	}
}

func TestWithoutKeyringAndSoundSetupSaysSo(t *testing.T) {
	alone(t)
	t.Setenv("PATH", t.TempDir()) // no program of the offline reader either
	_, c := opened(t)
	for _, r := range []struct {
		verb string
		args any
		code string
	}{
		{control.VerbKey, nil, "keyring_none"},
		{control.VerbKey, control.KeyArgs{Do: "set", Key: "secret"}, "keyring_none"},
		{control.VerbKey, control.KeyArgs{Do: "set", Key: "secret", URL: "ftp://x"}, "settings_value"},
		{control.VerbTry, nil, "offline_missing"},
		{control.VerbSound, nil, "audio_unavailable"},
		{control.VerbListen, control.ListenArgs{MS: 100}, "audio_unavailable"},
		{control.VerbSample, control.SampleArgs{}, "bad_request"},
		{control.VerbSample, control.SampleArgs{Text: "Hello."}, "offline_missing"},
		{control.VerbPick, nil, "screen_none"},
		{control.VerbCapture, nil, "hotkey_unavailable"},
	} {
		err := c.Do(t.Context(), r.verb, r.args)
		wantCode(t, r.verb, err, r.code)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s tells the key: %v", r.verb, err)
		}
	}
	v, err := told[control.Voices](t, c, control.VerbVoices, nil)
	if err != nil || len(v.Names) < 2 || v.Now == "" {
		t.Errorf("the voices are %+v, %v", v, err)
	}
}

func TestTheKeyOfTheEnvironmentIsNamedAndNeverTold(t *testing.T) {
	alone(t)
	t.Setenv("ASIDE_API_KEY", "secret-of-mine")
	_, c := opened(t)
	var all strings.Builder
	err := c.Call(t.Context(), control.VerbKey, nil, func(raw json.RawMessage) error { all.Write(raw); return nil })
	if err != nil || all.String() != `{"url":"https://api.openai.com:443","source":"environment"}` {
		t.Errorf("%s, %v", all.String(), err)
	}
}
