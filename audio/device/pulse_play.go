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

// clockEvery is how often a playing stream asks where it is; between, the
// clock tells.
const clockEvery = 100 * time.Millisecond

// pulsePlayer is a playback stream.
type pulsePlayer struct {
	server *pulseServer
	conn   *conn
	queue  *queue
	rate   int
	reply  proto.CreatePlaybackStreamReply // the reading goroutine's until the stream is open

	event   chan struct{} // holds one token when the fields below have changed
	quit    chan struct{} // closed by stop
	pump    sync.WaitGroup
	sending sync.Mutex // held from taking a block to having sent it; before mu

	mu       sync.Mutex
	wanted   int  // bytes that the server has asked for and not got
	begun    bool // the loudspeaker, the present one, has taken sound
	starved  bool // it ran out of sound
	prebuf   time.Duration
	sent     int  // samples
	drained  bool // all of it has been played
	position position
}

// position is how far a stream had played at a moment.
type position struct {
	at      time.Time
	samples int
	running bool
}

func startPlayer(ctx context.Context, p *pulseServer, c *conn, o PlayOptions, q *queue) (*pulsePlayer, error) {
	s := &pulsePlayer{
		server: p, conn: c, queue: q, rate: o.Rate, prebuf: prebuffer,
		event: make(chan struct{}, 1), quit: make(chan struct{}),
	}
	s.reply.StreamIndex = proto.Undefined
	c.listen(s.handle)
	if err := c.request(ctx, s.create(o), &s.reply); err != nil {
		if errors.Is(err, proto.ErrNoSuchEntity) {
			err = fmt.Errorf("%w: %w", audio.ErrNoLoudspeaker, err)
		}
		return nil, err
	}
	s.mu.Lock()
	s.wanted += int(s.reply.Missing)
	s.mu.Unlock()
	s.pump.Go(s.run)
	return s, nil
}

func (s *pulsePlayer) bytes(d time.Duration) uint32 { return uint32(2 * audio.Samples(d, s.rate)) }

func (s *pulsePlayer) create(o PlayOptions) *proto.CreatePlaybackStream {
	return &proto.CreatePlaybackStream{
		SampleSpec:            proto.SampleSpec{Format: proto.FormatInt16LE, Channels: 1, Rate: uint32(o.Rate)},
		ChannelMap:            proto.ChannelMap{proto.ChannelMono},
		SinkIndex:             proto.Undefined,
		SinkName:              o.Device,
		BufferMaxLength:       proto.Undefined,
		BufferTargetLength:    s.bytes(bufferFor),
		BufferPrebufferLength: s.bytes(prebuffer),
		BufferMinimumRequest:  proto.Undefined,
		ChannelVolumes:        proto.ChannelVolumes{proto.VolumeNorm},
		AdjustLatency:         true,
		Properties:            proto.PropList{"media.name": proto.PropListString("Answer")},
	}
}

// handle runs on the reading goroutine; see pulseRecorder.handle.
func (s *pulsePlayer) handle(message any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch m := message.(type) {
	case *proto.Request:
		if m.StreamIndex == s.reply.StreamIndex {
			s.wanted += int(m.Length)
			s.begun = true
			poke(s.event)
		}
	case *proto.Underflow:
		if m.StreamIndex == s.reply.StreamIndex {
			s.starved = true
			s.position = position{samples: s.sent}
		}
	case *proto.Started:
		if m.StreamIndex == s.reply.StreamIndex {
			s.position.at = time.Time{} // ask again
			poke(s.event)
		}
	case *proto.PlaybackStreamMoved:
		if m.StreamIndex == s.reply.StreamIndex {
			s.begun = false
			s.position.at = time.Time{}
			poke(s.event)
		}
	case *proto.PlaybackStreamKilled:
		if m.StreamIndex == s.reply.StreamIndex {
			s.queue.fail(fmt.Errorf("loudspeaker %s is gone: %w", s.reply.SinkName, audio.ErrLost))
		}
	}
}

// run is the goroutine that sends what the server asks for. The dog runs while
// there is something that the server does not ask for.
func (s *pulsePlayer) run() {
	dog := newWatchdog(patience)
	defer dog.Stop()
	guarded := true
	since := time.Now() // the server lived, or nothing waited
	block := make([]int16, audio.Samples(audio.FrameDuration, s.rate))
	for {
		if err := s.send(block); err != nil {
			s.queue.fail(err)
			return
		}
		switch waits := s.queue.ring.Len() > 0; {
		case waits && !guarded:
			dog.feed()
			guarded, since = true, time.Now()
		case !waits:
			dog.Stop()
			guarded = false
		}
		select {
		case <-s.event:
			guarded = false // it lives; the dog begins anew
		case <-s.queue.more:
		case <-dog.C:
			switch {
			case time.Since(since) < s.limit():
				dog.feed() // send asks whether the server lives
			case dog.bark():
				s.queue.fail(fmt.Errorf("loudspeaker %s takes nothing: %w", s.reply.SinkName, audio.ErrStalled))
				return
			}
		case <-s.conn.dead:
			s.queue.fail(fmt.Errorf("sound server went away: %w", audio.ErrLost))
			return
		case <-s.quit:
			return
		}
	}
}

