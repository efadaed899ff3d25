package turn

import (
	"errors"
	"io"
	"math"
	"time"

	"aside/audio"
	"aside/vision"
)

// lengthy is how much may be said before the user is told that there is a limit.
// A key that something lies on is noticed with it.
const lengthy = 90 * time.Second

// capture records until it is told to stop, sending every frame to the
// exchange as it comes. It reports Captured unless the turn has been dropped.
func (l *Loop) capture(w *work) {
	if w.waits && l.locked(w.ctx) { // the key is pressed by somebody who is there, but nobody has pressed one
		close(w.silent)
		l.post(message{turn: w.id, event: Shown{w.id, vision.ErrLocked}})
		return
	}
	err := l.record(w)
	close(w.silent)
	if w.ctx.Err() != nil {
		return
	}
	speech := audio.HasSpeech(w.clip)
	l.post(message{turn: w.id, event: Captured{w.id, speech, err}, note: func(w *work) {
		if problem := poor(audio.Judge(w.clip)); speech && err == nil && w.view.Problem == nil {
			w.view.Problem = problem
		}
	}})
}

func (l *Loop) record(w *work) error {
	rec, err := l.microphone(w)
	if err != nil {
		return err
	}
	defer func() {
		if err := rec.Close(); err != nil { // the words are whole all the same
			l.log.Warn("close microphone", "turn", w.id, "cause", Cause(err))
		}
	}()
	defer w.key.Store(keyDone) // a press while it is being closed begins a turn of its own
	w.clip = audio.Clip{Rate: audio.RateListen}
	if w.waits {
		lead, err := l.awaitSpeech(w, rec)
		if err != nil {
			return unlessOver(err)
		}
		rec = &led{rec, lead}
	}
	return l.listen(w, rec)
}

// unlessOver is err, nil if the recording has come to its end.
func unlessOver(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// listen takes the utterance.
func (l *Loop) listen(w *work, rec Recording) error {
	var ears listening
	for w.clip.Duration() < audio.MaxUtterance {
		f, err := rec.Read(w.ctx)
		if err != nil {
			return unlessOver(err)
		}
		l.hear(w, f, rec.Microphone())
		l.gather(w, f)
		_ = w.send(f) // an exchange that has ended says so through Recv; the words are kept until then
		if w.detects.Load() {
			ears.pause.After = lastResort
		}
		if ears.paused(f) {
			l.paused(w)
		}
		if ears.whole(w, f) {
			return nil
		}
	}
	return nil
}

// lastResort is the silence that ends an utterance whose end the engine is to
// notice by itself, and does not. A service that goes by what is said, and not
// only by silence, waits for up to eight seconds.
const lastResort = 10 * time.Second

// paused tells that the user has stopped speaking, if nobody holds the key.
func (l *Loop) paused(w *work) {
	if w.latched.CompareAndSwap(true, false) {
		l.post(message{turn: w.id, event: Paused{w.id}})
	}
}

// hear tells of a frame what the user sees.
func (l *Loop) hear(w *work, f audio.Frame, microphone string) {
	if !w.sampled {
		w.sampled = true
		l.opened(w)
	}
	l.heardBy(w, title(microphone))
	w.level.Store(math.Float64bits(audio.Level(f.Samples)))
}

// gather adds a frame to the utterance.
func (l *Loop) gather(w *work, f audio.Frame) {
	before := w.clip.Duration()
	w.clip.Append(f)
	if before < lengthy && w.clip.Duration() >= lengthy {
		l.post(message{turn: w.id, event: Lengthy{w.id}})
	}
}

// heardBy notes which microphone hears the turn, and says so when it becomes
// another one: the user has made that the default.
func (l *Loop) heardBy(w *work, microphone string) {
	before := w.microphone
	if microphone == before || microphone == "" {
		return
	}
	w.microphone = microphone
	l.post(message{turn: w.id, note: func(w *work) {
		if before == "" {
			w.view.Microphone = microphone
			return
		}
		w.view.Microphone += then + microphone
		w.view.trouble(switched(microphone))
		l.hint = w.view.Problem.Message
	}})
}

// microphone opens one, unless one is open.
func (l *Loop) microphone(w *work) (Recording, error) {
	switch {
	case w.begun != nil:
		return w.begun, nil
	case l.ports.Microphone == nil:
		return nil, audio.ErrNoMicrophone
	}
	return l.ports.Microphone.Record(w.ctx)
}

// poor warns of an utterance that will be hard to understand. It is sent all the
// same.
func poor(q audio.Quality) *Problem {
	switch {
	case q.Quiet:
		return &Problem{"mic_quiet", "You are hard to hear.", "Come closer to the microphone, or raise its level in the sound settings."}
	case q.Clipped:
		return &Problem{"mic_clipped", "The microphone is too loud: the peaks are cut off.", "Lower its level in the sound settings."}
	}
	return nil
}

// listening judges an utterance while it is recorded.
type listening struct {
	pause   audio.Pause
	tail    audio.Tail
	tailing bool // the key is up
}

// paused takes every frame and reports whether the user has stopped speaking.
func (e *listening) paused(f audio.Frame) bool { return e.pause.Hear(f) }

// whole takes every frame and reports whether it was the last one needed.
func (e *listening) whole(w *work, f audio.Frame) bool {
	released := w.key.Load() == keyReleased
	if e.tailing && !released {
		e.tail = audio.Tail{} // it is down again
	}
	e.tailing = released
	if !released {
		e.tail.Hear(f)
		return false
	}
	return e.tail.Done(f) && w.key.CompareAndSwap(keyReleased, keyDone)
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

// latch has the next pause end the recording, or a lock of the screen: nobody
// holds the key, so that whoever is heard then may not be the user.
func (l *Loop) latch(w *work) {
	w.latched.Store(true)
	w.group.Go(func() {
		if l.untilLocked(w.ctx, w.silent) {
			l.post(message{turn: w.id, event: Shown{w.id, vision.ErrLocked}})
		}
	})
}

// opened notes when the first sample came.
func (l *Loop) opened(w *work) {
	took := w.age()
	l.post(message{turn: w.id, event: Opened{w.id}, note: func(w *work) {
		w.view.Timings.Sample, w.hears = took, true
		l.log.Debug("hears", "turn", w.id)
	}})
}
