package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"aside/app/engine"
	"aside/app/engine/remote"
)

// Limits of a stream.
const (
	idleLimit   = 30 * time.Second  // without content; comments count only before the first
	firstLimit  = 110 * time.Second // until content, whatever comments come; a turn has two minutes
	streamLimit = 10 * time.Minute
	textLimit   = 1 << 20 // bytes of the answer
)

var errIdle = errors.New("the stream is idle")

// stream is the reply of a chat completion while it comes in. It is complete
// only with [DONE] or with a finish reason: what ends otherwise was cut.
type stream struct {
	request *http.Request
	body    io.Closer
	events  *sse
	cancel  context.CancelCauseFunc // of the request's context
	idle    *time.Timer             // runs while next waits
	first   time.Time               // when the first content must be there

	reason   string        // the finish reason, once it has come
	usage    *engine.Usage // of the whole; some services say with each chunk what it is so far
	complete bool          // [DONE] has come
	received int           // bytes of text
}

// piece is what one chunk adds.
type piece struct {
	text     string
	thinking bool // the model is at work on what nobody asked to read
}

// open asks the service and returns its reply. What a service refuses to know
// is left out, then and from then on.
func (e *Engine) open(ctx context.Context, a wanted) (*stream, error) {
	turn := a.turn
	for {
		s, err := e.request(ctx, a)
		switch {
		case errors.Is(err, errUsage) && e.plain.CompareAndSwap(false, true):
			a.turn = turn + "-plain"
		case errors.Is(err, errEffort) && a.deep && e.effortless.CompareAndSwap(false, true):
			a.turn = turn + "-effortless"
		default:
			return s, err
		}
	}
}

func (e *Engine) request(ctx context.Context, a wanted) (_ *stream, err error) {
	body, err := json.Marshal(e.completion(a))
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithTimeout(named(ctx, a.turn), streamLimit)
	ctx, cancel := context.WithCancelCause(ctx)
	context.AfterFunc(ctx, end)
	defer func() {
		if err != nil {
			cancel(err)
		}
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.chat.BaseURL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return nil, remote.Failed(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	if e.chat.Key != "" {
		r.Header.Set("Authorization", "Bearer "+e.chat.Key)
	}
	response, err := e.chat.web.Do(r)
	if err != nil {
		return nil, err
	}
	if err := eventStream(r, response); err != nil {
		_ = response.Body.Close()
		return nil, err
	}
	opened := &stream{
		request: r, body: response.Body, cancel: cancel, first: time.Now().Add(firstLimit),
		idle: time.AfterFunc(idleLimit, func() { cancel(errIdle) }),
	}
	opened.events = newSSE(beating{response.Body, opened})
	return opened, nil
}

// beating is the body of a stream. Before the first content any byte shows
// that the service is at work: a model may think for long.
type beating struct {
	io.Reader
	stream *stream
}

func (b beating) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if n > 0 && b.stream.received == 0 {
		b.stream.wind()
	}
	return n, err
}

// wind starts the time without content anew.
func (s *stream) wind() {
	limit := idleLimit
	if s.received == 0 {
		limit = min(limit, time.Until(s.first))
	}
	s.idle.Reset(limit)
}

// eventStream checks that the response is what was asked for.
func eventStream(sent *http.Request, r *http.Response) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // what does not parse is wrong
	if kind == "text/event-stream" {
		return nil
	}
	body := explanationIn(r.Body)
	if said, code := remote.Explain(sent, body); kind == "application/json" && (said != "" || code != "") {
		return remote.Broken(said, code)
	}
	if kind == "text/html" {
		return &engine.Error{Code: "net_not_api", Message: "There is a web page at this address, not a service.", Hint: "Check engine.base_url; it usually ends in /v1."}
	}
	return &engine.Error{Code: "bad_response", Message: "The service did not stream its answer.", Hint: "Check engine.base_url: is it an OpenAI-compatible service?"}
}

func (s *stream) close() {
	s.idle.Stop()
	s.cancel(context.Canceled)
	_ = s.body.Close() // it was only read
}

