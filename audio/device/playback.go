package device

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"aside/audio"
)

// The playback path. What waits here and what waits at the device together are
// what a change of pace or volume takes to be heard.
const (
	queueAhead = 40 * time.Millisecond // in a queue
	bufferFor  = 80 * time.Millisecond // at the device
	prebuffer  = 20 * time.Millisecond // before the first sound, more after an underrun

	// beginLimit is how long a loudspeaker may take until it begins: a sink that
	// was idle may finish a block of two seconds first, or change its rate, and
	// a Bluetooth headset has to switch on.
	beginLimit = 5 * time.Second
)

// queue carries samples from a playback to a backend. put comes from one
// goroutine, take from another or from a callback.
type queue struct {
	ring *audio.Ring
	gain *atomic.Uint64 // float64 bits
	more chan struct{}  // holds one token when samples have come
	room chan struct{}  // holds one token when samples have gone

	once  sync.Once
	ended chan struct{} // closed when nothing more will be taken
	err   error         // why; nil when it was stopped
}

func newQueue(rate int, gain *atomic.Uint64) *queue {
	return &queue{
		ring: audio.NewRing(audio.Samples(queueAhead, rate)),
		gain: gain,
		more: make(chan struct{}, 1), room: make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
}

// take fills samples as far as it can, at the volume of this moment.
func (q *queue) take(samples []int16) int {
	n := q.ring.Read(samples)
	if n > 0 {
		audio.Amplify(samples[:n], math.Float64frombits(q.gain.Load()))
		poke(q.room)
	}
	return n
}

// offer stores what there is room for and returns how much that was.
func (q *queue) offer(samples []int16, space int) int {
	n := min(len(samples), max(0, space-q.ring.Len()))
	n = q.ring.Write(samples[:n])
	if n > 0 {
		poke(q.more)
	}
	return n
}

// fail ends the queue; only the first reason counts.
func (q *queue) fail(err error) {
	q.once.Do(func() {
		q.err = err
		close(q.ended)
	})
}

// voice is one stream on the loudspeaker, from the first frame to a drain or a
// flush.
type voice struct {
	queue   *queue
	sink    sink
	written int // samples
}

// Playback plays on a loudspeaker. Write and Drain come from one goroutine;
// the others may be called from any.
type Playback struct {
	rate int
	open func(context.Context, *queue) (sink, error)
	gain atomic.Uint64 // float64 bits

	opening sync.Mutex // held while a voice is opened or stopped; before mu

	mu     sync.Mutex
	voice  *voice // nil before the first frame, after a drain and after a flush
	before int    // samples played by earlier voices
	last   int    // what Played said last
	closed bool
}

func newPlayback(rate int, open func(context.Context, *queue) (sink, error)) *Playback {
	p := &Playback{rate: rate, open: open}
	p.SetGain(1)
	return p
}

// Write queues a frame and returns when there is room for the next. The first
// one opens the loudspeaker. A Flush meanwhile makes it return; the frame is
// then forgotten. The error wraps audio.ErrNoServer, ErrNoLoudspeaker,
// ErrStalled or ErrLost.
func (p *Playback) Write(ctx context.Context, f audio.Frame) error {
	if f.Rate != p.rate {
		return fmt.Errorf("play: frame of %d Hz at %d Hz: %w", f.Rate, p.rate, audio.ErrFormat)
	}
	if len(f.Samples) == 0 {
		return ctx.Err()
	}
	v, rest, err := p.ready(ctx, f.Samples)
	if err != nil {
		return fmt.Errorf("play: %w", err)
	}
	space := audio.Samples(queueAhead, p.rate)
	for len(rest) > 0 {
		select {
		case <-v.queue.room:
		case <-v.queue.ended:
			if v.queue.err != nil {
				return fmt.Errorf("play: %w", v.queue.err)
			}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
		rest = rest[p.offer(v, rest, space):]
	}
	return nil
}

// offer queues what there is room for.
func (p *Playback) offer(v *voice, samples []int16, space int) int {
	n := v.queue.offer(samples, space)
	p.mu.Lock()
	v.written += n
	p.mu.Unlock()
	return n
}

// ready returns the voice, opened if need be, and what of the samples it has
// not taken yet.
func (p *Playback) ready(ctx context.Context, samples []int16) (*voice, []int16, error) {
	p.opening.Lock()
	defer p.opening.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, nil, err // cancelled before a Flush: it must stay silent
	}
	space := audio.Samples(queueAhead, p.rate)
	p.mu.Lock()
	v, closed := p.voice, p.closed
	p.mu.Unlock()
	if closed {
		return nil, nil, audio.ErrLost
	}
	if v != nil {
		return v, samples[p.offer(v, samples, space):], nil
	}
	v = &voice{queue: newQueue(p.rate, &p.gain)}
	// The device finds its first samples waiting.
	v.written = v.queue.offer(samples, space)
	s, err := p.open(ctx, v.queue)
	if err != nil {
		return nil, nil, err
	}
	v.sink = s
	p.mu.Lock()
	p.voice = v
	p.mu.Unlock()
	return v, samples[v.written:], nil
}

// Played is how much of what was written has left for the loudspeaker. It
// never goes back, and after Drain it is everything save what was flushed.
func (p *Playback) Played() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.before
	if p.voice != nil {
		n += min(p.voice.sink.played(), p.voice.written)
	}
	p.last = max(p.last, n)
	return audio.Duration(p.last, p.rate)
}

// SetGain sets the volume of what has not gone to the device yet; 1 leaves it
// as it is. See audio.Amplify.
func (p *Playback) SetGain(volume float64) { p.gain.Store(math.Float64bits(volume)) }

// Drain returns when all that was written has been played, and closes the
// loudspeaker; the next Write opens it again. When ctx ends first, it goes on
// playing.
func (p *Playback) Drain(ctx context.Context) error {
	p.mu.Lock()
	v := p.voice
	p.mu.Unlock()
	if v == nil {
		return nil
	}
	err := v.sink.drain(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if flushed := p.release(v, err == nil); flushed {
		return nil
	}
	if err != nil {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

// Flush silences the loudspeaker at once, closes it and forgets what was not
// played.
func (p *Playback) Flush() {
	p.mu.Lock()
	v := p.voice
	p.mu.Unlock()
	if v == nil {
		// A Write may be opening one; if so, it is seen after that.
		p.opening.Lock()
		p.mu.Lock()
		v = p.voice
		p.mu.Unlock()
		p.opening.Unlock()
	}
	if v != nil {
		p.release(v, false)
	}
}

// release stops a voice. It reports whether another call had done so before.
func (p *Playback) release(v *voice, whole bool) (already bool) {
	p.opening.Lock()
	defer p.opening.Unlock()
	p.mu.Lock()
	if p.voice != v {
		p.mu.Unlock()
		return true
	}
	played := v.written
	if !whole {
		played = min(played, v.sink.played())
	}
	p.before += played
	p.last = max(p.last, p.before)
	p.voice = nil
	p.mu.Unlock()
	v.queue.fail(nil)
	_ = v.sink.stop() // a device that does not answer any more is silent, too
	return false
}

// Close silences and releases the loudspeaker. It may be called twice.
func (p *Playback) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Flush()
	return nil
}
