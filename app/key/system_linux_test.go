package key

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/app/desk"
)

// emptyBus is the configuration of a bus that starts no services itself.
const emptyBus = `<busconfig>
<type>session</type>
<listen>unix:path=%s</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`

// privateBus starts a bus with nothing on it and makes this process use it.
func privateBus(t *testing.T) *desk.Desk {
	t.Helper()
	d := desk.Start(t, desk.Options{})
	d.BusAddress = "unix:path=" + filepath.Join(d.Dir, "run", "bus")
	config := filepath.Join(d.Dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, emptyBus, filepath.Join(d.Dir, "run", "bus")), 0o600); err != nil {
		t.Fatal(err)
	}
	launch(t, d, d.Command(context.Background(), "dbus-daemon", "--nofork", "--config-file="+config))
	if err := d.Until(t.Context(), "message bus", func() bool {
		_, err := os.Stat(filepath.Join(d.Dir, "run", "bus"))
		return err == nil
	}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", d.BusAddress)
	t.Setenv(Variable, "")
	return d
}

func launch(t *testing.T, d *desk.Desk, cmd *exec.Cmd) {
	t.Helper()
	_, err := d.Launch(cmd)
	switch {
	case errors.Is(err, desk.ErrMissing) && os.Getenv("ASIDE_TEST_ALL") == "":
		t.Skipf("no keyring to test: %v", err)
	case err != nil:
		t.Fatal(err)
	}
}

// secretService starts a real keyring, unlocked, on a private bus.
func secretService(t *testing.T) (*desk.Desk, *os.Process) {
	t.Helper()
	d := privateBus(t)
	cmd := d.Command(context.Background(), "gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock")
	cmd.Stdin = strings.NewReader("password of the keyring")
	launch(t, d, cmd)
	if err := d.Until(t.Context(), "keyring", func() bool {
		out, err := d.Output(t.Context(), "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
			"org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
		return err == nil && strings.Contains(out, "true")
	}); err != nil {
		t.Fatal(err)
	}
	return d, cmd.Process
}

func TestRealKeyringStoresAndDeletes(t *testing.T) {
	secretService(t)
	ctx := context.Background()
	k := New()
	if _, err := k.Get(ctx, openAI); !errors.Is(err, ErrNotFound) {
		t.Fatalf("empty: got %v", err)
	}
	if err := k.Set(ctx, openAI, "sk-real"); err != nil {
		t.Fatal(err)
	}
	if got, err := New().Get(ctx, openAI); err != nil || got != "sk-real" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := k.Get(ctx, "https://example.org"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another service: got %v", err)
	}
	if err := k.Delete(ctx, openAI); err != nil {
		t.Error(err)
	}
	if source, err := k.Status(ctx, openAI); err != nil || source != Nowhere {
		t.Errorf("after Delete: got %s, %v", source, err)
	}
}

func TestRealKeyringThatIsLocked(t *testing.T) {
	d, _ := secretService(t)
	ctx := context.Background()
	if err := New().Set(ctx, openAI, "sk-real"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Output(ctx, "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets",
		"org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login"); err != nil {
		t.Fatal(err)
	}
	if _, err := New().Get(ctx, openAI); !errors.Is(err, ErrLocked) {
		t.Errorf("get: got %v", err)
	}
	if err := New().Set(ctx, openAI, "sk-new"); !errors.Is(err, ErrLocked) {
		t.Errorf("set: got %v", err)
	}
}

func TestLockedKeyringIsNotAskedForWhatItDoesNotHave(t *testing.T) {
	d, _ := secretService(t)
	ctx := context.Background()
	if _, err := d.Output(ctx, "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets",
		"org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login"); err != nil {
		t.Fatal(err)
	}
	if _, err := New().Get(ctx, openAI); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestRealKeyringThatHangs(t *testing.T) {
	_, daemon := secretService(t)
	if err := daemon.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	k := New()
	k.limit = 100 * time.Millisecond
	if _, err := k.Get(context.Background(), openAI); !errors.Is(err, ErrTimeout) {
		t.Errorf("stopped: got %v", err)
	}
	if err := daemon.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	k.limit = 10 * time.Second
	if _, err := k.Get(context.Background(), openAI); !errors.Is(err, ErrNotFound) {
		t.Errorf("continued: got %v", err)
	}
}

func TestRealKeyringThatDiesMidCall(t *testing.T) {
	d, daemon := secretService(t)
	if err := daemon.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	k := New()
	got := make(chan error, 1)
	go func() {
		_, err := k.Get(context.Background(), openAI)
		got <- err
	}()
	if err := d.Until(t.Context(), "call", func() bool { return len(k.calls) == 1 }); err != nil {
		t.Fatal(err)
	}
	if err := daemon.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
}

func TestBusWithoutAKeyring(t *testing.T) {
	privateBus(t)
	if _, err := New().Get(context.Background(), openAI); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
}

// asking is a Secret Service that asks the user to unlock it and gets no answer.
type asking struct{ asked chan struct{} }

func (asking) Unlock([]dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return nil, "/prompt", nil
}

func (a asking) Prompt(string) *dbus.Error {
	close(a.asked)
	return nil
}

// The library takes the end of the bus for an answer of the user's and panics.
func TestBusThatDiesWhileTheUserIsAskedToUnlock(t *testing.T) {
	d := privateBus(t)
	conn, err := dbus.Connect(d.BusAddress)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	service := asking{make(chan struct{})}
	if _, err := conn.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		conn.Export(service, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service"),
		conn.Export(service, "/prompt", "org.freedesktop.Secret.Prompt"),
	); err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() {
		_, err := New().Get(context.Background(), openAI)
		got <- err
	}()
	select {
	case <-service.asked:
	case err := <-got:
		t.Fatalf("the user was not asked: %v", err)
	}
	if err := d.Until(t.Context(), "the library to wait for the user", waitsForUser); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
}

// waitsForUser looks for a goroutine that waits for the answer of a prompt.
func waitsForUser() bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for g := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		state, calls, _ := bytes.Cut(g, []byte("\n"))
		top, _, _ := bytes.Cut(calls, []byte("\n"))
		if bytes.Contains(state, []byte("[chan receive")) && bytes.Contains(top, []byte("handlePrompt")) {
			return true
		}
	}
	return false
}

func TestNoBusIsKnownAtOnce(t *testing.T) {
	t.Setenv(Variable, "")
	for name, address := range map[string]string{
		"gone":       "unix:path=" + t.TempDir() + "/bus",
		"autolaunch": "autolaunch:",
		"nonsense":   "nonsense",
	} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		k := New()
		k.limit = time.Hour
		if _, err := k.Get(context.Background(), openAI); !errors.Is(err, ErrNone) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNoBusIsNotStarted(t *testing.T) {
	if _, err := exec.LookPath("dbus-launch"); err != nil {
		t.Skip("nothing here could start one")
	}
	t.Setenv(Variable, "")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	if reachable() {
		t.Skip("this machine has a session")
	}
	if _, err := New().Get(context.Background(), openAI); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	// The library puts the address of the bus that it starts here.
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		t.Errorf("a bus was started: %s", address)
	}
}
