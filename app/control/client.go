package control

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"
)

// Client talks to the core behind the socket at Path. Its methods may be
// called at once from several goroutines: each call has a connection of its
// own.
type Client struct {
	Path string

	limit time.Duration // instead of firstReply, for tests
}

// ErrNotRunning means that no core listens.
var ErrNotRunning = errors.New("aside is not running")

// Call sends one request and hands every reply's data to each, which may be
// nil. It returns when the core says that it is done, when each returns an
// error, when ctx ends, or when nothing at all comes back. An error of the
// core's is a *Failure.
func (c Client) Call(ctx context.Context, verb string, args any, each func(json.RawMessage) error) error {
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	unsent := send(conn, verb, args)
	if unsent != nil && !errors.Is(unsent, syscall.EPIPE) {
		return unsent
	}
	err = receive(ctx, conn, cmp.Or(c.limit, patience(verb, args)), each)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, told := errors.AsType[*Failure](err); unsent != nil && !told { // a core that refuses says why before it reads
		return unsent
	}
	return err
}

func (c Client) dial(ctx context.Context) (*net.UnixConn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", c.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, ErrNotRunning
	case err != nil:
		return nil, fmt.Errorf("reach aside: %w", err)
	}
	u := conn.(*net.UnixConn) // the network "unix" has no other
	if err := samePeer(u); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("reach aside: %w", err)
	}
	return u, nil
}

func send(conn net.Conn, verb string, args any) error {
	r := Request{Verb: verb}
	if args != nil {
		raw, err := json.Marshal(args)
		if err != nil {
			return fmt.Errorf("send request: %w", err)
		}
		r.Args = raw
	}
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("send request: %w", err)
	}
	if len(line) >= MaxFrame {
		return Fail("too_large", "The question is too large.", "Use a smaller picture or a shorter text.")
	}
	if _, err := conn.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("send request: %w", err)
	}
	return nil
}

// firstReply is how long the core may take to say anything at all. Deciding
// who answers may wait for a keyring.
// Choosing waits for the user's hand, trying for a service.
const (
	firstReply = 15 * time.Second
	choosing   = 45 * time.Second
)

// patience is how long the first reply to a request may take.
func patience(verb string, args any) time.Duration {
	screen := ""
	switch verb {
	case VerbPick, VerbCapture, VerbTry, VerbModels, VerbSample:
		return choosing
	}
	switch a := args.(type) {
	case AskArgs:
		screen = a.Screen
	case AimArgs:
		screen = a.Screen
	}
	if screen == "region" || screen == "pick" {
		return choosing
	}
	return firstReply
}

func receive(ctx context.Context, conn net.Conn, limit time.Duration, each func(json.RawMessage) error) error {
	if err := conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return fmt.Errorf("read reply: %w", err)
	}
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, 4096), MaxReply)
	for first := true; lines.Scan(); first = false {
		if first {
			if err := conn.SetReadDeadline(time.Time{}); err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
		}
		var r Reply
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("read reply: %w", err)
		}
		if r.Data != nil && each != nil {
			if err := each(r.Data); err != nil {
				return err
			}
		}
		switch {
		case r.Error != nil:
			return &Failure{*r.Error}
		case r.End:
			return nil
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return Fail("not_answering", "Aside runs and does not answer.", "End it with: pkill -x aside, then start it again.")
	case err != nil:
		return fmt.Errorf("read reply: %w", err)
	}
	return fmt.Errorf("read reply: %w", io.ErrUnexpectedEOF)
}

// Do sends a request whose replies do not matter.
func (c Client) Do(ctx context.Context, verb string, args any) error {
	return c.Call(ctx, verb, args, nil)
}

// Status returns how the core stands.
func (c Client) Status(ctx context.Context) (Status, error) {
	return one[Status](ctx, c, VerbStatus, nil)
}

// Shot returns the very bytes of a picture that a recent turn sent. Its
// pictures are counted from 0.
func (c Client) Shot(ctx context.Context, id string, picture int) (Shot, error) {
	return one[Shot](ctx, c, VerbShot, ShotArgs{ID: id, Picture: picture})
}

// Watch calls see with how things stand and with every change until ctx ends
// or the core does.
func (c Client) Watch(ctx context.Context, see func(Snapshot)) error {
	return c.Call(ctx, VerbWatch, nil, func(raw json.RawMessage) error {
		var s Snapshot
		if err := json.Unmarshal(raw, &s); err != nil {
			return fmt.Errorf("read reply: %w", err)
		}
		see(s)
		return nil
	})
}

// Ask asks and returns the turn as it ended. see is called with the turn as it
// grows; it may be nil.
func (c Client) Ask(ctx context.Context, args AskArgs, see func(View)) (View, error) {
	return c.Answer(ctx, VerbAsk, args, see)
}

// Answer is Ask for any verb that begins a turn.
func (c Client) Answer(ctx context.Context, verb string, args any, see func(View)) (View, error) {
	var last View
	err := c.Call(ctx, verb, args, func(raw json.RawMessage) error {
		var v View
		if err := json.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("read reply: %w", err)
		}
		last = v
		if see != nil {
			see(v)
		}
		return nil
	})
	return last, err
}

// one sends a request that has one reply.
func one[T any](ctx context.Context, c Client, verb string, args any) (T, error) {
	var got T
	err := c.Call(ctx, verb, args, func(raw json.RawMessage) error { return json.Unmarshal(raw, &got) })
	return got, err
}
