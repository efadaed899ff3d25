package turn

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// work is everything that one turn holds. The loop's goroutine owns it, save
// what the comments say.
type work struct {
	id       ID
	question Question
	spoken   bool // it is asked with the talk key
	settings Settings
	engine   engine.Engine
	began    time.Time
	sent     time.Time // key-up, or the call: what timings count from

	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup // capture, look, receive, commit

	exchange engine.Exchange // set before ready is closed; nil if it did not start
	ready    chan struct{}
	input    sync.Mutex // held around Send, Show and Commit, so that they come one at a time

	key      atomic.Int32  // where the talk key is: keyHeld, keyReleased, keyDone
	released chan struct{} // closed when the key has come up once
	pressed  time.Time     // it went down again too late for this turn
	silent   chan struct{} // closed when the microphone is closed
	recorded chan struct{} // closed when the record is durable; nil if there is none

	clip  audio.Clip    // the capture goroutine's until Captured
	level atomic.Uint64 // of the microphone, as float bits
	shots []vision.Shot // that were shown
	kept  *kept         // waits for the clip
	voice *voice

	view      View
	answer    strings.Builder
	saved     time.Time // when the history last heard of it
	saving    bool      // it will hear of what has come since
	forgotten bool      // the user has deleted it while it runs
}

// capture records until it is told to stop, sending every frame to the
// exchange as it comes. It reports Captured unless the turn has been dropped.
func (l *Loop) capture(w *work) {
	err := l.record(w)
	close(w.silent)
	if w.ctx.Err() != nil {
		return
	}
	l.post(message{turn: w.id, event: Captured{w.id, audio.HasSpeech(w.clip), err}})
}

func (l *Loop) record(w *work) error {
	if l.ports.Microphone == nil {
		return audio.ErrNoMicrophone
	}
	rec, err := l.ports.Microphone.Record(w.ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err := rec.Close(); err != nil { // the words are whole all the same
			l.log.Warn("close microphone", "turn", w.id, "cause", Cause(err))
		}
	}()
	w.clip = audio.Clip{Rate: audio.RateListen}
	var tail audio.Tail
	tailing := false
	for w.clip.Duration() < audio.MaxUtterance {
		f, err := rec.Read(w.ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if len(w.clip.Samples) == 0 {
			l.opened(w)
		}
		w.clip.Append(f)
		w.level.Store(math.Float64bits(audio.Level(f.Samples)))
		if err := w.send(f); err != nil {
			return nil //nolint:nilerr // the exchange reports its own end through Recv
		}
		released := w.key.Load() == keyReleased
		if tailing && !released {
			tail = audio.Tail{} // it is down again
		}
		switch tailing = released; {
		case !released:
			tail.Hear(f)
		case tail.Done(f) && w.key.CompareAndSwap(keyReleased, keyDone):
			return nil
		}
	}
	return nil
}

// Where the talk key is while an utterance is recorded.
const (
	keyHeld     = iota
	keyReleased // the tail is being kept
	keyDone     // the utterance is whole
)

// hangUp ends the recording after the tail.
func (w *work) hangUp() {
	if w.key.CompareAndSwap(keyHeld, keyReleased) {
		select {
		case <-w.released:
		default:
			close(w.released)
		}
	}
}

// reopen goes on recording. It reports whether that is still possible.
func (w *work) reopen() bool { return w.key.CompareAndSwap(keyReleased, keyHeld) }

// opened notes when the first sample came.
func (l *Loop) opened(w *work) {
	took := w.age()
	l.post(message{turn: w.id, event: Opened{w.id}, note: func(w *work) { w.view.Timings.Sample = took }})
}

// send hands a frame to the exchange, waiting until there is one.
func (w *work) send(f audio.Frame) error {
	if !w.started() {
		return context.Canceled
	}
	w.input.Lock()
	defer w.input.Unlock()
	return w.exchange.Send(f)
}

// started waits until the exchange has started and reports whether it did.
func (w *work) started() bool {
	select {
	case <-w.ready:
		return w.exchange != nil
	case <-w.ctx.Done():
		return false
	}
}

// commit tells the exchange that all is there, once the record is durable.
func (l *Loop) commit(w *work) {
	if w.recorded != nil {
		select {
		case <-w.recorded:
		case <-w.ctx.Done():
			return
		}
	}
	if !w.started() {
		return
	}
	w.input.Lock()
	err := w.exchange.Commit()
	w.input.Unlock()
	if err != nil {
		l.post(message{turn: w.id, event: Replied{Turn: w.id, Err: err}})
	}
}

// receive passes on what the exchange says, until it ends.
func (l *Loop) receive(w *work) {
	for {
		e, err := w.exchange.Recv(w.ctx)
		if err == nil {
			l.take(w, e)
			continue
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		now := time.Now()
		l.post(message{turn: w.id, note: func(w *work) { w.view.Timings.Done = w.elapsed(now) }})
		l.post(message{turn: w.id, event: Replied{Turn: w.id, Err: err}})
		return
	}
}

// take turns an engine's event into one for the loop.
func (l *Loop) take(w *work, e engine.Event) {
	now := time.Now()
	switch e := e.(type) {
	case engine.Speech:
		// Said here and not by the voice, so that it comes before Replied.
		if w.voice.add(utterance{e.Frame, e.Sentence}) {
			l.post(message{turn: w.id, event: SpeechBegan{w.id}})
		}
		return
	case engine.Control:
		goOn := e.Name != "stop" && e.Name != "again"
		l.post(message{turn: w.id, event: Controlled{w.id, e.Name, goOn}})
		if l.ports.Control != nil {
			l.ports.Control(e.Name, e.Value)
		}
		return
	case engine.Transcript:
		if e.Final {
			defer l.post(message{turn: w.id, event: Understood{w.id}})
		}
	}
	l.post(message{turn: w.id, note: func(w *work) {
		switch e := e.(type) {
		case engine.Sent:
			l.left(w, e)
		case engine.Transcript:
			w.view.Question, w.view.Partial = e.Text, !e.Final
			if e.Final {
				w.view.Timings.Transcript = w.elapsed(now)
				w.saved = time.Time{} // the history hears of it at once
			}
		case engine.Text:
			if w.answer.Len() == 0 {
				w.view.Timings.FirstText = w.elapsed(now)
			}
			w.answer.WriteString(e.Delta)
		case engine.Usage:
			w.view.Usage = &Usage{Input: e.Input, Output: e.Output}
		case engine.Warning:
			w.view.Problem = ProblemOf(e.Err)
		}
	}})
}

// elapsed is how long after key-up now is, in milliseconds, at least one.
func (w *work) elapsed(now time.Time) int64 { return max(1, now.Sub(w.sent).Milliseconds()) }

// age is how long ago the turn began, in milliseconds.
func (w *work) age() float64 { return float64(time.Since(w.began).Microseconds()) / 1000 }
