package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
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

// microphones counts the recordings by the sound server's own account, from now
// on, once all of them have ended.
func (c *core) microphones() func() (opened, closed int) {
	c.Helper()
	before := len(c.sound.microphones())
	return func() (opened, closed int) {
		c.Helper()
		var all []stream
		_ = c.Until(c.ctx, "closed microphones", func() bool { // or they are counted as they are
			all = c.sound.microphones()[before:]
			return !slices.ContainsFunc(all, func(s stream) bool { return s.ended.IsZero() })
		})
		for _, s := range all {
			if opened++; !s.ended.IsZero() {
				closed++
			}
		}
		return opened, closed
	}
}

// goroutines ends the core by the signal that makes it list them.
func (c *core) goroutines() int {
	c.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		c.Fatal(err)
	}
	c.until("the end of the core", func() bool { return c.cmd.Process.Signal(syscall.Signal(0)) != nil })
	listed := strings.Count(c.log.String(), "\ngoroutine ")
	if listed == 0 {
		c.Fatal("it listed no goroutines")
	}
	return listed
}

// talking is somebody who never stops, until the function it returns is called.
func (c *core) talking(words string) (stop func()) {
	c.Helper()
	wav, _ := c.spoken(words, 200*time.Millisecond)
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.ctx))
	var wait sync.WaitGroup
	wait.Go(func() {
		for ctx.Err() == nil {
			_ = c.Play(ctx, wav) // cut off in the end
		}
	})
	return func() { cancel(); wait.Wait() }
}

// presses presses and lets go n times at random, while somebody talks: every
// other time with no time for an answer.
func (c *core) presses(n int, longest time.Duration) {
	c.Helper()
	stop := c.talking("what is on my screen and what does the error say")
	random := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		for _, verb := range []string{control.VerbPress, control.VerbRelease} {
			if err := c.Do(c.ctx, verb, nil); err != nil {
				c.Fatal(err)
			}
			wait := time.Duration(random.Int64N(int64(longest - 50*time.Millisecond)))
			time.Sleep(50*time.Millisecond + wait/time.Duration(1+i%2))
		}
	}
	stop() // two taps make it listen until a pause
	c.watch("rest", func(s control.Snapshot) bool { return s.Phase == "idle" })
}

func TestPressesWithoutEndLeaveNothingBehind(t *testing.T) {
	c, s := chatting(t, "")
	s.Script(enginetest.Speech, enginetest.Tone(200*time.Millisecond))
	n, longest := cycles()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute+3*time.Duration(n)*longest)
	defer cancel()
	c.ctx = ctx    // these may take longer than other tests
	const few = 10 // that make what is made once
	c.presses(few, longest)
	fewGoroutines := c.goroutines()

	c.start([]string{"ASIDE_API_KEY=" + secret})
	c.ready()
	c.presses(few, longest)
	before, count, asked := c.footprint(), c.microphones(), len(s.Requests(enginetest.Chat))
	c.presses(n, longest)
	opened, closed := count()
	after := c.footprint()
	t.Logf("%d presses, %d questions: before %+v, after %+v", n, len(s.Requests(enginetest.Chat))-asked, before, after)
	if opened == 0 || opened != closed || opened > n {
		t.Errorf("of %d presses the microphone was opened %d and closed %d times", n, opened, closed)
	}
	if after.files > before.files+2 || after.threads > before.threads+4 || after.kilobytes > before.kilobytes+n+20<<10 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if open, err := c.records(c.ctx); err != nil || open {
		t.Errorf("it still records: %v", err)
	}
	many := c.goroutines()
	t.Logf("%d goroutines after %d presses, %d after %d", fewGoroutines, few, many, few+n)
	if many > fewGoroutines+2 {
		t.Error("goroutines are left behind")
	}
}
