package turn

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aside/app/engine"
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
	state        State
	work         *work
	held         *work // its reply may go on
	seq          uint64
	shown        *View      // the last turn that is worth showing
	ended        *View      // a turn whose end nobody has seen yet
	problem      *Problem   // of the last turn
	reports      []*Problem // that belong to no turn, oldest first
	hint         string
	changed      time.Time // when the phase began
	earlier      []View
	conversation string         // what this conversation is called, "" before its first turn
	said         []utterance    // the last answer's speech, for Again
	kept         []*kept        // oldest first
	aim          *vision.Target // of the next question, if the user chose one
	share        *share         // of what the user lets the engine look along with, nil if they do not
	deep         bool           // the next question is to be thought about harder
	wished       chan struct{}  // closed when the last wish for the voice is carried out; nil before the first
	deadline     *time.Timer
	expires      Expired
	waiting      *attention // for a voice, while a reply is spoken
	talk         *Talk      // without hands, nil if there is none
	paint        *time.Timer
	painting     bool
}

// message is what reaches the loop: an event for the machine, a note for the
// view, or both. A message about a turn that no longer runs is stale.
type message struct {
	turn  ID
	event Event
	note  func(*work)
	do    func() // a command for the loop itself
}

const (
	keepEarlier  = 12                    // turns of a conversation that an engine is told
	keepShown    = 50                    // turns of a conversation that a view is told
	maxReports   = 8                     // problems that wait to be seen
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
	w := l.workOf(m.turn)
	if m.note != nil && w != nil {
		m.note(w)
		l.save(w)
		l.repaint()
	}
	if m.do != nil {
		m.do()
	}
	switch e := m.event.(type) {
	case nil:
		return
	case Replied:
		e.Partial = w != nil && w.answer.Len() > 0
		l.step(e)
	case Captured:
		l.step(e)
		if w != nil && !w.pressed.IsZero() {
			l.step(KeyDown{newID(w.pressed), w.pressed})
		}
	default:
		l.step(e)
	}
}

// workOf is the work of that turn, nil if it has ended.
func (l *Loop) workOf(id ID) *work {
	for _, w := range []*work{l.work, l.held} {
		if w != nil && w.id == id && id != "" {
			return w
		}
	}
	return nil
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
	l.converse(before.mode.on, next.mode.on)
	if next.Turn != "" && before.Turn != next.Turn && !next.input.waits || before.Phase == Listening && next.Phase == Thinking {
		l.hint = ""
	}
	for _, effect := range effects {
		l.carryOut(effect)
	}
	if len(effects) > 0 || next.Phase != before.Phase || next.key.latched != before.key.latched || next.mode.on != before.mode.on {
		l.publish()
	}
}

func (l *Loop) carryOut(e Effect) {
	switch e := e.(type) {
	case OpenMicrophone:
		l.openMicrophone(e.Turn, nil, false)
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
	case Latch:
		l.latch(l.work)
	case ReopenMicrophone:
		if !l.work.reopen() {
			l.work.pressed = e.At // it begins a turn of its own when this one is whole
		}
	case Arm:
		l.expires = Expired{e.Turn, e.Phase}
		l.deadline.Reset(e.After)
	case Finish:
		l.finish(e)
	case Hint:
		l.hint = hints[e.Code]
	case AwaitSpeech, Heed, ListenAgain:
		l.carryOn(e)
	default:
		l.carryOutAloud(e)
	}
}

// carryOutAloud carries out what the machine orders of the voice.
func (l *Loop) carryOutAloud(e Effect) {
	switch e := e.(type) {
	case Hold:
		l.work.voice.hold()
		l.held, l.work = l.work, nil
	case Resume:
		l.work, l.held = l.held, nil
		l.work.voice.resume()
	case Silence:
		l.work.voice.silence()
	case Drain:
		l.work.voice.end()
	case Replay:
		l.replay(e)
	case Interrupt:
		l.interrupt(l.workOf(e.Turn))
	case Attend:
		l.attend(e.Turn)
	case StopAttending:
		l.stopAttending()
	case TakeMicrophone:
		l.openMicrophone(e.Turn, l.takeAttention(), false)
	}
}

// beside is the engine beside the usual one, nil if there is none.
func (l *Loop) beside() engine.Engine {
	if l.ports.Beside == nil {
		return nil
	}
	return l.ports.Beside()
}

