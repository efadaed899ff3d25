package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePanelLeavesNoPreferencesOnDisk(t *testing.T) {
	const panel = "ASIDE_TEST_PANEL"
	if os.Getenv(panel) != "" { // Fyne watches the folder as long as the process lives
		newApp().Preferences().SetString("a", "b")
		return
	}
	dir := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "AppData", "LocalAppData"} {
		t.Setenv(name, dir)
	}
	config, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(config, "fyne", appID)
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, "preferences.json"), nil, 0o600); err != nil { // cut off
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), panel+"=1")
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "Fyne error") {
		t.Errorf("%v: %s", err, out)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("there is %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFlagsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		ok   bool
	}{
		{"as the core starts it", []string{"--socket", "/s", "--hidden", "--tether"}, true},
		{"the defaults", []string{"--socket", "/s"}, true},
		{"a choice that is made in the settings", []string{"--socket", "/s", "--edge", "left"}, false},
		{"a stray word", []string{"--socket", "/s", "show"}, false},
	} {
		if _, err := parse(c.args); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWithoutDisplayItSaysSoAndLeaves(t *testing.T) {
	for _, c := range []struct{ name, display string }{{"none is named", ""}, {"the one that is named is dead", ":59999"}} {
		t.Setenv("DISPLAY", c.display)
		t.Setenv("WAYLAND_DISPLAY", "")
		if canShow() == nil {
			t.Skip("this system always has a display")
		}
		if code := run([]string{"--socket", "/s"}); code != exitNoDisplay {
			t.Errorf("%s: exit code %d, want %d", c.name, code, exitNoDisplay)
		}
	}
}

func TestWhereThereIsWaylandADeadXServerDoesNotMatter(t *testing.T) {
	t.Setenv("DISPLAY", ":59999")
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	if err := canShow(); err != nil {
		t.Errorf("it gives up: %v", err)
	}
}
