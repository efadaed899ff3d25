package realtime

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"aside/app/engine"
)

const (
	// longestSession is how long a service lets a session live that does not
	// say so itself.
	longestSession = 55 * time.Minute
	// leastLeft is what a session must have left to live for one more turn.
	leastLeft = 5 * time.Minute
)

// session is one connection and the conversation behind it. The engine's lock
// guards what is not said to be otherwise.
type session struct {
	engine *Engine
	voice  string                  // that speaks in it
	ctx    context.Context         //nolint:containedctx // of the connection: it outlives the turn that opened it
	end    context.CancelCauseFunc // its cause is why the session ends
	done   chan struct{}           // closed when nothing of it runs any more
	out    *outbox                 // has its own lock
	probe  chan struct{}           // holds one token when it is to be found out whether the link is alive

	conversation
	exchanges []*exchange // that are not closed
	newest    *exchange   // that has joined last
	expires   time.Time
	dead      bool
	idle      *time.Timer // ends a session that nobody needs

	speaker *exchange // whose sound waits in the service's buffer, nil if there is none
	detects string    // how the service notices that the user has stopped, "" if the key says so
	asking
}

// asking is how far the service is with what it was asked.
type asking struct {
	commits []*exchange // that wait to hear which item their utterance is
	creates []*exchange // that wait for their response to begin
	active  *exchange   // whose response is under way
	stopped bool        // that has been cancelled
	wanting *exchange   // who asks when that has ended
}

// Why a session ends.
var (
	errUnused = errors.New("nobody needs the session")
	errSilent = errors.New("the service does not answer pings")
)

// newSession opens a session. e is locked.
func newSession(e *Engine) *session {
	s := &session{engine: e, voice: e.voice(), done: make(chan struct{}), out: newOutbox(), probe: make(chan struct{}, 1), expires: time.Now().Add(longestSession)}
	s.ctx, s.end = context.WithCancelCause(context.Background())
	s.out.push(s.settings())
	go s.run()
	return s
}

// run opens the connection and serves it until its end.
func (s *session) run() {
	defer close(s.done)
	l, err := s.engine.dial(s.ctx)
	if err == nil {
		var group sync.WaitGroup
		group.Go(func() { s.write(l) })
		group.Go(func() { s.beat(l) })
		err = s.read(l)
		s.end(err)
		l.close()
		group.Wait()
	}
	s.end(err)
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	s.lost(context.Cause(s.ctx))
}

// read takes events until the connection ends.
func (s *session) read(l *link) error {
	for {
		kind, data, err := l.conn.Read(s.ctx)
		if err != nil {
			return err
		}
		if kind != websocket.MessageText {
			continue
		}
		e, err := parse(data)
		if err != nil {
			return err
		}
		s.engine.mu.Lock()
		s.take(e)
		s.engine.mu.Unlock()
	}
}

// write sends what is in the outbox, all of it in one.
func (s *session) write(l *link) {
	for {
		select {
		case <-s.out.more:
		case <-s.ctx.Done():
			return
		}
		all := s.out.take()
		if err := l.write(s.ctx, all); err != nil {
			s.end(err)
			l.close()
			return
		}
		for _, m := range all {
			if m.left != nil {
				m.left()
			}
		}
	}
}

// beat ends a connection on which nothing comes back: one that has slept with
// the machine looks as if nothing were wrong.
func (s *session) beat(l *link) {
	tick := time.NewTicker(s.engine.limits.beat)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.probe:
		case <-s.ctx.Done():
			return
		}
		ctx, cancel := context.WithTimeout(s.ctx, s.engine.limits.pong)
		err := l.conn.Ping(ctx)
		cancel()
		if err != nil {
			s.end(errors.Join(errSilent, err))
			l.close()
			return
		}
	}
}

// fresh reports whether the session will live for one more turn.
func (s *session) fresh() bool {
	return !s.dead && s.ctx.Err() == nil && time.Until(s.expires) > leastLeft
}

// join makes an exchange the session's newest, and brings the conversation to
// where that begins.
func (s *session) join(x *exchange) {
	if s.idle != nil {
		s.idle.Stop()
	}
	s.exchanges = append(s.exchanges, x)
	s.newest, x.session = x, s
	s.out.push(s.agree(x.prompt.Earlier)...)
	x.items = s.begin(x.prompt.Turn)
	s.out.push(x.aside()...)
}

// leave takes an exchange out of the session. What it leaves unfinished is
// taken back; its pictures are forgotten.
func (s *session) leave(x *exchange) {
	s.exchanges = slices.DeleteFunc(s.exchanges, func(other *exchange) bool { return other == x })
	all := append(s.stop(x), x.abandon()...)
	if s.wanting == x {
		s.wanting = nil
	}
	if s.speaker == x {
		s.speaker = nil
		all = append(all, written(sent{Type: "input_audio_buffer.clear", EventID: past}))
	}
	if !x.leaving {
		x.items.pictures = nil // the service has none
	}
	x.items.live = false
	if x.began && s.known(x) {
		all = append(all, x.items.forget()...)
	} else {
		all = append(all, s.drop(x.items)...)
	}
	s.out.push(all...)
	if len(s.exchanges) == 0 {
		s.rest()
	}
}

