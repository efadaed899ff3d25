//go:build linux || freebsd || openbsd || netbsd

package tray

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

// watcher is the name on the bus of whatever collects the items to show.
const watcher = "org.kde.StatusNotifierWatcher"

// Tray is an item in the notification area. Its methods may be called at once
// from several goroutines.
type Tray struct {
	states chan State // holds the newest state that is not shown yet
	cancel context.CancelFunc
	done   chan struct{} // closed when the item is gone
}

// Open puts the item on the session bus. It appears as soon as something shows
// such items, and again when that is restarted. ctx bounds the opening, not
// the life of the Tray. The error wraps ErrNoBus when there is no bus; none is
// ever started.
func Open(ctx context.Context, actions Actions) (*Tray, error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	t := &Tray{states: make(chan State, 1), cancel: cancel, done: make(chan struct{})}
	ready := make(chan error, 1)
	go func() {
		defer close(t.done)
		defer cancel()
		t.run(life, actions, ready)
	}()
	var err error
	select {
	case err = <-ready:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		t.Close()
		return nil, fmt.Errorf("open tray: %w", err)
	}
	return t, nil
}

// Set shows s, as soon as the bus takes it. It does not wait for that, and it
// does nothing when the bus or the tray is gone.
func (t *Tray) Set(s State) {
	for {
		select {
		case t.states <- s:
			return
		default:
		}
		select {
		case <-t.states: // older than s
		default:
		}
	}
}

// closeLimit bounds Close, for a bus that has stopped reading.
const closeLimit = 2 * time.Second

// Close takes the item away and waits until it is gone, or for two seconds
// when the bus does not answer. It may be called twice.
func (t *Tray) Close() {
	t.cancel()
	select {
	case <-t.done:
	case <-time.After(closeLimit):
	}
}

// run owns the item from beginning to end and says on ready whether it is
// there.
func (t *Tray) run(ctx context.Context, actions Actions, ready chan<- error) {
	conn, err := connect(ctx)
	if err != nil {
		ready <- fmt.Errorf("%w: %w", ErrNoBus, err)
		return
	}
	defer func() { _ = conn.Close() }() // nothing is left to lose
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	it := newItem(actions)
	if err := it.appear(conn); err != nil {
		ready <- err
		return
	}
	ready <- nil
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-signals:
			if !ok {
				return // the bus is gone
			}
			if watcherCame(s) {
				register(conn)
			}
		case s := <-t.states:
			if err := it.show(conn, s.face()); err != nil {
				return // likewise
			}
		case act := <-it.clicks:
			act()
		}
	}
}

// connect makes a private connection, which ends with ctx.
func connect(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// appear offers the item to whoever shows items, now and later.
func (it *item) appear(conn *dbus.Conn) error {
	if err := it.export(conn); err != nil {
		return fmt.Errorf("export item: %w", err)
	}
	name := fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid())
	if _, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		return fmt.Errorf("take name: %w", err)
	}
	err := conn.AddMatchSignal(
		dbus.WithMatchSender("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"),
		dbus.WithMatchArg(0, watcher),
	)
	if err != nil {
		return fmt.Errorf("watch for %s: %w", watcher, err)
	}
	register(conn)
	return nil
}

// register tells the watcher of the item. Without one nothing happens; when it
// comes, it is told then.
func register(conn *dbus.Conn) {
	conn.Object(watcher, "/StatusNotifierWatcher").Go(watcher+".RegisterStatusNotifierItem",
		dbus.FlagNoReplyExpected|dbus.FlagNoAutoStart, nil, string(itemPath))
}

// watcherCame reports whether the signal says that there is a new watcher.
func watcherCame(s *dbus.Signal) bool {
	if s.Name != "org.freedesktop.DBus.NameOwnerChanged" || len(s.Body) != 3 || s.Body[0] != watcher {
		return false
	}
	owner, ok := s.Body[2].(string)
	return ok && owner != ""
}
