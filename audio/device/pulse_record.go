//go:build linux || freebsd

package device

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"aside/audio"
)

// fragment is how much sound the server collects before it sends it. Half a
// frame: the light goes on earlier and a frame is never late by a whole one.
const fragment = 10 * time.Millisecond

// pulseRecorder is a record stream.
type pulseRecorder struct {
	server  *pulseServer
	conn    *conn
	in      *intake
	options RecordOptions
	began   time.Time

	// stream is what the server says of the open stream, nil while there is
	// none. The reading goroutine fills it in, and is the one to look into it
	// while it is being opened.
	stream atomic.Pointer[proto.CreateRecordStreamReply]
	mic    atomic.Pointer[Device]
	moving atomic.Bool // it is not yet known whether what comes is wanted

	scratch []int16 // the reading goroutine's
	lost    chan loss
	watch   sync.WaitGroup
	quit    chan struct{}
}

func startRecorder(ctx context.Context, p *pulseServer, c *conn, o RecordOptions, in *intake) (*pulseRecorder, error) {
	r := &pulseRecorder{
		server: p, conn: c, in: in, options: o, began: time.Now(),
		lost: make(chan loss, 1), quit: make(chan struct{}),
	}
	c.listen(r.handle)
	if err := r.open(ctx, o); err != nil {
		return nil, err
	}
	r.watch.Go(r.notice)
	return r, nil
}

// open creates the stream.
func (r *pulseRecorder) open(ctx context.Context, o RecordOptions) error {
	stream := &proto.CreateRecordStreamReply{StreamIndex: proto.Undefined}
	r.stream.Store(stream)
	if err := r.conn.request(ctx, recordRequest(o), stream); err != nil {
		r.stream.Store(nil)
		return refused(o, err)
	}
	r.mic.Store(&Device{Name: stream.SourceName})
	if err := errors.Join(r.refuseOther(o), r.refuseLoopback(ctx, o), r.ready(ctx)); err != nil {
		return errors.Join(err, r.remove(), r.removeLost())
	}
	return nil
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
		NoMove:             o.Device != "", // not even when the default becomes another
		DirectOnInputIndex: proto.Undefined,
		Properties:         proto.PropList{"media.name": proto.PropListString("Question")},
		ChannelVolumes:     proto.ChannelVolumes{proto.VolumeNorm},
	}
}

// refused says what it means that the server does not open a microphone.
func refused(o RecordOptions, err error) error {
	reason := audio.ErrNoMicrophone
	switch {
	case errors.Is(err, proto.ErrDeviceOrResourceBusy):
		reason = audio.ErrBusy
	case !errors.Is(err, proto.ErrNoSuchEntity):
		return err
	case o.Device != "":
		reason = audio.ErrAbsent
	}
	return fmt.Errorf("%w: %w", reason, err)
}

// refuseOther makes sure that the server did not, for want of the microphone
// that was asked for, take another one.
func (r *pulseRecorder) refuseOther(o RecordOptions) error {
	if o.Device != "" && r.device().Name != o.Device {
		return audio.ErrAbsent
	}
	return nil
}

// refuseLoopback makes sure that the server did not, for want of a microphone,
// let us record the loudspeaker. Any other monitor is the user's choice.
func (r *pulseRecorder) refuseLoopback(ctx context.Context, o RecordOptions) error {
	if o.Device != "" || !isMonitor(r.device().Name) {
		return nil
	}
	var info proto.GetServerInfoReply
	if err := r.conn.request(ctx, &proto.GetServerInfo{}, &info); err != nil {
		return err
	}
	if r.device().Name == info.DefaultSinkName+monitorSuffix {
		return audio.ErrNoMicrophone
	}
	return nil
}

// ready makes sure that silence is not taken for a user who says nothing.
func (r *pulseRecorder) ready(ctx context.Context) error {
	mic, err := findSource(ctx, r.conn, r.device().Name)
	if err != nil {
		return err
	}
	r.mic.Store(&mic)
	if mic.Muted {
		return &audio.DeviceError{Name: mic.title(), Err: audio.ErrMuted}
	}
	return nil
}

