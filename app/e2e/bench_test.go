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

	"golang.org/x/sys/unix"
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
	var c cost
	const sched = 2 // the clock of what a process was given, to the nanosecond: its stat has but hundredths of a second
	var on unix.Timespec
	if err := unix.ClockGettime(^int32(number(b, pid))<<3|sched, &on); err != nil {
		b.Fatal(err)
	}
	c.cpu = time.Duration(on.Nano())
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

// bare is the panel's floor: a program that shows a window of Fyne and has
// nothing of ours.
func (c *core) bare(b *testing.B) *exec.Cmd {
	b.Helper()
	path := filepath.Join(c.Dir, "bare")
	if _, err := os.Stat(path); err != nil {
		build := exec.CommandContext(b.Context(), "go", "build", "-tags", "no_emoji,migrated_fynedo", "-o", path, "../panel/testdata/bare")
		build.Env = append(build.Environ(), "CGO_ENABLED=1")
		if out, err := build.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
	return c.Command(context.WithoutCancel(c.ctx), path)
}

// BenchmarkIdle is what Aside costs while nobody asks anything and the panel
// follows what is in front, beside a bare window of Fyne and the window manager,
// in the same seconds.
func BenchmarkIdle(b *testing.B) {
	c := offline(b, whole())
	c.ready()
	c.terminal("notes", c.file("page.txt", page))
	manager, err := c.Output(c.ctx, "pidof", "-s", "openbox")
	if err != nil {
		b.Fatal(err)
	}
	names := []string{"core", "panel", "bare-Fyne", "openbox"}
	pids := []string{strconv.Itoa(c.cmd.Process.Pid), c.onlyPanel(), "", strings.TrimSpace(manager)}
	bare := c.bare(b)
	stop, err := c.Launch(bare)
	if err != nil {
		b.Fatal(err)
	}
	defer stop()
	pids[2] = strconv.Itoa(bare.Process.Pid)
	time.Sleep(5 * time.Second) // until it has settled
	var before, after [4]cost
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
// beside a bare window of Fyne and a terminal.
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
	c.bare(b) // it is built before it is measured
	b.Run("bare-Fyne", func(b *testing.B) {
		c.opens(b, func() *exec.Cmd { return c.bare(b) })
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
