package turn

import (
	"context"
	"time"

	"aside/audio"
)

// preRoll is how much of its sound a warm microphone has from before it was
// asked for: in a conversation that is the answer.
const preRoll = 400 * time.Millisecond

// Talk is how a conversation without hands stands. JSON names are part of the
// control protocol.
type Talk struct {
	Since time.Time `json:"since"` // when it began
	Turns int       `json:"turns"` // that have been asked in it and have ended
	Waits bool      `json:"waits"` // the microphone is open, and what it hears is not kept before somebody speaks
	Usage *Usage    `json:"usage"` // of all its turns so far; null if no service has said

	Microphone string `json:"microphone,omitempty"` // that waits, as people call it
}

// mode is a conversation without hands: the machine listens again by itself
// when an answer has been said. The zero mode is none.
type mode struct {
	on      bool
	silence time.Duration // in which nobody speaks, until it ends
	vain    int           // utterances in a row of which nothing was understood
}

// mostVain is how many of them end a conversation: it may be a fan that is
// listened to.
const mostVain = 3

// goodbye is the speech control that ends a conversation.
const goodbye = "goodbye"

// conversing takes what begins a conversation and carries it on. What runs
// when it begins becomes a part of it.
func (s State) conversing(e Event) (State, []Effect) {
	switch e := e.(type) {
	case Converse:
		if s.mode.on {
			return s, nil
		}
		s.mode = mode{on: true, silence: e.Silence}
		if s.Phase == Idle {
			return s.await(e.Turn)
		}
	case Listen:
		if s.mode.on && s.Phase == Idle {
			return s.await(e.Turn)
		}
	case Spoke:
		if s.Phase == Listening && s.input.waits {
			return s.begun()
		}
	}
	return s, nil
}

// await opens the microphone and waits for somebody to speak. Until then
// nothing is kept, nobody is asked and the screen is not looked at.
func (s State) await(id ID) (State, []Effect) {
	s.Phase, s.Turn = Listening, id
	s.key = key{latched: true}
	s.input, s.reply = input{spoken: true, waits: true, needVoice: true, needShot: true}, reply{}
	return s, []Effect{AwaitSpeech{id}, Latch{id}, Arm{id, Listening, openDeadline}}
}

// begun makes a question of what is being said.
func (s State) begun() (State, []Effect) {
	s.input.waits = false
	effects := []Effect{Grab{Turn: s.Turn}, StartExchange{Turn: s.Turn}}
	if !s.input.closing {
		effects = append(effects, Arm{s.Turn, Listening, s.patience()})
	}
	return s, effects
}

// patience is how long the microphone may stay open.
func (s State) patience() time.Duration {
	if s.input.waits {
		return s.mode.silence
	}
	return listenDeadline
}

// takeOver ends a conversation, since the talk key goes down. A hold asks as it
// always does; a tap asks nothing, whatever has been said by then: a way out
// that asks one more question is none.
func (s State) takeOver(e KeyDown) (State, []Effect) {
	s.mode = mode{}
	var effects []Effect
	if s.Phase == Listening && s.key.latched {
		s.key = key{down: e.At}
		if s.input.waits {
			effects = []Effect{Heed{s.Turn}}
		}
	} else {
		s, effects = s.keyDown(e)
	}
	s.key.left = true
	return s, effects
}

// inVain ends a turn in which nothing was said, and listens again unless it was
// so a few times.
func (s State) inVain() (State, []Effect) {
	s.mode.vain++
	ended := s.mode.vain >= mostVain
	if ended {
		s.mode = mode{}
	}
	s, effects := s.end(Finish{Outcome: Cancelled, Drop: true})
	if ended {
		effects = append(effects, Hint{"vain"})
	}
	return s, effects
}

// cancel stops whatever runs. Of a conversation it says that it has ended.
func (s State) cancel() (State, []Effect) {
	left := s.mode.on
	s.mode = mode{}
	s, effects := s.stop(Cancelled)
	if left {
		effects = append(effects, Hint{"left"})
	}
	return s, effects
}

// Latched reports whether the machine listens without the key being held.
func (s State) Latched() bool { return s.key.latched }

// Conversing reports whether the machine listens again by itself.
func (s State) Conversing() bool { return s.mode.on }

// Converse begins a conversation without hands, or ends the one that runs, and
// with it what runs in it.
func (l *Loop) Converse(on bool) {
	l.post(message{do: func() {
		switch {
		case on:
			l.step(Converse{newID(time.Now()), l.ports.Settings().Silence})
		case l.state.Conversing():
			l.step(Cancel{})
		}
	}})
}

// carryOn carries out what the machine orders of a conversation.
func (l *Loop) carryOn(e Effect) {
	switch e := e.(type) {
	case AwaitSpeech:
		l.openMicrophone(e.Turn, nil, true)
	case Heed:
		l.work.heeded.Store(true)
	case ListenAgain:
		l.step(Listen{newID(time.Now())})
	}
}

// converse keeps account of the conversation that the machine goes into or out of.
func (l *Loop) converse(before, now bool) {
	switch {
	case now && !before:
		l.talk = &Talk{Since: time.Now()}
	case !now:
		l.talk = nil
	}
}

// talked is the conversation as it is shown.
func (l *Loop) talked() *Talk {
	if l.talk == nil {
		return nil
	}
	t := *l.talk
	if t.Waits = l.state.input.waits; t.Waits && l.work != nil {
		t.Microphone = l.work.view.Microphone
	}
	return &t
}

// heed makes a turn count that has only waited for somebody to speak: it is
// asked now, with the settings of now. What else the turn does begins after
// that.
func (l *Loop) heed(w *work) {
	w.began, w.sent = time.Now(), time.Now()
	l.ask(w, l.aimed(Question{Speak: l.ports.Settings().Speak}))
	l.hint = ""
}

// awaitSpeech reads until somebody speaks, or the talk key wants that all counts, and
// returns what has been heard of it. Nothing of the silence before is kept or
// sent, also not to a service that notices by itself when somebody has stopped:
// it needs the silence behind the words.
func (l *Loop) awaitSpeech(w *work, rec Recording) (lead []audio.Frame, err error) {
	settling := time.Duration(0)
	if l.ports.Warm != nil && l.ports.Warm() {
		settling = preRoll
	}
	lead, err = leadOf(w.ctx, rec, settling, func(f audio.Frame) bool {
		l.hear(w, f, rec.Microphone())
		return w.heeded.Load()
	})
	if err == nil {
		l.post(message{turn: w.id, event: Spoke{w.id}})
	}
	return lead, err
}

// led is a recording with what has been heard before it is read.
type led struct {
	Recording
	lead []audio.Frame
}

// Read returns what was heard first, then what follows.
func (r *led) Read(ctx context.Context) (audio.Frame, error) {
	if len(r.lead) > 0 {
		f := r.lead[0]
		r.lead = r.lead[1:]
		return f, nil
	}
	return r.Recording.Read(ctx)
}
