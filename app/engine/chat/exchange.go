package chat

import (
	"context"
	"errors"
	"sync"
	"time"

	"aside/app/engine"
	"aside/app/engine/remote"
	"aside/audio"
	"aside/vision"
)

// exchange is one question and its reply. Its goroutines dial the connections
// that the question will need, send the utterance while it is spoken, and make
// the reply once it is committed; a last one speaks it.
type exchange struct {
	engine *Engine
	prompt engine.Prompt
	ctx    context.Context // the exchange's lifetime
	cancel context.CancelFunc

	mu        sync.Mutex
	utterance audio.Clip
	shots     []vision.Shot
	committed bool
	upload    *upload  // nil until it begins
	hearing   *hearing // by ears that are lent, nil without them

	feed  *engine.Feed
	group sync.WaitGroup // of the goroutines
}

func newExchange(ctx context.Context, e *Engine, p engine.Prompt) *exchange {
	x := &exchange{engine: e, prompt: p}
	x.ctx, x.cancel = context.WithCancel(ctx)
	x.feed = engine.NewFeed(x.ctx)
	x.dial(e.chat)
	if x.heardOutside() {
		x.dial(e.ears)
	}
	if p.Speak && e.config.Mouth == nil {
		x.dial(e.lips)
	}
	return x
}

// dial connects to a service that will be asked.
func (x *exchange) dial(s *service) {
	if dial := s.ahead(); dial != nil {
		x.group.Go(func() { dial(x.ctx) })
	}
}

// spoken reports whether the question is an utterance.
func (x *exchange) spoken() bool { return x.prompt.Question == "" && !x.prompt.Look }

// heardOutside reports whether the question is spoken and a service is to tell
// what was said.
func (x *exchange) heardOutside() bool {
	return x.spoken() && x.engine.config.Ear == nil && x.engine.config.Ears == nil
}

// Send implements engine.Exchange.
func (x *exchange) Send(f audio.Frame) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.ctx.Err(); err != nil || x.committed {
		return err
	}
	n := len(x.utterance.Samples)
	x.utterance.Append(f) // what is beyond the longest utterance is left out
	switch {
	case x.hearing != nil:
		return x.hearing.Send(f)
	case x.upload != nil:
		x.upload.add(x.utterance.Samples[n:])
	case x.heardOutside() && x.engine.hearing.streams() && remote.Due(f, x.utterance) && remote.WorthSending(x.utterance):
		return x.startUpload()
	}
	return nil
}

// Show implements engine.Exchange.
func (x *exchange) Show(s vision.Shot) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.shots = append(x.shots, s)
	return x.ctx.Err()
}

// Commit implements engine.Exchange.
func (x *exchange) Commit() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.ctx.Err(); err != nil || x.committed {
		return err
	}
	x.committed = true
	if x.upload != nil {
		x.upload.finish()
	}
	if x.hearing != nil {
		if err := x.hearing.Commit(); err != nil {
			return err
		}
	}
	r := reply{exchange: x, utterance: x.utterance, shots: x.shots}
	x.group.Go(func() { x.feed.End(coded(r.make(x.ctx))) })
	return nil
}

// coded gives what nobody has given a code one.
func coded(err error) error {
	if _, ok := errors.AsType[*engine.Error](err); ok || err == nil {
		return err
	}
	return remote.Failed(err)
}

// Recv implements engine.Exchange.
func (x *exchange) Recv(ctx context.Context) (engine.Event, error) { return x.feed.Recv(ctx) }

// Interrupt implements engine.Exchange. The service keeps no state of ours, so
// there is nobody to tell how much was heard: the next prompt says it.
func (x *exchange) Interrupt(time.Duration) error {
	x.cancel()
	return nil
}

// Close implements engine.Exchange.
func (x *exchange) Close() error {
	x.mu.Lock() // a Commit under way starts its goroutine before, or not at all
	x.cancel()
	x.mu.Unlock()
	x.group.Wait()
	return nil
}
