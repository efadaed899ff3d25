package turn

import (
	"context"
	"errors"
	"slices"
	"time"

	"aside/vision"
)

// Commands: what the faces of Aside may ask of the loop. Each returns at once
// unless it says otherwise.

// ErrClosed is returned to whoever waits for a loop that has ended.
var ErrClosed = errors.New("aside is shutting down")

// ErrGone means that what a failed turn asked is no longer kept.
var ErrGone = errors.New("the question is no longer kept")

// Press is the talk key going down at the instant at.
func (l *Loop) Press(at time.Time) { l.post(message{event: KeyDown{newID(at), at}}) }

// Release is the talk key coming up.
func (l *Loop) Release(at time.Time) { l.post(message{event: KeyUp{at}}) }

// Toggle presses the talk key if it is up and releases it if it is down. It ends
// a conversation without hands.
func (l *Loop) Toggle(at time.Time) {
	l.post(message{do: func() {
		switch {
		case !l.state.key.down.IsZero():
			l.step(KeyUp{at})
		case l.state.Conversing(): // a tap
			l.step(Cancel{})
		default:
			l.step(KeyDown{newID(at), at})
		}
	}})
}

// Cancel drops whatever runs, and shares nothing more.
func (l *Loop) Cancel() {
	l.post(message{event: Cancel{}, do: func() { l.endShare("share_stopped") }})
}

// Ask begins a turn and returns when it has ended, with what became of it. see
// is called with the turn as it grows; it may be nil. The turn goes on when
// ctx ends. The error is ErrGone if q sends again what is no longer kept.
func (l *Loop) Ask(ctx context.Context, q Question, see func(View) error) (View, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(l.life, func() { cancel(ErrClosed) })()
	id := newID(time.Now())
	var end *View
	asked := false
	err := l.hub.watch(ctx, func(s Snapshot) error {
		if !asked { // only now nothing of the turn can be missed
			asked = true
			l.post(message{do: func() {
				q, ok := l.resolve(q)
				if !ok {
					cancel(ErrGone)
					return
				}
				l.step(Ask{id, l.aimed(q)})
			}})
			return nil
		}
		if s.Turn == nil || s.Turn.ID != string(id) {
			return nil
		}
		if s.ends() {
			end = s.Turn
			return errEnough
		}
		if see == nil {
			return nil
		}
		return see(*s.Turn)
	})
	if end != nil {
		return *end, nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return View{}, cause
	}
	return View{}, err
}

var errEnough = errors.New("watched enough")

// Start begins a turn and does not wait for it.
func (l *Loop) Start(q Question) {
	l.post(message{do: func() { l.step(Ask{newID(time.Now()), l.aimed(q)}) }})
}

// pending is what the user chose for a question that has not begun, or nil.
func (l *Loop) pending() *vision.Target {
	if l.work != nil && l.work.question.aim == l.aim {
		return nil
	}
	return l.aim
}

// aimed says what a question looks at that does not say so itself: what the
// user has chosen for it, or what is set. What is on the screen is never asked
// without looking at it.
func (l *Loop) aimed(q Question) Question {
	next := l.pending()
	switch {
	case q.Target.Capture != "":
	case next != nil && (!q.Look || next.Capture != vision.CaptureNone):
		q.Target, q.aim = *next, next
	default:
		q.Target.Capture = l.ports.Settings().Capture
		if l.share != nil && q.Target.Capture == vision.CaptureNone {
			q.Target.Capture = vision.CaptureWindow // the user lets it look along
		}
	}
	if l.deep {
		q.Deep, q.deep = true, true
	}
	if q.Look && q.Target.Capture == vision.CaptureNone && len(q.Images) == 0 {
		q.Target.Capture = vision.CaptureWindow
	}
	return q
}

// Deepen says that the next question, and no more than that one, is to be
// thought about harder, or not.
func (l *Loop) Deepen(on bool) {
	l.post(message{do: func() {
		l.deep = on
		l.publish()
	}})
}

// Again speaks the last answer once more, from that sentence on; all of it if
// from is none of its sentences.
func (l *Loop) Again(from string) {
	l.post(message{do: func() {
		if len(l.said) > 0 {
			l.step(Again{newID(time.Now()), from})
		}
	}})
}

// Skip goes on with the next sentence of the voice, if it speaks.
func (l *Loop) Skip() {
	l.post(message{do: func() {
		if l.state.Phase == Speaking {
			l.work.voice.skip()
		}
	}})
}

// SetVoice changes pace and volume of the voice that speaks now.
func (l *Loop) SetVoice(pace, volume float64) {
	l.post(message{do: func() {
		for _, w := range []*work{l.work, l.held} {
			if w != nil {
				w.voice.set(pace, volume)
			}
		}
	}})
}

