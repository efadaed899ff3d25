package words

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// connectLimit bounds the connecting, which may have to start the bus. That
// takes longer than a reading may, so it goes on when a reading has given up.
const connectLimit = 5 * time.Second

// link is a connection to the accessibility bus, or becomes one.
type link struct {
	drop context.CancelFunc // gives the connecting up
	done chan struct{}      // closed when bus and err are set
	bus  *dbus.Conn
	err  error
}

// connect returns the connection, and makes one if there is none or it broke.
func (r *Reader) connect(ctx context.Context) (*dbus.Conn, error) {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil, fmt.Errorf("reader is closed: %w", ErrUnavailable)
	}
	if r.link == nil || r.link.broken() {
		r.link = newLink()
	}
	l := r.link
	r.mu.Unlock()
	select {
	case <-l.done:
		return l.bus, l.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

func newLink() *link {
	ctx, drop := context.WithTimeout(context.Background(), connectLimit)
	l := &link{drop: drop, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		defer drop()
		l.bus, l.err = dial(ctx)
	}()
	return l
}

// broken says that the connecting failed, or the connection since.
func (l *link) broken() bool {
	select {
	case <-l.done:
		return l.err != nil || !l.bus.Connected()
	default:
		return false
	}
}

func (l *link) close() {
	l.drop()
	<-l.done
	if l.bus != nil {
		_ = l.bus.Close() // nothing is lost with it
	}
}

// dial asks the session where the accessibility bus is, and connects to it.
func dial(ctx context.Context) (*dbus.Conn, error) {
	// Not ConnectSessionBus: without a session that would start one.
	session, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, fmt.Errorf("no session bus: %w: %w", ErrUnavailable, err)
	}
	defer func() { _ = session.Close() }() // nothing is lost with it
	if err := greet(ctx, session); err != nil {
		return nil, fmt.Errorf("greet session bus: %w: %w", ErrUnavailable, err)
	}
	var address string
	err = session.Object("org.a11y.Bus", "/org/a11y/bus").CallWithContext(ctx, "org.a11y.Bus.GetAddress", 0).Store(&address)
	if err != nil {
		return nil, fmt.Errorf("no accessibility bus: %w: %w", ErrUnavailable, err)
	}
	bus, err := dbus.Dial(address)
	if err != nil {
		return nil, fmt.Errorf("dial accessibility bus: %w: %w", ErrUnavailable, err)
	}
	if err := greet(ctx, bus); err != nil {
		_ = bus.Close() // likewise
		return nil, fmt.Errorf("greet accessibility bus: %w: %w", ErrUnavailable, err)
	}
	return bus, nil
}

// greet opens a connection. A bus that does not answer makes it wait until ctx
// ends, and no longer: godbus alone would wait for ever.
func greet(ctx context.Context, bus *dbus.Conn) error {
	stop := context.AfterFunc(ctx, func() { _ = bus.Close() }) // that ends the wait
	err := bus.Auth(nil)
	if err == nil {
		err = bus.Hello()
	}
	if called := !stop(); called {
		return errors.Join(err, ctx.Err())
	}
	return err
}