// limit is how long the loudspeaker may take nothing.
func (s *pulsePlayer) limit() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun {
		return patience
	}
	return beginLimit
}

// send gives the server what it wants, as far as there is something.
func (s *pulsePlayer) send(block []int16) error {
	data := make([]byte, 0, 2*len(block))
	for {
		n, err := s.sendBlock(block, data)
		switch {
		case err != nil:
			return s.conn.explain(err)
		case n == 0:
			return s.locate()
		}
	}
}

// sendBlock sends as much as fits into block and data, and returns how many
// samples that were.
func (s *pulsePlayer) sendBlock(block []int16, data []byte) (int, error) {
	s.sending.Lock()
	defer s.sending.Unlock()
	s.mu.Lock()
	n := min(len(block), s.wanted/2)
	s.mu.Unlock()
	if n = s.queue.take(block[:n]); n == 0 {
		return 0, nil
	}
	for _, v := range block[:n] {
		data = binary.LittleEndian.AppendUint16(data, uint16(v))
	}
	s.refill()
	if err := s.conn.client.Send(s.reply.StreamIndex, data); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted -= len(data)
	s.sent += n
	return n, nil
}

// refill makes the server wait for more before it goes on after an underrun:
// the sound arrives less evenly than was hoped.
func (s *pulsePlayer) refill() {
	s.mu.Lock()
	starved := s.starved
	s.starved = false
	if starved {
		s.prebuf = min(2*s.prebuf, bufferFor/2)
	}
	length := s.bytes(s.prebuf)
	s.mu.Unlock()
	if !starved {
		return
	}
	// Nothing depends on the answer.
	s.conn.start(&proto.SetPlaybackStreamBufferAttr{
		StreamIndex:           s.reply.StreamIndex,
		BufferMaxLength:       proto.Undefined,
		BufferTargetLength:    s.bytes(bufferFor),
		BufferPrebufferLength: length,
		BufferMinimumRequest:  proto.Undefined,
		AdjustLatency:         true,
	}, &proto.SetPlaybackStreamBufferAttrReply{})
}

// locate asks the server how far it has played, unless it said so lately.
func (s *pulsePlayer) locate() error {
	s.mu.Lock()
	fresh := s.sent == 0 || time.Since(s.position.at) < clockEvery
	s.mu.Unlock()
	if fresh {
		return nil
	}
	var reply proto.GetPlaybackLatencyReply
	if err := s.conn.request(context.Background(), &proto.GetPlaybackLatency{StreamIndex: s.reply.StreamIndex}, &reply); err != nil {
		if errors.Is(err, proto.ErrNoSuchEntity) {
			return fmt.Errorf("loudspeaker %s is gone: %w", s.reply.SinkName, audio.ErrLost)
		}
		return err
	}
	// What the server has read is still in the sink for as long as its latency.
	waiting := audio.Samples(time.Duration(reply.Latency)*time.Microsecond, s.rate)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.position = position{time.Now(), max(0, int(reply.ReadIndex/2)-waiting), reply.Running}
	return nil
}

func (s *pulsePlayer) played() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.playedLocked()
}

func (s *pulsePlayer) playedLocked() int {
	n := s.position.samples
	if s.position.running {
		n += audio.Samples(time.Since(s.position.at), s.rate)
	}
	return min(n, s.sent)
}

func (s *pulsePlayer) drain(ctx context.Context) error {
	for s.queue.ring.Len() > 0 {
		select {
		case <-s.queue.room:
		case <-s.queue.ended:
			return s.queue.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.sending.Lock() // the last block may have been taken but not sent
	s.mu.Lock()
	left := s.sent - s.playedLocked()
	s.mu.Unlock()
	s.sending.Unlock()
	dog := time.NewTimer(audio.Duration(left, s.rate) + beginLimit)
	defer dog.Stop()
	select {
	case err := <-s.conn.start(&proto.DrainPlaybackStream{StreamIndex: s.reply.StreamIndex}, nil):
		s.mu.Lock()
		s.drained = err == nil
		s.mu.Unlock()
		return s.conn.explain(err)
	case <-s.queue.ended:
		return s.queue.err
	case <-dog.C:
		return fmt.Errorf("loudspeaker %s does not finish: %w", s.reply.SinkName, audio.ErrStalled)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *pulsePlayer) stop() error {
	err := s.remove()
	close(s.quit)
	s.pump.Wait()
	s.server.give(s.conn)
	return err
}

// remove takes the stream off the server. To cork is what silences; after a
// drain it would cut what is still on its way through the device.
func (s *pulsePlayer) remove() error {
	steps := []proto.RequestArgs{
		&proto.CorkPlaybackStream{StreamIndex: s.reply.StreamIndex, Corked: true},
		&proto.FlushPlaybackStream{StreamIndex: s.reply.StreamIndex},
		&proto.DeletePlaybackStream{StreamIndex: s.reply.StreamIndex},
	}
	s.mu.Lock()
	if s.drained {
		steps = steps[2:]
	}
	s.mu.Unlock()
	for _, req := range steps {
		if err := s.conn.request(context.Background(), req, nil); err != nil {
			return err
		}
	}
	return nil
}
