// Package desk makes a private virtual desktop: a display with a window
// manager, a sound server with a virtual microphone and loudspeaker, a message
// bus, and a home of its own. The end-to-end tests run on it, and so does
// `make run` on a machine without a display. Nothing of the user's is touched.
package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options says which parts a desk has.
type Options struct {
	Display       bool
	WM            string   // window manager to start: openbox, xfwm4, metacity; "" for none
	Width, Height int      // of the display in pixels; 1920 by 1080 unless set
	Depth         int      // of the display in bits; 24 unless set
	Server        []string // more arguments for the X server
	Sound         bool
	Bus           bool
}

// Desk is a running virtual desktop. Its methods may be called at once from
// several goroutines.
type Desk struct {
	Display     string // ":93"; "" without a display
	PulseServer string // "unix:…"; "" without sound
	BusAddress  string // "" without a bus
	Dir         string // the private folder that holds everything

	mu    sync.Mutex
	procs []*process // in the order of their start
}

// process is a child of the desk.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has been reaped
}

// ErrMissing means that a program the desk needs is not installed.
var ErrMissing = errors.New("program not installed")

// TB is what Start needs of a test.
type TB interface {
	Helper()
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Start opens a desk for a test and closes it afterwards. It skips the test
// when a program is missing, unless ASIDE_TEST_ALL=1 says that all must be
// there.
func Start(t TB, o Options) *Desk {
	t.Helper()
	d, err := Open(context.Background(), o)
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("ASIDE_TEST_ALL") == "":
		t.Skipf("no virtual desktop: %v", err)
	case err != nil:
		t.Fatalf("open virtual desktop: %v", err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// Open starts the parts that o names, in order, and returns when all of them
// answer. On error nothing is left running.
func Open(ctx context.Context, o Options) (*Desk, error) {
	dir, err := os.MkdirTemp("", "aside-desk-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	d := &Desk{Dir: dir}
	for _, sub := range []string{"run", "home", "config", "data", "cache"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, errors.Join(fmt.Errorf("make folder: %w", err), d.Close())
		}
	}
	steps := []struct {
		name   string
		wanted bool
		start  func(context.Context, Options) error
	}{
		{"message bus", o.Bus, d.startBus},
		{"display", o.Display, d.startDisplay},
		{"window manager", o.Display && o.WM != "", d.startWM},
		{"sound server", o.Sound, d.startSound},
	}
	for _, s := range steps {
		if !s.wanted {
			continue
		}
		if err := s.start(ctx, o); err != nil {
			return nil, errors.Join(fmt.Errorf("start %s: %w", s.name, err), d.Close())
		}
	}
	return d, nil
}

// Close ends every process of the desk, newest first, waits for them and
// removes the folder. It may be called twice.
func (d *Desk) Close() error {
	d.mu.Lock()
	procs := d.procs
	d.procs = nil
	d.mu.Unlock()
	for i := len(procs) - 1; i >= 0; i-- {
		procs[i].stop()
	}
	return os.RemoveAll(d.Dir)
}

// Env is the whole environment for a program on this desk.
func (d *Desk) Env() []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"LANG=C.UTF-8",
		"HOME=" + filepath.Join(d.Dir, "home"),
		"XDG_RUNTIME_DIR=" + filepath.Join(d.Dir, "run"),
		"XDG_CONFIG_HOME=" + filepath.Join(d.Dir, "config"),
		"XDG_DATA_HOME=" + filepath.Join(d.Dir, "data"),
		"XDG_CACHE_HOME=" + filepath.Join(d.Dir, "cache"),
		"PULSE_SERVER=" + d.PulseServer,
	}
	if d.PulseServer == "" {
		// Not set at all, a client would look for the user's own server.
		env[len(env)-1] = "PULSE_SERVER=unix:" + filepath.Join(d.Dir, "run", "no-sound-server")
	}
	if d.Display != "" {
		env = append(env, "DISPLAY="+d.Display, "XDG_SESSION_TYPE=x11")
	}
	if d.BusAddress != "" {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+d.BusAddress)
	}
	return env
}

// Command prepares a program to run on the desk. Cancelling ctx kills it.
func (d *Desk) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = d.Env()
	cmd.WaitDelay = time.Second
	return cmd
}

