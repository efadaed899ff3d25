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

// lookEvery is how often the server is asked whether the held key is still
// held. Nothing is asked while no key is.
const lookEvery = 200 * time.Millisecond

// x11 is a connection to an X server. One goroutine owns it.
//
// A passive grab that fires becomes an active one until its key comes up: all
// keys are reported to us meanwhile, which is how Escape is seen without
// ever being taken.
type x11 struct {
	conn   *xgb.Conn
	root   xproto.Window
	keys   keymap
	wanted []Binding
	grabs  []grab // those of wanted that the server gave us

	hold    hold
	binding Binding        // what is held
	code    xproto.Keycode // its key
	escaped bool           // Escape was pressed during this hold
	ticker  *time.Ticker   // runs while hold.down, otherwise nil
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
		if x.ticker != nil {
			x.ticker.Stop()
		}
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
		case <-x.tick():
			out, err = x.look()
		}
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrLost, err)
			out = append(x.apply(change{up: x.hold.down}), Event{Kind: Lost, At: time.Now(), Err: err})
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

func (x *x11) tick() <-chan time.Time {
	if x.ticker == nil {
		return nil
	}
	return x.ticker.C
}

// handle takes in one report. An error means that the connection is gone.
func (x *x11) handle(report xgb.Event, ok bool) ([]Event, error) {
	if !ok {
		return nil, errors.New("the X server closed the connection")
	}
	switch e := report.(type) {
	case xproto.KeyPressEvent:
		return x.press(e)
	case xproto.KeyReleaseEvent:
		if !x.hold.down || e.Detail != x.code {
			return nil, nil
		}
		held, err := x.held()
		if err != nil {
			return nil, err
		}
		return x.apply(x.hold.release(uint32(e.Time), held)), nil
	case xproto.MappingNotifyEvent:
		if e.Request == xproto.MappingPointer {
			return nil, nil
		}
		return x.remap()
	}
	return nil, nil
}

func (x *x11) press(e xproto.KeyPressEvent) (out []Event, err error) {
	if x.hold.down && e.Detail == x.code {
		return x.apply(x.hold.press(uint32(e.Time))), nil
	}
	if x.hold.down {
		// Another key of a hold, unless its end was lost.
		if out, err = x.look(); err != nil {
			return nil, err
		}
	}
	if x.hold.down {
		if !x.escaped && slices.Contains(x.keys.codes(keysymEscape), e.Detail) {
			x.escaped = true
			out = append(out, Event{Kind: Escape, ID: x.binding.ID, At: time.Now()})
		}
		return out, nil
	}
	if x.hold.echo(uint32(e.Time)) && e.Detail == x.code {
		if held, err := x.held(); err != nil || !held {
			return out, err
		}
	}
	mask := x.keys.plain(e.State)
	for _, g := range x.grabs {
		if g.mask == mask && slices.Contains(g.codes, e.Detail) {
			x.binding, x.code = g.binding, e.Detail
			return append(out, x.apply(x.hold.press(uint32(e.Time)))...), nil
		}
	}
	return out, nil
}

// look notices a release that was not reported.
func (x *x11) look() ([]Event, error) {
	held, err := x.held()
	if err != nil {
		return nil, err
	}
	return x.apply(x.hold.look(held)), nil
}

// held asks the server whether the key of the hold is down.
func (x *x11) held() (bool, error) {
	reply, err := xproto.QueryKeymap(x.conn).Reply()
	if err != nil {
		return false, fmt.Errorf("ask for the keys: %w", err)
	}
	return reply.Keys[x.code/8]&(1<<(x.code%8)) != 0, nil
}

// apply turns a change of the hold into events, and starts or stops asking.
func (x *x11) apply(c change) (out []Event) {
	now := time.Now()
	if c.up {
		out = append(out, Event{Kind: Up, ID: x.binding.ID, At: now})
		x.ticker.Stop()
		x.ticker = nil
	}
	if c.down {
		out = append(out, Event{Kind: Down, ID: x.binding.ID, At: now})
		x.ticker = time.NewTicker(lookEvery)
		x.escaped = false
	}
	return out
}

// rebind changes the bindings, and lets go of a hold whose binding is gone.
func (x *x11) rebind(bindings []Binding) (out []Event, failed []*BindingError) {
	x.wanted = bindings
	if x.hold.down && !slices.Contains(bindings, x.binding) {
		out = x.apply(x.hold.look(false))
	}
	return out, x.retake(x.wanted)
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
