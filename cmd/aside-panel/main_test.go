package main

import "testing"

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
