package main

import (
	"bytes"
	"cmp"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run the real program: the test binary is it, when
// it is called aside.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"aside": main})
}

// TestScripts runs every verb as a shell would, on a machine with no display,
// no sound and no message bus.
func TestScripts(t *testing.T) { testscript.Run(t, scripts("testdata", "")) }

// scripts are those of a folder, on a machine with the given message bus or
// with none.
func scripts(dir, bus string) testscript.Params {
	return testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			// The socket's path must be short, and the script's folder is not.
			run, err := os.MkdirTemp("", "aside-cli-")
			if err != nil {
				return err
			}
			e.Defer(func() { _ = os.RemoveAll(run) })
			e.Setenv("XDG_RUNTIME_DIR", run)
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "data"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("PULSE_SERVER", "unix:"+filepath.Join(run, "no-sound"))
			e.Setenv("DBUS_SESSION_BUS_ADDRESS", cmp.Or(bus, "unix:path="+filepath.Join(run, "no-bus")))
			for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "ASIDE_API_KEY"} {
				e.Setenv(name, "")
			}
			return small(filepath.Join(e.WorkDir, "small.png"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"running":    running,
			"eventually": eventually,
			"capture":    capture,
		},
	}
}

// small makes a picture, which a script's own files cannot be.
func small(path string) error {
	p := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for i := range 48 {
		p.Set(i, i%32, color.RGBA{uint8(5 * i), 200, 0, 255})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o600)
}

// exits runs a program that must end with the given code: exits 2 aside wrong.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%v exited with %d, want %d", args[1:], got, want)
	}
}

// eventually runs a program until its output matches: eventually '"idle"'
// aside status.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: eventually PATTERN PROGRAM [ARGUMENT ...]")
	}
	want, err := regexp.Compile(args[0])
	ts.Check(err)
	for range 200 {
		ts.Check(ts.Exec(args[1], args[2:]...))
		if want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("%v never printed %s", args[1:], args[0])
}

// capture sets a variable to the group of a pattern in the last output:
// capture ID '"id":"([^"]+)"'.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture VARIABLE PATTERN")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("%s is not in the output", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// running waits until the core that was started in the background answers.
func running(ts *testscript.TestScript, _ bool, _ []string) {
	for range 200 {
		if ts.Exec("aside", "status") == nil {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("the core does not answer")
}
