package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aside/app/engine/enginetest"
)

// agentSDK is the official JavaScript SDK for live voices, the peer of ours.
const agentSDK = "@openai/agents-realtime@0.20.0"

// agent is a program that has nothing but the SDK and a player.
type agent struct {
	*core
	pid int
	in  io.Writer
}

// fetchAgent gets the SDK into a folder that goes with the benchmark, or says
// why it cannot: to the user too, whom a benchmark that is skipped tells nothing.
func fetchAgent(b *testing.B) (dir, why string) {
	b.Helper()
	defer func() {
		if why != "" {
			fmt.Fprintf(os.Stderr, "no peer: %s: %s\n", agentSDK, why)
		}
	}()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", program + " is not installed"
		}
	}
	dir = b.TempDir()
	install := exec.CommandContext(b.Context(), "npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", dir, agentSDK)
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Sprintf("npm install: %v: %.200s", err, out)
	}
	program, err := os.ReadFile(filepath.Join("testdata", "agent", "agent.mjs"))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "agent.mjs"), program, 0o600); err != nil {
		b.Fatal(err)
	}
	return dir, ""
}

// agent starts the program in a folder as another client of the service.
// recording is what it says: bare samples at audio.RateSpeak, "" if nothing.
func (c *core) agent(b *testing.B, dir string, s *enginetest.Live, recording string) *agent {
	b.Helper()
	address := strings.Replace(s.URL, "http", "ws", 1) + "/realtime?model=gpt-realtime"
	cmd := c.Command(context.WithoutCancel(c.ctx), "node", filepath.Join(dir, "agent.mjs"), address, recording)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	stop, err := c.Launch(cmd)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close() // then it ends its player
		stop()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		b.Fatalf("the agent says %q: %v", line, err)
	}
	return &agent{c, cmd.Process.Pid, in}
}

// do tells it to do something.
func (a *agent) do(what string) {
	a.Helper()
	if _, err := fmt.Fprintln(a.in, what); err != nil {
		a.Fatal(err)
	}
}
