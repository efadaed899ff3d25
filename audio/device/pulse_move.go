//go:build linux || freebsd

package device

import (
	"context"

	"github.com/jfreymuth/pulse/proto"

	"aside/audio"
)

// follow goes on with the microphone to which the server has moved the stream,
// if that is because the user made it the default: the one of before is still
// there. In the place of one that was unplugged nobody has asked for another.
func (r *pulseRecorder) follow(l loss) {
	ctx := context.Background() // each request has its limit
	mic, err := findSource(ctx, r.conn, l.now)
	if err != nil {
		r.in.fail(l.err)
		return
	}
	var server proto.GetServerInfoReply
	_, gone := findSource(ctx, r.conn, r.device().Name)
	unknown := r.conn.request(ctx, &proto.GetServerInfo{}, &server)
	loopback := mic.Name == server.DefaultSinkName+monitorSuffix
	l.err.Now = mic.title()
	switch {
	case gone != nil && loopback: // what the loudspeaker plays is no offer
		r.in.fail(&audio.DeviceError{Name: l.err.Name, Err: audio.ErrLost})
	case gone != nil, unknown != nil, mic.Name != server.DefaultSourceName, loopback:
		r.in.fail(l.err)
	case mic.Muted:
		r.in.fail(&audio.DeviceError{Name: mic.title(), Err: audio.ErrMuted})
	default:
		r.mic.Store(&mic)
		r.moving.Store(false)
	}
}
