package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
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
			e.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(run, "no-bus"))
			for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "ASIDE_API_KEY"} {
				e.Setenv(name, "")
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"running": running,
		},
	})
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
