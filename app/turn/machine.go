package turn

import (
	"errors"
	"fmt"
	"time"

	"aside/vision"
)

// Times that decide how the talk key is understood.
const (
	tapLimit  = 250 * time.Millisecond // shorter than this is a tap, not a hold
	doubleTap = 400 * time.Millisecond // from the end of one tap to the next press
)

// Deadlines: when a phase must have moved on.
const (
	openDeadline   = 3 * time.Second   // key down → first sample
	listenDeadline = 125 * time.Second // the recording stops itself at 120 s
	commitDeadline = 4 * time.Second   // key up → the utterance is whole
	thinkDeadline  = 2 * time.Minute   // everything committed → first speech, or the end
	speakDeadline  = 10 * time.Minute  // first speech → all of it played
)

// State is everything the machine remembers. The zero State is idle.
type State struct {
	Phase Phase
	Turn  ID
	Stale int // reports about turns that no longer run

	key   key
	input input
	reply reply
	held  held // while Listening or Thinking
	mode  mode
}

// key is what is known of the talk key.
type key struct {
	down    time.Time // when it went down; zero when it is up
	tapped  time.Time // end of the last tap
	second  bool      // this press followed a tap closely
	stopped bool      // this press cut something off: a tap then needs no hint
	left    bool      // or a conversation
	latched bool      // listening goes on without the key
	again   bool      // words came before it, so that this is no tap
}

// input is what the exchange still waits for.
type input struct {
	spoken    bool // not typed
	waits     bool // nobody has spoken yet, and nothing is kept
	open      bool // the microphone hears
	byVoice   bool // into a reply, without the talk key
	closing   bool // the microphone is being closed, the words kept
	recorded  bool // in the history
	needVoice bool
	needShot  bool
}

// reply is how far the answer is.
type reply struct {
	ended   bool  // the exchange has ended
	err     error // why, if it broke
	partial bool  // some of the answer is there
	muted   bool  // the loudspeaker failed
	again   bool  // an old answer is being said again
}

// Step is the whole decision: what e means in state s. It is pure.
func Step(s State, e Event) (State, []Effect) {
	if s.Phase == "" {
		s.Phase = Idle
	}
	if id := e.of(); id != "" && id != s.Turn {
		if id == s.held.turn {
			return s.meanwhile(e), nil
		}
		s.Stale++
		return s, nil
	}
	next, effects := s.next(e)
	effects = s.attend(e, next, effects)
	if next.held.turn != "" && next.Phase != Listening && next.Phase != Thinking {
		var released []Effect
		next, released = next.release()
		effects = append(effects, released...)
	}
	if next.mode.on && next.Phase == Idle && s.Phase != Idle {
		effects = append(effects, ListenAgain{})
	}
	return next, effects
}

// next is the decision about an event that is not stale.
func (s State) next(e Event) (State, []Effect) {
	switch e := e.(type) {
	case KeyDown:
		return s.keyDown(e)
	case KeyUp:
		return s.keyUp(e)
	case Cancel:
		return s.cancel()
	case Ask:
		s, stopped := s.stop(Superseded)
		s, begun := s.ask(e)
		return s, append(stopped, begun...)
	case Again:
		s, stopped := s.stop(Superseded)
		s.Phase, s.Turn, s.reply = Speaking, e.Turn, reply{ended: true, again: true}
		return s, append(stopped, Arm{e.Turn, Speaking, speakDeadline}, Replay(e))
	case Converse, Listen, Spoke:
		return s.conversing(e)
	case Opened, Lengthy, Paused, Captured, Shown:
		return s.heardOrSeen(e)
	case SpeechBegan, Replied, Drained, Muted:
		return s.answering(e)
	case Understood, Controlled, Wordless:
		return s.understood(e)
	case Voiced:
		return s.voiced(e)
	case Expired:
		return s.expired(e)
	default:
		panic(fmt.Sprintf("turn: event %T has no meaning", e))
	}
}

// heardOrSeen takes the reports about the question.
func (s State) heardOrSeen(e Event) (State, []Effect) {
	switch e := e.(type) {
	case Opened:
		if s.Phase == Listening && !s.input.closing {
			s.input.open = true
			return s, []Effect{Arm{s.Turn, Listening, s.patience()}}
		}
	case Lengthy:
		if s.Phase == Listening && !s.input.closing {
			return s, []Effect{Hint{"lengthy"}}
		}
	case Paused:
		if s.Phase == Listening && s.key.latched && !s.input.closing {
			return s.closeMicrophone()
		}
	case Captured:
		return s.captured(e)
	case Shown:
		if s.input.spoken && errors.Is(e.Err, vision.ErrLocked) { // whoever speaks is not at the desk
			return s.end(Finish{Outcome: Failed, Err: e.Err, Drop: true})
		}
		s.input.needShot = false
		return s.commit()
	}
	return s, nil
}

