package enginetest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"aside/audio"
)

// longestEvent bounds what a client may send at once, in bytes.
const longestEvent = 32 << 20

// Live is a scripted service that speaks the Realtime API over WebSocket.
// Every event that it is sent, and every one that it sends, is checked against
// OpenAI's own description of the API. It is safe for concurrent use.
type Live struct {
	URL string // up to and including /v1

	t        testing.TB
	events   *eventSchemas
	lifetime context.Context // ends with the test

	mu       sync.Mutex
	script   []LivePart
	hears    []LiveHearing
	refusal  http.HandlerFunc // nil to open sessions
	deaf     bool             // pings are not answered
	life     time.Duration    // of a session
	sessions []*liveSession
	more     chan struct{} // closed and replaced when something has come or has been sent
	liveRecord
}

// liveRecord is what has happened so far.
type liveRecord struct {
	shakes []Handshake
	seen   []LiveEvent
	shown  []Picture
	told   []string // types of all that was sent
	errors []string // codes of the errors that were sent
}

// Handshake is how a client asked for a session.
type Handshake struct {
	Header http.Header
	Query  url.Values
}

// LiveEvent is an event that a client sent.
type LiveEvent struct {
	At      time.Time // when it had come as a whole
	Session int       // from 0
	Type    string
	Fields  map[string]any
	Bytes   int
}

// LiveHearing is what the service understands of an utterance.
type LiveHearing struct {
	Text string
	Gate <-chan struct{} // waited for, if there is one
	Fail bool            // it cannot be written down
	Mute bool            // nothing is ever said of it

	Input, Output int // what that costs in tokens; if nothing, it is told in seconds
}

// StartLive starts a service on a port of its own. It ends with the test.
// Without a script it hears "What is this?" and answers "It works. All of it.",
// each sentence as a second of a tone.
func StartLive(t testing.TB) *Live {
	t.Helper()
	events, err := realtimeEvents()
	if err != nil {
		t.Fatalf("read the schemas of the events: %v", err)
	}
	lifetime, end := context.WithCancel(context.Background())
	s := &Live{
		t: t, events: events, lifetime: lifetime, more: make(chan struct{}), life: time.Hour,
		script: []LivePart{LiveAll(LiveSay("It works. ", time.Second), LiveSay("All of it.", time.Second))},
		hears:  []LiveHearing{{Text: "What is this?"}},
	}
	web := httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = web.URL + "/v1"
	t.Cleanup(func() {
		end()
		web.Close()
		s.mu.Lock()
		sessions := slices.Clone(s.sessions)
		s.mu.Unlock()
		for _, session := range sessions {
			<-session.over
		}
	})
	return s
}

// Both is one service that is a Server and a Live: its URL, up to and including
// /v1. It ends with the test.
func Both(t testing.TB, s *Server, l *Live) string {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/realtime") {
			l.serve(w, r)
			return
		}
		s.serve(w, r)
	}))
	t.Cleanup(web.Close)
	return web.URL + "/v1"
}

// Script says how the responses that are asked for from now on go: each as the
// next part says, and all that follow as the last.
func (s *Live) Script(parts ...LivePart) { s.note(func() { s.script = parts }) }

// Hears says what is understood of the next utterances, likewise.
func (s *Live) Hears(h ...LiveHearing) { s.note(func() { s.hears = h }) }

// Refuse has who asks for a session answered by plain HTTP; nil ends that.
func (s *Live) Refuse(h http.HandlerFunc) { s.note(func() { s.refusal = h }) }

// Deafen says that pings are no longer answered.
func (s *Live) Deafen() { s.note(func() { s.deaf = true }) }

// Lives says how long the sessions that are opened from now on may live.
func (s *Live) Lives(d time.Duration) { s.note(func() { s.life = d }) }

// Handshakes returns how sessions were asked for, also those that were refused.
func (s *Live) Handshakes() []Handshake {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shakes)
}

// Errors returns the codes of the errors that the service sent without having
// been told to.
func (s *Live) Errors() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.errors)
}

