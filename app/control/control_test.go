package control

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// echo answers "echo" with its arguments, "stream" with numbers until the
// client goes, "hang" with nothing, and everything else with a failure.
type echo struct {
	mu   sync.Mutex
	gone int
}

func (h *echo) Handle(ctx context.Context, r Request, send func(any) error) error {
	switch r.Verb {
	case "echo":
		return send(r.Args)
	case "stream":
		for n := 0; ; n++ {
			if err := send(n); err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				h.mu.Lock()
				h.gone++
				h.mu.Unlock()
				return ctx.Err()
			case <-time.After(time.Millisecond):
			}
		}
	case "hang":
		<-ctx.Done()
		return ctx.Err()
	case "fail":
		return errors.New("something private")
	}
	return Fail("verb_unknown", "There is no such verb.", "Try another.")
}

func start(t *testing.T) (Client, *echo) {
	t.Helper()
	h := &echo{}
	path := filepath.Join(t.TempDir(), "run", "control.sock")
	s, err := Listen(path, h, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return Client{Path: path}, h
}

func TestARequestIsAnswered(t *testing.T) {
	c, _ := start(t)
	got, err := one[map[string]string](t.Context(), c, "echo", map[string]string{"a": "b\nc"})
	if err != nil || got["a"] != "b\nc" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAFailureKeepsItsCode(t *testing.T) {
	c, _ := start(t)
	for verb, want := range map[string]string{"nonsense": "verb_unknown", "fail": "internal"} {
		err := c.Do(t.Context(), verb, nil)
		f, ok := errors.AsType[*Failure](err)
		if !ok || f.Problem.Code != want || strings.Contains(f.Problem.Message, "private") {
			t.Errorf("%s: got %v, want code %s", verb, err, want)
		}
	}
}

func TestACoreThatSaysNothingIsGivenUp(t *testing.T) {
	c, _ := start(t)
	c.limit = 20 * time.Millisecond
	f, ok := errors.AsType[*Failure](c.Do(t.Context(), "hang", nil))
	if !ok || f.Problem.Code != "not_answering" || f.Problem.Hint == "" {
		t.Errorf("got %+v", f)
	}
	// Once it has said something it may take its time.
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := c.Do(ctx, "stream", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a stream ended with %v", err)
	}
}

func TestTheHandlerLearnsThatTheClientHasGone(t *testing.T) {
	c, h := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := c.Call(ctx, "stream", nil, func(json.RawMessage) error {
		if n++; n == 3 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	for range 200 {
		h.mu.Lock()
		gone := h.gone
		h.mu.Unlock()
		if gone == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the handler still streams")
}

func TestASecondCoreIsRefusedAndAStaleSocketReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "control.sock")
	log := slog.New(slog.DiscardHandler)
	stale, err := net.Listen("unix", path) // left behind by a core that was killed
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	_ = stale.Close()

	first, err := Listen(path, &echo{}, log)
	if err != nil {
		t.Fatalf("stale socket: %v", err)
	}
	if _, err := Listen(path, &echo{}, log); !errors.Is(err, ErrRunning) {
		t.Errorf("second core: got %v, want %v", err, ErrRunning)
	}
	if err := (Client{Path: path}).Do(t.Context(), "echo", nil); err != nil {
		t.Errorf("the refused core broke the first: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := (Client{Path: path}).Do(t.Context(), "echo", nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after the end: got %v, want %v", err, ErrNotRunning)
	}
}

func TestTheSocketIsTheUsersAlone(t *testing.T) {
	c, _ := start(t)
	for path, want := range map[string]os.FileMode{c.Path: 0o600, filepath.Dir(c.Path): 0o700} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v, want %v", filepath.Base(path), info.Mode().Perm(), err, want)
		}
	}
}

// TestAnotherUserIsRefusedEvenWithLooseModes asks as nobody, after the modes
// have been opened to all: the kernel's word must be enough.
func TestAnotherUserIsRefusedEvenWithLooseModes(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to become another user")
	}
	dir, err := os.MkdirTemp("", "aside-control-") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "control.sock")
	s, err := Listen(path, &echo{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for p, mode := range map[string]os.FileMode{dir: 0o777, path: 0o777} {
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
	}
	const ask = `import socket,sys
s=socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1])
try:
    s.sendall(b'{"verb":"echo","args":1}\n'); sys.stdout.write(s.recv(100).decode())
except (BrokenPipeError, ConnectionResetError):
    pass`
	out, err := exec.CommandContext(t.Context(), "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
		"/usr/bin/python3", "-c", ask, path).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) || strings.Contains(string(out), "No such file") {
		t.Skip("needs setpriv and python3")
	}
	if err != nil || len(out) > 0 {
		t.Errorf("nobody was answered: %q, %v", out, err)
	}
}

func TestHostileClientsAreCutOff(t *testing.T) {
	c, _ := start(t)
	for name, send := range map[string]string{
		"random bytes":      "\x00\xff\x13\n",
		"no JSON":           "hello\n",
		"two values":        `{"verb":"echo"}{"verb":"echo"}` + "\n",
		"unknown name":      `{"verb":"echo","do":1}` + "\n",
		"an endless line":   strings.Repeat("x", MaxFrame+10),
		"nothing but depth": strings.Repeat("[", 100_000) + "\n",
	} {
		conn, err := net.Dial("unix", c.Path)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = conn.Write([]byte(send))
		var r Reply
		if err := json.NewDecoder(conn).Decode(&r); err != nil || r.Error == nil || r.Error.Code != "bad_request" {
			t.Errorf("%s: got %+v, %v", name, r, err)
		}
		_ = conn.Close()
	}
	if err := c.Do(t.Context(), "echo", nil); err != nil {
		t.Errorf("the server no longer answers: %v", err)
	}
}

func TestTooManyClientsAreToldSo(t *testing.T) {
	c, _ := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	running := make(chan struct{}, MaxClients)
	for range MaxClients {
		wg.Go(func() {
			first := true
			_ = c.Call(ctx, "stream", nil, func(json.RawMessage) error {
				if first {
					first = false
					running <- struct{}{}
				}
				return nil
			})
		})
	}
	for range MaxClients {
		<-running
	}
	err := c.Do(t.Context(), "echo", nil)
	if f, ok := errors.AsType[*Failure](err); !ok || f.Problem.Code != "busy" {
		t.Errorf("got %v, want busy", err)
	}
	cancel()
	wg.Wait()
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte(`{"verb":"ask","args":{"text":"x"}}`))
	f.Add([]byte(`{"verb":""}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if r, err := parseRequest(line); err == nil && r.Verb == "" {
			t.Error("a request without a verb was accepted")
		}
	})
}
