package e2e

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// panels are the windows of the panel that can be seen, by their process.
func (c *core) panels() map[string]string {
	c.Helper()
	out, err := c.Output(c.ctx, "xdotool", "search", "--onlyvisible", "--class", "aside-panel")
	if err != nil {
		return nil // it fails when there is none
	}
	found := map[string]string{}
	for _, window := range strings.Fields(out) {
		pid, err := c.Output(c.ctx, "xdotool", "getwindowpid", window)
		if err != nil {
			pid = "the process of " + window
		}
		found[window] = pid
	}
	return found
}

// onlyPanel is the process of the one panel, "" if there is none or more.
func (c *core) onlyPanel() string {
	c.Helper()
	if all := c.panels(); len(all) == 1 {
		for _, pid := range all {
			return pid
		}
	}
	return ""
}

// parent is the process that started another, "" if that is gone.
func parent(pid string) string {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name may hold anything
	return strings.Fields(rest)[1]
}

func TestThePanelComesAndGoesWithoutTheFocus(t *testing.T) {
	c := prepare(t, whole(), "")
	c.terminal("notes", c.file("page.txt", page))
	window := c.front()
	g := c.guardFocus()
	c.start(nil, alone(t)...)
	c.ready()
	pid := c.onlyPanel()
	number, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatalf("the panels are %v", c.panels())
	}
	if process, err := os.FindProcess(number); err != nil || process.Kill() != nil {
		t.Fatal("the panel could not be killed")
	}
	killed := time.Now()
	c.until("another panel", func() bool {
		again := c.onlyPanel()
		return again != "" && again != pid
	})
	if took := time.Since(killed); took > 3*time.Second {
		t.Errorf("the panel came back after %v", took)
	}
	for _, step := range []struct {
		verb   string
		status string
		seen   bool
	}{{"hide", "hidden", false}, {"show", "shown", true}, {"hide", "hidden", false}, {"show", "shown", true}} {
		if out, err := c.aside("panel", step.verb); err != nil {
			t.Fatal(err, out)
		}
		c.until("the panel to "+step.verb, func() bool {
			s, err := c.Status(c.ctx)
			return err == nil && s.Devices["panel"] == step.status && len(c.panels()) > 0 == step.seen
		})
		time.Sleep(300 * time.Millisecond) // what takes the focus may do so late
	}
	g.end()
	g.checkFocus(t, window)
}

// within is until for what may take longer than most.
func (c *core) within(limit time.Duration, what string, ok func() bool) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, limit)
	defer cancel()
	for !ok() {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			c.Errorf("%s: not within %v", what, limit)
			return
		}
	}
}

// wantOnePanel wants one panel and no more, and that of the core that runs.
func (c *core) wantOnePanel() {
	c.Helper()
	ours := strconv.Itoa(c.cmd.Process.Pid)
	one := func() bool {
		pid := c.onlyPanel()
		return pid != "" && parent(pid) == ours
	}
	c.within(20*time.Second, "one panel", one)
	time.Sleep(time.Second)
	if !one() {
		c.Errorf("the panels are %v, the core is %s", describe(c.panels()), ours)
	}
}

func describe(panels map[string]string) []string {
	var all []string
	for window, pid := range panels {
		all = append(all, fmt.Sprintf("window %s of process %s, which %s started", window, pid, parent(pid)))
	}
	return all
}

func TestAsideAgainShowsThePanelOfTheOneThatRuns(t *testing.T) {
	c := offline(t, whole())
	c.ready()
	if out, err := c.aside("panel", "hide"); err != nil {
		t.Fatal(err, out)
	}
	c.until("no panel", func() bool { return len(c.panels()) == 0 })
	if out, err := c.aside(); err != nil || !strings.Contains(out, "runs already") {
		t.Errorf("aside: %v, %s", err, out)
	}
	c.wantOnePanel()
}
