//go:build linux || freebsd

package device

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"aside/audio"
)

// fragment is how much sound the server collects before it sends it. Half a
// frame: the light goes on earlier and a frame is never late by a whole one.
const fragment = 10 * time.Millisecond

// pulseRecorder is a record stream.
type pulseRecorder struct {
	server *pulseServer
	conn   *conn
	in     *intake
	reply  proto.CreateRecordStreamReply // the reading goroutine's until the stream is open

	scratch []int16 // the reading goroutine's
	watch   sync.WaitGroup
	quit    chan struct{}
}

func startRecorder(ctx context.Context, p *pulseServer, c *conn, o RecordOptions, in *intake) (*pulseRecorder, error) {
	r := &pulseRecorder{server: p, conn: c, in: in, quit: make(chan struct{})}
	r.reply.StreamIndex = proto.Undefined
	c.listen(r.handle)
	if err := c.request(ctx, recordRequest(o), &r.reply); err != nil {
		if errors.Is(err, proto.ErrNoSuchEntity) {
			err = fmt.Errorf("%w: %w", missing(o), err)
		}
		return nil, err
	}
	if err := errors.Join(r.refuseOther(o), r.refuseLoopback(ctx, o), r.ready(ctx)); err != nil {
		return nil, errors.Join(err, r.remove())
	}
	r.watch.Go(r.notice)
	return r, nil
}

func recordRequest(o RecordOptions) *proto.CreateRecordStream {
	return &proto.CreateRecordStream{
		SampleSpec:         proto.SampleSpec{Format: proto.FormatInt16LE, Channels: 1, Rate: uint32(o.Rate)},
		ChannelMap:         proto.ChannelMap{proto.ChannelMono},
		SourceIndex:        proto.Undefined,
		SourceName:         o.Device,
		BufferMaxLength:    proto.Undefined,
		BufferFragSize:     uint32(2 * audio.Samples(fragment, o.Rate)),
		AdjustLatency:      true,
		DirectOnInputIndex: proto.Undefined,
		Properties:         proto.PropList{"media.name": proto.PropListString("Question")},
		ChannelVolumes:     proto.ChannelVolumes{proto.VolumeNorm},
	}
}

// missing is what it means that there is no such microphone.
func missing(o RecordOptions) error {
	if o.Device != "" {
		return audio.ErrAbsent
	}
	return audio.ErrNoMicrophone
}

// refuseOther makes sure that the server did not, for want of the microphone
// that was asked for, take another one.
func (r *pulseRecorder) refuseOther(o RecordOptions) error {
	if o.Device != "" && r.reply.SourceName != o.Device {
		return audio.ErrAbsent
	}
	return nil
}

// refuseLoopback makes sure that the server did not, for want of a microphone,
// let us record the loudspeaker. Any other monitor is the user's choice.
func (r *pulseRecorder) refuseLoopback(ctx context.Context, o RecordOptions) error {
	if o.Device != "" || !isMonitor(r.reply.SourceName) {
		return nil
	}
	var info proto.GetServerInfoReply
	if err := r.conn.request(ctx, &proto.GetServerInfo{}, &info); err != nil {
		return err
	}
	if r.reply.SourceName == info.DefaultSinkName+monitorSuffix {
		return audio.ErrNoMicrophone
	}
	return nil
}

// ready makes sure that silence is not taken for a user who says nothing.
func (r *pulseRecorder) ready(ctx context.Context) error {
	var info proto.GetSourceInfoReply
	if err := r.conn.request(ctx, &proto.GetSourceInfo{SourceIndex: r.reply.SourceIndex}, &info); err != nil {
		return err
	}
	if info.Mute {
		return fmt.Errorf("microphone %s: %w", r.reply.SourceName, audio.ErrMuted)
	}
	return nil
}

func (r *pulseRecorder) device() string { return r.reply.SourceName }

// handle runs on the reading goroutine, which is also the one that fills in
// reply, so that the first packet finds the stream's index there.
func (r *pulseRecorder) handle(message any) {
	switch m := message.(type) {
	case *proto.DataPacket:
		if m.StreamIndex == r.reply.StreamIndex {
			r.put(m.Data)
		}
	case *proto.RecordStreamMoved:
		if m.StreamIndex == r.reply.StreamIndex {
			r.in.fail(fmt.Errorf("microphone %s is gone, now %s: %w", r.reply.SourceName, m.DestName, audio.ErrMoved))
		}
	case *proto.RecordStreamKilled:
		if m.StreamIndex == r.reply.StreamIndex {
			r.in.fail(fmt.Errorf("microphone %s is gone: %w", r.reply.SourceName, audio.ErrLost))
		}
	}
}

// put passes samples on, but none of another microphone.
func (r *pulseRecorder) put(data []byte) {
	select {
	case <-r.in.ended:
		return
	default:
	}
	r.scratch = r.scratch[:0]
	for ; len(data) >= 2; data = data[2:] {
		r.scratch = append(r.scratch, int16(binary.LittleEndian.Uint16(data)))
	}
	r.in.put(r.scratch)
}

// notice waits for the server's death.
func (r *pulseRecorder) notice() {
	select {
	case <-r.conn.dead:
		r.in.fail(fmt.Errorf("sound server went away: %w", audio.ErrLost))
	case <-r.quit:
	}
}

func (r *pulseRecorder) stop() error {
	close(r.quit)
	r.watch.Wait()
	err := r.remove()
	r.server.give(r.conn)
	return err
}

// remove takes the stream off the server. If the server, or the stream, has
// gone before, so has the stream from its list.
func (r *pulseRecorder) remove() error {
	err := r.conn.request(context.Background(), &proto.DeleteRecordStream{StreamIndex: r.reply.StreamIndex}, nil)
	r.conn.listen(nil)
	if errors.Is(err, audio.ErrLost) || errors.Is(err, proto.ErrNoSuchEntity) {
		return nil
	}
	return err
}