// answering takes the reports about the reply.
func (s State) answering(e Event) (State, []Effect) {
	switch e := e.(type) {
	case SpeechBegan:
		if s.Phase == Thinking && !s.reply.muted {
			s.Phase = Speaking
			return s, []Effect{Arm{s.Turn, Speaking, speakDeadline}}
		}
	case Replied:
		return s.replied(e)
	case Drained:
		if s.Phase == Speaking && s.reply.ended {
			return s.answered()
		}
	case Muted:
		return s.muted()
	}
	return s, nil
}

// keyDown begins to listen. What runs is stopped first, so that the voice is
// silent before the microphone opens.
func (s State) keyDown(e KeyDown) (State, []Effect) {
	switch {
	case s.mode.on && s.key.down.IsZero():
		return s.takeOver(e)
	case s.Phase != Listening:
	case s.input.closing: // it came up for a moment only
		s.input.closing, s.key.down, s.key.again = false, e.At, true
		return s, []Effect{ReopenMicrophone(e), Arm{s.Turn, Listening, listenDeadline}}
	case !s.key.latched:
		return s, nil // auto-repeat, or a second way of pressing
	case s.input.byVoice: // they reached for the key as they began to speak
		s.key = key{down: e.At, again: true}
		return s, nil
	default:
		return s.closeMicrophone()
	}
	tapped := s.key.tapped
	stopped := s.Phase == Thinking || s.Phase == Speaking
	var effects []Effect
	if s.Phase == Speaking {
		s, effects = s.hold()
	} else {
		s, effects = s.stop(Superseded)
	}
	s.Phase, s.Turn = Listening, e.Turn
	s.key = key{down: e.At, second: !stopped && e.At.Sub(tapped) < doubleTap, stopped: stopped}
	s.input, s.reply = input{spoken: true, needVoice: true, needShot: true}, reply{}
	return s, append(effects,
		OpenMicrophone{e.Turn}, Grab{Turn: e.Turn}, StartExchange{Turn: e.Turn},
		Arm{e.Turn, Listening, openDeadline})
}

func (s State) keyUp(e KeyUp) (State, []Effect) {
	held := e.At.Sub(s.key.down)
	if s.Phase != Listening || s.input.closing || s.key.latched || s.key.down.IsZero() {
		return s, nil
	}
	s.key.down = time.Time{}
	switch {
	case held >= tapLimit, s.key.again:
		return s.closeMicrophone()
	case s.key.second:
		s.key.latched = true
		return s, []Effect{Latch{s.Turn}}
	}
	press := s.key
	s.mode = mode{}
	s, effects := s.end(Finish{Outcome: Cancelled, Drop: true})
	s.key.tapped = e.At
	switch {
	case press.left:
		effects = append(effects, Hint{"left"})
	case !press.stopped:
		effects = append(effects, Hint{"too_short"})
	}
	return s, effects
}

// closeMicrophone ends the utterance. The record is written while the tail of
// the last word is still being kept.
func (s State) closeMicrophone() (State, []Effect) {
	s.key.latched, s.key.down = false, time.Time{}
	s.input.closing = true
	s, record := s.record()
	return s, append(append([]Effect{CloseMicrophone{s.Turn, true}}, record...), Arm{s.Turn, Listening, commitDeadline})
}

// record commits the question to the history, once.
func (s State) record() (State, []Effect) {
	if s.input.recorded {
		return s, nil
	}
	s.input.recorded = true
	return s, []Effect{Record{s.Turn}}
}

func (s State) captured(e Captured) (State, []Effect) {
	if s.Phase != Listening {
		return s, nil
	}
	switch {
	case e.Err != nil:
		return s.end(Finish{Outcome: Failed, Err: e.Err})
	case !e.Speech && s.falseAlarm():
		return s.goOn(Finish{Outcome: Cancelled, Drop: true})
	case !e.Speech && s.mode.on:
		return s.inVain()
	case !e.Speech:
		s, effects := s.end(Finish{Outcome: Cancelled, Drop: true})
		return s, append(effects, Hint{"no_speech"})
	}
	s, effects := s.record() // if the key is still held: the longest utterance
	s.Phase, s.key, s.input.needVoice = Thinking, key{}, false
	effects = append(effects, Arm{s.Turn, Thinking, thinkDeadline})
	s, committed := s.commit()
	return s, append(effects, committed...)
}

