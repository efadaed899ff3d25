package turn

import (
	"slices"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

const (
	keepFailed = 5 * time.Minute // how long a failed question is kept
	maxFailed  = 5               // how many are
)

// kept is the question of a turn that failed, so that it can be sent again.
type kept struct {
	id       ID
	question Question
	text     string
	clip     audio.Clip
	shots    []vision.Shot
}

// keep holds what a failed turn asked, for five minutes.
func (l *Loop) keep(w *work) {
	looked := w.question.Look && len(w.shots) > 0
	heard := w.view.Timings.Sample > 0 || !w.spoken && len(w.clip.Samples) > 0
	if !heard && w.view.Question == "" && !looked {
		return
	}
	w.view.Retry = true
	if other := l.beside(); other != nil && other.Capabilities().Name != w.view.Engine {
		w.view.Beside = other.Capabilities().Name
	}
	k := &kept{id: w.id, question: w.question, text: w.view.Question}
	for _, shot := range w.shots {
		shot.Sent = nil // the next engine may want it otherwise
		k.shots = append(k.shots, shot)
	}
	w.shots = nil
	select {
	case <-w.silent:
		k.clip = w.clip
	default: // the microphone is being closed
		w.kept = k
	}
	l.kept = append(l.kept, k)
	l.kept = slices.Delete(l.kept, 0, max(0, len(l.kept)-maxFailed)) // Delete wipes
	time.AfterFunc(keepFailed, func() { l.post(message{do: func() { l.unkeep(k.id) }}) })
}

// keptOf returns what the turn with that ID kept, nil if nothing.
func (l *Loop) keptOf(id ID) *kept {
	for _, k := range l.kept {
		if k.id == id {
			return k
		}
	}
	return nil
}

// unkeep wipes what a failed turn asked: it can no longer be sent again.
func (l *Loop) unkeep(id ID) {
	l.kept = slices.DeleteFunc(l.kept, func(k *kept) bool { return k.id == id })
	if l.shown != nil && l.shown.ID == string(id) && l.shown.Retry {
		view := *l.shown
		view.Retry, view.Beside = false, ""
		l.shown = &view
		l.publish()
	}
}

// resolve fills in what a failed turn kept, for a question that sends it
// again. It is not ok if nothing is kept.
func (l *Loop) resolve(q Question) (Question, bool) {
	if q.Retry == "" {
		return q, true
	}
	k := l.keptOf(q.Retry)
	if k == nil {
		return q, false
	}
	again := k.question
	again.Speak = q.Speak || q.Alike && again.Speak
	again.Text, again.Images, again.Retry, again.Beside = k.text, k.shots, q.Retry, q.Beside
	return again, true
}

// resend hands what a failed turn kept to the exchange of a new one.
func (l *Loop) resend(w *work) {
	if w.started() && w.question.Text == "" {
		w.input.Lock()
		_ = w.exchange.Send(audio.Frame(w.clip)) // an exchange that has ended says so through Recv
		w.input.Unlock()
	}
	if len(w.question.Images) > 0 {
		l.look(w)
		return
	}
	l.post(message{turn: w.id, event: Shown{Turn: w.id}})
}

// answerer is the engine that a question goes to.
func (l *Loop) answerer(q Question) engine.Engine {
	if other := l.beside(); q.Beside && other != nil {
		return other
	}
	return l.ports.Engine()
}
