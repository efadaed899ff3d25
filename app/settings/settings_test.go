package settings

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestEveryDefaultIsValidAndSurvivesGetAndSet(t *testing.T) {
	for _, k := range Keys() {
		text, err := Get(Default(), k.Name)
		if err != nil {
			t.Fatal(err)
		}
		s := Default()
		if err := Set(&s, k.Name, text); err != nil {
			t.Errorf("set %s to its own default: %v", k.Name, err)
		}
		if !reflect.DeepEqual(s, Default()) {
			t.Errorf("%s: the default changed by setting it", k.Name)
		}
		if k.About == "" || strings.Contains(k.About, "\n") || k.Valid == "" {
			t.Errorf("%s is not explained in one line", k.Name)
		}
	}
}

func TestSet(t *testing.T) {
	tests := []struct {
		key, value string
		want       string // "" when the value is refused
	}{
		{"engine.kind", "chat", "chat"},
		{"engine.kind", "cloud", ""},
		{"engine.kind", "", ""},
		{"engine.base_url", "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"},
		{"engine.base_url", "", ""},
		{"engine.base_url", "ftp://example.org", ""},
		{"engine.base_url", "https://", ""},
		{"engine.base_url", "https://me:secret@example.org/v1", ""},
		{"engine.base_url", "https://example.org/v1?key=1", ""},
		{"transcribe.base_url", "", ""},
		{"engine.model", " llava ", "llava"},
		{"engine.model", "a\x00b", ""},
		{"engine.model", "a\nb", ""},
		{"engine.model", strings.Repeat("m", 201), ""},
		{"transcribe.language", "pt-BR", "pt-BR"},
		{"transcribe.language", "german", ""},
		{"transcribe.language", "de_DE", ""},
		{"speak.speed", "1.5", "1.5"},
		{"speak.speed", "2.5", "2.5"},
		{"speak.speed", "2.6", ""},
		{"speak.speed", "NaN", ""},
		{"speak.speed", "fast", ""},
		{"speak.volume", "0", "0.0"},
		{"panel.width", "640", "640"},
		{"panel.width", "640.5", ""},
		{"panel.width", "99999999999999999999", ""},
		{"panel.always_on", "on", "true"},
		{"panel.always_on", "maybe", ""},
		{"screen.exclude", "keepassxc, Signal", `["keepassxc", "Signal"]`},
		{"screen.exclude", `["a, b", "c"]`, `["a, b", "c"]`},
		{"screen.exclude", `["a"`, ""},
		{"screen.exclude", "", "[]"},
		{"hotkey.talk", "F9", "F9"},
		{"sound.microphone", "Built-in Audio", "Built-in Audio"},
		{"sound.loudspeaker", "a\nb", ""},
		{"sound.duck", "on", "true"},
		{"sound.builtin_microphone", "no", "false"},
	}
	for _, tt := range tests {
		s := Default()
		err := Set(&s, tt.key, tt.value)
		if tt.want == "" && tt.key != "transcribe.base_url" {
			var p *Problem
			if !errors.As(err, &p) || p.Code != "settings_value" || !strings.Contains(p.Message, tt.key) {
				t.Errorf("%s = %.40q: got error %v, want settings_value", tt.key, tt.value, err)
			}
			if !reflect.DeepEqual(s, Default()) {
				t.Errorf("%s = %.40q was refused and yet changed something", tt.key, tt.value)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s = %.40q: %v", tt.key, tt.value, err)
		}
		if got, _ := Get(s, tt.key); got != tt.want {
			t.Errorf("%s: want %q, got %q", tt.key, tt.want, got)
		}
	}
}

func TestUnknownKeyIsAnErrorThatNamesTheKnownOnes(t *testing.T) {
	s := Default()
	_, getErr := Get(s, "speak.vioce")
	for _, err := range []error{getErr, Set(&s, "speak.vioce", "x")} {
		var p *Problem
		if !errors.As(err, &p) || p.Code != "settings_key" || !strings.Contains(p.Hint, "speak.voice") {
			t.Errorf("got %v, want settings_key with speak.voice in its hint", err)
		}
	}
}

func TestErrorListsTheValidValues(t *testing.T) {
	s := Default()
	err := Set(&s, "panel.theme", "pink")
	if want := "panel.theme must be auto, light or dark."; err == nil || err.Error() != want {
		t.Errorf("want %q, got %v", want, err)
	}
}

// file makes a settings file in a folder of its own.
func file(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "aside", "settings.toml")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
