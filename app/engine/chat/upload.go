package chat

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/audio"
)

// upload is a transcription that is asked for while the user is still
// speaking: the body of its request grows with the utterance.
type upload struct {
	body   growing
	end    []byte      // of the form
	sent   atomic.Bool // all of it has been handed to the connection
	cancel context.CancelFunc
	done   chan struct{} // closed when what follows is known
	text   string
	err    error
	early  bool // it ended before everything had been said
}

// startUpload opens the request with what has been said so far. The question
// counts as sent when the last of it is handed to the connection.
func (x *exchange) startUpload() error {
	ctx, cancel := context.WithCancel(named(x.ctx, x.prompt.Turn+"-hear-live"))
	u := &upload{cancel: cancel, done: make(chan struct{}), body: growing{more: make(chan struct{})}}
	sent := func() {
		if u.sent.CompareAndSwap(false, true) {
			x.feed.Tell(engine.Sent{At: time.Now()})
		}
	}
	r, err := u.request(ctx, x.engine, x.utterance.Rate, sent)
	if err != nil {
		cancel()
		return remote.Failed(err)
	}
	u.add(x.utterance.Samples)
	x.upload = u
	x.group.Go(func() {
		defer cancel()
		defer close(u.done)
		u.text, u.err = u.ask(x.engine.ears.web, r)
		u.early = !u.body.whole()
	})
	return nil
}

// request is the one that carries the upload: the form's fields, then the
// utterance, whose length nobody knows yet.
func (u *upload) request(ctx context.Context, e *Engine, rate int, sent func()) (*http.Request, error) {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	fields := [][2]string{{"model", e.ears.Model}, {"language", e.config.Language}, {"response_format", string(openai.AudioResponseFormatJSON)}}
	for _, f := range fields {
		if f[1] != "" {
			_ = form.WriteField(f[0], f[1]) // a bytes.Buffer takes everything
		}
	}
	if file, err := form.CreateFormFile("file", "utterance.wav"); err == nil {
		_ = audio.WriteOpenWAV(file, rate)
	}
	u.body.add(slices.Clone(head.Bytes()), false)
	head.Reset()
	_ = form.Close()
	u.end = head.Bytes()
	open := func() (io.ReadCloser, error) { return &reader{of: &u.body, ctx: ctx, sent: sent}, nil }
	body, _ := open()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.ears.BaseURL+"/audio/transcriptions", body)
	if err != nil {
		return nil, err
	}
	r.GetBody = open // for a connection that was kept and turns out dead
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept", "application/json")
	if e.ears.Key != "" {
		r.Header.Set("Authorization", "Bearer "+e.ears.Key)
	}
	return r, nil
}

// add hands over samples.
func (u *upload) add(samples []int16) {
	b, _ := binary.Append(nil, binary.LittleEndian, samples) // samples have a fixed size
	u.body.add(b, false)
}

// finish says that nothing more will be said.
func (u *upload) finish() { u.body.add(u.end, true) }

// ask sends the request, once, and reads the answer to its end.
func (u *upload) ask(web *transport, r *http.Request) (string, error) {
	response, err := web.sendOnce(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if !u.sent.Load() {
		return "", &engine.Error{Code: "bad_response", Message: "The service answered before the question had ended.", Hint: "Send the question again.", Retry: true}
	}
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return "", remote.Failed(err)
	}
	var heard openai.AudioResponse
	if err := json.Unmarshal(said, &heard); err != nil {
		return "", remote.Failed(err)
	}
	return heard.Text, nil
}

// wait returns what was heard. Everything has been said.
func (u *upload) wait(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, plainLimit)
	defer cancel()
	select {
	case <-u.done:
		return u.text, u.err
	case <-ctx.Done():
		u.cancel()
		<-u.done
		return "", remote.Failed(ctx.Err())
	}
}

// growing is a body that grows while it is read. It is kept, so that it can be
// read again.
type growing struct {
	mu    sync.Mutex
	bytes []byte
	ended bool
	more  chan struct{} // closed and replaced when it has grown
}

// add adds bytes, the last ones if end is set.
func (g *growing) add(b []byte, end bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bytes = append(g.bytes, b...)
	g.ended = g.ended || end
	close(g.more)
	g.more = make(chan struct{})
}

func (g *growing) whole() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ended
}

// after returns what there is behind a place, whether that is all, and what
// tells that there is more.
func (g *growing) after(at int) (rest []byte, all bool, more <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.bytes[at:], g.ended, g.more
}

// reader reads a growing body from its beginning, frame by frame as it comes:
// to wait for a second one would save packets, but leave more for the release.
type reader struct {
	of   *growing
	at   int
	ctx  context.Context // the request's
	sent func()          // called at the end
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	for {
		rest, all, more := r.of.after(r.at)
		switch {
		case all && len(rest) == 0:
			r.sent()
			return 0, io.EOF
		case all, len(rest) >= 2*audio.Samples(audio.FrameDuration, audio.RateListen):
			n := copy(p, rest)
			r.at += n
			return n, nil
		}
		select {
		case <-more:
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
}

// Close implements io.Closer.
func (r *reader) Close() error { return nil }