// openMicrophone records for a turn: with what is open already, if that is not
// nil, or once somebody speaks.
func (l *Loop) openMicrophone(id ID, begun Recording, waits bool) {
	w := l.begin(id, l.aimed(Question{Speak: l.ports.Settings().Speak}))
	w.spoken, w.begun, w.waits = true, begun, waits
	w.group.Go(func() { l.capture(w) })
}

// heard passes on what the voice of a turn reports.
func (l *Loop) heard(w *work, s voiceState, err error) {
	now := time.Now()
	switch s {
	case voiceSounds:
		l.post(message{turn: w.id, note: func(w *work) { w.view.Timings.FirstSound = w.elapsed(now) }})
	case voiceDrained:
		l.post(message{turn: w.id, event: Drained{w.id}})
	case voiceFailed:
		l.log.Warn("speak", "turn", w.id, "cause", Cause(err))
		l.post(message{turn: w.id, event: Muted{w.id}, note: func(w *work) { l.unheard(w, SpeakerProblem(err)) }})
	}
}

// unheard notes that the voice of a turn has failed. If it says an older one
// again, that is the one which is seen.
func (l *Loop) unheard(w *work, p *Problem) {
	w.view.trouble(p)
	if l.shown != nil && l.shown.ID == w.view.ID {
		view := *l.shown
		view.trouble(p)
		l.shown = &view
	}
}

func (l *Loop) closeMicrophone(e CloseMicrophone) {
	w := l.work
	if !e.Keep {
		w.cancel()
		return
	}
	w.sent, w.pressed = time.Now(), time.Time{}
	w.hangUp()
}

func (l *Loop) grab(e Grab) {
	w := l.begin(e.Turn, e.Question)
	if w.waits && w.exchange == nil {
		l.heed(w)
	}
	q := w.question
	if k := l.keptOf(q.Retry); k != nil {
		w.clip = k.clip
		close(w.silent)
		w.group.Go(func() { l.resend(w) })
		return
	}
	if (q.Target.Capture == vision.CaptureNone && len(q.Images) == 0) || !w.engine.Capabilities().Sees {
		w.group.Go(func() { l.post(message{turn: w.id, event: Shown{w.id, l.barred(w)}}) })
		return
	}
	w.group.Go(func() { l.look(w) })
}

func (l *Loop) startExchange(e StartExchange) {
	w := l.begin(e.Turn, e.Question)
	defer close(w.ready)
	q := w.question
	handsFree := l.state.Latched()
	w.detects.Store(handsFree && w.engine.Capabilities().Detects)
	x, err := w.engine.Start(w.ctx, engine.Prompt{
		Turn: string(w.id), Question: q.Text, Look: q.Look, Capture: q.Target.Capture,
		Speak: q.Speak && l.ports.Loudspeaker != nil, Deep: q.Deep, Along: q.Along, HandsFree: handsFree, Earlier: l.context(),
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
	turns, played := l.earlier, time.Duration(0)
	if w := l.held; w != nil && !w.question.Private && w.answer.Len() > 0 {
		view := w.view
		view.Answer, view.Heard = w.answer.String(), w.voice.heard()
		played, _, _ = w.voice.position()
		turns = append(slices.Clone(turns), view)
	}
	turns = turns[max(0, len(turns)-keepEarlier):]
	told := make([]engine.Earlier, len(turns))
	for i, v := range turns {
		told[i] = engine.Earlier{Turn: v.ID, Question: v.Question, Answer: v.Answer, Heard: v.Heard}
	}
	if played > 0 {
		told[len(told)-1].Played = played
	}
	return told
}

func (l *Loop) replay(e Replay) {
	w := l.begin(e.Turn, Question{})
	if l.shown != nil {
		w.view = *l.shown
		w.answer.WriteString(l.shown.Answer)
	}
	for _, u := range l.said[startOf(l.said, e.From):] {
		w.voice.add(u)
	}
	w.voice.end()
}

// newID makes an ID: the time in milliseconds and some chance, both in base 36.
func newID(now time.Time) ID {
	const digits = 9 // enough until the year 5188
	at := strconv.FormatInt(now.UnixMilli(), 36)
	return ID(strings.Repeat("0", digits-len(at)) + at + strconv.FormatUint(36*36*36+rand.Uint64N(35*36*36*36), 36))
}
