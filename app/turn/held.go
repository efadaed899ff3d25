package turn

// held is a reply that a press of the key, or a voice, has silenced. It may yet go on: what
// is said then may be a wish for it, such as "faster". Its exchange runs on.
type held struct {
	turn  ID
	reply reply
}

// hold silences the reply and keeps it until it is known what the press is for.
func (s State) hold() (State, []Effect) {
	id := s.Turn
	s, effects := s.release() // of a reply that was held before, if any
	s.held = held{id, s.reply}
	s.Phase, s.Turn, s.reply = Idle, "", reply{}
	return s, append(effects, Hold{id})
}

// release ends the reply that is held: it will not go on.
func (s State) release() (State, []Effect) {
	h := s.held
	if h.turn == "" {
		return s, nil
	}
	s.held = held{}
	var effects []Effect
	if !h.reply.again {
		effects = append(effects, Interrupt{h.turn})
	}
	return s, append(effects, Finish{Turn: h.turn, Outcome: Interrupted, Err: h.reply.err, Drop: h.reply.again})
}

// meanwhile takes the reports about the reply that is held.
func (s State) meanwhile(e Event) State {
	r := &s.held.reply
	switch e := e.(type) {
	case Replied:
		if !r.ended {
			r.ended, r.err, r.partial = true, e.Err, e.Partial
		}
	case Muted:
		r.muted = true
	}
	return s
}

// understood takes the reports about what was said.
func (s State) understood(e Event) (State, []Effect) {
	switch e := e.(type) {
	case Controlled:
		return s.controlled(e)
	case Wordless:
		if s.Phase == Thinking && s.falseAlarm() {
			return s.goOn(Finish{Outcome: Cancelled, Drop: true})
		}
		if s.Phase == Thinking && s.mode.on {
			return s.inVain()
		}
		return s, nil
	}
	s.mode.vain = 0
	return s.release()
}

// controlled ends a turn in which nothing was asked: it was a wish for the
// voice. A reply that it has silenced goes on.
func (s State) controlled(e Controlled) (State, []Effect) {
	s.mode.vain = 0
	if e.Name == goodbye && s.Phase != Listening {
		s.mode = mode{}
	}
	if !s.input.spoken || s.Phase != Thinking {
		return s, nil
	}
	done := Finish{Outcome: Answered, Drop: true}
	if e.GoOn && s.held.turn != "" {
		return s.goOn(done, Hint{e.Name})
	}
	s, effects := s.end(done)
	s, released := s.release()
	return s, append(append(effects, released...), Hint{e.Name})
}

// goOn ends a turn in which nothing was asked, and goes on with the reply that
// it has silenced.
func (s State) goOn(f Finish, also ...Effect) (State, []Effect) {
	h := s.held
	s, effects := s.end(f)
	s.held = held{}
	s.Phase, s.Turn, s.reply = Speaking, h.turn, h.reply
	effects = append(append(effects, Resume{h.turn}, Arm{h.turn, Speaking, speakDeadline}), also...)
	switch {
	case h.reply.muted:
		s, muted := s.muted()
		return s, append(effects, muted...)
	case h.reply.ended:
		effects = append(effects, Drain{h.turn})
	}
	return s, effects
}
