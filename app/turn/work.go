package turn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// work is everything that one turn holds. The loop's goroutine owns it, save
// what the comments say.
type work struct {
	id       ID
	question Question
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

	hangUp   chan struct{} // closed to end the recording and keep it
	recorded chan struct{} // closed when the record is durable; nil if there is none

	clip  audio.Clip    // the capture goroutine's until Captured
	level atomic.Uint64 // of the microphone, as float bits
	shot  *vision.Shot  // the look goroutine's until Shown
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
		select {
		case <-w.hangUp:
			if tail.Done(f) {
				return nil
			}
		default:
			tail.Hear(f)
		}
	}
	return nil
}

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

// look takes the picture, fits it to the model and shows it to the exchange,
// all while the user is speaking.
func (l *Loop) look(w *work, c vision.Capture) {
	took, err := l.picture(w, c)
	if err == nil && w.started() {
		w.input.Lock()
		err = w.exchange.Show(*w.shot)
		w.input.Unlock()
	}
	var report Event = Shown{w.id, err}
	if err != nil && w.question.Look {
		report = Replied{Turn: w.id, Err: err} // without a picture there is nothing to ask
	}
	l.post(message{turn: w.id, event: report, note: func(w *work) {
		w.view.Timings.Pixels, w.view.Timings.Encoded = took[0], took[1]
		if err != nil {
			w.view.Problem = ProblemOf(err)
			return
		}
		w.view.Shot = l.shelve(w)
	}})
}

// picture fills w.shot and says how long grabbing and encoding took.
func (l *Loop) picture(w *work, c vision.Capture) (took [2]float64, err error) {
	shot := w.question.Image
	if shot == nil {
		if l.ports.Screen == nil {
			return took, vision.ErrNoDisplay
		}
		s, err := l.ports.Screen.Take(w.ctx, vision.Target{Capture: c})
		if err != nil {
			return took, err
		}
		shot = &s
	}
	took[0] = w.age()
	if len(shot.Sent.Bytes) == 0 {
		if vision.Uniform(shot.Pixels) {
			return took, vision.ErrBlank
		}
		fitted := *shot
		fitted.Sent, err = vision.Encode(w.ctx, shot.Pixels, w.engine.Capabilities().Fitting)
		if err != nil {
			return took, err
		}
		shot = &fitted
	}
	took[1] = w.age()
	w.shot = shot
	return took, nil
}

// shelve keeps the bytes of the picture for whoever wants to see them.
func (l *Loop) shelve(w *work) *ShotView {
	s := w.shot
	sum := sha256.Sum256(s.Sent.Bytes)
	l.shelf.put(string(w.id), Picture{s.Sent, s.Text()})
	return &ShotView{
		Capture: string(s.Capture), Title: s.Title, Program: s.Program,
		Width: s.Sent.Size.X, Height: s.Sent.Size.Y, Scale: s.Sent.Scale,
		Bytes: len(s.Sent.Bytes), MIME: s.Sent.MIME, Tokens: s.Sent.Tokens,
		Lines: len(s.Words), Chosen: utf8.RuneCountInString(s.Selection),
		SHA256: hex.EncodeToString(sum[:]),
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
		if l.ports.Control != nil {
			l.ports.Control(e.Name, e.Value)
		}
		return
	}
	l.post(message{turn: w.id, note: func(w *work) {
		switch e := e.(type) {
		case engine.Sent:
			w.left(e)
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

// left notes that the question, or its picture, has left.
func (w *work) left(e engine.Sent) {
	if w.view.Timings.Request == 0 {
		w.view.Timings.Request = w.elapsed(e.At)
	}
	if e.Picture && w.view.Shot != nil && w.engine.Capabilities().Host != "" {
		shot := *w.view.Shot // whoever has seen the old one keeps it
		shot.Sent = true
		w.view.Shot = &shot
	}
}

// elapsed is how long after key-up now is, in milliseconds, at least one.
func (w *work) elapsed(now time.Time) int64 { return max(1, now.Sub(w.sent).Milliseconds()) }

// age is how long ago the turn began, in milliseconds.
func (w *work) age() float64 { return float64(time.Since(w.began).Microseconds()) / 1000 }
