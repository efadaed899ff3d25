package turn

import (
	"context"
	"time"

	"aside/app/engine"
)

// saveEvery is how often at most the history hears of a growing answer.
const saveEvery = time.Second

// interrupt tells the engine how much of its speech was heard.
func (l *Loop) interrupt(w *work) {
	played, _, _ := w.voice.position()
	w.view.Heard = w.voice.heard()
	if w.exchange != nil {
		_ = w.exchange.Interrupt(played) // it is closed next, whatever it says
	}
}

// finish turns the work into a record and releases it.
func (l *Loop) finish(f Finish) {
	w := l.workOf(f.Turn)
	if w == l.held {
		l.held = nil
	} else {
		l.work = nil
		l.deadline.Stop()
	}
	w.view.Outcome, w.view.Answer, w.view.Sentence, w.view.Partial = f.Outcome, w.answer.String(), "", false
	if f.Outcome == TimedOut && f.Err == nil {
		f.Err = context.DeadlineExceeded
	}
	if f.Err != nil {
		l.fail(w, f)
	} else if f.Outcome == Answered {
		l.problem = nil
		l.reports = l.reports[min(1, len(l.reports)):] // it has been seen
	}
	if !f.Drop && l.talk != nil {
		l.talk.Turns++
	}
	if !f.Drop {
		view := w.view
		l.ended = &view
	}
	l.settle(w, f)
	switch {
	case !f.Drop && !w.forgotten:
		l.remember(w)
	case w.recorded != nil:
		l.journal.remove(w.view.ID)
	}
	l.release(w)
	if running := l.work; running != nil && l.ended != nil { // it would hide the end of the one that was held
		l.work = nil
		l.publish()
		l.work = running
	}
}

// settle lets go of what a turn was to look at, and of what can be seen of one
// that nobody is to see.
func (l *Loop) settle(w *work, f Finish) {
	if f.Drop || w.forgotten {
		l.shelf.drop(string(w.id)) // not the ID of the view: "again" shows an older turn
	}
	if f.Drop && l.conversation == string(w.id) {
		l.conversation = "" // it is called after its first question, and this was none
	}
	if !f.Drop && l.aim == w.question.aim {
		l.aim = nil // it held for this question
	}
	if !f.Drop && w.question.deep {
		l.deep = false // likewise
	}
}

// fail notes why a turn failed and keeps what it asked.
func (l *Loop) fail(w *work, f Finish) {
	w.view.trouble(ProblemOf(f.Err))
	l.problem = w.view.Problem
	l.log.Info("turn ended", "turn", w.id, "outcome", f.Outcome, "code", l.problem.Code, "cause", Cause(f.Err))
	if !w.forgotten && !f.Drop {
		l.keep(w)
	}
}

// remember makes an ended turn part of the conversation and of the history.
func (l *Loop) remember(w *work) {
	view, said := w.view, w.voice.all()
	parted := !w.question.Private && view.Conversation != l.conversation // a new one has begun meanwhile
	// "Say it again" is itself a turn, which its own wish supersedes. What it
	// repeats is the one before.
	if !parted && (view.Outcome != Superseded || view.Answer != "" || len(said) > 0) {
		l.shown, l.said = &view, said
	}
	if w.question.Private {
		return
	}
	if view.Answer != "" && !parted {
		l.earlier = append(l.earlier, view)
		l.earlier = l.earlier[max(0, len(l.earlier)-keepShown):]
	}
	l.journal.finish(view, w.recorded != nil)
}

// save tells the history what has come in: a question at once, an answer in
// batches of a second.
func (l *Loop) save(w *work) {
	now := time.Now()
	if w.recorded == nil || w.view.Partial {
		return
	}
	if wait := saveEvery - now.Sub(w.saved); wait > 0 {
		if !w.saving { // what has come since is saved even if nothing more comes
			w.saving = true
			time.AfterFunc(wait, func() { l.post(message{turn: w.id, note: func(w *work) { w.saving = false }}) })
		}
		return
	}
	w.saved = now
	w.view.Answer = w.answer.String()
	l.journal.update(w.view)
}

// release ends everything that the turn holds. Waiting for it is left to a
// goroutine, so that the next turn need not.
func (l *Loop) release(w *work) {
	w.cancel()
	shots, kept := w.shots, w.kept
	if len(w.question.Images) > 0 {
		shots = nil // given, not taken: they may be kept, to be sent again
	}
	l.ending.Go(func() {
		if w.exchange != nil {
			if err := w.exchange.Close(); err != nil {
				l.log.Warn("close exchange", "turn", w.id, "code", engine.Code(err))
			}
		}
		w.voice.close()
		w.group.Wait()
		l.free(shots)
		if kept != nil {
			l.post(message{do: func() { kept.clip = w.clip }}) // it is whole only now
		}
	})
}