// ask begins a turn that needs no microphone.
func (s State) ask(e Ask) (State, []Effect) {
	q := e.Question
	s.Phase, s.Turn, s.key = Thinking, e.Turn, key{}
	s.reply = reply{}
	s.input = input{needShot: true}
	effects := []Effect{Grab{e.Turn, q}, StartExchange{e.Turn, q}}
	if q.Target.Capture == vision.CaptureNone && len(q.Images) == 0 && q.Retry == "" {
		s.input.needShot = false
		effects = effects[1:]
	}
	if !q.Private {
		effects = append(effects, Record{e.Turn})
	}
	effects = append(effects, Arm{e.Turn, Thinking, thinkDeadline})
	s, committed := s.commit()
	return s, append(effects, committed...)
}

// commit sends the question once everything that belongs to it is there.
func (s State) commit() (State, []Effect) {
	if s.Phase != Thinking || s.input.needVoice || s.input.needShot {
		return s, nil
	}
	return s, []Effect{Commit{s.Turn}}
}

func (s State) replied(e Replied) (State, []Effect) {
	if s.reply.ended {
		return s, nil
	}
	s.reply.ended, s.reply.err, s.reply.partial = true, e.Err, e.Partial
	switch s.Phase {
	case Listening: // the exchange broke while the user is speaking: keep the words
		return s.end(Finish{Outcome: Failed, Err: e.Err})
	case Speaking:
		return s, []Effect{Drain{s.Turn}}
	default:
		return s.answered()
	}
}

// answered ends a turn whose reply has arrived and has been said.
func (s State) answered() (State, []Effect) {
	outcome := Answered
	switch {
	case s.reply.err != nil && (s.Phase == Speaking || s.reply.partial):
		outcome = Interrupted
	case s.reply.err != nil:
		outcome = Failed
	}
	return s.end(Finish{Outcome: outcome, Err: s.reply.err, Drop: s.reply.again})
}

func (s State) muted() (State, []Effect) {
	s.reply.muted = true
	if s.Phase != Listening {
		s.mode = mode{} // who talks without hands would hear nothing any more
	}
	if s.Phase != Speaking {
		return s, nil
	}
	s.Phase = Thinking
	if s.reply.ended {
		return s.answered()
	}
	return s, []Effect{Arm{s.Turn, Thinking, thinkDeadline}}
}

func (s State) expired(e Expired) (State, []Effect) {
	switch {
	case e.Phase != s.Phase:
		return s, nil
	case s.Phase == Listening && !s.input.closing && !s.key.down.IsZero():
		return s.closeMicrophone() // held for ever: send what was said
	case s.input.waits && s.input.open:
		s.mode = mode{}
		s, effects := s.end(Finish{Outcome: Cancelled, Drop: true})
		return s, append(effects, Hint{"silent"})
	}
	return s.stop(TimedOut)
}

// stop ends whatever runs, for the reason given; a reply that is being spoken
// or held counts as interrupted, and words that were never sent as cancelled.
func (s State) stop(why Outcome) (State, []Effect) {
	s, released := s.release()
	s, stopped := s.stopTurn(why)
	return s, append(released, stopped...)
}

func (s State) stopTurn(why Outcome) (State, []Effect) {
	switch {
	case s.Phase == Idle:
		return s, nil
	case s.Phase == Listening && why != TimedOut:
		return s.end(Finish{Outcome: Cancelled, Drop: true})
	case s.Phase == Speaking && why != TimedOut:
		return s.end(Finish{Outcome: Interrupted, Drop: s.reply.again})
	}
	return s.end(Finish{Outcome: why})
}

// end releases the turn: the sound first, then the microphone, then the rest.
func (s State) end(f Finish) (State, []Effect) {
	f.Turn = s.Turn
	if f.Err != nil || f.Outcome == Failed || f.Outcome == TimedOut {
		s.mode = mode{}
	}
	var effects []Effect
	switch s.Phase {
	case Speaking:
		effects = append(effects, Silence{s.Turn})
		if f.Outcome != Answered && !s.reply.again {
			effects = append(effects, Interrupt{s.Turn})
		}
	case Listening:
		effects = append(effects, CloseMicrophone{s.Turn, false})
	}
	s.Phase, s.Turn = Idle, ""
	s.key, s.input, s.reply = key{tapped: s.key.tapped}, input{}, reply{}
	return s, append(effects, f)
}
