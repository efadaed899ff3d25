package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
)

// core is the real program on a desk of its own.
type core struct {
	tester
	*desk.Desk
	control.Client
	ctx context.Context
	cmd *exec.Cmd
	log *logBuffer
	end func()

	sound *soundWatch  // nil without sound
	logs  []*logBuffer // of every core that was started

	settings string // the lines of the file that a test keeps while it sets others
	sharp    bool   // the panel is light and drawn at twice its size, to be read as it is
}

// sharp is a desk with room for a panel of twice its size.
func sharp(wm string) desk.Options {
	return desk.Options{Display: true, WM: wm, Width: 2000, Height: 1600, Sound: true, Bus: true}
}

// sharply makes the panel one that is read in a fraction of the time. What it
// returns are variables of its toolkit's.
func sharply(c *core) []string {
	c.sharp = true
	return []string{"FYNE_SCALE=2", "FYNE_THEME=light"}
}

// px is how many pixels of the display so many of the panel are.
func (c *core) px(n int) int {
	if c.sharp {
		return 2 * n
	}
	return n
}

// tester is one level deeper than the desk, whose Output is meant.
type tester struct{ testing.TB }

// logBuffer keeps what the core logs.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// whole is a desk with everything.
func whole() desk.Options {
	return desk.Options{Display: true, WM: "openbox", Width: 1280, Height: 800, Sound: true, Bus: true}
}

// binaries is the folder with the programs under test.
func binaries(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("ASIDE_BIN")
	if dir == "" {
		t.Skip("needs the built programs: run make e2e")
	}
	return dir
}

// prepare makes a desk and waits for a core to be started on it. settings are
// lines of the settings file.
func prepare(t testing.TB, o desk.Options, settings string) *core {
	t.Helper()
	binaries(t)
	c := &core{tester: tester{t}, Desk: desk.Start(t, o)}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	t.Cleanup(cancel)
	c.ctx = ctx
	if o.Sound {
		c.sound = watchSound(t, c.PulseServer)
	}
	c.Client = control.Client{Path: filepath.Join(c.Dir, "run", "aside", "control.sock")}
	dir := filepath.Join(c.Dir, "config", "aside")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.toml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// start starts the core, under the words of wrap if there are any, and waits
// until it answers.
func (c *core) start(env []string, wrap ...string) {
	c.Helper()
	c.launch(env, wrap...)
	c.until("the core", func() bool { _, err := c.Status(c.ctx); return err == nil })
}

// launch is start without the waiting.
func (c *core) launch(env []string, wrap ...string) {
	c.Helper()
	args := append(wrap, filepath.Join(binaries(c.TB), "aside"), "start", "--verbose")
	c.cmd = c.Command(context.WithoutCancel(c.ctx), args[0], args[1:]...)
	c.cmd.Env = append(c.cmd.Env, env...)
	log := &logBuffer{}
	c.log, c.cmd.Stderr = log, log
	c.logs = append(c.logs, log)
	end, err := c.Launch(c.cmd)
	if err != nil {
		c.Fatal(err)
	}
	c.end = end
	c.Cleanup(func() {
		c.checkMicrophone()
		if c.Failed() {
			c.Logf("the core's log:\n%s", log)
		}
	})
}

func (c *core) until(what string, ok func() bool) {
	c.Helper()
	if err := c.Until(c.ctx, what, ok); err != nil {
		c.Fatal(err)
	}
}

// ready waits until the key is taken and the panel stands.
func (c *core) ready() {
	c.Helper()
	c.until("key and panel", func() bool {
		s, err := c.Status(c.ctx)
		return err == nil && s.Devices["hotkey"] == "ready" && s.Devices["panel"] == "shown" && c.panelWindow() != ""
	})
}

// alone is the words that take the network away from the program that follows
// them. There are none where the system forbids it: a container's root often
// may not.
func alone(t testing.TB) []string {
	t.Helper()
	for _, words := range [][]string{{"unshare", "-n"}, {"unshare", "-rn"}} {
		if exec.CommandContext(t.Context(), words[0], words[1], "true").Run() == nil {
			return words
		}
	}
	t.Log("unshare may not take the network away: that there is none is not asserted")
	return nil
}

// panelWindow is the X window of the panel, "" if there is none.
func (c *core) panelWindow() string {
	out, err := c.Output(c.ctx, "xdotool", "search", "--onlyvisible", "--class", "aside-panel")
	if err != nil {
		return ""
	}
	return strings.Fields(out + " ")[0]
}

// xdotool presses keys.
func (c *core) xdotool(args ...string) {
	c.Helper()
	if out, err := c.Output(c.ctx, "xdotool", args...); err != nil {
		c.Fatalf("xdotool: %v: %s", err, out)
	}
}

func (c *core) keyDown() {
	c.Helper()
	c.xdotool("keydown", "ctrl", "keydown", "alt", "keydown", "space")
}

func (c *core) keyUp() {
	c.Helper()
	c.xdotool("keyup", "space", "keyup", "alt", "keyup", "ctrl")
}

// terminal opens a window that shows the file at path as it changes, and waits
// until it is in front.
func (c *core) terminal(title, path string) {
	c.Helper()
	cmd := c.Command(context.WithoutCancel(c.ctx), "xterm", "-T", title, "-geometry", "70x20+30+30",
		"-fa", "DejaVu Sans Mono", "-fs", "14", "-bg", "white", "-fg", "black", "-e", "tail", "-n", "+1", "-f", path)
	if _, err := c.Launch(cmd); err != nil {
		c.Fatal(err)
	}
	c.xdotool("search", "--sync", "--onlyvisible", "--name", title, "windowactivate", "--sync")
	time.Sleep(300 * time.Millisecond) // until it has drawn
}

// file writes a file on the desk and returns its path.
func (c *core) file(name, text string) string {
	c.Helper()
	path := filepath.Join(c.Dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

// aside runs the command line.
func (c *core) aside(args ...string) (string, error) {
	return c.Output(c.ctx, filepath.Join(binaries(c.TB), "aside"), args...)
}

var errEnough = errors.New("seen enough")

// watch follows the snapshots until ok is content with one.
func (c *core) watch(what string, ok func(control.Snapshot) bool) control.Snapshot {
	c.Helper()
	var last control.Snapshot
	err := c.Call(c.ctx, control.VerbWatch, nil, func(raw json.RawMessage) error {
		var s control.Snapshot
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		last = s
		if ok(s) {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		c.Fatalf("wait for %s: %v; last seen %s %+v", what, err, last.Phase, last.Turn)
	}
	return last
}

// ended waits for the end of a turn and returns it.
func (c *core) ended() control.View {
	c.Helper()
	return *c.watch("the end of the turn", func(s control.Snapshot) bool {
		return s.Phase == "idle" && s.Turn != nil && s.Turn.Outcome != "asked"
	}).Turn
}
