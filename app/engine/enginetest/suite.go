package enginetest

import (
	"context"
	"errors"
	"image"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// Run checks what every engine.Exchange promises. newEngine returns an engine
// that can answer a typed question; it may clean up with t.Cleanup.
func Run(t *testing.T, newEngine func(t *testing.T) engine.Engine) {
	t.Run("a reply ends with Done and then io.EOF", func(t *testing.T) {
		x := start(t.Context(), t, newEngine(t))
		fill(t, x)
		commit(t, x)
		last, text := engine.Event(nil), ""
		for {
			e, err := x.Recv(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("Recv: %v", err)
			}
			if d, ok := e.(engine.Text); ok {
				text += d.Delta
			}
			last = e
		}
		if _, ok := last.(engine.Done); !ok || text == "" {
			t.Errorf("%q ended with %#v, not with Done", text, last)
		}
		if _, err := x.Recv(t.Context()); !errors.Is(err, io.EOF) {
			t.Errorf("Recv after the end: %v", err)
		}
	})
	t.Run("Commit needs neither Send nor Show", func(t *testing.T) {
		x := start(t.Context(), t, newEngine(t))
		commit(t, x)
		if _, err := x.Recv(t.Context()); err != nil {
			t.Errorf("Recv: %v", err)
		}
	})
	t.Run("nothing said is an error with a code", func(t *testing.T) {
		x, err := newEngine(t).Start(t.Context(), engine.Prompt{Turn: "t1", Capture: vision.CaptureNone})
		if err != nil {
			t.Fatal(err)
		}
		defer closed(t, x)
		commit(t, x)
		if _, err := x.Recv(t.Context()); engine.Code(err) != "no_speech" {
			t.Errorf("Recv: %v", err)
		}
	})
	t.Run("Close may be called twice, and Recv after it", func(t *testing.T) {
		x := start(t.Context(), t, newEngine(t))
		commit(t, x)
		closed(t, x)
		closed(t, x)
		ends(t, x)
		_ = x.Interrupt(0) // an exchange that is over cannot be interrupted, and need not say so
	})
	t.Run("an exchange that was never committed closes", func(t *testing.T) {
		x := start(t.Context(), t, newEngine(t))
		fill(t, x)
		closed(t, x)
		ends(t, x)
	})
	t.Run("a context that has ended ends the exchange", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		x, err := newEngine(t).Start(ctx, typed())
		if err != nil {
			return
		}
		defer closed(t, x)
		_ = x.Commit() // may say so already
		ends(t, x)
	})
	t.Run("Close may come while the reply does", func(t *testing.T) {
		e := newEngine(t)
		for range 20 {
			x := start(t.Context(), t, e)
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = x.Commit() // which of the two comes first is the point
			}()
			closed(t, x)
			<-done
			ends(t, x)
		}
	})
}

// RunHanging checks that nothing waits for a service. newEngine returns an
// engine whose service, or whose child process, never answers.
func RunHanging(t *testing.T, newEngine func(t *testing.T) engine.Engine) {
	for _, tt := range []struct {
		name string
		end  func(t *testing.T, x engine.Exchange, cancel context.CancelFunc)
	}{
		{"the exchange's context", func(_ *testing.T, _ engine.Exchange, cancel context.CancelFunc) { cancel() }},
		{"Close", func(t *testing.T, x engine.Exchange, _ context.CancelFunc) { closed(t, x) }},
		{"Interrupt", func(t *testing.T, x engine.Exchange, _ context.CancelFunc) {
			if err := x.Interrupt(time.Second); err != nil {
				t.Errorf("Interrupt: %v", err)
			}
		}},
	} {
		t.Run(tt.name+" unblocks Recv", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			x := start(ctx, t, newEngine(t))
			fill(t, x)
			commit(t, x)
			unblocked := make(chan error, 1)
			go func() { unblocked <- drain(context.Background(), x) }()
			tt.end(t, x, cancel)
			if err := <-unblocked; err == nil || errors.Is(err, io.EOF) {
				t.Errorf("Recv: %v", err)
			}
		})
	}
	t.Run("the context of Recv ends Recv alone", func(t *testing.T) {
		x := start(t.Context(), t, newEngine(t))
		commit(t, x)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := drain(ctx, x); !errors.Is(err, context.Canceled) {
			t.Errorf("Recv: %v", err)
		}
		if err := x.Show(vision.Shot{}); err != nil {
			t.Errorf("the exchange has ended too: %v", err)
		}
	})
}

func typed() engine.Prompt {
	return engine.Prompt{Turn: "t1", Question: "What is this?", Capture: vision.CaptureDisplay, Speak: true}
}

// start starts an exchange that is closed with the test and must then have
// left nothing behind.
func start(ctx context.Context, t *testing.T, e engine.Engine) engine.Exchange {
	t.Helper()
	x, err := e.Start(ctx, typed())
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Cleanup(func() {
		closed(t, x)
		leftBehind(t)
	})
	return x
}

func fill(t *testing.T, x engine.Exchange) {
	t.Helper()
	if err := x.Send(audio.Frame{Rate: audio.RateListen, Samples: make([]int16, 320)}); err != nil {
		t.Errorf("Send: %v", err)
	}
	pixels := image.NewRGBA(image.Rect(0, 0, 64, 48))
	pixels.Pix[0] = 0xFF
	shot := vision.Shot{Taken: time.Now(), Capture: vision.CaptureDisplay, Bounds: pixels.Rect, Pixels: pixels}
	var err error
	if shot.Sent, err = vision.Fit(t.Context(), shot, vision.Rule{}); err != nil {
		t.Fatal(err)
	}
	if err := x.Show(shot); err != nil {
		t.Errorf("Show: %v", err)
	}
}

func commit(t *testing.T, x engine.Exchange) {
	t.Helper()
	if err := x.Commit(); err != nil {
		t.Errorf("Commit: %v", err)
	}
}

func closed(t *testing.T, x engine.Exchange) {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// ends checks that Recv comes to an end.
func ends(t *testing.T, x engine.Exchange) {
	t.Helper()
	if err := drain(context.Background(), x); err == nil {
		t.Error("Recv goes on and on")
	}
}

// drain receives until Recv ends, and returns why it did. An exchange that
// never ends is given up, without an error.
func drain(ctx context.Context, x engine.Exchange) error {
	for range 1 << 16 {
		if _, err := x.Recv(ctx); err != nil {
			return err
		}
	}
	return nil
}

// leftBehind checks that no goroutine runs our code any longer, save the
// tests' own.
func leftBehind(t *testing.T) {
	t.Helper()
	var left string
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if left = running(); left == "" {
			return // a goroutine that Close waited for may take a moment to be gone
		}
	}
	t.Errorf("left behind:\n%s", left)
}

func running() string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		ours := strings.Contains(stack, "aside/app/engine/")
		if ours && !strings.Contains(stack, "aside/app/engine/enginetest.") && !strings.Contains(stack, "testing.") {
			return stack
		}
	}
	return ""
}
