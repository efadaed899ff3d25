package aloud_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/aloud"
	"aside/audio"
)

// writer answers in words, each event when it is asked for the next.
type writer struct {
	engine.Engine
	events []engine.Event
	end    error         // io.EOF when the answer is complete
	gate   chan struct{} // waited for before the end, if there is one
	asked  engine.Prompt
	played chan time.Duration
}

func (w *writer) Capabilities() engine.Capabilities {
	return engine.Capabilities{Name: "realtime", Model: "m", Sees: true}
}

func (w *writer) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	w.asked = p
	return &written{writer: w, ctx: ctx, left: slices.Clone(w.events)}, nil
}

type written struct {
	engine.Exchange
	*writer
	ctx  context.Context //nolint:containedctx // the exchange's lifetime
	left []engine.Event
}

func (x *written) Capabilities() engine.Capabilities { return x.writer.Capabilities() }

func (x *written) Recv(ctx context.Context) (engine.Event, error) {
	if len(x.left) > 0 {
		e := x.left[0]
		x.left = x.left[1:]
		return e, nil
	}
	if x.gate != nil {
		select {
		case <-x.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, x.end
}

func (x *written) Interrupt(played time.Duration) error { x.played <- played; return nil }
func (x *written) Close() error                         { return nil }

// mouth says each word as one frame.
type mouth struct {
	said []string
	err  error
	hung chan struct{} // it never speaks if it is set; closed when it was asked to
}

func (m *mouth) Say(ctx context.Context, words string, yield func(audio.Frame) error) error {
	if m.hung != nil {
		close(m.hung)
		<-ctx.Done()
		return ctx.Err()
	}
	m.said = append(m.said, words)
	if m.err != nil {
		return m.err
	}
	for range strings.Fields(words) {
		if err := yield(audio.Frame{Rate: audio.RateSpeak, Samples: slices.Repeat([]int16{9000, -9000}, 240)}); err != nil {
			return err
		}
	}
	return nil
}

func started(t *testing.T, w *writer, m *mouth, p engine.Prompt) engine.Exchange {
	t.Helper()
	x, err := (&aloud.Engine{Engine: w, Mouth: m, Host: "speech.example"}).Start(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

// told is what comes of a reply, an event a word, and why it ended.
func told(t *testing.T, x engine.Exchange) (all []string, err error) {
	t.Helper()
	for {
		e, err := x.Recv(t.Context())
		if err != nil {
			return all, err
		}
		switch e := e.(type) {
		case engine.Text:
			all = append(all, "text:"+e.Delta)
		case engine.Speech:
			if e.Sentence != "" {
				all = append(all, "speech:"+e.Sentence)
			}
		case engine.Warning:
			all = append(all, "warning:"+e.Err.Code)
		case engine.Done:
			all = append(all, "done:"+e.Reason)
		}
	}
}

func TestWordsAreSpokenByTheOtherVoiceAndTheEndComesLast(t *testing.T) {
	w := &writer{end: io.EOF, events: []engine.Event{
		engine.Text{Delta: "It works. "}, engine.Speech{Frame: audio.Frame{Rate: audio.RateSpeak}, Sentence: "its own voice"}, engine.Text{Delta: "All of it.\n\n---\n\nNot this."}, engine.Done{Reason: "stop"},
	}}
	m := &mouth{}
	got, err := told(t, started(t, w, m, engine.Prompt{Speak: true}))
	if !errors.Is(err, io.EOF) || !slices.Contains(got, "speech:It works.") || !slices.Contains(got, "speech:All of it.") || got[len(got)-1] != "done:stop" {
		t.Errorf("%q, %v", got, err)
	}
	if slices.Contains(got, "speech:its own voice") || w.asked.Speak || !slices.Equal(m.said, []string{"It works.", "All of it."}) {
		t.Errorf("%q; it was asked to speak itself: %v; said was %q", got, w.asked.Speak, m.said)
	}
}

func TestAnAnswerThatNobodyHearsIsNotSpoken(t *testing.T) {
	m := &mouth{}
	got, err := told(t, started(t, &writer{end: io.EOF, events: []engine.Event{engine.Text{Delta: "It works."}, engine.Done{Reason: "stop"}}}, m, engine.Prompt{}))
	if !errors.Is(err, io.EOF) || !slices.Equal(got, []string{"text:It works.", "done:stop"}) || m.said != nil {
		t.Errorf("%q, %v, said was %q", got, err, m.said)
	}
}

func TestAVoiceThatFailsLeavesTheWordsAndOneWarning(t *testing.T) {
	m := &mouth{err: &engine.Error{Code: "net_refused", Message: "The service cannot be reached."}}
	w := &writer{end: io.EOF, events: []engine.Event{engine.Text{Delta: "It works. All of it. Really."}, engine.Done{Reason: "stop"}}}
	got, err := told(t, started(t, w, m, engine.Prompt{Speak: true}))
	if !errors.Is(err, io.EOF) || !slices.Equal(got, []string{"text:It works. All of it. Really.", "warning:speech_failed", "done:stop"}) || len(m.said) != 1 {
		t.Errorf("%q, %v; %d sentences were tried", got, err, len(m.said))
	}
}

func TestAnAnswerThatBreaksOffKeepsItsCodeAndWaitsForNoVoice(t *testing.T) {
	m := &mouth{hung: make(chan struct{})}
	w := &writer{end: &engine.Error{Code: "stream_cut"}, gate: m.hung, events: []engine.Event{engine.Text{Delta: "It works. All"}}}
	if got, err := told(t, started(t, w, m, engine.Prompt{Speak: true})); engine.Code(err) != "stream_cut" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAnInterruptionReachesWhoWritesAndEndsTheVoice(t *testing.T) {
	m := &mouth{hung: make(chan struct{})}
	w := &writer{end: io.EOF, gate: make(chan struct{}), played: make(chan time.Duration, 1), events: []engine.Event{engine.Text{Delta: "It works. All"}}}
	x := started(t, w, m, engine.Prompt{Speak: true})
	<-m.hung
	if err := x.Interrupt(time.Second); err != nil || <-w.played != time.Second {
		t.Errorf("Interrupt: %v", err)
	}
	if _, err := told(t, x); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
}

func TestItIsWhereItsWordsAreOrElseItsVoice(t *testing.T) {
	e := &aloud.Engine{Engine: &writer{}, Mouth: &mouth{}, Host: "speech.example"}
	if c := e.Capabilities(); !c.Speaks || !c.Sees || c.Model != "m" || c.Host != "speech.example" {
		t.Errorf("%+v", c)
	}
}
