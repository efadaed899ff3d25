package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
	args := append(wrap, filepath.Join(binaries(c.TB), "aside"), "start", "--verbose")
	c.cmd = c.Command(context.WithoutCancel(c.ctx), args[0], args[1:]...)
	c.cmd.Env = append(c.cmd.Env, env...)
	c.log = &logBuffer{}
	c.cmd.Stderr = c.log
	end, err := c.Launch(c.cmd)
	if err != nil {
		c.Fatal(err)
	}
	c.end = end
	c.Cleanup(func() {
		if c.Failed() {
			c.Logf("the core's log:\n%s", c.log)
		}
	})
	c.until("the core", func() bool { _, err := c.Status(c.ctx); return err == nil })
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

// guard samples, until it is stopped, what must hold at every moment of a
// turn: who has the focus, and whether our microphone is open.
type guard struct {
	stop  context.CancelFunc
	done  sync.WaitGroup
	mu    sync.Mutex
	focus map[uint64]int // active window → samples
	mic   []micSample
}

type micSample struct {
	at   time.Time
	open bool
}

func (c *core) guard() *guard {
	c.Helper()
	ctx, cancel := context.WithCancel(c.ctx)
	g := &guard{stop: cancel, focus: map[uint64]int{}}
	g.done.Go(func() {
		for ctx.Err() == nil {
			if active, focus, err := c.ActiveWindow(ctx); err == nil {
				g.mu.Lock()
				g.focus[active]++
				if focus != active {
					g.focus[focus]++
				}
				g.mu.Unlock()
			}
		}
	})
	g.done.Go(func() {
		for ctx.Err() == nil {
			at := time.Now()
			open := c.microphoneOpen(ctx)
			g.mu.Lock()
			g.mic = append(g.mic, micSample{at, open})
			g.mu.Unlock()
		}
	})
	return g
}

// microphoneOpen asks the sound server whether our core records.
func (c *core) microphoneOpen(ctx context.Context) bool {
	streams, err := c.Microphones(ctx)
	if err != nil {
		return false
	}
	for _, s := range streams {
		if s.PID == strconv.Itoa(c.cmd.Process.Pid) {
			return true
		}
	}
	return false
}

// end stops the guard.
func (g *guard) end() {
	g.stop()
	g.done.Wait()
}

// slack is what a sample of the sound server's list may be late: it takes a
// process to ask.
const slack = 150 * time.Millisecond

// check says what did not hold: the focus must never have left window, and the
// microphone must have been open between down and up and at no other time.
func (g *guard) check(t testing.TB, window uint64, down, up time.Time) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	for w, n := range g.focus {
		if w != window {
			t.Errorf("the focus was in window %d for %d samples, not in %d", w, n, window)
		}
	}
	held := 0
	for _, s := range g.mic {
		switch {
		case s.open && (s.at.Before(down.Add(-slack)) || s.at.After(up.Add(slack+120*time.Millisecond))):
			t.Errorf("the microphone was open %v after key-down, %v after key-up", s.at.Sub(down), s.at.Sub(up))
		case s.open:
			held++
		}
	}
	if held == 0 || len(g.focus) == 0 {
		t.Errorf("nothing was seen: %d samples of an open microphone, %d windows", held, len(g.focus))
	}
}
