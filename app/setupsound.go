package app

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"aside/app/control"
	"aside/app/engine"
	"aside/app/turn"
	"aside/audio"
	"aside/vision"
)

const (
	// longestListen bounds a try of the microphone.
	longestListen = 10 * time.Second
	// levelEvery is how often its level is told.
	levelEvery = 60 * time.Millisecond
	// longestSample bounds a sample of the voice, in bytes.
	longestSample = 300
)

// trial is a try of the microphone or the voice, one at a time and never beside
// a turn.
type trial struct {
	mu   sync.Mutex
	runs bool
	open turn.Recording // of the microphone that is tried; nil while that is closed
}

// listens reports whether the microphone is open to be tried.
func (t *trial) listens() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open != nil
}

// microphone is what people call the microphone that is tried, "" if none is.
func (t *trial) microphone() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		return ""
	}
	return t.open.Microphone()
}

// opened notes the recording that is open; nil once it is closed.
func (t *trial) opened(rec turn.Recording) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open = rec
}

// begin takes the place of a trial. It reports whether it was free.
func (t *trial) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.runs {
		return false
	}
	t.runs = true
	return true
}

func (t *trial) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runs, t.open = false, nil
}

// beside runs do while no turn does: ctx ends when one begins.
func (a *App) beside(ctx context.Context, do func(context.Context) error) error {
	busy := control.Fail("trial_busy", "Aside is listening or speaking already.", "Try it again when it is quiet.")
	if a.loop.Snapshot().Phase != turn.Idle || !a.trial.begin() {
		return busy
	}
	defer a.trial.end()
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		_ = a.loop.Watch(ctx, func(s turn.Snapshot) error { // it ends with ctx
			if s.Phase != turn.Idle {
				cancel(busy)
			}
			return nil
		})
	})
	err := do(ctx)
	if cause := context.Cause(ctx); errors.Is(cause, error(busy)) {
		err = busy
	}
	cancel(nil)
	watch.Wait()
	return err
}

// soundList lists microphones and loudspeakers.
func (a *App) soundList(ctx context.Context, _ json.RawMessage, send func(any) error) error {
	found, err := a.sound.list(ctx)
	if err != nil {
		return err
	}
	return send(found)
}

// listen opens the microphone that the next question would use, tells how loud
// it is, and closes it again before anything is played.
func (a *App) listen(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.ListenArgs](raw)
	if err != nil {
		return err
	}
	if a.sight.Locked(ctx) {
		return control.Fail("screen_locked", "The screen is locked: nothing is recorded.", "Unlock it first.")
	}
	return a.beside(ctx, func(ctx context.Context) error {
		heard, err := a.hear(ctx, min(time.Duration(args.MS)*time.Millisecond, longestListen), send)
		if err != nil {
			return soundFailure(err)
		}
		if args.Play {
			if err := send(control.Heard{State: "playing"}); err != nil {
				return err
			}
			if err := a.playClip(ctx, heard); err != nil {
				return speakerFailure(err)
			}
		}
		return send(control.Heard{State: "done", Speech: audio.HasSpeech(heard)})
	})
}

// hear records for at most limit. Everybody is told that the microphone is open,
// from then until it is closed.
func (a *App) hear(ctx context.Context, limit time.Duration, send func(any) error) (heard audio.Clip, err error) {
	rec, err := a.sound.Record(ctx)
	if err != nil {
		return heard, err
	}
	defer func() {
		err = errors.Join(err, rec.Close())
		a.trial.opened(nil)
		a.loop.Refresh()
	}()
	a.trial.opened(rec)
	a.loop.Refresh()
	var since time.Duration
	level := 0.0
	for heard.Duration() < limit {
		f, err := rec.Read(ctx)
		if err != nil {
			return heard, err
		}
		heard.Rate, heard.Samples = f.Rate, append(heard.Samples, f.Samples...)
		level = max(level, audio.Level(f.Samples))
		if since += f.Duration(); since >= levelEvery {
			if err := send(control.Heard{State: "open", Level: level}); err != nil {
				return heard, err
			}
			since, level = 0, 0
		}
	}
	return heard, nil
}

// playClip plays a clip as it is.
func (a *App) playClip(ctx context.Context, c audio.Clip) error {
	play, err := a.sound.Play(ctx, c.Rate)
	if err != nil {
		return err
	}
	defer func() { _ = play.Close() }() // it has been drained, or is not wanted
	for f := range c.Frames() {
		if err := play.Write(ctx, f); err != nil {
			return err
		}
	}
	return play.Drain(ctx)
}

// sample speaks a sentence in the voice, at the pace and as loud as answers are.
func (a *App) sample(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.SampleArgs](raw)
	if err != nil {
		return err
	}
	if args.Text == "" || len(args.Text) > longestSample {
		return control.Fail("bad_request", "There is nothing to say, or too much.", "Use a short sentence.")
	}
	sayer, ok := a.engines.current.Load().Engine.(engine.Sayer)
	if !ok {
		return control.Fail("sample_none", "Who answers now gives no sample of its voice.", "Ask something: the answer is spoken.")
	}
	return a.beside(ctx, func(ctx context.Context) error {
		var said audio.Clip
		speak := a.settings().Speak
		var stretch *audio.Stretcher
		err := sayer.Say(ctx, args.Text, func(f audio.Frame) error {
			if stretch == nil {
				said.Rate, stretch = f.Rate, audio.NewStretcher(f.Rate)
				stretch.SetPace(speak.Speed)
			}
			said.Samples = append(said.Samples, stretch.Process(f.Samples)...)
			return nil
		})
		if err != nil || stretch == nil {
			return err
		}
		said.Samples = append(said.Samples, stretch.Flush()...)
		audio.Amplify(said.Samples, speak.Volume)
		if err := send(control.Heard{State: "playing"}); err != nil {
			return err
		}
		return speakerFailure(a.playClip(ctx, said))
	})
}

// soundFailure gives an error of the microphone its code and its next step.
func soundFailure(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	p := turn.ProblemOf(err)
	return control.Fail(p.Code, p.Message, p.Hint)
}

// speakerFailure is likewise for the loudspeaker.
func speakerFailure(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	p := turn.SpeakerProblem(err)
	return control.Fail(p.Code, p.Message, chooseSpeaker)
}

// pick lets the user click on a window and tells which it is.
func (a *App) pick(ctx context.Context, _ json.RawMessage, send func(any) error) error {
	t, err := a.sight.choose(ctx, vision.CapturePick)
	if err != nil {
		return err
	}
	shot, err := a.sight.Take(ctx, t)
	if err != nil {
		p := turn.ProblemOf(err)
		return control.Fail(p.Code, p.Message, p.Hint)
	}
	defer a.sight.Free(shot)
	return send(control.Picked{Program: shot.Program, Title: shot.Title})
}
