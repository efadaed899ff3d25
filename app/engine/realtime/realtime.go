// Package realtime is the engine for services that speak the Realtime API:
// speech goes in while it is spoken and comes out as it is made, over one
// WebSocket that is kept from one turn to the next.
//
// An exchange is one turn, a session is one connection with the conversation
// that the service keeps behind it. A session that is lost is opened again, and
// what was said so far is sent once more; only an answer that has begun cannot
// go on. What belongs to the engine, its sessions and its exchanges is guarded
// by one lock: there is never more than one voice at work.
package realtime

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/app/engine/spoken"
	"aside/vision"
)

// Config says which service answers.
type Config struct {
	BaseURL    string // up to and including /v1
	Key        string // "" sends none
	Model      string
	Transcribe string        // the model that writes down what the user says
	Language   string        // of the user's speech, "" if unknown
	Voice      func() string // nil for the service's own
	Detection  func() string // how the service notices that the user has stopped, if nobody holds the key: server_vad, semantic_vad; nil for the first
	Functions  bool          // the model may call those in function.go
	Deep       engine.Engine // answers what is to be thought about harder; nil if nobody does
	Part       Part          // of a turn
	Keep       time.Duration // how long a session without a turn is kept; 0: it ends with its turn
}

// Part is how much of a turn the service does.
type Part int

// The parts of a turn.
const (
	All   Part = iota // it hears, answers and speaks
	Words             // it hears, and answers in words
	Ears              // it writes down what is said, and is asked nothing
)

// Keep is how long a session is usually kept: a conversation has longer pauses
// than a connection costs.
const Keep = 10 * time.Minute

// limits are how long things may take. Tests have shorter ones.
type limits struct {
	dial  time.Duration // for the connection and its handshake
	write time.Duration // until what is sent has left
	beat  time.Duration // between pings
	pong  time.Duration // until one is answered
	idle  time.Duration // of an answer without a sign of life
	hear  time.Duration // for the words of the question, once the answer is whole
}

// Engine is a Realtime service. It is safe for concurrent use.
type Engine struct {
	config  Config
	address string // of sessions, ws or wss
	host    string // "" on this machine
	limits  limits
	roots   *x509.CertPool // nil for the system's

	mu      sync.Mutex
	current *session // the one that the next turn takes, nil if there is none
	closed  bool     // none is kept any more
	numbers int      // of everything that needs a name of its own
	shared  shared
}

// New checks the address and returns the engine. It connects to nothing. The
// error is an *engine.Error.
func New(c Config) (*Engine, error) {
	base, err := remote.Address(c.BaseURL)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return nil, remote.Failed(err)
	}
	e := &Engine{config: c, limits: limits{
		dial: 15 * time.Second, write: 30 * time.Second, beat: 20 * time.Second, pong: 5 * time.Second,
		idle: 30 * time.Second, hear: 3 * time.Second,
	}}
	if !remote.Loopback(u.Hostname()) {
		e.host = u.Host
	}
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	u.Path += "/realtime"
	u.RawQuery = url.Values{"model": {c.Model}}.Encode()
	e.address = u.String()
	return e, nil
}

// Capabilities implements engine.Engine.
func (e *Engine) Capabilities() engine.Capabilities {
	c := engine.Capabilities{Name: "realtime", Model: e.config.Model, Host: e.host, Detects: true}
	if e.config.Part == Ears {
		c.Model = e.config.Transcribe
		return c
	}
	c.Sees, c.Speaks, c.Fitting = true, e.config.Part == All, vision.RuleFor(c.Model)
	return c
}

// Start implements engine.Engine.
func (e *Engine) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.numbers++
	x := newExchange(ctx, e, p, e.numbers)
	e.session().join(x)
	return x, nil
}

// session returns one that lives long enough for a turn and has the voice that
// is wanted now: a service does not let that be changed once it has spoken. e
// is locked.
func (e *Engine) session() *session {
	if s := e.current; s != nil && s.fresh() && s.voice == e.voice() {
		select {
		case s.probe <- struct{}{}:
		default:
		}
		return s
	}
	if old := e.current; old != nil {
		e.current = nil
		old.unused()
	}
	e.current = newSession(e)
	return e.current
}

// Close ends the session that is kept for the next turn. One that has a turn
// ends with it.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	s := e.current
	if s != nil {
		s.unused()
	}
	idle := s != nil && len(s.exchanges) == 0
	e.mu.Unlock()
	if idle {
		<-s.done
	}
}

// header is what the handshake carries: the key, and nothing that would tell
// the service to behave otherwise.
func (e *Engine) header() http.Header {
	h := http.Header{}
	if e.config.Key != "" {
		h.Set("Authorization", "Bearer "+e.config.Key)
	}
	return h
}

// Voices are the names of the voices that the services know.
func Voices() []string {
	return []string{"alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"}
}

// voice is the name of the voice that speaks. Voices of other engines are
// unknown here.
func (e *Engine) voice() string {
	if e.config.Voice == nil || e.config.Part != All {
		return ""
	}
	voice := e.config.Voice()
	if slices.Contains(spoken.Voices(), voice) && !slices.Contains(Voices(), voice) {
		return Voices()[0]
	}
	return voice
}
