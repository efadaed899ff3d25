//go:build unix

package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"aside/app/settings"
)

func TestEditsOfTheSettingsFileAppearAtOnce(t *testing.T) {
	alone(t)
	a, _ := opened(t)
	path, err := settings.Path()
	if err != nil {
		t.Fatal(err)
	}
	speed := func(want float64) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); a.settings().Speak.Speed != want; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the speed is %v, want %v", a.settings().Speak.Speed, want)
			}
		}
	}
	for _, f := range []struct {
		name string
		edit func(text string) error
	}{
		{"written in place", func(text string) error { return os.WriteFile(path, []byte(text), 0o600) }},
		{"replaced, as editors do", func(text string) error {
			beside := filepath.Join(filepath.Dir(path), ".swap")
			if err := os.WriteFile(beside, []byte(text), 0o600); err != nil {
				return err
			}
			return os.Rename(beside, path)
		}},
	} {
		t.Log(f.name)
		if err := f.edit("[speak]\nspeed = 1.5\n"); err != nil {
			t.Fatal(err)
		}
		speed(1.5)
		if err := f.edit("# nothing of mine\n"); err != nil {
			t.Fatal(err)
		}
		speed(1)
	}
}
