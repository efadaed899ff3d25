// Package aloud has words spoken by a voice that is not the one of who wrote
// them: the reply of a chat by a service for speech or by this machine, and the
// answer of any engine by another.
package aloud

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"aside/app/engine"
	"aside/audio"
)

// Engine is an engine that is asked for words alone, and whose words another
// voice speaks.
type Engine struct {
	engine.Engine
	Mouth engine.Sayer
	Host  string // where Mouth has them spoken; "" on this machine
}

var _ engine.Sayer = (*Engine)(nil)

// Capabilities implements engine.Engine.
func (e *Engine) Capabilities() engine.Capabilities {
	c := e.Engine.Capabilities()
	c.Speaks = true
	if c.Host == "" {
		c.Host = e.Host
	}
	return c
}

// Say implements engine.Sayer.
func (e *Engine) Say(ctx context.Context, words string, yield func(audio.Frame) error) error {
	return e.Mouth.Say(ctx, words, yield)
}

// Start implements engine.Engine.
func (e *Engine) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	aloud := p.Speak
	p.Speak = false
	words, err := e.Engine.Start(ctx, p)
	if err != nil || !aloud {
		return words, err
	}
	x := &exchange{Exchange: words}
	x.ctx, x.cancel = context.WithCancel(ctx)
	x.feed = engine.NewFeed(x.ctx)
	voice := Voice{Emit: x.feed.Emit, Say: func(ctx context.Context, _ int, words string, yield func(audio.Frame) error) error {
		return e.Mouth.Say(ctx, words, yield)
	}}
	x.reading.Go(func() { x.feed.End(x.read(voice)) })
	return x, nil
}

// exchange is one whose words are spoken.
type exchange struct {
	engine.Exchange                 // of the words
	ctx             context.Context //nolint:containedctx // the exchange's lifetime
	cancel          context.CancelFunc
	feed            *engine.Feed
	reading         sync.WaitGroup
}

// read passes on what happens, and has what is written spoken.
func (x *exchange) read(v Voice) error {
	var done engine.Event
	err := v.Read(x.ctx, func(say func(string)) error {
		for {
			e, err := x.Exchange.Recv(x.ctx)
			switch {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
			switch e := e.(type) {
			case engine.Done: // once all is said
				done = e
				continue
			case engine.Speech: // it was not to speak
				continue
			case engine.Text:
				say(e.Delta)
			}
			if err := x.feed.Emit(x.ctx, e); err != nil {
				return err
			}
		}
	})
	if err != nil || done == nil {
		return err
	}
	return x.feed.Emit(x.ctx, done)
}

// Recv implements engine.Exchange.
func (x *exchange) Recv(ctx context.Context) (engine.Event, error) { return x.feed.Recv(ctx) }

// Interrupt implements engine.Exchange.
func (x *exchange) Interrupt(played time.Duration) error {
	err := x.Exchange.Interrupt(played)
	x.cancel()
	return err
}

// Close implements engine.Exchange.
func (x *exchange) Close() error {
	x.cancel()
	err := x.Exchange.Close()
	x.reading.Wait()
	return err
}
