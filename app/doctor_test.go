package app

import (
	"strings"
	"testing"
)

func TestTheDoctorSaysWhatWaylandAllows(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		is   bool
		fix  string
	}{
		{"X", map[string]string{"DISPLAY": ":0"}, false, ""},
		{"Wayland alone", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, true, ""},
		{"Wayland that runs X programs", map[string]string{"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, true, "FYNE_PLATFORM=x11"},
		{"as an X program", map[string]string{"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "FYNE_PLATFORM": "x11"}, false, ""},
	} {
		check, is := waylandCheck(func(name string) string { return c.env[name] })
		if is != c.is {
			t.Errorf("%s: it is said: %v, want %v", c.name, is, c.is)
		}
		if is && (check.Found == "" || !strings.Contains(check.Fix, c.fix) || c.fix == "" && check.Fix != "") {
			t.Errorf("%s: %+v", c.name, check)
		}
	}
}

func TestTheDoctorSaysWhatChineseTextNeeds(t *testing.T) {
	if c, is := fontCheck(func() bool { return false }); !is || c.State != Fair || !strings.Contains(c.Fix, "fonts-noto-cjk") {
		t.Errorf("%+v", c)
	}
	if c, is := fontCheck(func() bool { return true }); is {
		t.Errorf("with a font: %+v", c)
	}
}
