package chat

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	dialLimit = 10 * time.Second // for a connection, and again for its encryption
	idleKept  = 5 * time.Minute  // a connection without a request
)

// line is the way to one service: the connections that net/http keeps, and
// one that is dialled ahead, before there is a request for it.
type line struct {
	*http.Transport

	mu    sync.Mutex
	spare *spare // the last one, nil if there was none
}

// spare is a connection that was dialled before its first request, and serves
// the requests that come one after the other.
type spare struct {
	origin string        // scheme and host
	dialed chan struct{} // closed when conn is known
	conn   *http.ClientConn
	idle   *time.Timer // ends conn
	used   bool        // line.mu guards it
}

func newLine() *line {
	return &line{Transport: &http.Transport{
		Proxy:                 nil, // whoever sets the environment must not see the questions
		DialContext:           (&net.Dialer{Timeout: dialLimit, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   dialLimit,
		ResponseHeaderTimeout: headerLimit,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       idleKept,
		MaxIdleConnsPerHost:   4,
		DisableCompression:    true, // a small body must not unpack into a huge one
	}}
}

// ahead makes room for a connection for the next request, and returns what
// dials it; nil if a connection is waiting already. Nothing is sent but what
// makes the connection. The dialling ends when there is one, or cannot be, or
// its context has ended: whoever asks next learns why there is none.
func (l *line) ahead(to *url.URL) (dial func(context.Context)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.spare
	if last != nil && last.origin == origin(to) && last.waits() {
		return nil
	}
	next := &spare{origin: origin(to), dialed: make(chan struct{})}
	l.spare = next
	return func(ctx context.Context) {
		defer close(next.dialed)
		if last != nil {
			last.retire()
		}
		if conn, err := l.NewClientConn(ctx, to.Scheme, net.JoinHostPort(to.Hostname(), to.Port())); err == nil {
			l.keep(next, conn)
		}
	}
}

// keep makes a connection the one that is taken next, unless everything has
// been closed while it was dialled.
func (l *line) keep(s *spare, conn *http.ClientConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spare != s {
		_ = conn.Close() // it was never used
		return
	}
	s.conn = conn
	s.idle = time.AfterFunc(idleKept, s.hangUp)
}

// waits reports whether the next request can have the connection.
func (s *spare) waits() bool {
	select {
	case <-s.dialed:
		return s.conn != nil && s.conn.Available() > 0
	default:
		return true // it is being dialled
	}
}

// hangUp closes a connection without a request.
func (s *spare) hangUp() {
	if s.conn.InFlight() == 0 {
		_ = s.conn.Close() // nobody waits for anything from it
	}
}

// retire closes the connection when it has served its request. One that is
// still being dialled closes itself.
func (s *spare) retire() {
	select {
	case <-s.dialed:
	default:
		return
	}
	if s.conn == nil {
		return
	}
	s.idle.Stop()
	s.conn.SetStateHook(func(*http.ClientConn) { s.hangUp() })
	s.hangUp()
}

// take returns the connection that was dialled ahead, reserved for a request,
// and whether it has served one before; nil if there is none.
func (l *line) take(r *http.Request) (*http.ClientConn, bool) {
	l.mu.Lock()
	s := l.spare
	l.mu.Unlock()
	if s == nil || s.origin != origin(r.URL) {
		return nil, false
	}
	select {
	case <-s.dialed:
	case <-r.Context().Done():
		return nil, false
	}
	if s.conn == nil || s.conn.Reserve() != nil {
		return nil, false
	}
	s.idle.Reset(idleKept)
	l.mu.Lock()
	defer l.mu.Unlock()
	used := s.used
	s.used = true
	return s.conn, used
}

// RoundTrip implements http.RoundTripper. Like net/http, it sends a named
// request again if a connection that was kept turns out dead.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	conn, used := l.take(r)
	if conn == nil {
		return l.Transport.RoundTrip(r)
	}
	response, err := conn.RoundTrip(r)
	if err == nil || !used || r.GetBody == nil || r.Header.Get("Idempotency-Key") == "" || r.Context().Err() != nil || late(err) {
		return response, err
	}
	again := r.Clone(r.Context())
	body, bodyErr := r.GetBody()
	if bodyErr != nil {
		return nil, err
	}
	again.Body = body
	return l.Transport.RoundTrip(again)
}

func late(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// ahead is line.ahead for the service. A transport that is not our own does as
// it likes.
func (s *service) ahead() (dial func(context.Context)) {
	l, ok := s.web.client.Transport.(*line)
	if !ok {
		return nil
	}
	to, err := url.Parse(s.BaseURL)
	if err != nil {
		return nil
	}
	return l.ahead(to)
}

// CloseIdleConnections closes the connections without a request.
func (l *line) CloseIdleConnections() {
	l.Transport.CloseIdleConnections()
	l.mu.Lock()
	last := l.spare
	l.spare = nil
	l.mu.Unlock()
	if last != nil {
		last.retire()
	}
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }
