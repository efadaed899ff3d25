package turn

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"aside/audio"
)

// attend begins and ends the wait for a voice with the speech itself, which is
// silenced first; only then another microphone opens. A voice that is heard
// takes the microphone along.
func (s State) attend(e Event, next State, effects []Effect) []Effect {
	if s.Phase == Speaking && next.Phase == Speaking && s.Turn == next.Turn {
		return effects
	}
	if _, taken := e.(Voiced); s.Phase == Speaking && !taken {
		effects = slices.Insert(effects, min(1, len(effects)), Effect(StopAttending{s.Turn}))
	}
	if next.Phase == Speaking {
		effects = append(effects, Attend{next.Turn})
	}
	return effects
}

// voiced cuts the reply off and listens without the key, to what is being said
// already.
func (s State) voiced(e Voiced) (State, []Effect) {
	if s.Phase != Speaking {
		return s, nil
	}
	s, effects := s.hold()
	s.Phase, s.Turn = Listening, e.Next
	s.key = key{latched: true}
	s.input, s.reply = input{spoken: true, byVoice: true, needVoice: true, needShot: true}, reply{}
	return s, append(effects,
		TakeMicrophone{e.Next}, Grab{Turn: e.Next}, StartExchange{Turn: e.Next}, Latch{e.Next},
		Arm{e.Next, Listening, openDeadline})
}

// falseAlarm reports whether it was for nothing that a reply was cut off, now
// that there are no words.
func (s State) falseAlarm() bool { return s.input.byVoice && s.held.turn != "" }

const (
	// leadIn is what is kept from before a voice is loud enough to be one.
	leadIn = 200 * time.Millisecond

	// settling is how long it takes until the echo is gone: what sounds before may
	// be the reply itself.
	settling = 700 * time.Millisecond

	// lockEvery is how often it is asked whether the screen has been locked.
	lockEvery = 500 * time.Millisecond
)

// attention is the wait for a voice while a reply is spoken. The loop owns it,
// save what the comments say.
type attention struct {
	turn   ID
	cancel context.CancelFunc
	open   atomic.Bool
	heard  *led          // set before the loop hears of the voice
	taken  chan struct{} // closed when a turn has got heard
}

// attend waits for a voice, if the user wants that.
func (l *Loop) attend(id ID) {
	w := l.workOf(id)
	if l.ports.Ears == nil || !l.ports.Settings().BargeIn || w == nil {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	a := &attention{turn: id, cancel: cancel, taken: make(chan struct{})}
	l.waiting = a
	w.group.Go(func() {
		defer cancel()
		l.await(ctx, a)
	})
	w.group.Go(func() {
		l.untilLocked(ctx, nil)
		cancel()
	})
}

func (l *Loop) stopAttending() {
	if l.waiting != nil {
		l.waiting.cancel()
		l.waiting = nil
	}
}

// takeAttention hands the recording with the voice over.
func (l *Loop) takeAttention() Recording {
	a := l.waiting
	l.waiting = nil
	close(a.taken)
	return a.heard
}

// untilLocked waits until the screen is locked and reports that it is, unless
// ctx or over ends before.
func (l *Loop) untilLocked(ctx context.Context, over <-chan struct{}) bool {
	tick := time.NewTicker(lockEvery)
	defer tick.Stop()
	for !l.locked(ctx) {
		select {
		case <-tick.C:
		case <-over:
			return false
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (l *Loop) locked(ctx context.Context) bool {
	return l.ports.Screen != nil && l.ports.Screen.Locked(ctx)
}

// await opens the microphone, and closes it unless a turn takes it.
func (l *Loop) await(ctx context.Context, a *attention) {
	if l.locked(ctx) {
		return
	}
	rec, err := l.ports.Ears.Attend(ctx)
	if err != nil {
		l.log.Info("wait for a voice", "turn", a.turn, "cause", Cause(err))
		return
	}
	a.open.Store(true)
	defer a.open.Store(false)
	lead, err := leadOf(ctx, rec, settling, func(audio.Frame) bool { return false })
	if err == nil {
		rec.Heard()
		if l.handOver(ctx, a, &led{rec, lead}) {
			return
		}
	}
	if err != nil && ctx.Err() == nil {
		l.log.Warn("wait for a voice", "turn", a.turn, "cause", Cause(err))
	}
	if err := rec.Close(); err != nil {
		l.log.Warn("close microphone", "turn", a.turn, "cause", Cause(err))
	}
}

// leadOf waits for a voice and returns what has been heard of it. Nothing else
// is kept. What is heard while it settles is no voice. enough sees every frame
// and may end the wait.
func leadOf(ctx context.Context, rec Recording, settles time.Duration, enough func(audio.Frame) bool) (lead []audio.Frame, err error) {
	var onset audio.Onset
	var heard time.Duration
	for {
		f, err := rec.Read(ctx)
		if err != nil {
			return nil, err
		}
		lead = append(lead, f)
		begun := onset.Hear(f)
		if heard += f.Duration(); heard <= settles {
			begun = false
			onset.Forget()
		}
		if enough(f) || begun {
			return lead, nil
		}
		for onset.Hush() && len(lead) > int(leadIn/audio.FrameDuration) {
			clear(lead[0].Samples)
			lead = lead[1:]
		}
	}
}

// handOver tells the loop of a voice and reports whether a turn has taken it.
func (l *Loop) handOver(ctx context.Context, a *attention, heard *led) bool {
	a.heard = heard
	next := newID(time.Now())
	l.post(message{do: func() {
		if l.waiting == a {
			l.step(Voiced{a.turn, next})
		}
	}})
	select {
	case <-a.taken:
		return true
	case <-ctx.Done():
	}
	select {
	case <-a.taken: // first
		return true
	default:
		return false
	}
}
