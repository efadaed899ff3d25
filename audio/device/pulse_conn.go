//go:build linux || freebsd

package device

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"aside/audio"
)

// conn is a connection to the sound server. It belongs to one stream at a
// time.
type conn struct {
	net     net.Conn
	client  proto.Client
	pending atomic.Int32 // requests without an answer yet
	group   sync.WaitGroup

	once sync.Once
	dead chan struct{} // closed when the connection is gone

	mu     sync.Mutex
	handle func(message any) // of the stream; runs on the reading goroutine, must not wait
}

// wire lets the protocol notice a server that reads or writes no more.
type wire struct{ c *conn }

func (w wire) Read(p []byte) (int, error) {
	n, err := w.c.net.Read(p)
	if err != nil {
		w.c.die()
	}
	return n, err
}

func (w wire) Write(p []byte) (int, error) {
	err := w.c.net.SetWriteDeadline(time.Now().Add(patience))
	n := 0
	if err == nil {
		n, err = w.c.net.Write(p)
	}
	if err != nil {
		w.c.die()
	}
	return n, err
}

// die ends the connection and tells the stream, once.
func (c *conn) die() {
	c.once.Do(func() {
		_ = c.net.Close() // nobody uses it any more
		close(c.dead)
	})
}

// dial connects to the first server that answers.
func dial(ctx context.Context, at []address, secret []byte, application string) (*conn, error) {
	err := errors.New("no address to look at")
	for _, a := range at {
		var c *conn
		if c, err = greet(ctx, a, secret, application); err == nil {
			return c, nil
		}
		if errors.Is(err, audio.ErrStalled) {
			return nil, err // it is there; do not go behind its back
		}
	}
	return nil, fmt.Errorf("%w: %w", audio.ErrNoServer, err)
}

func greet(ctx context.Context, a address, secret []byte, application string) (*conn, error) {
	dialer := net.Dialer{Timeout: patience}
	socket, err := dialer.DialContext(ctx, a.network, a.at)
	if err != nil {
		return nil, err
	}
	c := &conn{net: socket, dead: make(chan struct{})}
	c.client.Callback = c.receive
	c.client.SetTimeout(time.Hour) // request has limits of its own
	c.client.Open(wire{c})
	var auth proto.AuthReply
	if err := c.request(ctx, &proto.Auth{Version: c.client.Version(), Cookie: secret}, &auth); err != nil {
		c.close()
		return nil, err
	}
	c.client.SetVersion(auth.Version)
	var named proto.SetClientNameReply
	if err := c.request(ctx, &proto.SetClientName{Props: identity(application)}, &named); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// identity is how the server lists us.
func identity(application string) proto.PropList {
	return proto.PropList{
		"application.name":           proto.PropListString(application),
		"application.process.id":     proto.PropListString(strconv.Itoa(os.Getpid())),
		"application.process.binary": proto.PropListString(filepath.Base(os.Args[0])),
	}
}

// receive gets every message that is not an answer.
func (c *conn) receive(message any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.handle != nil {
		c.handle(message)
	}
}

// listen gives the messages to handle from now on; nil drops them.
func (c *conn) listen(handle func(message any)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.handle = handle
}

// start sends a request. The channel gets the outcome, at the latest when the
// connection ends.
func (c *conn) start(req proto.RequestArgs, reply proto.Reply) <-chan error {
	done := make(chan error, 1)
	c.pending.Add(1)
	c.group.Go(func() {
		err := c.client.Request(req, reply)
		c.pending.Add(-1)
		done <- err
	})
	return done
}

// request sends a request and waits for the answer. If there is none within
// patience the connection is given up.
func (c *conn) request(ctx context.Context, req proto.RequestArgs, reply proto.Reply) error {
	done := c.start(req, reply)
	dog := newWatchdog(patience)
	defer dog.Stop()
	for {
		select {
		case err := <-done:
			return c.explain(err)
		case <-dog.C:
			if !dog.bark() {
				continue
			}
			c.die()
			<-done
			return fmt.Errorf("sound server does not answer: %w", audio.ErrStalled)
		case <-ctx.Done():
			c.die()
			<-done
			return ctx.Err()
		}
	}
}

// explain gives an answer's error the meaning it has for us.
func (c *conn) explain(err error) error {
	var refusal proto.Error
	if err == nil || errors.As(err, &refusal) {
		return err
	}
	return fmt.Errorf("sound server went away: %w: %w", audio.ErrLost, err)
}

// alive reports whether the connection can be used for another stream.
func (c *conn) alive() bool {
	select {
	case <-c.dead:
		return false
	default:
		return c.pending.Load() == 0
	}
}

// close ends the connection and waits for every pending request.
func (c *conn) close() {
	c.listen(nil)
	c.die()
	c.group.Wait()
}
