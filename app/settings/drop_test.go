package settings

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestDroppedSettingHasItsDefaultAndTheRestStays(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"alone", "version = 1\n\n[speak]\nvoice = \"nova\"\n", "version = 1\n\n[speak]\n"},
		{"with a comment", "[speak]\n# mine\nvoice = \"nova # 1\" # I like it\nspeed = 1.5\n", "[speak]\n# mine\n# I like it\nspeed = 1.5\n"},
		{"dotted", "speak.voice = \"nova\"\nspeak.speed = 1.5\n", "speak.speed = 1.5\n"},
		{"of a table of the same keys", "[other]\nvoice = \"x\"\n[speak]\nvoice = \"nova\"\n", "[other]\nvoice = \"x\"\n[speak]\n"},
		{"absent", "[speak]\nspeed = 1.5\n", "[speak]\nspeed = 1.5\n"},
		{"in an inline table", "speak = {voice = \"nova\", speed = 1.5}\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "settings.toml")
			if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
				t.Fatal(err)
			}
			was, _, _ := Load(path)
			if err := Drop(path, "speak.voice"); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil || c.after != "" && string(text) != c.after {
				t.Errorf("%v; the file is\n%s", err, text)
			}
			now, problems, err := Load(path)
			if damaged(problems) || err != nil || now.Speak.Voice != Default().Speak.Voice || now.Speak.Speed != was.Speak.Speed {
				t.Errorf("%v %v: %+v", problems, err, now.Speak)
			}
		})
	}
}

func TestDropRefusesWhatIsNoSetting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.toml")
	if err := Drop(path, "speak.nothing"); err == nil {
		t.Error("there is such a setting")
	}
	if err := Drop(path, "speak.voice"); err != nil {
		t.Errorf("without a file: %v", err)
	}
}

func TestHeldSettingsAreThoseOfTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.toml")
	if got := Held(path); len(got) != 0 {
		t.Errorf("without a file: %v", got)
	}
	if err := os.WriteFile(path, []byte("[speak]\nvoice = \"nova\"\nspeed = 99\nother = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Held(path); len(got) != 1 || !got["speak.voice"] {
		t.Errorf("held: %v", got)
	}
}

func TestWatchNoticesEveryWayToChangeTheFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "aside")
	path := filepath.Join(dir, "settings.toml")
	ctx, cancel := context.WithCancel(t.Context())
	changed, ended := make(chan struct{}, 16), make(chan error, 1)
	go func() { ended <- Watch(ctx, path, func() { changed <- struct{}{} }) }()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the folder is not made")
		}
	}
	time.Sleep(50 * time.Millisecond) // the folder is there before it is watched
	for _, change := range []struct {
		name string
		do   func() error
	}{
		{"written", func() error { return os.WriteFile(path, []byte("version = 1\n"), 0o600) }},
		{"replaced", func() error { return replace(path, "version = 1\n[speak]\nvoice = \"nova\"\n") }},
		{"removed", func() error { return os.Remove(path) }},
	} {
		if err := change.do(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changed:
		case <-time.After(10 * time.Second):
			t.Fatalf("that the file was %s is not noticed", change.name)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestKeysSayWhatControlTheyNeed(t *testing.T) {
	want := map[string]Kind{
		"engine.kind": Choice, "engine.model": Text, "screen.exclude": List, "panel.width": Whole, "speak.speed": Number, "sound.duck": Switch,
	}
	for _, k := range Keys() {
		if kind, ok := want[k.Name]; ok && kind != k.Kind {
			t.Errorf("%s is a %s", k.Name, k.Kind)
		}
		switch k.Kind {
		case Choice:
			if len(k.Choices) < 2 {
				t.Errorf("%s has no choices", k.Name)
			}
		case Whole, Number:
			if k.Least >= k.Most {
				t.Errorf("%s goes from %g to %g", k.Name, k.Least, k.Most)
			}
		}
		if text, _ := Get(Default(), k.Name); text != k.Default {
			t.Errorf("%s: the default is %q, not %q", k.Name, text, k.Default)
		}
	}
}