func (r *pulseRecorder) device() Device {
	if mic := r.mic.Load(); mic != nil {
		return *mic
	}
	return Device{}
}

// handle runs on the reading goroutine, which is also the one that fills in
// the stream, so that the first packet finds its index there.
func (r *pulseRecorder) handle(message any) {
	stream := r.stream.Load()
	if stream == nil {
		return
	}
	switch m := message.(type) {
	case *proto.DataPacket:
		if m.StreamIndex == stream.StreamIndex {
			r.put(m.Data)
		}
	case *proto.RecordStreamMoved:
		if m.StreamIndex == stream.StreamIndex {
			r.lose(stream, m.DestName, audio.ErrMoved)
		}
	case *proto.RecordStreamKilled:
		if m.StreamIndex == stream.StreamIndex {
			r.lose(stream, "", audio.ErrLost)
		}
	}
}

// lose ends the recording, unless the microphone may come back, or the user
// may have made another one the default. Nothing is recorded until that is
// known.
func (r *pulseRecorder) lose(stream *proto.CreateRecordStreamReply, now string, reason error) {
	mic := r.device()
	err := &audio.DeviceError{Name: mic.title(), Now: now, Err: reason}
	l := loss{stream.StreamIndex, now, err}
	switch {
	case r.moving.Load(): // again, before it was known what to make of the first time
		r.in.fail(err)
		return
	case mic.Headset != "" && time.Since(r.began) <= flipWindow:
		r.stream.Store(nil)
	case now != "" && r.options.Device == "":
		r.moving.Store(true)
	default:
		r.in.fail(err)
		return
	}
	r.lost <- l // there is room: only notice lets another one happen
}

// put passes samples on, but none of another microphone.
func (r *pulseRecorder) put(data []byte) {
	if r.moving.Load() {
		return
	}
	r.scratch = r.scratch[:0]
	for ; len(data) >= 2; data = data[2:] {
		r.scratch = append(r.scratch, int16(binary.LittleEndian.Uint16(data)))
	}
	r.in.put(r.scratch)
}

// notice waits for the server's death, for a headset that comes back, and for
// another default.
func (r *pulseRecorder) notice() {
	for {
		select {
		case l := <-r.lost:
			r.in.returning.Store(true)
			if r.moving.Load() {
				r.follow(l)
			} else if !r.comeBack(l) {
				r.in.fail(l.err)
			}
			r.in.returning.Store(false)
		case <-r.conn.dead:
			r.in.fail(fmt.Errorf("sound server went away: %w", audio.ErrLost))
			return
		case <-r.quit:
			return
		}
	}
}

func (r *pulseRecorder) stop() error {
	close(r.quit)
	r.watch.Wait()
	err := r.remove()
	r.conn.listen(nil)
	err = errors.Join(err, r.removeLost()) // nothing is lost from now on
	r.server.give(r.conn)
	return err
}

// remove takes the stream off the server. If the server, or the stream, has
// gone before, so has the stream from its list.
func (r *pulseRecorder) remove() error {
	stream := r.stream.Load()
	if stream == nil {
		return nil
	}
	err := r.delete(stream.StreamIndex)
	r.stream.Store(nil)
	return err
}

// removeLost takes a stream off the server whose loss nobody has noticed: one
// that has been moved goes on there.
func (r *pulseRecorder) removeLost() error {
	select {
	case l := <-r.lost:
		return r.delete(l.index)
	default:
		return nil
	}
}

func (r *pulseRecorder) delete(index uint32) error {
	err := r.conn.request(context.Background(), &proto.DeleteRecordStream{StreamIndex: index}, nil)
	if errors.Is(err, audio.ErrLost) || errors.Is(err, proto.ErrNoSuchEntity) {
		return nil
	}
	return err
}
