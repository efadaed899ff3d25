//go:build linux || freebsd

package device

import (
	"context"
	"errors"
	"os"
	"sync"

	"aside/audio"
)

// maxSpare is how many connections are kept between streams: one for the
// microphone and one for the loudspeaker. A connection without a stream wakes
// nobody.
const maxSpare = 2

// pulseServer is the backend that talks to PulseAudio, or to PipeWire in its
// place.
type pulseServer struct {
	at          []address
	application string

	mu     sync.Mutex
	spare  []*conn
	closed bool
}

// openPulse makes the backend and connects ahead of the first use, if there
// is a server to connect to.
func openPulse(ctx context.Context, o Options) (backend, error) {
	p := &pulseServer{at: addresses(o.Server, os.Getenv), application: o.Application}
	if o.Backend == Malgo {
		return p, nil
	}
	if c, err := p.dial(ctx); err == nil {
		p.give(c)
	}
	return p, ctx.Err()
}

func (p *pulseServer) dial(ctx context.Context) (*conn, error) {
	return dial(ctx, p.at, cookie(os.Getenv), p.application)
}

// take returns a spare connection, or nil if there is none that lives.
func (p *pulseServer) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.spare) > 0 {
		c := p.spare[len(p.spare)-1]
		p.spare = p.spare[:len(p.spare)-1]
		if c.alive() {
			return c
		}
		c.close()
	}
	return nil
}

// give takes a connection back when its stream has gone.
func (p *pulseServer) give(c *conn) {
	c.listen(nil)
	p.mu.Lock()
	keep := c.alive() && !p.closed && len(p.spare) < maxSpare
	if keep {
		p.spare = append(p.spare, c)
	}
	p.mu.Unlock()
	if !keep {
		c.close()
	}
}

func (p *pulseServer) close() {
	p.mu.Lock()
	spare := p.spare
	p.spare, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range spare {
		c.close()
	}
}

// with runs f on a connection, which is f's to keep unless it fails. A spare one may have died unnoticed, with the
// server that it was connected to: then f runs again on a new one.
func with[T any](ctx context.Context, p *pulseServer, f func(*conn) (T, error)) (T, error) {
	var none T
	if c := p.take(); c != nil {
		v, err := f(c)
		if err == nil {
			return v, nil
		}
		p.give(c)
		if !errors.Is(err, audio.ErrLost) {
			return none, err
		}
	}
	c, err := p.dial(ctx)
	if err != nil {
		return none, err
	}
	v, err := f(c)
	if err != nil {
		p.give(c)
		return none, err
	}
	return v, nil
}

// ask is with for an f that needs the connection no longer than it runs.
func ask[T any](ctx context.Context, p *pulseServer, f func(*conn) (T, error)) (T, error) {
	return with(ctx, p, func(c *conn) (T, error) {
		v, err := f(c)
		if err == nil {
			p.give(c)
		}
		return v, err
	})
}

// do is ask for an f without a result.
func (p *pulseServer) do(ctx context.Context, f func(*conn) error) error {
	_, err := ask(ctx, p, func(c *conn) (struct{}, error) { return struct{}{}, f(c) })
	return err
}

func (p *pulseServer) record(ctx context.Context, o RecordOptions, in *intake) (source, error) {
	r, err := with(ctx, p, func(c *conn) (*pulseRecorder, error) { return startRecorder(ctx, p, c, o, in) })
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (p *pulseServer) play(ctx context.Context, o PlayOptions, q *queue) (sink, error) {
	s, err := with(ctx, p, func(c *conn) (*pulsePlayer, error) { return startPlayer(ctx, p, c, o, q) })
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (p *pulseServer) devices(ctx context.Context) (Devices, error) {
	return ask(ctx, p, func(c *conn) (Devices, error) { return listDevices(ctx, c) })
}
