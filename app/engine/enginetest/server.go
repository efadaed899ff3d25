// Package enginetest is what engines are tested with: Server, a service that
// speaks the OpenAI-compatible API over real connections and answers as it is
// told, Live, another that speaks the Realtime API over WebSocket, and Run, the
// suite of what every engine.Exchange must keep.
package enginetest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The paths that a Server knows, below its URL.
const (
	Transcriptions = "/audio/transcriptions"
	Chat           = "/chat/completions"
	Speech         = "/audio/speech"
)

// longestBody bounds what a request may carry, in bytes.
const longestBody = 64 << 20

// Server is a scripted service. Each request that reaches it is decoded,
// checked against OpenAI's own description of the API, recorded, and answered
// by the script of its path. It is safe for concurrent use.
type Server struct {
	URL string // up to and including /v1

	t        testing.TB
	spec     *spec
	lifetime context.Context // ends with the test

	mu      sync.Mutex
	scripts map[string][]Answer
	hasty   map[string]Answer
	seen    []Request
	came    map[string]int // bytes of bodies, whole or not, by path
	broken  map[string]int // requests whose body broke off, by path
	dialled int
	more    chan struct{} // closed and replaced when something has come
}

// Start starts a service on a port of its own. It ends with the test. Without
// a script it hears "What is this?", answers "It works. All of it." and speaks
// each sentence as 200 ms of a tone.
func Start(t testing.TB) *Server {
	t.Helper()
	api, err := openAPI()
	switch {
	case err != nil:
		t.Fatalf("read the description of the API: %v", err)
	case len(api.schemas) == 0:
		t.Log("requests are not checked against openapi.json: it is not there")
	}
	lifetime, end := context.WithCancel(context.Background())
	s := &Server{
		t: t, spec: api, lifetime: lifetime, more: make(chan struct{}),
		hasty: map[string]Answer{}, came: map[string]int{}, broken: map[string]int{},
		scripts: map[string][]Answer{
			Transcriptions: {Transcript("What is this?")},
			Chat:           {Reply("It works. ", "All of it.")},
			Speech:         {Tone(200 * time.Millisecond)},
		},
	}
	web := httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	web.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.note(func() { s.dialled++ })
		}
	}
	web.Start()
	s.URL = web.URL + "/v1"
	t.Cleanup(func() {
		end()
		web.Close()
	})
	return s
}

// Script says how the requests to a path are answered from now on: each by
// the next answer, and all that follow by the last.
func (s *Server) Script(path string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[path] = answers
}

// Requests returns the requests to a path, "" for all, in order of arrival.
func (s *Server) Requests(path string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if path == "" {
		return slices.Clone(s.seen)
	}
	var to []Request
	for _, r := range s.seen {
		if r.Path == path {
			to = append(to, r)
		}
	}
	return to
}

// Hasty says that requests to a path which do not say how long they are get
// this answer at once, before their body is read, and nothing else: no request
// is recorded.
func (s *Server) Hasty(path string, answer Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hasty[path] = answer
}

// Await waits until n requests have come to a path, and returns them.
func (s *Server) Await(ctx context.Context, path string, n int) ([]Request, error) {
	err := s.until(ctx, func() bool {
		to := 0
		for _, r := range s.seen {
			if path == "" || r.Path == path {
				to++
			}
		}
		return to >= n
	})
	return s.Requests(path), err
}

// AwaitBytes waits until n bytes of bodies have come to a path, be the
// requests whole or not, and returns how many have.
func (s *Server) AwaitBytes(ctx context.Context, path string, n int) (came int, err error) {
	err = s.until(ctx, func() bool {
		came = s.came[path]
		return came >= n
	})
	return came, err
}

// AwaitBroken waits until n requests to a path have broken off before their
// end.
func (s *Server) AwaitBroken(ctx context.Context, path string, n int) error {
	return s.until(ctx, func() bool { return s.broken[path] >= n })
}

// AwaitConnections waits until n connections have been made.
func (s *Server) AwaitConnections(ctx context.Context, n int) error {
	return s.until(ctx, func() bool { return s.dialled >= n })
}

// Came returns how many bytes of bodies have come to a path, be the requests
// whole or not.
func (s *Server) Came(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.came[path]
}

// Connections returns how many connections have been made.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialled
}

// until waits until enough says so, which is asked again whenever something
// has come.
func (s *Server) until(ctx context.Context, enough func() bool) error {
	for {
		s.mu.Lock()
		more, done := s.more, enough()
		s.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// note notes that something has come.
func (s *Server) note(what func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	what()
	close(s.more)
	s.more = make(chan struct{})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	seen := Request{At: time.Now(), Path: strings.TrimPrefix(r.URL.Path, "/v1"), Header: r.Header.Clone()}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.lifetime, cancel)()
	if answer := s.hastily(seen.Path); answer != nil && r.ContentLength < 0 {
		_ = http.NewResponseController(w).EnableFullDuplex() // or net/http would read on first
		answer(&Response{w: w, ctx: ctx, r: seen})
		return
	}
	body, err := s.receive(&seen, http.MaxBytesReader(w, r.Body, longestBody))
	if err != nil {
		s.note(func() { s.broken[seen.Path]++ })
		return // the client broke off: this request never came
	}
	if r.Method == http.MethodPost {
		s.understand(&seen, body)
	}
	answer := s.record(seen)
	if answer == nil {
		answer = Status(http.StatusNotFound, `{"error":{"message":"Unknown request URL","type":"invalid_request_error"}}`)
	}
	answer(&Response{w: w, ctx: ctx, r: seen})
}

func (s *Server) hastily(path string) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hasty[path]
}

// receive reads a body, noting when each piece of it came.
func (s *Server) receive(r *Request, body io.Reader) ([]byte, error) {
	var all []byte
	piece := make([]byte, 32<<10)
	for {
		n, err := body.Read(piece)
		if n > 0 {
			all = append(all, piece[:n]...)
			r.Pieces = append(r.Pieces, Piece{At: time.Now(), Bytes: n})
			s.note(func() { s.came[r.Path] += n })
		}
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// understand decodes the request, and fails the test if it is not as the API
// wants it.
func (s *Server) understand(r *Request, body []byte) {
	if err := r.decode(body); err != nil {
		s.t.Errorf("%s: %v", r.Path, err)
		return
	}
	if err := s.spec.check(r.Path, r.Fields); err != nil {
		s.t.Errorf("%s: the request is not as the API describes it: %v", r.Path, err)
	}
}

// record keeps the request and returns its answer, nil if there is none.
func (s *Server) record(r Request) (next Answer) {
	s.note(func() {
		s.seen = append(s.seen, r)
		script := s.scripts[r.Path]
		if len(script) > 0 {
			next = script[0]
		}
		if len(script) > 1 {
			s.scripts[r.Path] = script[1:]
		}
	})
	return next
}