// known reports whether x is part of the conversation, as far as the newest
// question has been told of it.
func (s *session) known(x *exchange) bool {
	newest := s.newest
	return newest == x || slices.ContainsFunc(newest.prompt.Earlier, func(e engine.Earlier) bool { return key(e) == x.items.turn })
}

// rest decides what becomes of a session without a turn.
func (s *session) rest() {
	keep := s.engine.config.Keep
	if keep == 0 || s.engine.closed || s.engine.current != s {
		s.unused()
		return
	}
	s.idle = time.AfterFunc(keep, func() {
		s.engine.mu.Lock()
		defer s.engine.mu.Unlock()
		s.unused()
	})
}

// unused ends a session unless it has a turn, or what is shown; then the end of
// that ends it.
func (s *session) unused() {
	if len(s.exchanges) > 0 || s.engine.shared.session == s && s.engine.current == s && !s.engine.closed {
		return
	}
	if s.idle != nil {
		s.idle.Stop()
	}
	if s.engine.current == s {
		s.engine.current = nil
	}
	s.dead = true
	s.end(errUnused)
}

// lost tells everybody that the session has ended. Those to whom that makes no
// difference yet go on in a new one.
func (s *session) lost(why error) {
	s.dead = true
	if s.engine.current == s {
		s.engine.current = nil
	}
	s.unshared(why)
	all := s.exchanges
	s.exchanges = nil
	for _, x := range all {
		x.lost(why)
	}
}

// listen makes room for what x says in the service's buffer.
func (s *session) listen(x *exchange) (all []message) {
	if s.speaker != nil && s.speaker != x {
		all = append(all, written(sent{Type: "input_audio_buffer.clear", EventID: past}))
	}
	s.speaker = x
	return append(all, s.detect(x)...)
}

// ask has the service answer x, whose last words are rest. An answer that is
// still on its way is not wanted any more: it ends first.
func (s *session) ask(x *exchange, rest []message) {
	all := s.settle(x)
	all = append(all, rest...)
	if x.spoken() && !x.taken {
		s.commits = append(s.commits, x)
		s.speaker = nil
	}
	switch {
	case s.engine.config.Part == Ears:
	case s.active == nil && len(s.creates) == 0:
		s.creates = append(s.creates, x)
		all = append(all, x.creation())
	default:
		s.wanting = x
	}
	s.out.push(all...)
	x.wind()
}

// settle ends an answer that is under way, and tells how much was heard of one
// that is held.
func (s *session) settle(x *exchange) (all []message) {
	if other := s.active; other != nil && other != x {
		all = s.stop(other)
		other.cutShort()
	}
	for _, e := range x.prompt.Earlier {
		if e.Played > 0 {
			all = append(all, s.cutOff(e)...)
		}
	}
	return all
}

// stop cancels the response of x, if it is under way.
func (s *session) stop(x *exchange) []message {
	if s.active != x || s.stopped {
		return nil
	}
	s.stopped = true
	return []message{written(cancellation{"response.cancel", past, x.response})}
}

// take takes an event of the service.
func (s *session) take(e received) {
	switch e.Type {
	case "session.created", "session.updated":
		if e.Session.ExpiresAt > 0 {
			s.expires = time.Unix(int64(e.Session.ExpiresAt), 0)
		}
	case "input_audio_buffer.speech_started":
		if x := s.speaker; x != nil && !x.committed {
			x.taken = false
		}
	case "input_audio_buffer.committed":
		s.committed(e.ItemID)
	case "response.created":
		s.began(e.Response.ID)
	case "response.done":
		s.finished(e.Response)
	case "response.output_item.added":
		if x := s.active; x != nil && e.Item.ID != "" {
			x.items.add(e.Item.ID)
		}
	case "error":
		s.failed(e.Error)
	default:
		for _, x := range s.exchanges {
			x.take(e)
		}
	}
}

// began notes whose response begins. Nobody may want it any more.
func (s *session) began(id string) {
	if len(s.creates) == 0 {
		return
	}
	x := s.creates[0]
	s.creates = s.creates[1:]
	s.active, s.stopped, x.response = x, false, id
	if x.over || !slices.Contains(s.exchanges, x) || s.wanting != nil {
		s.out.push(s.stop(x)...)
		x.cutShort()
	}
}

// finished ends a response, and asks for the next if somebody waits.
func (s *session) finished(r response) {
	if x := s.active; x != nil && (r.ID == "" || r.ID == x.response) {
		s.active = nil
		if x.items.gone {
			s.out.push(s.drop(x.items)...)
		}
		x.done(r)
	}
	if x := s.wanting; x != nil && s.active == nil && len(s.creates) == 0 {
		s.wanting = nil
		s.creates = append(s.creates, x)
		s.out.push(x.creation())
		x.wind()
	}
}