// next returns what comes next. io.EOF ends a stream that is complete; any
// other error is an *engine.Error or the context's.
func (s *stream) next() (piece, error) {
	s.wind()
	defer s.idle.Stop() // a reader that is slow does not make the service idle
	for {
		if s.complete {
			return piece{}, s.end()
		}
		event, err := s.events.next()
		if err != nil {
			return piece{}, s.broken(err)
		}
		if string(bytes.TrimSpace(event.data)) == "[DONE]" {
			s.complete = true
			continue
		}
		p, err := s.decode(event)
		if err != nil {
			return piece{}, err
		}
		if p.text != "" {
			return p, nil
		}
		if p.thinking {
			s.first = time.Now().Add(firstLimit)
			s.wind()
		}
	}
}

// end judges a stream that has ended.
func (s *stream) end() error {
	switch {
	case s.reason == "error":
		return remote.Broken("", "")
	case s.reason == "content_filter" && s.received == 0:
		return &engine.Error{Code: "content_filtered", Message: "The service refused to answer this.", Hint: "Ask it differently, or without the screen."}
	case s.received == 0:
		return &engine.Error{Code: "answer_empty", Message: "The service sent an empty answer.", Hint: "Send the question again, or choose another model.", Retry: true}
	}
	if s.reason == "" {
		s.reason = "stop"
	}
	return io.EOF
}

// broken says why the stream cannot be read on.
func (s *stream) broken(err error) error {
	cause := context.Cause(s.request.Context())
	switch {
	case errors.Is(cause, context.Canceled):
		return context.Canceled
	case s.reason != "": // what is missing is the usage at most
		return s.end()
	case errors.Is(cause, errIdle) && s.received == 0:
		return &engine.Error{Code: "stream_idle", Message: "The service has not begun to answer.", Hint: "Send the question again.", Retry: true, Err: err}
	case errors.Is(cause, errIdle):
		return &engine.Error{Code: "stream_idle", Message: "The service stopped in the middle of the answer.", Hint: "Send the question again.", Retry: true, Err: err}
	case errors.Is(err, remote.ErrTooLong), errors.Is(cause, context.DeadlineExceeded):
		return remote.Failed(err)
	}
	return &engine.Error{Code: "stream_cut", Message: "The answer was cut off on its way.", Hint: "Send the question again.", Retry: true, Err: remote.Severed(err)}
}

// chunk is one event of the stream, read with more patience than a schema has:
// any part may be missing or null.
type chunk struct {
	Object  json.RawMessage `json:"object"`
	Error   json.RawMessage `json:"error"`
	Detail  json.RawMessage `json:"detail"`
	Choices []struct {
		Index int `json:"index"`
		Delta struct {
			Content          content `json:"content"`
			Refusal          string  `json:"refusal"`
			Reasoning        content `json:"reasoning"`
			ReasoningContent content `json:"reasoning_content"`
		} `json:"delta"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
	Usage *struct {
		Input  float64 `json:"prompt_tokens"`
		Output float64 `json:"completion_tokens"`
	} `json:"usage"`
}

// content is text: a string, null, or a list of parts with text.
type content string

func (c *content) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*c = content(s)
		return nil
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		*c += content(p.Text)
	}
	return nil
}

// failed reports whether the chunk is an error in one of the shapes that
// explanation knows.
func (c chunk) failed() bool {
	return remote.Given(c.Error) || remote.Given(c.Detail) || string(c.Object) == `"error"`
}

func (s *stream) decode(e sseEvent) (piece, error) {
	if e.name == "error" || bytes.HasPrefix(bytes.TrimSpace(e.data), []byte("[")) { // only errors come in lists
		return piece{}, remote.Broken(remote.Explain(s.request, e.data))
	}
	var c chunk
	if err := json.Unmarshal(e.data, &c); err != nil {
		return piece{}, &engine.Error{Code: "bad_response", Message: "The service's answer cannot be read.", Hint: "Send the question again.", Retry: true, Err: err}
	}
	if c.failed() {
		return piece{}, remote.Broken(remote.Explain(s.request, e.data))
	}
	var p piece
	if c.Usage != nil {
		s.usage = &engine.Usage{Input: int(c.Usage.Input), Output: int(c.Usage.Output)}
	}
	for _, choice := range c.Choices {
		if choice.Index != 0 {
			continue
		}
		p.text += string(choice.Delta.Content) + choice.Delta.Refusal
		p.thinking = choice.Delta.Reasoning+choice.Delta.ReasoningContent != ""
		if choice.FinishReason != "" {
			s.reason = choice.FinishReason
		}
	}
	if s.received += len(p.text); s.received > textLimit {
		return piece{}, remote.Failed(remote.ErrTooLong)
	}
	return p, nil
}
