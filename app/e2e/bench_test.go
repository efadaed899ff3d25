package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// idleFor is how long the idle cost is measured.
const idleFor = 20 * time.Second

// cost is what a process has used.
type cost struct {
	cpu     time.Duration
	wakeups float64 // of all its threads, since they began
	private float64 // MB that only this process has
}

// costOf reads a process' costs from the kernel.
func costOf(b *testing.B, pid string) cost {
	b.Helper()
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name may hold anything
	fields := strings.Fields(rest)
	const ticks = 100 // a second, on Linux
	c := cost{cpu: time.Duration((number(b, fields[11]) + number(b, fields[12])) / ticks * float64(time.Second))}
	threads, err := filepath.Glob(filepath.Join("/proc", pid, "task", "*", "status"))
	if err != nil || len(threads) == 0 {
		b.Fatalf("process %s has %d threads: %v", pid, len(threads), err)
	}
	for _, t := range threads {
		c.wakeups += sum(b, t, "voluntary_ctxt_switches:")
	}
	rollup := filepath.Join("/proc", pid, "smaps_rollup")
	c.private = (sum(b, rollup, "Private_Clean:") + sum(b, rollup, "Private_Dirty:")) * 1024 / 1e6
	return c
}

// sum adds the figures that follow a name in one of the kernel's files. A
// thread that has ended meanwhile has none.
func sum(b *testing.B, path, name string) (total float64) {
	b.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.Logf("%v", err)
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			total += number(b, strings.Fields(rest)[0])
		}
	}
	return total
}

func number(b *testing.B, text string) float64 {
	b.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkIdle is what Aside costs while nobody asks anything, beside the
// window manager, in the same seconds.
func BenchmarkIdle(b *testing.B) {
	c := offline(b, whole())
	c.ready()
	c.terminal("notes", c.file("page.txt", page))
	manager, err := c.Output(c.ctx, "pidof", "-s", "openbox")
	if err != nil {
		b.Fatal(err)
	}
	names := []string{"core", "panel", "openbox"}
	pids := []string{strconv.Itoa(c.cmd.Process.Pid), c.onlyPanel(), strings.TrimSpace(manager)}
	time.Sleep(5 * time.Second) // until it has settled
	var before, after [3]cost
	for i, pid := range pids {
		before[i] = costOf(b, pid)
	}
	time.Sleep(idleFor)
	for i, pid := range pids {
		after[i] = costOf(b, pid)
	}
	for i, name := range names {
		b.Run(name, func(b *testing.B) {
			for b.Loop() { // it has been measured already
			}
			b.ReportMetric(0, "ns/op") // means nothing here
			b.ReportMetric(float64((after[i].cpu-before[i].cpu).Microseconds())/idleFor.Seconds(), "µs-cpu/s")
			b.ReportMetric((after[i].wakeups-before[i].wakeups)/idleFor.Seconds(), "wakeups/s")
			b.ReportMetric(after[i].private, "MB-private")
		})
	}
}

// untilSoon asks every millisecond.
func (c *core) untilSoon(what string, ok func() bool) {
	c.Helper()
	for began := time.Now(); !ok(); time.Sleep(time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			c.Fatalf("wait for %s: ten seconds are over", what)
		}
	}
}

// BenchmarkStart is from nothing to a core that holds its key, beside a process
// that only prints its version; and from nothing to a panel that can be seen,
// beside a terminal.
func BenchmarkStart(b *testing.B) {
	c := prepare(b, whole(), "")
	b.Run("core", func(b *testing.B) {
		for b.Loop() {
			c.launch(nil)
			c.untilSoon("the key", func() bool {
				s, err := c.Status(c.ctx)
				return err == nil && s.Devices["hotkey"] == "ready"
			})
			b.StopTimer()
			c.ready()
			c.end()
			b.StartTimer()
		}
	})
	b.Run("version", func(b *testing.B) {
		for b.Loop() {
			c.wantVerb("--version")
		}
	})
	c.start(nil)
	c.ready()
	c.wantVerb("panel", "hide")
	b.Run("panel", func(b *testing.B) {
		c.opens(b, func() *exec.Cmd {
			return c.Command(context.WithoutCancel(c.ctx), filepath.Join(binaries(b), "aside-panel"), "--socket", c.Path)
		})
	})
	b.Run("xterm", func(b *testing.B) {
		c.opens(b, func() *exec.Cmd {
			return c.Command(context.WithoutCancel(c.ctx), "xterm", "-fa", "DejaVu Sans Mono", "-e", "cat")
		})
	})
}

// opens measures until a program has a window that can be seen.
func (c *core) opens(b *testing.B, program func() *exec.Cmd) {
	b.Helper()
	d := c.display()
	for b.Loop() {
		cmd := program()
		stop, err := c.Launch(cmd)
		if err != nil {
			b.Fatal(err)
		}
		c.untilSoon("the window", func() bool { return d.shows(cmd.Process.Pid) })
		b.StopTimer()
		stop()
		b.StartTimer()
	}
}
