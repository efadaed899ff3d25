package device

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"aside/audio"
)

// What a recording allows for.
const (
	recordAhead   = 10 * time.Second // kept for a reader that is late
	firstPatience = 2 * time.Second  // a Bluetooth headset needs its time to switch on
)

// intake is where a backend puts what it records. put comes from one goroutine
// or callback at a time; fail from any.
type intake struct {
	ring *audio.Ring
	wake chan struct{} // holds one token when there are new samples

	returning atomic.Bool // the device is away for a moment: no stall

	once  sync.Once
	ended chan struct{} // closed when no more samples count
	err   error         // why; set before ended is closed
}

func newIntake(rate int) *intake {
	return &intake{
		ring:  audio.NewRing(audio.Samples(recordAhead, rate)),
		wake:  make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
}

// put adds samples. What comes after the end does not count: a device that was
// given up may still deliver.
func (in *intake) put(samples []int16) {
	if in.over() {
		return
	}
	in.ring.Write(samples)
	poke(in.wake)
}

func (in *intake) over() bool {
	select {
	case <-in.ended:
		return true
	default:
		return false
	}
}

// fail ends the recording; only the first reason counts.
func (in *intake) fail(err error) {
	in.once.Do(func() {
		in.err = err
		close(in.ended)
	})
}

// poke leaves a token unless there is one.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Recording is an open microphone. Read comes from one goroutine;
// Close may be called from any.
type Recording struct {
	rate int
	in   *intake
	src  source

	began bool // Read has returned a frame
	close func() error
}

func newRecording(ctx context.Context, b backend, o RecordOptions) (*Recording, error) {
	in := newIntake(o.Rate)
	src, err := b.record(ctx, o, in)
	if err != nil {
		return nil, err
	}
	r := &Recording{rate: o.Rate, in: in, src: src}
	r.close = sync.OnceValue(func() error {
		err := src.stop()
		in.fail(io.EOF)
		if lost := in.ring.Overruns(); lost > 0 {
			slog.Warn("recording was not read in time", "lost", audio.Duration(int(lost), o.Rate))
		}
		return err
	})
	return r, nil
}

// Device returns the name of the microphone that is recorded now: another one
// from the moment on in which the user makes it the default. It does not block.
func (r *Recording) Device() string { return r.src.device().Name }

// Microphone is what people call the microphone that is recorded now, "" while
// that is not known.
func (r *Recording) Microphone() string { return r.src.device().title() }

// Headset reports whether the microphone is a part of a Bluetooth headset.
func (r *Recording) Headset() bool { return r.src.device().Headset != "" }

// Read returns the next frame: audio.FrameDuration long, except the first one,
// which comes as soon as there is any sound, and the last one. After Close
// and after a failure the frames recorded before still come, then io.EOF or the
// reason, again and again. The reason wraps audio.ErrStalled (nothing came for
// a second), ErrLost (the device or the server went away) or ErrMoved (the
// server went on with another device, whose sound is not returned); if the
// device is to blame it is an *audio.DeviceError. A recording of the default
// microphone goes on when the user makes another one the default.
func (r *Recording) Read(ctx context.Context) (audio.Frame, error) {
	limit := patience
	if !r.began {
		limit = firstPatience
	}
	dog := newWatchdog(limit)
	defer dog.Stop()
	for {
		if f, ok := r.next(); ok {
			r.began = true
			return f, nil
		}
		select {
		case <-r.in.wake:
			dog.feed()
		case <-r.in.ended:
			if r.in.ring.Len() == 0 {
				return audio.Frame{}, r.in.err
			}
		case <-dog.C:
			r.stalls(dog)
		case <-ctx.Done():
			return audio.Frame{}, ctx.Err()
		}
	}
}

// stalls is for each value that comes from dog.C. It ends a recording from which
// nothing has come for too long, and reports whether it did; a microphone that is
// away for a moment is waited for.
func (r *Recording) stalls(dog *watchdog) bool {
	if r.in.returning.Load() {
		dog.feed()
		return false
	}
	if !dog.bark() {
		return false
	}
	err := fmt.Errorf("no sound for %v: %w", dog.limit, audio.ErrStalled)
	r.in.fail(&audio.DeviceError{Name: r.Microphone(), Err: err})
	return true
}

// next takes a frame from the ring if there is a whole one, or any for the
// first and the last.
func (r *Recording) next() (audio.Frame, bool) {
	whole := max(1, audio.Samples(audio.FrameDuration, r.rate))
	n := min(whole, r.in.ring.Len())
	if n == 0 || n < whole && r.began && !r.in.over() {
		return audio.Frame{}, false
	}
	f := audio.Frame{Rate: r.rate, Samples: make([]int16, n)}
	r.in.ring.Read(f.Samples)
	return f, true
}

// Close closes the microphone and keeps what was recorded for Read. When it
// returns, the sound server lists the recording no more, unless it does not
// answer: after two seconds at most Close returns anyway, with an error that
// wraps audio.ErrStalled. It may be called twice.
func (r *Recording) Close() error { return r.close() }
