package e2e

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
)

// user is somebody at the desk who works in one window. All the while it is
// watched where the keyboard is: in that window, except in the stretches in
// which the user is in the panel because they clicked into it.
type user struct {
	*core
	d    *display
	own  xproto.Window // which they work in
	pane xproto.Window // the panel's, once they have clicked into it
	stop chan struct{}
	done sync.WaitGroup

	mu      sync.Mutex
	inPanel bool
	seen    map[bool]int   // samples, in the panel and outside
	strayed map[string]int // samples that should not have been
	step    string         // what the user does now
	lost    error
}

// everyMS is how long it takes from one sample of the keyboard to the next, in
// milliseconds, beside the time that a sample takes.
const everyMS = 2

// user is the one who works in the window in front.
func (c *core) user() *user {
	c.Helper()
	u := &user{
		core: c, d: c.display(), own: xproto.Window(c.front()), stop: make(chan struct{}),
		seen: map[bool]int{}, strayed: map[string]int{}, step: "start",
	}
	u.done.Go(u.watchKeyboard)
	c.Cleanup(u.end)
	return u
}

func (u *user) end() {
	select {
	case <-u.stop:
	default:
		close(u.stop)
	}
	u.done.Wait()
}

func (u *user) watchKeyboard() {
	tick := time.NewTicker(everyMS * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-u.stop:
			return
		case <-tick.C:
			u.sample()
		}
	}
}

// sample looks once. Nothing is decided between the look and the verdict.
func (u *user) sample() {
	u.mu.Lock()
	defer u.mu.Unlock()
	focus, err := xproto.GetInputFocus(u.d.conn).Reply()
	if err != nil {
		u.lost = err
		return
	}
	active, err := u.d.active()
	if err != nil {
		u.lost = err
		return
	}
	u.seen[u.inPanel]++
	for kind, w := range map[string]xproto.Window{"the keyboard": focus.Focus, "the active window": active} {
		if w != u.own && (!u.inPanel || w != u.pane && w != xproto.WindowNone) { // a window manager lets go first
			u.strayed[fmt.Sprintf("%s: %s was window %d", u.step, kind, w)]++
		}
	}
}

// active is the window that the window manager calls active.
func (d *display) active() (xproto.Window, error) {
	const name = "_NET_ACTIVE_WINDOW"
	atom, err := xproto.InternAtom(d.conn, true, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	p, err := xproto.GetProperty(d.conn, false, d.root, atom.Atom, xproto.AtomWindow, 0, 1).Reply()
	if err != nil || len(p.Value) < 4 {
		return 0, err
	}
	return xproto.Window(binary.LittleEndian.Uint32(p.Value)), nil
}

// does says what the user does now, for the report.
func (u *user) does(what string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.step = what
	u.Logf("%s: %s", time.Now().Format("05.000"), what)
}

// enters is a click into the panel after which the keyboard is there.
func (u *user) enters(click func()) {
	u.Helper()
	pane := u.d.panel()
	u.mu.Lock()
	u.inPanel, u.pane = true, pane
	u.mu.Unlock()
	click()
	u.until("the keyboard in the panel", func() bool { return u.d.focused() == pane })
}

// leaves wants the keyboard back in the user's own window. From then on it must
// stay there.
func (u *user) leaves() {
	u.Helper()
	u.until("the keyboard where it was", func() bool {
		active, err := u.d.active()
		return err == nil && active == u.own && u.d.focused() == u.own
	})
	u.mu.Lock()
	u.inPanel = false
	u.mu.Unlock()
}

// checkKeyboard says where the keyboard has been and should not have.
func (u *user) checkKeyboard(t testing.TB) {
	t.Helper()
	u.end()
	u.mu.Lock()
	defer u.mu.Unlock()
	for what, n := range u.strayed {
		t.Errorf("%s, not %d, for %d samples", what, u.own, n)
	}
	if u.lost != nil {
		t.Errorf("a sample is lost: %v", u.lost)
	}
	if u.seen[false] < 100*fewest || u.seen[true] < fewest {
		t.Errorf("%d samples of the keyboard, and %d while the user is in the panel, are too few", u.seen[false], u.seen[true])
	}
	t.Logf("%d samples of the keyboard, %d more while the user was in the panel", u.seen[false], u.seen[true])
}
