package history

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"aside/app/turn"
)

// crashing tells this test's program to be the one that is killed.
const crashing = "ASIDE_TEST_CRASHING_HISTORY"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashing); path != "" {
		writeForEver(path)
	}
	code := m.Run()
	if made != "" {
		_ = os.RemoveAll(made) // it is of a benchmark
	}
	os.Exit(code)
}

// writeForEver stores turns and says so after each, until it is killed.
func writeForEver(path string) {
	s, err := Open(context.Background(), path)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for n := 0; ; n++ {
		v := question(n, fmt.Sprint("question ", n))
		if err := s.Begin(context.Background(), v); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(v.ID)
	}
}

func TestACrashLosesNoTurnThatHasBegun(t *testing.T) {
	path := place(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), crashing+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var begun []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Fatal(lines.Text())
		}
		begun = append(begun, lines.Text())
		if len(begun) == 50 {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	s := opened(t, path)
	for _, id := range begun {
		if v, err := s.Get(t.Context(), id); err != nil || v.Outcome != turn.Interrupted {
			t.Errorf("%s: %+v, %v", id, v.Outcome, err)
		}
	}
	if s.Recovered() != "" || len(begun) < 50 {
		t.Errorf("%d turns, set aside as %q", len(begun), s.Recovered())
	}
}
