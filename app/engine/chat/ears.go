package chat

import (
	"context"
	"errors"
	"io"

	"aside/app/engine"
	"aside/vision"
)

// hearing is an utterance that another engine writes down while it is spoken.
type hearing struct {
	engine.Exchange
	done chan struct{} // closed when what follows is known
	text string
	err  error
}

// lendEars has what is said written down by the ears that are set, if anything
// is said.
func (x *exchange) lendEars() error {
	ears := x.engine.config.Ears
	if ears == nil || !x.spoken() {
		return nil
	}
	// They need not know what was said before.
	h, err := ears.Start(x.ctx, engine.Prompt{Turn: x.prompt.Turn, Capture: vision.CaptureNone, HandsFree: x.prompt.HandsFree})
	if err != nil {
		return err
	}
	x.hearing = &hearing{Exchange: h, done: make(chan struct{})}
	x.group.Go(func() {
		x.hearing.err = x.heed(x.hearing)
		_ = x.hearing.Close() // it has told all it knows
		close(x.hearing.done)
	})
	return nil
}

// heed keeps what is understood, and passes on what the user is to know of it.
// A speech control is found here.
func (x *exchange) heed(h *hearing) error {
	for {
		e, err := h.Recv(x.ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch said := e.(type) {
		case engine.Transcript:
			if h.text = said.Text; said.Final {
				continue
			}
		case engine.Usage:
			said.Counted = true
			e = said
		case engine.Sent, engine.Paused, engine.Warning:
		default:
			continue
		}
		if err := x.feed.Emit(x.ctx, e); err != nil {
			return err
		}
	}
}

// wait returns the words of the utterance.
func (h *hearing) wait(ctx context.Context) (string, error) {
	select {
	case <-h.done:
		return h.text, h.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
