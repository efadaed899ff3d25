package realtime

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/audio"
	"aside/vision"
)

// exchange is one turn. It has no goroutine of its own, save while a deeper
// model thinks: what happens to it is done by its callers and by its session's
// reader, under the engine's lock.
type exchange struct {
	engine  *Engine
	prompt  engine.Prompt
	name    string          // in the IDs of our events
	ctx     context.Context //nolint:containedctx // the exchange's lifetime
	cancel  context.CancelFunc
	session *session
	items   *items

	question
	reply
	acting

	thinking sync.WaitGroup // of the deeper model

	queue []engine.Event
	wake  chan struct{} // holds one token when the queue or over has changed
	over  bool          // nothing more will be queued
	err   error         // why
	loss  error         // why it will be over once it is committed
}

// question is what has been asked so far.
type question struct {
	voice     *audio.Resampler // nil before the first frame
	utterance audio.Clip       // as it was recorded, until leaving
	samples   int              // of it, as it is sent
	leaving   bool             // what is asked leaves as it comes: it is no tap, and no empty room
	spells    []spell          // what the service has of the utterance
	taken     bool             // that is all of it
	unended   bool             // the log does not say where it ends: the service has noticed that by itself
	shots     []vision.Shot    // that have been shown
	log       []message        // everything that makes the question, to ask it in another session
	again     bool             // it has been
	committed bool
}

func newExchange(ctx context.Context, e *Engine, p engine.Prompt, number int) *exchange {
	x := &exchange{engine: e, prompt: p, name: strconv.Itoa(number), wake: make(chan struct{}, 1)}
	x.ctx, x.cancel = context.WithCancel(ctx)
	x.reply.align = newAligner()
	x.leaving = !x.spoken()
	return x
}

// spoken reports whether the question is an utterance.
func (x *exchange) spoken() bool { return x.prompt.Question == "" && !x.prompt.Look }

// event is the ID of an event of ours.
func (x *exchange) event(about string) string { return about + "-" + x.name }

// Send implements engine.Exchange.
func (x *exchange) Send(f audio.Frame) error {
	x.engine.mu.Lock()
	defer x.engine.mu.Unlock()
	if err := x.ctx.Err(); err != nil || x.committed || !x.spoken() {
		return err
	}
	if x.voice == nil {
		x.voice = audio.NewResampler(f.Rate, audio.RateSpeak)
	}
	room := max(0, audio.Samples(audio.MaxUtterance, audio.RateSpeak)-x.samples)
	samples := x.voice.Process(f.Samples)
	samples = samples[:min(room, len(samples))]
	if !x.leaving {
		x.utterance.Append(f)
		x.say(samples)
		if remote.Due(f, x.utterance) && remote.WorthSending(x.utterance) {
			x.leave()
		}
		return nil
	}
	x.session.out.push(x.say(samples)...)
	return nil
}

// leave lets go what has been asked so far, and what is asked from now on.
func (x *exchange) leave() {
	x.leaving, x.utterance = true, audio.Clip{}
	var all []message
	if x.spoken() {
		all = x.session.listen(x)
	}
	all = append(all, x.aside()...)
	x.session.out.push(append(all, x.log...)...)
}

// longestAppend is how much sound goes into one event, in samples: an utterance
// that is sent again comes as one frame.
const longestAppend = audio.RateSpeak

// say adds sound to the question and returns what sends it.
func (x *exchange) say(samples []int16) (all []message) {
	for piece := range slices.Chunk(samples, longestAppend) {
		m := said(piece)
		if x.samples == 0 {
			m.left = x.leaves(nil)
		}
		x.samples += len(piece)
		x.log = append(x.log, m)
		all = append(all, m)
	}
	return all
}

// leaves returns what tells that a part of the question has left.
func (x *exchange) leaves(shots []vision.Shot) func() {
	return func() {
		now := time.Now()
		x.engine.mu.Lock()
		defer x.engine.mu.Unlock()
		x.emit(engine.Sent{At: now, Shots: shots})
	}
}

