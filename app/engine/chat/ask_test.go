package chat

import (
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
	"aside/vision"
)

// canary is a key that must reach the services and nobody else.
const canary = "sk-canary-0123456789abcdef"

// waits are the pauses before retries. They are over at once.
type waits struct {
	mu  sync.Mutex
	all []time.Duration
}

func (w *waits) wait(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, d)
	return ctx.Err()
}

// config is that of an engine which uses one service for everything.
func config(baseURL string) Config {
	return Config{
		Chat:       Service{BaseURL: baseURL, Key: canary, Model: "gpt-5-mini"},
		Transcribe: Service{Model: "whisper-1"},
		Speak:      Service{Model: "tts-1"},
		Voice:      func() string { return "alloy" },
	}
}

func newEngine(t testing.TB, c Config) (*Engine, *waits) {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	w := &waits{}
	for _, s := range []*service{e.chat, e.ears, e.lips} {
		s.web.wait = w.wait
	}
	t.Cleanup(e.Close)
	return e, w
}

// spokenTo returns an exchange that has heard the utterance and seen the shot.
func spokenTo(t testing.TB, e *Engine, p engine.Prompt, utterance audio.Clip, shot *vision.Shot) engine.Exchange {
	t.Helper()
	x, err := e.Start(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	for f := range utterance.Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	if shot != nil {
		if err := x.Show(*shot); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	return x
}

// drain receives until the end; io.EOF is no error.
func drain(ctx context.Context, x engine.Exchange) (events []engine.Event, err error) {
	for {
		e, err := x.Recv(ctx)
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, e)
	}
}

// ask puts a typed question.
func ask(t testing.TB, e *Engine, p engine.Prompt) ([]engine.Event, error) {
	t.Helper()
	if p.Question == "" {
		p.Question = "Why does it fail?"
	}
	p.Turn = "t1"
	return drain(t.Context(), spokenTo(t, e, p, audio.Clip{}, nil))
}

// of returns the events of one kind.
func of[E engine.Event](events []engine.Event) (all []E) {
	for _, e := range events {
		if e, ok := e.(E); ok {
			all = append(all, e)
		}
	}
	return all
}

// answer is all the text of a reply.
func answer(events []engine.Event) string {
	var b strings.Builder
	for _, t := range of[engine.Text](events) {
		b.WriteString(t.Delta)
	}
	return b.String()
}

// utterance is a second and a bit of something that is not silence.
func utterance() audio.Clip {
	c := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.RateListen+123)}
	for i := range c.Samples {
		c.Samples[i] = int16(i*37%4001 - 2000)
	}
	return c
}

// shot is a small window, seen and encoded.
func shot(t testing.TB) *vision.Shot {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for i := range 96 * 64 {
		p.Set(i%96, i/96, color.RGBA{uint8(60 * (i % 4)), 100, 200, 255})
	}
	s := &vision.Shot{
		Capture: vision.CaptureWindow, Title: "build\nlog", Program: "xterm", Bounds: p.Rect, Pointer: image.Pt(48, 16),
		Pixels: p, Selection: "exit status 1", Words: []string{"make: ***", "Error 1"},
	}
	var err error
	if s.Sent, err = vision.Fit(t.Context(), *s, vision.RuleFor("gpt-5-mini")); err != nil {
		t.Fatal(err)
	}
	return s
}

// answering is a service and an engine that asks it for everything.
func answering(t *testing.T) (*enginetest.Server, *Engine) {
	t.Helper()
	s := enginetest.Start(t)
	e, _ := newEngine(t, config(s.URL))
	return s, e
}