// Events returns what clients sent, of a type or, with "", all of it.
func (s *Live) Events(kind string) []LiveEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of(kind)
}

func (s *Live) of(kind string) (some []LiveEvent) {
	for _, e := range s.seen {
		if kind == "" || e.Type == kind {
			some = append(some, e)
		}
	}
	return some
}

// Shown returns the pictures that clients sent.
func (s *Live) Shown() []Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shown)
}

// Told returns the types of the events that the service sent.
func (s *Live) Told() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.told)
}

// Await waits until n events of a type have come, and returns them.
func (s *Live) Await(ctx context.Context, kind string, n int) ([]LiveEvent, error) {
	err := s.Until(ctx, func() bool { return len(s.Events(kind)) >= n })
	return s.Events(kind), err
}

// Until waits until something is so; that is looked at whenever something has
// come or has been sent.
func (s *Live) Until(ctx context.Context, so func() bool) error {
	for {
		s.mu.Lock()
		more := s.more
		s.mu.Unlock()
		if so() {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Items returns the conversation of the newest session, as the service has it.
func (s *Live) Items() []LiveItem {
	if session := s.newest(); session != nil {
		return session.snapshot()
	}
	return nil
}

// Pending is how much sound of the newest session waits to be committed.
func (s *Live) Pending() time.Duration {
	session := s.newest()
	if session == nil {
		return 0
	}
	session.mu.Lock()
	defer session.mu.Unlock()
	return audio.Duration(len(session.buffer), audio.RateSpeak)
}

// Open is how many sessions are open.
func (s *Live) Open() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		select {
		case <-session.over:
		default:
			n++
		}
	}
	return n
}

// Cut breaks the link of the newest session.
func (s *Live) Cut() { _ = s.newest().conn.CloseNow() }

// Expire ends the newest session as if it had lived for too long.
func (s *Live) Expire() {
	session := s.newest()
	session.mu.Lock()
	session.emitError("", "session_expired", "Your session hit the maximum duration.")
	session.mu.Unlock()
	_ = session.conn.Close(websocket.StatusGoingAway, "session expired")
}

func (s *Live) newest() *liveSession {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sessions) == 0 {
		return nil
	}
	return s.sessions[len(s.sessions)-1]
}

func (s *Live) note(what func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	what()
	close(s.more)
	s.more = make(chan struct{})
}

// next takes the next of a script; the last one stays.
func next[T any](script *[]T) T {
	first := (*script)[0]
	if len(*script) > 1 {
		*script = (*script)[1:]
	}
	return first
}

func (s *Live) serve(w http.ResponseWriter, r *http.Request) {
	var refusal http.HandlerFunc
	s.note(func() {
		s.shakes = append(s.shakes, Handshake{r.Header.Clone(), r.URL.Query()})
		refusal = s.refusal
	})
	switch {
	case refusal != nil:
		refusal(w, r)
		return
	case strings.TrimPrefix(r.URL.Path, "/v1") != "/realtime":
		http.NotFound(w, r)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		OnPingReceived: func(context.Context, []byte) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			return !s.deaf
		},
	})
	if err != nil {
		s.t.Errorf("the handshake: %v", err)
		return
	}
	conn.SetReadLimit(longestEvent)
	session := newLiveSession(s, conn, r)
	s.note(func() {
		session.number = len(s.sessions)
		s.sessions = append(s.sessions, session)
	})
	session.run(r.Header.Get("OpenAI-Beta") != "")
	s.note(func() {})
}

// record keeps an event that has come, and fails the test if the API does not
// know it.
func (s *Live) record(session int, data []byte) (LiveEvent, bool) {
	e := LiveEvent{At: time.Now(), Session: session, Bytes: len(data)}
	if err := s.events.check(fromClient, data); err != nil {
		s.t.Errorf("an event is not as the API describes it: %v\n%.300s", err, data)
		return e, false
	}
	if err := json.Unmarshal(data, &e.Fields); err != nil {
		s.t.Errorf("an event: %v", err)
		return e, false
	}
	e.Type, _ = e.Fields["type"].(string)
	return e, true
}
