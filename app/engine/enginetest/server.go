// Package enginetest is what engines are tested with: Server, a service that
// speaks the OpenAI-compatible API over real connections and answers as it is
// told, and Run, the suite of what every engine.Exchange must keep.
package enginetest

import (
	"context"
	"io"
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
	seen    []Request
	more    chan struct{} // closed and replaced when a request has been recorded
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
		scripts: map[string][]Answer{
			Transcriptions: {Transcript("What is this?")},
			Chat:           {Reply("It works. ", "All of it.")},
			Speech:         {Tone(200 * time.Millisecond)},
		},
	}
	web := httptest.NewServer(http.HandlerFunc(s.serve))
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

// Await waits until n requests have come to a path, and returns them.
func (s *Server) Await(ctx context.Context, path string, n int) ([]Request, error) {
	for {
		s.mu.Lock()
		more := s.more
		s.mu.Unlock()
		if to := s.Requests(path); len(to) >= n {
			return to, nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	seen := Request{At: time.Now(), Path: strings.TrimPrefix(r.URL.Path, "/v1"), Header: r.Header.Clone()}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
	if err != nil {
		return // the client broke off: this request never came
	}
	if r.Method == http.MethodPost {
		s.understand(&seen, body)
	}
	answer := s.record(seen)
	if answer == nil {
		answer = Status(http.StatusNotFound, `{"error":{"message":"Unknown request URL","type":"invalid_request_error"}}`)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.lifetime, cancel)()
	answer(&Response{w: w, ctx: ctx, r: seen})
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
func (s *Server) record(r Request) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r)
	close(s.more)
	s.more = make(chan struct{})
	script := s.scripts[r.Path]
	if len(script) == 0 {
		return nil
	}
	if len(script) > 1 {
		s.scripts[r.Path] = script[1:]
	}
	return script[0]
}
