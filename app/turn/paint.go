package turn

import "math"

// repaint makes the next snapshot come soon.
func (l *Loop) repaint() {
	if !l.painting {
		l.painting = true
		l.paint.Reset(paintEvery)
	}
}

// microphoneState says how the microphone of a turn stands that listens; before
// is how it stood when nobody spoke. It is not said to be open before it hears.
func (w *work) microphoneState(before string) string {
	switch {
	case w.hears:
		return "open"
	case before == "closed", before == "tried":
		return "opening"
	}
	return before
}

// unasked says how the microphone stands that no turn has opened.
func (l *Loop) unasked() string {
	switch {
	case l.waiting != nil && l.waiting.open.Load():
		return "voice"
	case l.ports.Tried != nil && l.ports.Tried():
		return "tried"
	case l.ports.Warm != nil && l.ports.Warm():
		return "warm"
	}
	return "closed"
}

// publish shows everybody how things stand.
func (l *Loop) publish() {
	l.seq++
	can := l.ports.Engine().Capabilities()
	s := Snapshot{
		Seq: l.seq, Phase: l.state.Phase, Latched: l.state.Latched(), Since: l.changed,
		Engine: can.Name, Model: can.Model, Host: can.Host,
		Hint: l.hint, Error: l.problem, Turn: l.shown, Talk: l.talked(),
	}
	s.known = l.ended == nil && l.state.input.waits
	if next := l.pending(); next != nil {
		s.Next = string(next.Capture)
	}
	s.Deep = l.deep && (l.work == nil || !l.work.question.deep)
	if l.share != nil {
		view := l.share.view
		s.Sharing = &view
	}
	if s.Error == nil && len(l.reports) > 0 {
		s.Error = l.reports[0]
	}
	if l.ended != nil {
		s.Turn, l.ended = l.ended, nil
	}
	s.Microphone = l.unasked()
	if w := l.work; w != nil {
		w.view.Answer = w.answer.String()
		if s.Phase == Listening {
			s.Microphone = w.microphoneState(s.Microphone)
			s.Level = math.Float64frombits(w.level.Load())
		}
		if s.Phase == Speaking {
			_, w.view.Sentence, s.Level = w.voice.position()
		}
		if view := w.view; !l.state.input.waits {
			s.Turn = &view
		}
	}
	if s.Phase == Listening || s.Phase == Speaking {
		l.repaint()
	}
	l.hub.publish(s, l.earlier)
}
