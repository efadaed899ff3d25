//go:build linux || freebsd

package device

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/jfreymuth/pulse/proto"

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

// with runs f on a connection. A spare one may have died unnoticed, with the
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
	return with(ctx, p, func(c *conn) (Devices, error) {
		d, err := listDevices(ctx, c)
		if err == nil {
			p.give(c)
		}
		return d, err
	})
}

// listDevices asks for all devices. What records a loudspeaker is no
// microphone, unless the user has made it the default one.
func listDevices(ctx context.Context, c *conn) (Devices, error) {
	var server proto.GetServerInfoReply
	var sources proto.GetSourceInfoListReply
	var sinks proto.GetSinkInfoListReply
	for _, q := range []struct {
		req   proto.RequestArgs
		reply proto.Reply
	}{
		{&proto.GetServerInfo{}, &server},
		{&proto.GetSourceInfoList{}, &sources},
		{&proto.GetSinkInfoList{}, &sinks},
	} {
		if err := c.request(ctx, q.req, q.reply); err != nil {
			return Devices{}, err
		}
	}
	var d Devices
	for _, s := range sources {
		chosen := s.SourceName == server.DefaultSourceName
		if isMonitor(s.SourceName) && (!chosen || s.SourceName == server.DefaultSinkName+monitorSuffix) {
			continue
		}
		d.Microphones = append(d.Microphones, Device{s.SourceName, description(s.Properties, s.Device), chosen, s.Mute})
	}
	for _, s := range sinks {
		chosen := s.SinkName == server.DefaultSinkName
		d.Loudspeakers = append(d.Loudspeakers, Device{s.SinkName, description(s.Properties, s.Device), chosen, s.Mute})
	}
	first := func(a, b Device) int { return btoi(b.Default) - btoi(a.Default) }
	slices.SortStableFunc(d.Microphones, first)
	slices.SortStableFunc(d.Loudspeakers, first)
	return d, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func description(props proto.PropList, other string) string {
	if d, ok := props["device.description"]; ok {
		return d.String()
	}
	return other
}

// monitorSuffix ends the name of a source that records what a sink plays.
const monitorSuffix = ".monitor"

func isMonitor(source string) bool { return strings.HasSuffix(source, monitorSuffix) }