// NewConversation forgets the earlier turns, why the last one failed, and the
// one that runs when it has ended: the next question stands alone. A reply that
// is held does not go on in it.
func (l *Loop) NewConversation() {
	l.post(message{do: func() {
		if l.held != nil {
			l.step(Understood{l.state.Turn})
		}
		l.earlier, l.conversation, l.shown, l.said, l.hint, l.problem = nil, "", nil, nil, "", nil
		l.publish()
	}})
}

// Forget removes a turn from the conversation and its picture from memory; one
// that runs is cancelled. It reports whether there was such a turn.
func (l *Loop) Forget(id string) (known bool) {
	done := make(chan bool, 1)
	l.post(message{do: func() {
		before := len(l.earlier)
		known := l.work != nil && l.work.view.ID == id || l.shown != nil && l.shown.ID == id
		if l.work != nil && l.work.view.ID == id {
			l.work.forgotten = true
			l.step(Cancel{})
		}
		if l.held != nil && l.held.view.ID == id {
			known, l.held.forgotten = true, true
			l.step(Understood{l.state.Turn}) // it does not go on
		}
		l.shelf.drop(id)
		l.unkeep(ID(id))
		l.earlier = slices.DeleteFunc(slices.Clone(l.earlier), func(v View) bool { return v.ID == id })
		if l.shown != nil && l.shown.ID == id {
			l.shown, l.said = nil, nil
		}
		done <- known || len(l.earlier) < before
		l.publish()
	}})
	select {
	case known = <-done:
	case <-l.life.Done():
	}
	return known
}

// Turn returns a turn of the conversation; the newest for "".
func (l *Loop) Turn(id string) (View, bool) {
	found := make(chan *View, 1)
	l.post(message{do: func() { found <- l.turn(id) }})
	select {
	case v := <-found:
		if v != nil {
			return *v, true
		}
	case <-l.life.Done():
	}
	return View{}, false
}

// turn is a copy of a turn of the conversation, nil if there is none.
func (l *Loop) turn(id string) *View {
	var all []View
	all = append(all, l.earlier...)
	if l.shown != nil {
		all = append(all, *l.shown)
	}
	for _, w := range []*work{l.held, l.work} {
		if w != nil {
			v := w.view
			v.Answer = w.answer.String()
			all = append(all, v)
		}
	}
	for _, v := range slices.Backward(all) {
		if id == "" || v.ID == id {
			return &v
		}
	}
	return nil
}

// Report shows a problem that belongs to no turn, such as a talk key that is
// taken. Each is shown, the oldest first, until a question has been answered.
func (l *Loop) Report(p *Problem) { l.post(message{do: func() { l.report(p) }}) }

func (l *Loop) report(p *Problem) {
	l.reports = slices.DeleteFunc(l.reports, func(r *Problem) bool { return *r == *p })
	l.reports = append(l.reports[max(0, len(l.reports)+1-maxReports):], p)
	l.publish()
}

// Retract takes back what was reported with a code: it no longer holds.
func (l *Loop) Retract(code string) {
	l.post(message{do: func() {
		l.reports = slices.DeleteFunc(l.reports, func(r *Problem) bool { return r.Code == code })
		l.publish()
	}})
}

// Pardon forgets why the last question failed: the next one may fare otherwise,
// since settings have changed. The turn itself still says it.
func (l *Loop) Pardon() {
	l.post(message{do: func() {
		l.problem = nil
		l.publish()
	}})
}

// Refuse is Report of why a wish for the voice is not carried out: nothing says
// any more that it is.
func (l *Loop) Refuse(p *Problem) {
	l.post(message{do: func() {
		l.hint = ""
		l.report(p)
	}})
}

// Refresh publishes again: the engine or the settings have changed.
func (l *Loop) Refresh() { l.post(message{do: l.publish}) }

// Snapshot returns how things stand.
func (l *Loop) Snapshot() Snapshot { return l.hub.snapshot() }

// Watch calls see with how things stand and with every change, until ctx or
// the loop ends or see returns an error. A slow see misses what lies between,
// but never the end of a turn.
func (l *Loop) Watch(ctx context.Context, see func(Snapshot) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.life, cancel)()
	err := l.hub.watch(ctx, see)
	if l.life.Err() != nil {
		return ErrClosed
	}
	return err
}

// Seen returns what a recent turn sent of the screen.
func (l *Loop) Seen(id string) (Seen, bool) { return l.shelf.get(id) }

// Aim says what the next question looks at, instead of what is set. It holds
// for one question; an Aim at nothing in particular calls it off.
func (l *Loop) Aim(t vision.Target) {
	l.post(message{do: func() {
		l.aim = nil
		if t.Capture != "" {
			l.aim = &t
		}
		l.publish()
	}})
}
