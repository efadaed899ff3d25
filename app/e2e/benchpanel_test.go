package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/engine/enginetest"
)

// streamed is an answer of 80 tokens a second for ten seconds, with everything
// that answers have.
func streamed() enginetest.Answer {
	const section = "## Why it fails\n\nThe **listener** is closed twice: `Shutdown` closes it, and the deferred call closes it again.\n\n- first of all\n- and then\n\n" +
		"```go\nif err := srv.Serve(ln); err != nil {\n\treturn fmt.Errorf(\"serve: %w\", err) // why\n}\n```\n\n| name | size |\n|---|--:|\n| a.go | 12 |\n\nWith $x^2$ the rest follows. "
	var parts []enginetest.Answer
	text := strings.Repeat(section, 20)
	for len(parts) < 2*800 {
		parts = append(parts, enginetest.Text(text[:4]), enginetest.Pause(12500*time.Microsecond))
		text = text[4:]
	}
	return enginetest.All(append(parts, enginetest.Finish("stop"))...)
}

// BenchmarkPanelStreams is what the panel costs while an answer comes, drawn by
// the processor as there is no graphics card here, beside the same panel
// hidden.
func BenchmarkPanelStreams(b *testing.B) {
	c, s := chatting(b, "")
	patient(b, c)
	s.Script(enginetest.Chat, streamed())
	pid := c.onlyPanel()
	figures := map[string]float64{}
	for b.Loop() {
		for _, verb := range []string{"show", "hide"} {
			if out, err := c.aside("panel", verb); err != nil {
				b.Fatal(err, out)
			}
			time.Sleep(time.Second)
			before, began := costOf(b, pid), time.Now()
			if _, err := c.Ask(c.ctx, control.AskArgs{Text: "Why?", Screen: "none"}, func(control.View) {}); err != nil {
				b.Fatal(err)
			}
			figures[map[string]string{"show": "%core-shown", "hide": "%core-hidden"}[verb]] += 100 * (costOf(b, pid).cpu - before.cpu).Seconds() / time.Since(began).Seconds()
		}
	}
	for unit, f := range figures {
		b.ReportMetric(f/float64(b.N), unit)
	}
}

// BenchmarkPanelTurns is how much memory the panel has to itself after many turns:
// as soon as they have come, which is as much garbage as Go lets be, and once it
// has rested, which is what they leave behind.
func BenchmarkPanelTurns(b *testing.B) {
	c, s := chatting(b, "")
	s.Script(enginetest.Chat, enginetest.Reply("The listener is closed **twice**.\n\n```go\nx := 1 // why\n```\n\n- one\n- two\n"))
	patient(b, c)
	pid := c.onlyPanel()
	const rest = 110 * time.Second // the answer is read, Fyne forgets it, and app/panel/rest.go gives it back
	b.ReportMetric(anonymous(b, pid), "MB-0")
	for b.Loop() {
		n := 0
		for _, until := range []int{100, 500} {
			for ; n < until; n++ {
				if _, err := c.Ask(c.ctx, control.AskArgs{Text: fmt.Sprintf("Why %d?", n), Screen: "none"}, func(control.View) {}); err != nil {
					b.Fatal(err)
				}
			}
			time.Sleep(500 * time.Millisecond)
			b.ReportMetric(anonymous(b, pid), fmt.Sprintf("MB-%d", n))
			time.Sleep(rest)
			b.ReportMetric(anonymous(b, pid), fmt.Sprintf("MB-%d-rested", n))
		}
	}
}

// patient gives a benchmark the time that it needs.
func patient(b *testing.B, c *core) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 15*time.Minute)
	b.Cleanup(cancel)
	c.ctx = ctx
}

// anonymous is how much memory a process has to itself, in megabytes.
func anonymous(b *testing.B, pid string) float64 {
	b.Helper()
	if _, err := os.Stat("/proc/" + pid); err != nil {
		b.Fatal(err)
	}
	return sum(b, "/proc/"+pid+"/status", "RssAnon:") * 1024 / 1e6
}
