package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheListOfSettingsStandsInColumnsAndNamesTheChoices(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(t.TempDir(), "config"))
	var out bytes.Buffer
	if err := (settingListCmd{}).Run(&console{ctx: t.Context(), out: &out, err: &out}); err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(out.String(), "\n") // hotkey.talk, which has a value
	name, rest, _ := strings.Cut(first, " ")
	column := len(name) + 1 + len(rest) - len(strings.TrimLeft(rest, " "))
	for line := range strings.Lines(out.String()) {
		name, _, _ := strings.Cut(line, " ")
		if len(name) >= column {
			t.Errorf("the value is not in column %d: %s", column, line)
		}
		if name == "engine.kind" && !strings.Contains(line, "(auto, chat, realtime, offline)") {
			t.Errorf("it does not say what can be chosen: %s", line)
		}
	}
}