// Output runs a program on the desk and returns what it printed, trimmed.
func (d *Desk) Output(ctx context.Context, name string, args ...string) (string, error) {
	out, err := d.Command(ctx, name, args...).CombinedOutput()
	text := strings.TrimSpace(string(out))
	if err != nil {
		return text, fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, text)
	}
	return text, nil
}

// Launch starts a program that lives until the desk closes, or until the
// function that it returns is called.
func (d *Desk) Launch(cmd *exec.Cmd) (stop func(), err error) {
	p, err := d.launch(cmd)
	if err != nil {
		return nil, err
	}
	return p.stop, nil
}

func (d *Desk) launch(cmd *exec.Cmd) (*process, error) {
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, fmt.Errorf("%w: %s", ErrMissing, cmd.Path)
		}
		return nil, err
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // how a child of the desk ends is its user's concern
	}()
	d.mu.Lock()
	d.procs = append(d.procs, p)
	d.mu.Unlock()
	return p, nil
}

// patience is what a process gets to end in once it has been asked to: a core
// ends its own panel in that time.
const patience = 2 * time.Second

// stop asks the process to end, and kills it if it does not.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
		return
	case <-time.After(patience):
	}
	_ = p.cmd.Process.Kill()
	<-p.done
}

func (d *Desk) startDisplay(ctx context.Context, o Options) error {
	width, height, depth := o.Width, o.Height, o.Depth
	if width == 0 || height == 0 {
		width, height = 1920, 1080
	}
	if depth == 0 {
		depth = 24
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = read.Close() }()
	args := append([]string{"-displayfd", "3", "-nolisten", "tcp", "-noreset",
		"-screen", "0", fmt.Sprintf("%dx%dx%d", width, height, depth)}, o.Server...)
	cmd := d.Command(context.WithoutCancel(ctx), "Xvfb", args...)
	cmd.ExtraFiles = []*os.File{write}
	_, err = d.launch(cmd)
	_ = write.Close()
	if err != nil {
		return err
	}
	number, err := readLine(ctx, read)
	if err != nil {
		return fmt.Errorf("wait for Xvfb: %w", err)
	}
	d.Display = ":" + number
	return nil
}

// readLine reads the first line of r, or gives up when ctx ends or after ten
// seconds.
func readLine(ctx context.Context, r *os.File) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = r.SetReadDeadline(time.Now()) })
	defer stop()
	var line []byte
	for buf := make([]byte, 1); ; {
		if _, err := r.Read(buf); err != nil {
			return "", err
		}
		if buf[0] == '\n' {
			return strings.TrimSpace(string(line)), nil
		}
		line = append(line, buf[0])
	}
}

func (d *Desk) startWM(ctx context.Context, o Options) error {
	if _, err := d.launch(d.Command(context.WithoutCancel(ctx), o.WM)); err != nil {
		return err
	}
	return d.Until(ctx, "window manager", func() bool {
		out, err := d.Output(ctx, "xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		return err == nil && strings.Contains(out, "window id")
	})
}

func (d *Desk) startBus(ctx context.Context, _ Options) error {
	socket := filepath.Join(d.Dir, "run", "bus")
	cmd := d.Command(context.WithoutCancel(ctx), "dbus-daemon", "--session", "--nofork", "--address=unix:path="+socket)
	if _, err := d.launch(cmd); err != nil {
		return err
	}
	d.BusAddress = "unix:path=" + socket
	return d.Until(ctx, "message bus", func() bool {
		// The socket is there before it takes connections.
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
		if err != nil {
			return false
		}
		_ = conn.Close() // nothing is lost with it
		return true
	})
}

// Until waits until ok reports true, asking every 20 ms for at most ten
// seconds.
func (d *Desk) Until(ctx context.Context, what string, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok() {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		}
	}
}

// ActiveWindow returns the X window that the window manager calls active, and
// the one that has the input focus.
func (d *Desk) ActiveWindow(ctx context.Context) (active, focus uint64, err error) {
	for _, q := range []struct {
		verb string
		to   *uint64
	}{{"getactivewindow", &active}, {"getwindowfocus", &focus}} {
		out, err := d.Output(ctx, "xdotool", q.verb)
		if err != nil {
			return 0, 0, err
		}
		if *q.to, err = strconv.ParseUint(out, 10, 64); err != nil {
			return 0, 0, fmt.Errorf("xdotool %s: %w", q.verb, err)
		}
	}
	return active, focus, nil
}
