package turn

import (
	"context"
	"log/slog"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// Loop owns the turn. One goroutine holds the state and carries out what the
// machine orders; all methods may be called at once from anywhere.
type Loop struct {
	ports Ports
	log   *slog.Logger

	inbox chan message
	hub   hub
	shelf shelf

	life    context.Context
	end     context.CancelFunc
	done    chan struct{}
	journal *journal
	ending  sync.WaitGroup // turns that are being released

	// What follows belongs to the goroutine of run.
	state    State
	work     *work
	seq      uint64
	shown    *View // the last turn that is worth showing
	problem  *Problem
	hint     string
	changed  time.Time // when the phase began
	earlier  []View
	said     []utterance // the last answer's speech, for Again
	kept     *kept
	deadline *time.Timer
	expires  Expired
	paint    *time.Timer
	painting bool
}

// message is what reaches the loop: an event for the machine, a note for the
// view, or both. A message about a turn that no longer runs is stale.
type message struct {
	turn  ID
	event Event
	note  func(*work)
	do    func() // a command for the loop itself
}

// kept is the question of a turn that failed, so that it can be sent again.
type kept struct {
	id       ID
	question Question
	text     string
	clip     audio.Clip
	shot     *vision.Shot
}

const (
	keepFailed   = 5 * time.Minute       // how long a failed question is kept
	keepEarlier  = 12                    // turns of a conversation that an engine is told
	keepShown    = 50                    // turns of a conversation that a view is told
	paintEvery   = 33 * time.Millisecond // between snapshots
	journalLimit = 10 * time.Second      // for one entry
)

// NewLoop starts a loop. Close ends it.
func NewLoop(p Ports, log *slog.Logger) *Loop {
	l := &Loop{
		ports: p, log: log,
		inbox:    make(chan message, 64),
		done:     make(chan struct{}),
		deadline: time.NewTimer(time.Hour),
		paint:    time.NewTimer(time.Hour),
		state:    State{Phase: Idle},
	}
	l.life, l.end = context.WithCancel(context.Background())
	l.journal = newJournal(p.Journal, log)
	l.changed = time.Now()
	l.publish()
	go l.run()
	return l
}

// Close ends the running turn, waits until everything it held is released, and
// stops the loop. It may be called twice.
func (l *Loop) Close() {
	l.end()
	<-l.done
}

func (l *Loop) run() {
	defer close(l.done)
	for {
		select {
		case m := <-l.inbox:
			l.handle(m)
		case <-l.deadline.C:
			l.step(l.expires)
		case <-l.paint.C:
			l.painting = false
			l.publish()
		case <-l.life.Done():
			l.step(Cancel{})
			l.ending.Wait()
			l.journal.close()
			return
		}
	}
}

// post hands m to the loop, unless it has ended.
func (l *Loop) post(m message) {
	select {
	case l.inbox <- m:
	case <-l.life.Done():
	}
}

func (l *Loop) handle(m message) {
	current := l.work != nil && l.work.id == m.turn
	if m.note != nil && current {
		m.note(l.work)
		l.save(l.work)
		l.repaint()
	}
	if m.do != nil {
		m.do()
	}
	switch e := m.event.(type) {
	case nil:
		return
	case Replied:
		e.Partial = current && l.work.answer.Len() > 0
		l.step(e)
	default:
		l.step(e)
	}
}

// step asks the machine and does what it says.
func (l *Loop) step(e Event) {
	before := l.state
	next, effects := Step(l.state, e)
	l.state = next
	if next.Phase != before.Phase || next.Turn != before.Turn {
		l.changed = time.Now()
		l.log.Debug("phase", "turn", next.Turn, "from", before.Phase, "to", next.Phase)
	}
	if next.Phase == Listening && before.Turn != next.Turn {
		l.hint = ""
	}
	for _, effect := range effects {
		l.carryOut(effect)
	}
	if len(effects) > 0 || next.Phase != before.Phase || next.key.latched != before.key.latched {
		l.publish()
	}
}

func (l *Loop) carryOut(e Effect) {
	switch e := e.(type) {
	case OpenMicrophone:
		w := l.begin(e.Turn, Question{Speak: l.ports.Settings().Speak})
		w.group.Go(func() { l.capture(w) })
	case CloseMicrophone:
		l.closeMicrophone(e)
	case Grab:
		l.grab(e)
	case StartExchange:
		l.startExchange(e)
	case Record:
		l.work.recorded = l.journal.begin(l.work.view)
	case Commit:
		w := l.work
		w.group.Go(func() { l.commit(w) })
	case Silence:
		l.work.voice.silence()
	case Drain:
		l.work.voice.end()
	case Replay:
		l.replay(e)
	case Interrupt:
		l.interrupt()
	case Arm:
		l.expires = Expired{e.Turn, e.Phase}
		l.deadline.Reset(e.After)
	case Finish:
		l.finish(e)
	case Hint:
		l.hint = hints[e.Code]
	}
}

// begin makes the work of a turn, with the engine and the settings as they are
// now, or returns it if it has been made.
func (l *Loop) begin(id ID, q Question) *work {
	if l.work != nil && l.work.id == id {
		return l.work
	}
	w := &work{
		id: id, question: q, settings: l.ports.Settings(), engine: l.ports.Engine(),
		began: time.Now(), sent: time.Now(),
		ready: make(chan struct{}), hangUp: make(chan struct{}),
	}
	w.ctx, w.cancel = context.WithCancel(l.life)
	can := w.engine.Capabilities()
	w.view = View{
		ID: string(id), Asked: w.began, Question: q.Text, Look: q.Look,
		Outcome: Asked, Engine: can.Name, Model: can.Model,
	}
	w.voice = newVoice(w.ctx, l.ports.Loudspeaker, w.settings, func(s voiceState) { l.heard(w, s) })
	l.work = w
	return w
}

// heard passes on what the voice of a turn reports.
func (l *Loop) heard(w *work, s voiceState) {
	now := time.Now()
	switch s {
	case voiceSounds:
		l.post(message{turn: w.id, note: func(w *work) { w.view.Timings.FirstSound = w.elapsed(now) }})
	case voiceDrained:
		l.post(message{turn: w.id, event: Drained{w.id}})
	case voiceFailed:
		l.post(message{turn: w.id, event: Muted{w.id}, note: func(w *work) { w.view.Problem = ProblemOf(audio.ErrNoLoudspeaker) }})
	}
}

func (l *Loop) closeMicrophone(e CloseMicrophone) {
	w := l.work
	if !e.Keep {
		w.cancel()
		return
	}
	w.sent = time.Now()
	close(w.hangUp)
}

func (l *Loop) grab(e Grab) {
	w := l.begin(e.Turn, e.Question)
	q := e.Question
	if q.Retry != "" && l.kept != nil && l.kept.id == q.Retry {
		k := l.kept
		w.question = k.question
		w.question.Text, w.question.Speak, w.question.Image = k.text, q.Speak, k.shot
		w.clip, w.view.Question = k.clip, k.text
		w.group.Go(func() { l.resend(w) })
		return
	}
	c := q.Capture
	if c == "" {
		c = w.settings.Capture
	}
	if (c == vision.CaptureNone && q.Image == nil) || !w.engine.Capabilities().Sees {
		w.group.Go(func() { l.post(message{turn: w.id, event: Shown{Turn: w.id}}) })
		return
	}
	w.group.Go(func() { l.look(w, c) })
}

// resend hands what a failed turn kept to the exchange of a new one.
func (l *Loop) resend(w *work) {
	if w.started() && w.question.Text == "" {
		w.input.Lock()
		_ = w.exchange.Send(audio.Frame(w.clip)) // an exchange that has ended says so through Recv
		w.input.Unlock()
	}
	if w.question.Image != nil {
		l.look(w, vision.CaptureNone)
		return
	}
	l.post(message{turn: w.id, event: Shown{Turn: w.id}})
}

func (l *Loop) startExchange(e StartExchange) {
	w := l.begin(e.Turn, e.Question)
	defer close(w.ready)
	q := w.question
	c := q.Capture
	if c == "" {
		c = w.settings.Capture
	}
	x, err := w.engine.Start(w.ctx, engine.Prompt{
		Turn: string(w.id), Question: q.Text, Look: q.Look, Capture: c,
		Speak: q.Speak && l.ports.Loudspeaker != nil, Earlier: l.context(),
	})
	if err != nil {
		w.group.Go(func() { l.post(message{turn: w.id, event: Replied{Turn: w.id, Err: err}}) })
		return
	}
	w.exchange = x
	w.group.Go(func() { l.receive(w) })
}

// context is the conversation so far, as an engine is told of it.
func (l *Loop) context() []engine.Earlier {
	turns := l.earlier[max(0, len(l.earlier)-keepEarlier):]
	told := make([]engine.Earlier, len(turns))
	for i, v := range turns {
		told[i] = engine.Earlier{Question: v.Question, Answer: v.Answer, Heard: v.Heard}
	}
	return told
}

func (l *Loop) replay(e Replay) {
	w := l.begin(e.Turn, Question{})
	if l.shown != nil {
		w.view = *l.shown
		w.answer.WriteString(l.shown.Answer)
	}
	for _, u := range l.said {
		w.voice.add(u)
	}
	w.voice.end()
}

// interrupt tells the engine how much of its speech was heard.
func (l *Loop) interrupt() {
	w := l.work
	played, _, _ := w.voice.position()
	w.view.Heard = w.voice.heard()
	if w.exchange != nil {
		_ = w.exchange.Interrupt(played) // it is closed next, whatever it says
	}
}

// finish turns the work into a record and releases it.
func (l *Loop) finish(f Finish) {
	w := l.work
	l.work = nil
	l.deadline.Stop()
	w.view.Outcome, w.view.Answer, w.view.Sentence, w.view.Partial = f.Outcome, w.answer.String(), "", false
	if f.Outcome == TimedOut && f.Err == nil {
		f.Err = context.DeadlineExceeded
	}
	if f.Err != nil {
		l.log.Info("turn ended", "turn", w.id, "outcome", f.Outcome, "code", ProblemOf(f.Err).Code)
		w.view.Problem = ProblemOf(f.Err)
		l.problem = w.view.Problem
		l.keep(w)
	} else if f.Outcome == Answered {
		l.problem = nil
	}
	if !f.Drop {
		l.remember(w)
	} else if w.recorded != nil {
		l.journal.remove(w.view.ID)
	}
	l.release(w)
}

// remember makes an ended turn part of the conversation and of the history.
func (l *Loop) remember(w *work) {
	view, said := w.view, w.voice.all()
	// "Say it again" is itself a turn, which its own wish supersedes. What it
	// repeats is the one before.
	if view.Outcome != Superseded || view.Answer != "" || len(said) > 0 {
		l.shown, l.said = &view, said
	}
	if w.question.Private {
		return
	}
	if view.Answer != "" {
		l.earlier = append(l.earlier, view)
		l.earlier = l.earlier[max(0, len(l.earlier)-keepShown):]
	}
	l.journal.finish(view, w.recorded != nil)
}

// save tells the history what has come in: a question at once, an answer in
// batches of a second.
func (l *Loop) save(w *work) {
	now := time.Now()
	if w.recorded == nil || w.view.Partial || now.Sub(w.saved) < time.Second {
		return
	}
	w.saved = now
	w.view.Answer = w.answer.String()
	l.journal.update(w.view)
}

// keep holds what a failed turn asked, for five minutes.
func (l *Loop) keep(w *work) {
	if len(w.clip.Samples) == 0 && w.view.Question == "" {
		return
	}
	w.view.Retry = true
	k := &kept{id: w.id, question: w.question, text: w.view.Question, clip: w.clip, shot: w.shot}
	l.kept = k
	time.AfterFunc(keepFailed, func() {
		l.post(message{do: func() {
			if l.kept == k {
				l.kept = nil
			}
		}})
	})
}

// release ends everything that the turn holds. Waiting for it is left to a
// goroutine, so that the next turn need not.
func (l *Loop) release(w *work) {
	w.cancel()
	l.ending.Go(func() {
		if w.exchange != nil {
			if err := w.exchange.Close(); err != nil {
				l.log.Warn("close exchange", "turn", w.id, "code", engine.Code(err))
			}
		}
		w.voice.close()
		w.group.Wait()
	})
}

// repaint makes the next snapshot come soon.
func (l *Loop) repaint() {
	if !l.painting {
		l.painting = true
		l.paint.Reset(paintEvery)
	}
}

// publish shows everybody how things stand.
func (l *Loop) publish() {
	l.seq++
	can := l.ports.Engine().Capabilities()
	s := Snapshot{
		Seq: l.seq, Phase: l.state.Phase, Latched: l.state.Latched(), Since: l.changed,
		Engine: can.Name, Model: can.Model, Host: can.Host,
		Microphone: "closed", Hint: l.hint, Error: l.problem, Turn: l.shown,
	}
	if w := l.work; w != nil {
		w.view.Answer = w.answer.String()
		if s.Phase == Listening {
			s.Microphone = "open"
			s.Level = math.Float64frombits(w.level.Load())
		}
		if s.Phase == Speaking {
			_, w.view.Sentence, s.Level = w.voice.position()
		}
		view := w.view
		s.Turn = &view
	}
	if s.Phase == Listening || s.Phase == Speaking {
		l.repaint()
	}
	l.hub.publish(s, l.earlier)
}

// newID makes an ID: the time in milliseconds and some chance, both in base 36.
func newID(now time.Time) ID {
	const digits = 9 // enough until the year 5188
	at := strconv.FormatInt(now.UnixMilli(), 36)
	return ID(strings.Repeat("0", digits-len(at)) + at + strconv.FormatUint(36*36*36+rand.Uint64N(35*36*36*36), 36))
}
