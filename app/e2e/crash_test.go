package e2e

import (
	"bufio"
	"encoding/json"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/engine/enginetest"
)

// reading asks by the command line and returns once the words stand in its
// output, while the answer goes on.
func (c *core) reading(question, words string) {
	c.Helper()
	cmd := c.Command(c.ctx, filepath.Join(binaries(c.TB), "aside"), "ask", "--screen", "none", question)
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = cmd.Wait() }) // it fails with the core
	seen := ""
	for r := bufio.NewReader(out); !strings.Contains(seen, words); {
		b, err := r.ReadByte()
		if err != nil {
			c.Fatalf("%v after %q", err, seen)
		}
		seen += string(b)
	}
}

// kill ends the core as no program can prevent.
func (c *core) kill() {
	c.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		c.Fatal(err)
	}
	c.end()
}

// remembered is a turn as the history has it.
func (c *core) remembered(question string) control.View {
	c.Helper()
	out, err := c.aside("history", "list", "--json")
	if err != nil {
		c.Fatal(err)
	}
	for line := range strings.Lines(out) {
		var v control.View
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			c.Fatal(err)
		}
		if v.Question == question {
			return v
		}
	}
	c.Errorf("%q is lost of\n%s", question, out)
	return control.View{}
}

func TestACoreKilledInTheMiddleOfAnAnswerLosesNothing(t *testing.T) {
	c, s := chatting(t, "")
	key := []string{"ASIDE_API_KEY=" + secret}
	if out, err := c.aside("ask", "--screen", "none", "asked and answered"); err != nil {
		t.Fatal(err, out)
	}
	never := make(chan struct{})
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("The first half, "), enginetest.Wait(never)))
	c.reading("asked and half answered", "The first half")
	c.until("the words in the panel", func() bool { return strings.Contains(c.panelText(), "first half") })
	time.Sleep(1500 * time.Millisecond) // the history may be a second behind
	c.kill()

	if v := c.remembered("asked and answered"); v.Outcome != "answered" || v.Answer != "It works. All of it." {
		t.Errorf("the turn before is %+v", v)
	}
	if v := c.remembered("asked and half answered"); v.Question != "asked and half answered" || !strings.Contains(v.Answer, "The first half") {
		t.Errorf("the turn is %+v", v)
	}

	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("At once, "), enginetest.Wait(never)))
	c.start(key) // over the stale socket
	c.wantOnePanel()
	c.reading("asked and cut at once", "At once")
	c.kill()
	if v := c.remembered("asked and cut at once"); v.Question != "asked and cut at once" {
		t.Errorf("the turn is %+v", v)
	}

	s.Script(enginetest.Chat, enginetest.Reply("It goes on."))
	c.start(key)
	c.wantOnePanel()
	if out, err := c.aside("ask", "--screen", "none", "asked after that"); err != nil || !strings.Contains(out, "It goes on.") {
		t.Errorf("after the restart: %v\n%s", err, out)
	}
}
