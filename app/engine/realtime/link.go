package realtime

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"aside/app/engine"
	"aside/app/engine/remote"
)

// longestEvent is how much may come at once, in bytes. Compression is not
// offered, so nothing small can become large.
const longestEvent = 16 << 20

// link is one WebSocket.
type link struct {
	conn  *websocket.Conn
	cork  *cork
	limit time.Duration // for a write
}

// dial opens a WebSocket. The error is an *engine.Error or the context's.
func (e *Engine) dial(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, e.limits.dial)
	defer cancel()
	l := &link{limit: e.limits.write}
	transport := &http.Transport{ // one for each: it carries nothing else, and knows no proxy
		DialContext:       func(ctx context.Context, network, to string) (net.Conn, error) { return l.connect(ctx, network, to) },
		DialTLSContext:    func(ctx context.Context, network, to string) (net.Conn, error) { return l.encrypt(ctx, e, network, to) },
		DisableKeepAlives: true,
	}
	conn, response, err := websocket.Dial(ctx, e.address, &websocket.DialOptions{ //nolint:bodyclose // Dial closes it
		HTTPHeader: e.header(),
		HTTPClient: &http.Client{
			Transport: transport,
			// A redirect would carry the key and the voice to a host that the
			// user never named.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, unopened(err, response)
	}
	conn.SetReadLimit(longestEvent)
	l.conn = conn
	return l, nil
}

// connect makes the connection whose writes can be gathered.
func (l *link) connect(ctx context.Context, network, to string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, to)
	if err != nil {
		return nil, err
	}
	l.cork = &cork{Conn: conn}
	return l.cork, nil
}

// encrypt is connect for wss: writes are gathered above the encryption.
func (l *link) encrypt(ctx context.Context, e *Engine, network, to string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(to)
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, to)
	if err != nil {
		return nil, err
	}
	encrypted := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: e.roots, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12})
	if err := encrypted.HandshakeContext(ctx); err != nil {
		_ = conn.Close() // it was never used
		return nil, err
	}
	l.cork = &cork{Conn: encrypted}
	return l.cork, nil
}

// unopened says why there is no WebSocket.
func unopened(err error, response *http.Response) error {
	if response == nil {
		return remote.Failed(err)
	}
	body, _ := io.ReadAll(response.Body) // half an explanation is better than none
	if response.StatusCode/100 != 2 && response.StatusCode != http.StatusSwitchingProtocols {
		err = remote.Refused(response.Request, response, body)
		switch engine.Code(err) {
		case "model_missing":
			return missing(err)
		case "net_not_api":
		default:
			return err
		}
	}
	return &engine.Error{Code: "realtime_missing", Message: "There is no live voice at this address.", Hint: "Check engine.base_url, or use the other engine: aside settings set engine.kind chat", Err: err}
}

// write sends messages, all in one.
func (l *link) write(ctx context.Context, all []message) error {
	l.cork.hold()
	for _, m := range all {
		if err := l.conn.Write(ctx, websocket.MessageText, m.data); err != nil {
			return errors.Join(err, l.cork.release(l.limit))
		}
	}
	return l.cork.release(l.limit)
}

// close ends the connection at once.
func (l *link) close() { _ = l.conn.CloseNow() } // it may have ended already

// cork is a connection whose writes can be held back, so that they leave as
// one: in one system call, and mostly in one packet.
type cork struct {
	net.Conn

	mu   sync.Mutex
	in   bool
	held []byte
}

// Write implements net.Conn.
func (c *cork) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.in {
		return c.Conn.Write(p)
	}
	c.held = append(c.held, p...)
	return len(p), nil
}

func (c *cork) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.in = true
}

// mostHeld is how much room is kept for the next writes, in bytes.
const mostHeld = 64 << 10

// release sends what was held back, within a time.
func (c *cork) release(limit time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.in = false
	late := time.AfterFunc(limit, func() { _ = c.Close() }) // the write then fails
	defer late.Stop()
	_, err := c.Conn.Write(c.held)
	if c.held = c.held[:0]; cap(c.held) > mostHeld {
		c.held = nil
	}
	return err
}

// message is an event on its way.
type message struct {
	data []byte
	left func() // called when it has been sent, if set
}

// outbox is what waits to be sent. It is safe for concurrent use.
type outbox struct {
	mu      sync.Mutex
	waiting []message
	more    chan struct{} // holds one token when there is something
}

func newOutbox() *outbox { return &outbox{more: make(chan struct{}, 1)} }

// push adds messages that leave together.
func (o *outbox) push(all ...message) {
	if len(all) == 0 {
		return
	}
	o.mu.Lock()
	o.waiting = append(o.waiting, all...)
	o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
}

func (o *outbox) take() []message {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.waiting
	o.waiting = nil
	return all
}
