package turn

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// work is everything that one turn holds. The loop's goroutine owns it, save
// what the comments say.
type work struct {
	id       ID
	question Question
	spoken   bool // it is asked with the talk key
	settings Settings
	engine   engine.Engine
	began    time.Time
	sent     time.Time // key-up, or the call: what timings count from

	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup // capture, look, receive, commit

	exchange engine.Exchange // set before ready is closed; nil if it did not start
	ready    chan struct{}
	input    sync.Mutex // held around Send, Show and Commit, so that they come one at a time

	key      atomic.Int32  // where the talk key is: keyHeld, keyReleased, keyDone
	released chan struct{} // closed when the key has come up once
	latched  atomic.Bool   // nobody holds it
	detects  atomic.Bool   // then the engine notices when the user has stopped
	waits    bool          // it began with a wait for somebody to speak
	heeded   atomic.Bool   // which the talk key has ended
	pressed  time.Time     // it went down again too late for this turn
	silent   chan struct{} // closed when the microphone is closed
	recorded chan struct{} // closed when the record is durable; nil if there is none

	hears      bool   // the first sample has come
	sampled    bool   // likewise; the capture goroutine's
	microphone string // that hears it; likewise

	clip  audio.Clip    // the capture goroutine's until Captured
	level atomic.Uint64 // of the microphone, as float bits
	begun Recording     // that has heard a voice; nil if the microphone is to be opened
	shots []vision.Shot // that were shown
	kept  *kept         // waits for the clip
	voice *voice

	view      View
	answer    strings.Builder
	saved     time.Time // when the history last heard of it
	saving    bool      // it will hear of what has come since
	forgotten bool      // the user has deleted it while it runs
}

// begin makes the work of a turn, with the engine and the settings as they are
// now, or returns it if it has been made.
func (l *Loop) begin(id ID, q Question) *work {
	if l.work != nil && l.work.id == id {
		return l.work
	}
	if l.ended != nil {
		l.publish() // the end of the turn before, which this one hides
	}
	w := &work{
		id: id, settings: l.ports.Settings(),
		began: time.Now(), sent: time.Now(),
		ready: make(chan struct{}), released: make(chan struct{}), silent: make(chan struct{}),
	}
	w.ctx, w.cancel = context.WithCancel(l.life)
	l.ask(w, q)
	w.voice = newVoice(w.ctx, l.ports.Loudspeaker, w.settings, func(s voiceState, err error) { l.heard(w, s, err) })
	l.work = w
	return w
}

// ask makes q the question of a turn that has just begun.
func (l *Loop) ask(w *work, q Question) {
	w.question, w.engine = q, l.answerer(q)
	can := w.engine.Capabilities()
	w.view = View{
		ID: string(w.id), Asked: w.began, Question: q.Text, Along: utf8.RuneCountInString(q.Along), Look: q.Look,
		Outcome: Asked, Engine: can.Name, Model: can.Model, Host: can.Host,
		Microphone: w.view.Microphone, Timings: w.view.Timings,
	}
	if !q.Private {
		l.problem = nil // of the question before
		l.conversation = cmp.Or(l.conversation, string(w.id))
		w.view.Conversation = l.conversation
	}
}

// send hands a frame to the exchange, waiting until there is one.
func (w *work) send(f audio.Frame) error {
	if !w.started() {
		return context.Canceled
	}
	w.input.Lock()
	defer w.input.Unlock()
	return w.exchange.Send(f)
}

// started waits until the exchange has started and reports whether it did.
func (w *work) started() bool {
	select {
	case <-w.ready:
		return w.exchange != nil
	case <-w.ctx.Done():
		return false
	}
}

// commit tells the exchange that all is there, once the record is durable.
func (l *Loop) commit(w *work) {
	if w.recorded != nil {
		select {
		case <-w.recorded:
		case <-w.ctx.Done():
			return
		}
	}
	if !w.started() {
		return
	}
	w.input.Lock()
	err := w.exchange.Commit()
	w.input.Unlock()
	if err != nil {
		l.post(message{turn: w.id, event: Replied{Turn: w.id, Err: err}})
	}
}

// noSpeech is the code of an exchange that ends since no words were heard.
const noSpeech = "no_speech"

// receive passes on what the exchange says, until it ends.
func (l *Loop) receive(w *work) {
	for {
		e, err := w.exchange.Recv(w.ctx)
		if err == nil {
			l.take(w, e)
			continue
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		if engine.Code(err) == noSpeech {
			l.post(message{turn: w.id, event: Wordless{w.id}})
		}
		now := time.Now()
		l.post(message{turn: w.id, note: func(w *work) { w.view.Timings.Done = w.elapsed(now) }})
		l.post(message{turn: w.id, event: Replied{Turn: w.id, Err: err}})
		return
	}
}

// take turns an engine's event into one for the loop.
func (l *Loop) take(w *work, e engine.Event) {
	now := time.Now()
	switch e := e.(type) {
	case engine.Speech:
		// Said here and not by the voice, so that it comes before Replied.
		if w.voice.add(utterance{frame: e.Frame, sentence: e.Sentence}) {
			l.post(message{turn: w.id, event: SpeechBegan{w.id}})
		}
		return
	case engine.Paused:
		l.paused(w)
		return
	case engine.Control:
		goOn := !slices.Contains([]string{"stop", "again", goodbye, "converse"}, e.Name)
		l.post(message{turn: w.id, event: Controlled{w.id, e.Name, goOn}, note: func(*work) { l.control(e) }})
		return
	case engine.Transcript:
		if e.Final {
			defer l.post(message{turn: w.id, event: Understood{w.id}})
		}
	}
	l.post(message{turn: w.id, note: func(w *work) { l.noted(w, e, now) }})
}

// control carries out a wish of the turn that runs, after those before it. It
// is not waited for: what it asks of the loop comes after that knows of the wish.
func (l *Loop) control(c engine.Control) {
	if l.ports.Control == nil {
		return
	}
	before, done := l.wished, make(chan struct{})
	l.wished = done
	l.ending.Go(func() {
		defer close(done)
		if before != nil {
			<-before
		}
		l.ports.Control(c.Name, c.Value)
	})
}

// noted brings the view of a turn up to date with what came of it at a moment.
func (l *Loop) noted(w *work, e engine.Event, now time.Time) {
	switch e := e.(type) {
	case engine.Sent:
		l.left(w, e)
	case engine.Transcript:
		w.view.Question, w.view.Partial = e.Text, !e.Final
		if e.Final {
			w.view.Timings.Transcript = w.elapsed(now)
			w.saved = time.Time{} // the history hears of it at once
		}
	case engine.Text:
		if w.answer.Len() == 0 {
			w.view.Timings.FirstText = w.elapsed(now)
		}
		w.answer.WriteString(e.Delta)
	case engine.Look:
		l.lookAgain(w)
	case engine.Deeper:
		w.view.Model, w.view.Deep = e.Model, true
	case engine.Usage:
		w.view.Usage = w.view.Usage.plus(e)
		if l.talk != nil {
			l.talk.Usage = l.talk.Usage.plus(e)
		}
	case engine.Act:
		w.view.Acts = append(slices.Clone(w.view.Acts), Act(e)) // whoever has seen the old ones keeps them
		l.hint = actHint(e)
		l.act(e)
	case engine.Warning:
		w.view.trouble(ProblemOf(e.Err))
	}
}

// elapsed is how long after key-up now is, in milliseconds, at least one.
func (w *work) elapsed(now time.Time) int64 { return max(1, now.Sub(w.sent).Milliseconds()) }

// age is how long ago the turn began, in milliseconds.
func (w *work) age() float64 { return float64(time.Since(w.began).Microseconds()) / 1000 }
