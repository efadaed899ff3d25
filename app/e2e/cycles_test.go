package e2e

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/engine/enginetest"
)

// cycles is how often the key is pressed: 1,000 times, up to three seconds
// each, if ASIDE_TEST_LONG says so.
func cycles() (n int, longest time.Duration) {
	if os.Getenv("ASIDE_TEST_LONG") != "" {
		return 1000, 3 * time.Second
	}
	return 30, 300 * time.Millisecond
}

// footprint is what the core holds now.
type footprint struct{ files, threads, kilobytes int }

func (c *core) footprint() (f footprint) {
	c.Helper()
	dir := filepath.Join("/proc", fmt.Sprint(c.cmd.Process.Pid))
	open, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		c.Fatal(err)
	}
	f.files = len(open)
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		c.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		_, _ = fmt.Sscanf(line, "Threads: %d", &f.threads) // one line of many
		_, _ = fmt.Sscanf(line, "VmRSS: %d", &f.kilobytes)
	}
	return f
}

// microphones counts how often a microphone is opened and closed, until the
// function that it returns is called.
func (c *core) microphones() func() (opened, closed int) {
	c.Helper()
	var told logBuffer
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.ctx))
	cmd := c.Command(ctx, "pactl", "subscribe")
	cmd.Stdout = &told
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // until it listens
	return func() (opened, closed int) {
		time.Sleep(500 * time.Millisecond)
		cancel()
		_ = cmd.Wait() // it was killed
		all := []byte(told.String())
		return bytes.Count(all, []byte("'new' on source-output")), bytes.Count(all, []byte("'remove' on source-output"))
	}
}

func TestPressesWithoutEndLeaveNothingBehind(t *testing.T) {
	c, s := chatting(t, "")
	s.Script(enginetest.Speech, enginetest.Tone(200*time.Millisecond))
	n, longest := cycles()
	random := rand.New(rand.NewPCG(1, 2))
	press := func(i int) {
		for _, verb := range []string{control.VerbPress, control.VerbRelease} {
			if err := c.Do(c.ctx, verb, nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(50*time.Millisecond + time.Duration(random.Int64N(int64(longest)-int64(50*time.Millisecond)))/time.Duration(1+i%2))
		}
	}
	for i := range 10 { // what is made once
		press(i)
	}
	c.watch("rest", func(s control.Snapshot) bool { return s.Phase == "idle" })
	before, count := c.footprint(), c.microphones()
	for i := range n {
		press(i)
	}
	c.watch("rest", func(s control.Snapshot) bool { return s.Phase == "idle" })
	opened, closed := count()
	after := c.footprint()
	t.Logf("%d presses: before %+v, after %+v", n, before, after)
	if opened == 0 || opened != closed || opened > n {
		t.Errorf("of %d presses the microphone was opened %d and closed %d times", n, opened, closed)
	}
	if after.files > before.files+2 || after.threads > before.threads+4 || after.kilobytes > before.kilobytes+n+20<<10 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if open, err := c.records(c.ctx); err != nil || open {
		t.Errorf("it still records: %v", err)
	}
}
