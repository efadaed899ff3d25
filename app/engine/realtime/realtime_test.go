package realtime

import (
	"context"
	"errors"
	"image"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
	"aside/vision"
)

const canary = "sk-canary-0123456789"

func config(s *enginetest.Live) Config {
	return Config{BaseURL: s.URL, Key: canary, Model: "gpt-realtime", Transcribe: "gpt-4o-transcribe", Voice: func() string { return "marin" }}
}

// answering is an engine and its service. Sessions are kept.
func answering(t testing.TB) (*enginetest.Live, *Engine) {
	t.Helper()
	s := enginetest.StartLive(t)
	c := config(s)
	c.Keep = time.Minute
	return s, opened(t, c)
}

func opened(t testing.TB, c Config) *Engine {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// closing is an engine that keeps no session after a turn, as the suite wants
// it that looks for goroutines.
type closing struct{ *Engine }

func (c closing) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	x, err := c.Engine.Start(ctx, p)
	return closingExchange{x, c.Engine}, err
}

type closingExchange struct {
	engine.Exchange
	engine *Engine
}

func (x closingExchange) Close() error {
	err := x.Exchange.Close()
	x.engine.Close()
	return err
}

func TestSuite(t *testing.T) {
	single := func(t *testing.T) engine.Engine { return opened(t, config(enginetest.StartLive(t))) }
	kept := func(t *testing.T) engine.Engine { _, e := answering(t); return closing{e} }
	t.Run("a session for each turn", func(t *testing.T) { enginetest.Run(t, single) })
	t.Run("a session that is kept", func(t *testing.T) { enginetest.Run(t, kept) })
	t.Run("no answer", func(t *testing.T) {
		enginetest.RunHanging(t, func(t *testing.T) engine.Engine {
			s, e := answering(t)
			s.Script(enginetest.LiveWait(nil))
			return closing{e}
		})
	})
	t.Run("no session", func(t *testing.T) {
		enginetest.RunHanging(t, func(t *testing.T) engine.Engine {
			s, e := answering(t)
			s.Refuse(hang(t))
			return closing{e}
		})
	})
}

// speech is something like an utterance: syllables, with pauses between words.
func speech(d time.Duration) audio.Clip {
	c := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(d, audio.RateListen))}
	for i := range c.Samples {
		frame := i / (audio.RateListen / 50)
		if frame%16 < 12 {
			swell := math.Sin(0.05*float64(i%(audio.RateListen/50))) * (0.8 + 0.2*math.Sin(float64(frame)))
			c.Samples[i] = int16(12000 * swell * swell * swell * math.Sin(0.3*float64(i)))
		}
	}
	return c
}

func shot(t testing.TB) vision.Shot {
	t.Helper()
	pixels := image.NewRGBA(image.Rect(0, 0, 64, 48))
	s := vision.Shot{Taken: time.Now(), Capture: vision.CaptureWindow, Bounds: pixels.Rect, Pixels: pixels, Pointer: image.Pt(-1, -1), Title: "make", Program: "xterm"}
	var err error
	if s.Sent, err = vision.Fit(t.Context(), s, vision.Rule{}); err != nil {
		t.Fatal(err)
	}
	return s
}

// says starts a turn and says an utterance, with a look at the screen.
func says(t testing.TB, e *Engine, p engine.Prompt, d time.Duration, shots ...vision.Shot) engine.Exchange {
	t.Helper()
	x, err := e.Start(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	hold := func() {
		for _, s := range shots {
			if err := x.Show(s); err != nil {
				t.Fatal(err)
			}
		}
		shots = nil
	}
	for f := range speech(d).Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
		hold() // a look is there before the first word is
	}
	hold()
	return x
}

// soon ends before a test would.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// drain receives to the end.
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

// ask asks a whole question aloud.
func ask(t testing.TB, e *Engine, p engine.Prompt, shots ...vision.Shot) ([]engine.Event, error) {
	t.Helper()
	x := says(t, e, p, time.Second, shots...)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	events, err := drain(soon(t), x)
	if err := x.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	return events, err
}

func of[E engine.Event](events []engine.Event) (some []E) {
	for _, e := range events {
		if e, ok := e.(E); ok {
			some = append(some, e)
		}
	}
	return some
}

func answerOf(events []engine.Event) string {
	var b strings.Builder
	for _, t := range of[engine.Text](events) {
		b.WriteString(t.Delta)
	}
	return b.String()
}

// spokenPart is how much speech there is, and where in it each sentence begins.
func spokenPart(events []engine.Event) (length time.Duration, sentences []string, at []time.Duration) {
	for _, s := range of[engine.Speech](events) {
		if s.Sentence != "" {
			sentences, at = append(sentences, s.Sentence), append(at, length)
		}
		length += s.Frame.Duration()
	}
	return length, sentences, at
}

func calm(t *testing.T, s *enginetest.Live) {
	t.Helper()
	if got := s.Errors(); len(got) > 0 {
		t.Errorf("the service had to complain: %q", got)
	}
}

func TestASpokenQuestionIsAnsweredAloud(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.LiveAll(enginetest.LiveSilence(400*time.Millisecond), enginetest.LiveSay("It works. ", time.Second), enginetest.LiveSay("All of it does.", time.Second)))
	events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}, shot(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := answerOf(events); got != "It works. All of it does." {
		t.Errorf("the answer is %q", got)
	}
	length, sentences, at := spokenPart(events)
	if length < 2490*time.Millisecond || length > 2520*time.Millisecond { // without the silence before it
		t.Errorf("it takes %v to say", length)
	}
	if !slices.Equal(sentences, []string{"It works.", "All of it does."}) || at[0] != 0 || (at[1]-1250*time.Millisecond).Abs() > 30*time.Millisecond {
		t.Errorf("the sentences are %q at %v", sentences, at)
	}
	heard := of[engine.Transcript](events)
	if last := heard[len(heard)-1]; len(heard) < 2 || heard[0].Final || !last.Final || last.Text != "What is this?" {
		t.Errorf("understood was %+v", heard)
	}
	if u := of[engine.Usage](events); !slices.Equal(u, []engine.Usage{{Input: enginetest.InputTokens, Output: enginetest.OutputTokens}}) {
		t.Errorf("it cost %+v", u)
	}
	left := of[engine.Sent](events)
	if len(left) != 2 || len(left[1].Shots) != 1 || left[0].At.IsZero() {
		t.Errorf("left has %+v", left)
	}
	if end := events[len(events)-1]; end != engine.Event(engine.Done{Reason: "stop"}) {
		t.Errorf("it ends with %+v", end)
	}
	calm(t, s)
}
