package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aside/app/control"
)

// idleFor is how long the idle cost is measured.
const idleFor = 20 * time.Second

// cost is what a process has used.
type cost struct {
	cpu    time.Duration
	memory float64 // MB, resident
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
	number := func(i int) float64 {
		n, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	const ticks = 100 // a second, on Linux
	return cost{
		cpu:    time.Duration((number(11) + number(12)) / ticks * float64(time.Second)),
		memory: number(21) * float64(os.Getpagesize()) / 1e6,
	}
}

// BenchmarkIdle is what Aside costs while nobody asks anything, beside the
// window manager, which is idle just as long.
func BenchmarkIdle(b *testing.B) {
	c := offline(b, whole())
	c.ready()
	c.terminal("notes", c.file("page.txt", page))
	panel, err := c.Output(c.ctx, "xdotool", "getwindowpid", c.panelWindow())
	if err != nil {
		b.Fatal(err)
	}
	manager, err := c.Output(c.ctx, "pidof", "-s", "openbox")
	if err != nil {
		b.Fatal(err)
	}
	time.Sleep(5 * time.Second) // until it has settled
	for _, p := range []struct{ name, pid string }{
		{"core", strconv.Itoa(c.cmd.Process.Pid)}, {"panel", strings.TrimSpace(panel)}, {"openbox", strings.TrimSpace(manager)},
	} {
		b.Run(p.name, func(b *testing.B) {
			for b.Loop() {
				before := costOf(b, p.pid)
				time.Sleep(idleFor)
				after := costOf(b, p.pid)
				b.ReportMetric(float64((after.cpu-before.cpu).Microseconds())/idleFor.Seconds(), "µs-cpu/s")
				b.ReportMetric(after.memory, "MB-resident")
			}
		})
	}
}

// BenchmarkStart is from nothing to a core that answers, beside a process that
// only prints its version.
func BenchmarkStart(b *testing.B) {
	c := prepare(b, whole(), "")
	b.Run("core", func(b *testing.B) {
		for b.Loop() {
			c.start(nil)
			b.StopTimer()
			c.ready()
			c.end()
			b.StartTimer()
		}
	})
	b.Run("version", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.aside("--version"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkTurn reports the stages of spoken questions as the core measures
// them, and what it takes to silence an answer.
func BenchmarkTurn(b *testing.B) {
	c, _ := chatting(b, "")
	c.terminal("notes", c.file("page.txt", page))
	var sum control.View
	var silenced, floor time.Duration
	n := 0
	for b.Loop() {
		c.ask("what is on my screen")
		c.watch("speech", func(s control.Snapshot) bool { return s.Phase == "speaking" })
		time.Sleep(300 * time.Millisecond)
		began := time.Now()
		c.keyDown()
		c.until("silence", func() bool {
			streams, err := c.Loudspeakers(c.ctx)
			return err == nil && len(streams) == 0
		})
		silenced += time.Since(began)
		c.keyUp()
		v := c.ended()
		began = time.Now()
		c.xdotool("keydown", "shift", "keyup", "shift")
		if _, err := c.Loudspeakers(c.ctx); err != nil {
			b.Fatal(err)
		}
		floor += time.Since(began)
		t := &sum.Timings
		t.Sample, t.Pixels, t.Encoded = t.Sample+v.Timings.Sample, t.Pixels+v.Timings.Pixels, t.Encoded+v.Timings.Encoded
		t.Request, t.FirstText, t.FirstSound = t.Request+v.Timings.Request, t.FirstText+v.Timings.FirstText, t.FirstSound+v.Timings.FirstSound
		n++
	}
	mean := func(total float64) float64 { return total / float64(n) }
	t := sum.Timings
	for unit, total := range map[string]float64{
		"ms-down→sample": t.Sample, "ms-down→pixels": t.Pixels, "ms-down→encoded": t.Encoded,
		"ms-up→request": float64(t.Request), "ms-up→text": float64(t.FirstText), "ms-up→sound": float64(t.FirstSound),
		"ms-press→silence": float64(silenced.Milliseconds()), "ms-press→seen(floor)": float64(floor.Milliseconds()),
	} {
		b.ReportMetric(mean(total), unit)
	}
}
