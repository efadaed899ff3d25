//go:build cgo

package device

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"

	"aside/audio"
)

// malgoPeriod is the block in which miniaudio works; three are the least that
// it records with. With as few a loudspeaker stutters.
const (
	malgoPeriod        = 10 * time.Millisecond
	malgoRecordPeriods = 3
	malgoPlayPeriods   = uint32(bufferFor / malgoPeriod)
)

// handle is an open device. One goroutine makes every call to miniaudio that
// concerns it, because each of them may block for ever when the system does:
// whoever waits for it can give up.
type handle struct {
	quit   chan struct{}
	opened chan error    // gets one value
	gone   chan struct{} // closed when the device has been released
	mic    atomic.Pointer[Device]
}

// openHandle opens a device, or gives up after patience. A device that opens
// later is released at once.
func openHandle(ctx context.Context, m *miniaudio, config malgo.DeviceConfig, name string, data malgo.DataProc) (*handle, error) {
	h := &handle{quit: make(chan struct{}), opened: make(chan error, 1), gone: make(chan struct{})}
	h.mic.Store(&Device{Name: name})
	go h.own(m, config, name, data)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case err := <-h.opened:
		return h, err
	case <-ctx.Done():
		close(h.quit)
		return nil, fmt.Errorf("%w: %w", audio.ErrStalled, ctx.Err())
	}
}

func (h *handle) own(m *miniaudio, config malgo.DeviceConfig, name string, data malgo.DataProc) {
	defer close(h.gone)
	if config.DeviceType == malgo.Capture {
		name = h.identify(m, name)
	}
	c, dev, err := m.open(config, name, malgo.DeviceCallbacks{Data: data})
	h.opened <- err
	if err != nil {
		return
	}
	<-h.quit
	err = dev.Stop() // without it, Uninit waits for a device that has gone
	dev.Uninit()
	if err != nil {
		dispose(c)
		return
	}
	m.keep(c)
}

// identify finds the microphone that is meant, and returns its name: the default
// one is opened by it, because the system would move what is opened without to
// another microphone, and miniaudio would not say so.
func (h *handle) identify(m *miniaudio, name string) string {
	found, err := m.list()
	if err != nil {
		return name // why is said when it cannot be opened
	}
	for _, d := range found.Microphones {
		if d.Name == name || name == "" && d.Default {
			h.mic.Store(&d)
			return d.Name
		}
	}
	return name
}

// close releases the device, or gives it up after closeLimit.
func (h *handle) close() error {
	close(h.quit)
	limit := time.NewTimer(closeLimit)
	defer limit.Stop()
	select {
	case <-h.gone:
		return nil
	case <-limit.C:
		return fmt.Errorf("sound system does not answer: %w", audio.ErrStalled)
	}
}

func config(kind malgo.DeviceType, rate int) malgo.DeviceConfig {
	c := malgo.DefaultDeviceConfig(kind)
	c.SampleRate = uint32(rate)
	c.PeriodSizeInMilliseconds = uint32(malgoPeriod.Milliseconds())
	c.Periods = malgoRecordPeriods
	if kind == malgo.Playback {
		c.Periods = malgoPlayPeriods
	}
	c.Capture.Format, c.Capture.Channels = malgo.FormatS16, 1
	c.Playback.Format, c.Playback.Channels = malgo.FormatS16, 1
	return c
}

// asSamples looks at miniaudio's bytes as what they are: native 16-bit
// integers, aligned.
func asSamples(b []byte) []int16 {
	if len(b) < 2 {
		return nil
	}
	return unsafe.Slice((*int16)(unsafe.Pointer(&b[0])), len(b)/2)
}

// malgoRecorder is an open microphone.
type malgoRecorder struct{ *handle }

func (m *miniaudio) record(ctx context.Context, o RecordOptions, in *intake) (source, error) {
	h, err := openHandle(ctx, m, config(malgo.Capture, o.Rate), o.Device, func(_, recorded []byte, _ uint32) {
		in.put(asSamples(recorded))
	})
	if err != nil {
		return nil, err
	}
	return &malgoRecorder{h}, nil
}

func (r *malgoRecorder) device() Device { return *r.mic.Load() }

func (r *malgoRecorder) ready(context.Context) error { return nil } // it cannot tell

func (r *malgoRecorder) stop() error { return r.close() }

// malgoPlayer is an open loudspeaker.
type malgoPlayer struct {
	*handle
	queue *queue
	rate  int
	watch sync.WaitGroup

	// The callback's own.
	hold     int // samples to wait for before it plays on
	prebuf   int // samples that hold becomes at the next underrun
	started  bool
	draining atomic.Bool

	taken atomic.Int64 // samples
	quiet atomic.Int64 // samples of silence since the last one taken: they push it out
	calls atomic.Int64 // callbacks
}

func (m *miniaudio) play(ctx context.Context, o PlayOptions, q *queue) (sink, error) {
	// It takes all its periods at once when it starts; with less in the queue
	// the first thing to be heard would be a gap.
	p := &malgoPlayer{queue: q, rate: o.Rate, hold: audio.Samples(queueAhead, o.Rate), prebuf: audio.Samples(prebuffer, o.Rate)}
	h, err := openHandle(ctx, m, config(malgo.Playback, o.Rate), o.Device, func(out, _ []byte, _ uint32) {
		p.fill(asSamples(out))
	})
	if err != nil {
		return nil, err
	}
	p.handle = h
	p.watch.Go(p.guard)
	return p, nil
}

// fill is the callback. What it leaves stays silent. After an underrun it
// waits for more than before: the sound arrives less evenly than was hoped.
func (p *malgoPlayer) fill(out []int16) {
	p.calls.Add(1)
	if p.queue.ring.Len() < p.hold && !p.draining.Load() {
		p.quiet.Add(int64(len(out)))
		return
	}
	p.hold = 0
	n := p.queue.take(out)
	if n > 0 {
		p.quiet.Store(0)
	}
	p.quiet.Add(int64(len(out) - n))
	p.taken.Add(int64(n))
	if n == len(out) {
		p.started = true
		return
	}
	if p.started {
		p.started = false
		p.hold = p.prebuf
		p.prebuf = min(2*p.prebuf, audio.Samples(queueAhead, p.rate))
	}
}

// guard notices when the callbacks cease, which is all that miniaudio shows of
// a loss.
func (p *malgoPlayer) guard() {
	dog := newWatchdog(patience)
	defer dog.Stop()
	for before := int64(-1); ; {
		select {
		case <-dog.C:
		case <-p.queue.ended:
			return
		}
		switch now := p.calls.Load(); {
		case now != before:
			before = now
			dog.feed()
		case dog.bark():
			p.queue.fail(fmt.Errorf("loudspeaker takes nothing: %w", audio.ErrStalled))
			return
		}
	}
}

// latency is what miniaudio and the system hold at most.
func (p *malgoPlayer) latency() time.Duration { return bufferFor + malgoPeriod }

func (p *malgoPlayer) played() int {
	inside := max(0, audio.Samples(p.latency(), p.rate)-int(p.quiet.Load()))
	return max(0, int(p.taken.Load())-inside)
}

func (p *malgoPlayer) drain(ctx context.Context) error {
	p.draining.Store(true)
	for p.queue.ring.Len() > 0 {
		select {
		case <-p.queue.room:
		case <-p.queue.ended:
			return p.queue.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	rest := time.NewTimer(p.latency())
	defer rest.Stop()
	select {
	case <-rest.C:
		return nil
	case <-p.queue.ended:
		return p.queue.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *malgoPlayer) stop() error {
	err := p.close()
	p.watch.Wait()
	return err
}
