package chat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"aside/app/engine"
	"aside/app/engine/remote"
)

// Limits of a request. What a service sends beyond them is an error.
const (
	plainLimit   = 60 * time.Second // transcription, or all the waiting for the speech of a sentence
	voiceLimit   = 10 * time.Second // until that speech begins, and without any of it
	headerLimit  = 60 * time.Second // until the reply begins
	bodyLimit    = 16 << 20         // bytes
	failureLimit = 64 << 10         // bytes of an error's body
	failureWait  = 5 * time.Second  // for that body
	retries      = 2                // after the first try, before any content
)

// transport sends requests: it refuses redirects, bounds what comes back,
// turns failures into engine errors and tries again what may pass. It is the
// only layer that does; go-openai is above it. Below it, net/http and line only
// send a named request again if a connection that was kept turns out dead.
type transport struct {
	client *http.Client
	wait   func(ctx context.Context, d time.Duration) error
}

func newTransport(rt http.RoundTripper) *transport {
	if rt == nil {
		rt = newLine()
	}
	return &transport{
		client: &http.Client{
			Transport: rt,
			// A redirect would carry the question and the picture to a host
			// that the user never named.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		wait: sleep,
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *transport) CloseIdleConnections() { t.client.CloseIdleConnections() }

// Do implements openai.HTTPDoer. The response has a status of 2xx and a body
// of bounded size; any error is an *engine.Error or the context's.
func (t *transport) Do(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	sign(r)
	for try := 0; ; try++ {
		response, err := t.once(r)
		if err == nil {
			return response, nil
		}
		e, ok := errors.AsType[*engine.Error](err)
		if !ok || try == retries || !passing(e) || ctx.Err() != nil {
			return nil, err
		}
		wait := pause(err, try)
		if wait > remote.LongestWait {
			return nil, err
		}
		if err := t.wait(ctx, wait); err != nil {
			return nil, err
		}
		if r.GetBody == nil {
			if r.Body != nil {
				return nil, err
			}
			continue
		}
		if r.Body, err = r.GetBody(); err != nil {
			return nil, remote.Failed(err)
		}
	}
}

// sendOnce is Do without a second try.
func (t *transport) sendOnce(r *http.Request) (*http.Response, error) {
	sign(r)
	return t.once(r)
}

// once sends the request once.
func (t *transport) once(r *http.Request) (*http.Response, error) {
	response, err := t.client.Do(r)
	if err != nil {
		if r.Context().Err() != nil && errors.Is(r.Context().Err(), context.Canceled) {
			return nil, context.Canceled
		}
		return nil, remote.Failed(err)
	}
	if response.StatusCode/100 == 2 {
		response.Body = &bounded{response.Body, bodyLimit}
		return response, nil
	}
	body := explanationIn(response.Body)
	_ = response.Body.Close()
	err = remote.Refused(r, response, body)
	if engine.Code(err) == "bad_request" {
		err = errors.Join(err, unknown(body))
	}
	return nil, err
}

// errUsage is the cause of a refusal that names stream_options, which some
// services do not know.
var errUsage = errors.New("the service refuses stream_options")

// errEffort is likewise one that names reasoning_effort.
var errEffort = errors.New("the service refuses reasoning_effort")

// unknown says which of what a service need not know a refusal names.
func unknown(body []byte) error {
	switch {
	case bytes.Contains(body, []byte("stream_options")):
		return errUsage
	case bytes.Contains(body, []byte("reasoning_effort")), bytes.Contains(body, []byte("does not support thinking")): // Ollama's words
		return errEffort
	}
	return nil
}

// explanationIn reads the body of a failure as far as it comes soon: half an
// explanation is better than none.
func explanationIn(body io.ReadCloser) []byte {
	late := time.AfterFunc(failureWait, func() { _ = body.Close() })
	defer late.Stop()
	said, _ := io.ReadAll(io.LimitReader(body, failureLimit))
	return said
}

// passing reports whether the failure may be over in a moment.
func passing(e *engine.Error) bool {
	switch e.Code {
	case "rate_limited", "server_error", "net_reset":
		return true
	}
	return false
}

// pause says how long to wait before the next try.
func pause(err error, try int) time.Duration {
	if l, ok := errors.AsType[remote.Later](err); ok {
		return l.After
	}
	base := 400 * time.Millisecond << try
	return base/2 + rand.N(base) // so that many clients do not come back at once
}

// bounded is a body of limited size. If the connection breaks it says so in a
// word of its own: io.ErrUnexpectedEOF is also what io.ReadFull says of a body
// that is merely shorter than its buffer.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, remote.ErrTooLong
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = remote.ErrCut
	}
	return n, err
}

type nameKey struct{}

// named gives the requests under ctx a name by which a service can tell a
// second try from a second question.
func named(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, nameKey{}, name)
}

// sign puts the name on a request.
func sign(r *http.Request) {
	if name, ok := r.Context().Value(nameKey{}).(string); ok {
		r.Header.Set("Idempotency-Key", name)
	}
}