// Show implements engine.Exchange. The picture leaves while the user is still
// speaking.
func (x *exchange) Show(s vision.Shot) error {
	x.engine.mu.Lock()
	defer x.engine.mu.Unlock()
	if err := x.ctx.Err(); err != nil {
		return err
	}
	if x.committed {
		x.seen(s)
		return nil
	}
	m := x.picture(s)
	x.log = append(x.log, m)
	if x.leaving {
		x.session.out.push(append(x.aside(), m)...)
	}
	return nil
}

// picture adds a look to the turn and returns what sends it.
func (x *exchange) picture(s vision.Shot) message {
	x.shots = append(x.shots, s)
	id := fmt.Sprintf("%s-%d", x.event(aboutPicture), len(x.shots))
	m := looked(id, "", s)
	m.left = x.leaves(slices.Clone(x.shots))
	x.items.pictures = append(x.items.pictures, id)
	return m
}

// looked is an item of a look at the screen, with a note before it.
func looked(id, note string, s vision.Shot) message {
	content := []part{{Type: "input_text", Text: note + remote.Caption(s)}}
	for _, e := range s.Sent {
		if len(s.Sent) > 1 {
			content = append(content, part{Type: "input_text", Text: "[" + remote.Place(e.Part, s.Pixels.Rect.Size()) + "]"})
		}
		content = append(content, part{
			Type: "input_image", Detail: string(e.Detail),
			ImageURL: "data:" + e.MIME + ";base64," + base64.StdEncoding.EncodeToString(e.Bytes),
		})
	}
	return written(sent{Type: "conversation.item.create", EventID: id, Item: &item{ID: id, Type: "message", Role: "user", Content: content}})
}

// Commit implements engine.Exchange. The end of the utterance and the wish for
// an answer leave in one.
func (x *exchange) Commit() error {
	x.engine.mu.Lock()
	defer x.engine.mu.Unlock()
	if err := x.ctx.Err(); err != nil || x.committed {
		return err
	}
	x.committed = true
	switch {
	case x.loss != nil:
		x.finish(x.loss)
	case x.spoken() && x.samples == 0:
		x.finish(remote.NothingSaid())
	default:
		if x.hearOut(); x.over { // what was said is no question
			return nil
		}
		rest := x.last()
		x.log = append(x.log, rest...)
		if !x.leaving {
			x.leaving = true
			rest = append(append(x.session.listen(x), x.aside()...), x.log...)
		}
		x.session.ask(x, rest)
	}
	return nil
}

// last is the end of the question.
func (x *exchange) last() (all []message) {
	if x.prompt.Along != "" {
		id := x.event(aboutQuestion) + "-along"
		x.items.pictures = append(x.items.pictures, id) // it is forgotten with them
		all = append(all, x.user(id, "[text given by the user]\n"+x.prompt.Along))
	}
	if x.spoken() && x.taken { // what has come since is silence, which goes with the turn
		x.unended = true
		return all
	}
	if x.spoken() {
		if tail := x.voice.Flush(); len(tail) > 0 {
			all = append(all, said(tail))
		}
		return append(all, x.commitment())
	}
	words := x.prompt.Question
	if x.prompt.Look {
		words = remote.LookQuestion
	}
	id := x.event(aboutQuestion)
	x.items.add(id)
	m := x.user(id, words)
	m.left = x.leaves(nil)
	return append(all, m)
}

// user is an item of words of the user's.
func (x *exchange) user(id, words string) message {
	return written(sent{Type: "conversation.item.create", EventID: id, Item: &item{
		ID: id, Type: "message", Role: "user", Content: []part{{Type: "input_text", Text: words}},
	}})
}

// lost learns that the session has ended. As long as nothing of the answer has
// come the question is asked in another, once.
func (x *exchange) lost(why error) {
	e := reason(why, x.begun())
	if x.over || x.ctx.Err() != nil {
		x.session, x.items = nil, &items{}
		return
	}
	switch {
	case x.ending != nil: // only the words of the question are missing
		x.unknown()
		return
	case x.begun(), x.again, !passing(e):
		x.fail(e)
		return
	}
	x.again = true
	pictures, words := x.items.pictures, x.items.words
	x.engine.session().join(x)
	x.items.pictures = pictures
	if !x.spoken() {
		x.items.words = words
	}
	if x.unended {
		x.log, x.unended = append(x.log, x.commitment()), false
	}
	x.spells, x.taken, x.response = nil, false, ""
	switch {
	case x.committed:
		x.session.ask(x, x.log)
	case x.leaving:
		x.leave()
	}
}

// unseen tells that the service did not take a picture. The question goes on
// without it.
func (x *exchange) unseen(p problem) {
	x.items.pictures = slices.DeleteFunc(x.items.pictures, func(id string) bool { return id == p.EventID })
	e := x.session.meaning(p)
	x.emit(engine.Warning{Err: &engine.Error{Code: "picture_refused", Message: "The service did not take the picture.", Hint: e.Hint, Err: e.Err}})
}

// emit hands an event to Recv.
func (x *exchange) emit(e engine.Event) {
	if x.over {
		return
	}
	x.queue = append(x.queue, e)
	x.poke()
}

func (x *exchange) poke() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// fail ends the exchange with an error: at once, or when it is committed, for
// the user may still be speaking.
func (x *exchange) fail(err error) {
	if !x.committed {
		x.loss = err
		return
	}
	x.finish(err)
}

// finish ends the exchange; without an error it is complete.
func (x *exchange) finish(err error) {
	if x.over {
		return
	}
	x.over, x.err, x.log = true, err, nil
	x.still()
	if s := x.session; err != nil && s != nil {
		s.out.push(s.stop(x)...)
		if s.wanting == x {
			s.wanting = nil
		}
	}
	x.poke()
}

// Recv implements engine.Exchange.
func (x *exchange) Recv(ctx context.Context) (engine.Event, error) {
	for {
		if e, err := x.next(); e != nil || err != nil {
			return e, err
		}
		select {
		case <-x.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-x.ctx.Done():
			return nil, x.ctx.Err()
		}
	}
}

// next returns what waits for Recv, neither event nor error if nothing does.
func (x *exchange) next() (engine.Event, error) {
	x.engine.mu.Lock()
	defer x.engine.mu.Unlock()
	switch {
	case len(x.queue) > 0:
		e := x.queue[0]
		x.queue = x.queue[1:]
		return e, nil
	case x.over && x.err == nil:
		return nil, io.EOF
	case x.ctx.Err() != nil:
		return nil, x.ctx.Err()
	}
	return nil, x.err
}

// Interrupt implements engine.Exchange: the service stops answering and forgets
// what was not heard.
func (x *exchange) Interrupt(played time.Duration) error {
	x.engine.mu.Lock()
	defer x.engine.mu.Unlock()
	if s := x.session; s != nil && !s.dead && slices.Contains(s.exchanges, x) {
		s.out.push(append(s.stop(x), x.items.truncate(played)...)...)
	}
	x.queue = nil
	x.cancel()
	return nil
}

// Close implements engine.Exchange.
func (x *exchange) Close() error {
	x.engine.mu.Lock()
	x.cancel()
	x.still()
	x.log = nil
	if !x.over {
		x.over, x.err = true, context.Canceled
	}
	s := x.session
	if s != nil && slices.Contains(s.exchanges, x) {
		s.leave(x)
	}
	ended := s != nil && s.ctx.Err() != nil
	x.engine.mu.Unlock()
	x.thinking.Wait()
	if ended {
		<-s.done
	}
	return nil
}
