package device

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"aside/audio"
)

// PreRoll is how much of a warm microphone's sound is kept: what a recording
// may have from before it was asked for.
const PreRoll = 400 * time.Millisecond

// warmRetry is how long a warm microphone that fails is left alone.
const warmRetry = 5 * time.Second

// Warm is a microphone that stays open between recordings. Nothing but the
// last PreRoll is kept, in memory. One goroutine owns the stream; Record may be
// called from any.
type Warm struct {
	system *System
	choose func(context.Context) (RecordOptions, error)

	ask  chan request
	back chan struct{} // the recording that was lent
	quit context.CancelFunc
	done chan struct{}
	open atomic.Pointer[Recording] // nil while it is closed

	// The goroutine's own.
	options RecordOptions
	rec     *Recording // nil while it cannot be opened
	opened  time.Time
}

// request is for a recording. The answer is nil and no error while the only
// one is lent.
type request struct {
	ctx   context.Context //nolint:containedctx // of the call that waits for the answer
	reply chan<- answer
}

type answer struct {
	rec *Recording
	err error
}

// Warm opens the microphone that choose names and keeps it open until Close.
// choose is called before each recording, and whenever it must be opened again.
func (s *System) Warm(choose func(context.Context) (RecordOptions, error)) *Warm {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Warm{
		system: s, choose: choose,
		ask: make(chan request), back: make(chan struct{}),
		quit: cancel, done: make(chan struct{}),
	}
	go w.run(ctx)
	return w
}

// Open reports whether the microphone is open now.
func (w *Warm) Open() bool { return w.open.Load() != nil }

// Microphone is what people call the microphone that is open, "" if none is or
// if that is not known.
func (w *Warm) Microphone() string {
	if rec := w.open.Load(); rec != nil {
		return rec.Microphone()
	}
	return ""
}

// Lent is a recording on a warm microphone. Read and Close come from one
// goroutine.
type Lent struct {
	*Recording
	giveBack func() error
	closed   bool
}

// Read is that of Recording until Close; then it returns io.EOF.
func (l *Lent) Read(ctx context.Context) (audio.Frame, error) {
	if l.closed {
		return audio.Frame{}, io.EOF
	}
	return l.Recording.Read(ctx)
}

// Close ends the recording, though not the stream, and forgets what was not
// read. It may be called twice.
func (l *Lent) Close() error {
	l.closed = true
	return l.giveBack()
}

// Record returns a recording that began up to PreRoll ago. Its errors are
// those of System.Record and of choose.
func (w *Warm) Record(ctx context.Context) (*Lent, error) {
	reply := make(chan answer, 1)
	var a answer
	select {
	case w.ask <- request{ctx, reply}:
		a = <-reply
	case <-w.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch {
	case a.err != nil:
		return nil, a.err
	case a.rec != nil:
		return &Lent{Recording: a.rec, giveBack: sync.OnceValue(func() error { w.back <- struct{}{}; return nil })}, nil
	}
	o, err := w.choose(ctx)
	if err != nil {
		return nil, err
	}
	rec, err := w.system.Record(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Lent{Recording: rec, giveBack: rec.Close}, nil
}

// Close closes the microphone, once what is lent has come back.
func (w *Warm) Close() {
	w.quit()
	<-w.done
}

func (w *Warm) run(ctx context.Context) {
	defer close(w.done)
	defer w.shut()
	for ctx.Err() == nil {
		retry := time.Duration(0)
		if err := w.reopen(ctx); err != nil {
			retry = warmRetry
		}
		w.wait(ctx, retry)
	}
}

// reopen makes sure that the microphone is open, and that it is the one that
// is wanted by now.
func (w *Warm) reopen(ctx context.Context) error {
	o, err := w.choose(ctx)
	if err != nil {
		w.shut()
		return err
	}
	if w.rec != nil && w.rec.in.over() && time.Since(w.opened) < patience {
		err := w.rec.in.err
		w.shut()
		return err // not at once again
	}
	if w.rec != nil && (w.rec.in.over() || o != w.options) {
		w.shut()
	}
	if w.rec == nil {
		if w.rec, err = w.system.Record(ctx, o); err != nil {
			w.rec = nil
			return err
		}
		w.options, w.opened = o, time.Now()
		w.open.Store(w.rec)
	}
	return nil
}

// shut closes the microphone.
func (w *Warm) shut() {
	if w.rec != nil {
		_ = w.rec.Close() // a server that does not answer any more has no stream of ours either
	}
	w.rec = nil
	w.open.Store(nil)
}

// wait keeps the last PreRoll and answers requests, until the microphone has
// to be opened again.
func (w *Warm) wait(ctx context.Context, retry time.Duration) {
	limit := retry
	var wake <-chan struct{}
	var ended <-chan struct{}
	if w.rec != nil {
		wake, ended, limit = w.rec.in.wake, w.rec.in.ended, firstPatience
	}
	dog := newWatchdog(limit)
	defer dog.Stop()
	for {
		select {
		case <-wake:
			w.rec.keep(PreRoll)
			dog.limit = patience
			dog.feed()
		case <-ended:
			return
		case <-dog.C:
			if w.rec == nil {
				return
			}
			if w.rec.stalls(dog) {
				w.shut()
				wake, ended = nil, nil
				dog.limit = warmRetry
				dog.feed()
			}
		case r := <-w.ask:
			w.lend(r)
			return
		case <-ctx.Done():
			return
		}
	}
}

// lend answers a request and waits until the recording has come back.
func (w *Warm) lend(r request) {
	err := w.reopen(r.ctx)
	if err == nil {
		if err = w.rec.src.ready(r.ctx); errors.Is(err, audio.ErrLost) {
			w.shut() // it has died unnoticed
			err = w.reopen(r.ctx)
		}
	}
	if err != nil {
		r.reply <- answer{err: err}
		return
	}
	w.rec.keep(PreRoll)
	r.reply <- answer{rec: w.rec}
	for {
		select {
		case <-w.back:
			w.rec.keep(0) // it has been said
			return
		case r := <-w.ask:
			r.reply <- answer{}
		}
	}
}

// keep wipes all but the newest that waits to be read.
func (r *Recording) keep(d time.Duration) { r.in.ring.Keep(audio.Samples(d, r.rate)) }
