package main

import "testing"

func TestFlagsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		ok   bool
	}{
		{"as the core starts it", []string{"--socket", "/s", "--edge", "left", "--width", "360", "--theme", "auto", "--hidden"}, true},
		{"the defaults", []string{"--socket", "/s"}, true},
		{"an unknown edge", []string{"--socket", "/s", "--edge", "top"}, false},
		{"an unknown theme", []string{"--socket", "/s", "--theme", "blue"}, false},
		{"too narrow", []string{"--socket", "/s", "--width", "10"}, false},
		{"a stray word", []string{"--socket", "/s", "show"}, false},
	} {
		if _, err := parse(c.args); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWithoutDisplayItSaysSoAndLeaves(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if hasDisplay() {
		t.Skip("this system always has a display")
	}
	if code := run([]string{"--socket", "/s"}); code != exitNoDisplay {
		t.Errorf("exit code %d, want %d", code, exitNoDisplay)
	}
}
