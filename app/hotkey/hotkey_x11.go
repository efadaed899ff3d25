//go:build linux || freebsd || openbsd || netbsd || dragonfly

package hotkey

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// x11 is a connection to an X server. One goroutine owns it.
type x11 struct {
	conn   *xgb.Conn
	root   xproto.Window
	keys   keymap
	wanted []Binding
	grabs  []grab // those of wanted that the server gave us
	held   held
	lone   lone
	xinput byte // the number of the XInput extension; 0 while it was not needed
	raw    *raw // open while a lone modifier is bound
}

// connect connects to the display of the environment.
func connect(ctx context.Context) (keyboard, error) {
	if os.Getenv("DISPLAY") == "" {
		return nil, fmt.Errorf("%w: DISPLAY is not set", ErrNoDisplay)
	}
	type dialled struct {
		x   *x11
		err error
	}
	answer := make(chan dialled)
	go func() {
		x, err := dial()
		select {
		case answer <- dialled{x, err}:
		case <-ctx.Done(): // the server answered too late
			if err == nil {
				x.conn.Close()
			}
		}
	}()
	select {
	case a := <-answer:
		if a.err != nil {
			return nil, a.err
		}
		return a.x, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrNoDisplay, ctx.Err())
	}
}

func dial() (*x11, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDisplay, err)
	}
	keys, err := readKeymap(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("%w: %w", ErrNoDisplay, err)
	}
	return &x11{conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root, keys: keys}, nil
}

func (x *x11) listen(ctx context.Context, asks <-chan ask, events chan<- Event) error {
	reports := make(chan xgb.Event)
	go x.read(reports)
	defer func() {
		x.retake(nil)
		x.conn.Close()
		for range reports { // until the reader has ended
		}
		x.held.watch.stop()
		x.lone.watch.stop()
	}()
	for {
		var out []Event
		var err error
		select {
		case <-ctx.Done():
			return nil
		case report, ok := <-reports:
			out, err = x.handle(report, ok)
		case a := <-asks:
			var failed []*BindingError
			out, failed = x.rebind(a.bindings)
			a.answer <- failed
		case e, ok := <-x.rawEvents():
			out, err = x.handleRaw(e, ok)
		case <-x.held.watch.tick():
			out, err = x.look()
		case <-x.lone.watch.tick():
			out, err = x.lookLone()
		}
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrLost, err)
			out = append(x.letGo(func(Binding) bool { return true }), Event{Kind: Lost, At: time.Now(), Err: err})
		}
		for _, e := range out {
			select {
			case events <- e:
			case <-ctx.Done():
				return nil
			}
		}
		if err != nil {
			return err
		}
	}
}

// read passes on what the server reports and ends with the connection.
func (x *x11) read(reports chan<- xgb.Event) {
	defer close(reports)
	for {
		event, err := x.conn.WaitForEvent()
		switch {
		case event != nil:
			reports <- event
		case err == nil:
			return
		}
		// An error here belongs to a request nobody waits for, a late ungrab.
	}
}

// handle takes in one report. An error means that the connection is gone.
func (x *x11) handle(report xgb.Event, ok bool) ([]Event, error) {
	if !ok {
		return nil, errServerGone
	}
	switch e := report.(type) {
	case xproto.KeyPressEvent:
		return x.press(stroke{trigger{code: byte(e.Detail)}, uint32(e.Time), e.State})
	case xproto.KeyReleaseEvent:
		return x.release(stroke{trigger{code: byte(e.Detail)}, uint32(e.Time), e.State})
	case xproto.ButtonPressEvent:
		return x.press(stroke{trigger{true, byte(e.Detail)}, uint32(e.Time), e.State})
	case xproto.ButtonReleaseEvent:
		return x.release(stroke{trigger{true, byte(e.Detail)}, uint32(e.Time), e.State})
	case xproto.MappingNotifyEvent:
		if e.Request == xproto.MappingPointer {
			return nil, nil
		}
		return x.remap()
	}
	return nil, nil
}

// errServerGone is why the hook ends when the server does.
var errServerGone = errors.New("the X server closed the connection")

// rebind changes the bindings, and lets go of a hold whose binding is gone.
func (x *x11) rebind(bindings []Binding) (out []Event, failed []*BindingError) {
	x.wanted = bindings
	out = x.letGo(func(b Binding) bool { return !slices.Contains(bindings, b) })
	return out, x.retake(x.wanted)
}

// letGo ends the holds of bindings that are gone.
func (x *x11) letGo(gone func(Binding) bool) []Event {
	var out []Event
	if x.held.down && gone(x.held.binding) {
		out = x.apply(x.held.look(false))
	}
	if x.lone.down && gone(x.lone.binding) {
		x.lone.click() // no tap either
		out = append(out, x.applyLone(x.lone.look(false))...)
	}
	return out
}

// down asks the server whether a key or button is down.
func (x *x11) down(t trigger) (bool, error) {
	if t.button {
		cookie := x.conn.NewCookie(true, true)
		x.conn.NewRequest(pointerRequest(x.xinput, x.root), cookie)
		reply, err := cookie.Reply()
		if err != nil {
			return false, fmt.Errorf("ask for the buttons: %w", err)
		}
		return buttonInReply(reply, t.code), nil
	}
	reply, err := xproto.QueryKeymap(x.conn).Reply()
	if err != nil {
		return false, fmt.Errorf("ask for the keys: %w", err)
	}
	return reply.Keys[t.code/8]&(1<<(t.code%8)) != 0, nil
}

// findInput reports whether the server has XInput.
func (x *x11) findInput() bool {
	if x.xinput == 0 {
		reply, err := xproto.QueryExtension(x.conn, uint16(len(xinputExtension)), xinputExtension).Reply()
		if err == nil && reply.Present {
			x.xinput = reply.MajorOpcode
		}
	}
	return x.xinput != 0
}

// remap follows a change of the layout. The hold goes on: its key is known by
// its number. A binding that worked and no longer does is reported as lost.
func (x *x11) remap() (out []Event, err error) {
	if x.keys, err = readKeymap(x.conn); err != nil {
		return nil, err
	}
	worked := slices.Clone(x.grabs)
	for _, failed := range x.retake(x.wanted) {
		if slices.ContainsFunc(worked, func(g grab) bool { return g.binding == failed.Binding }) {
			out = append(out, Event{Kind: Lost, ID: failed.Binding.ID, At: time.Now(), Err: failed})
		}
	}
	return out, nil
}
