package offline

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// exchange is one question and its reply. The picture is read from Show on,
// while the user is still speaking; the reply is made from Commit on.
type exchange struct {
	engine *Engine
	prompt engine.Prompt
	ctx    context.Context // the exchange's lifetime
	cancel context.CancelFunc

	mu        sync.Mutex
	utterance audio.Clip
	looks     []*look // none without a picture
	committed bool
	closed    bool

	events chan engine.Event
	work   sync.WaitGroup // readings and the reply
	over   chan struct{}  // closed after the last event
	err    error          // why it is over; read after over
}

// ahead is how many events may wait for Recv: more than a second of speech.
const ahead = 64

func newExchange(ctx context.Context, e *Engine, p engine.Prompt) *exchange {
	x := &exchange{engine: e, prompt: p, events: make(chan engine.Event, ahead), over: make(chan struct{})}
	x.ctx, x.cancel = context.WithCancel(ctx)
	return x
}

// Send implements engine.Exchange.
func (x *exchange) Send(f audio.Frame) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.utterance.Append(f) // what is beyond the longest utterance is left out
	return x.ctx.Err()
}

// Show implements engine.Exchange. Several pictures are read one after the
// other; one too many is left out. After Commit it is too late.
func (x *exchange) Show(s vision.Shot) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.ctx.Err(); err != nil || x.closed || x.committed || len(x.looks) == maxLooks {
		return err
	}
	ctx, cancel := context.WithCancel(x.ctx)
	l := &look{shot: s, cancel: cancel, done: make(chan struct{})}
	var before *look
	if n := len(x.looks); n > 0 {
		before = x.looks[n-1]
	}
	x.looks = append(x.looks, l)
	if q := x.prompt.Question; q != "" && !understand(q).looks() {
		cancel()
	}
	x.work.Go(func() {
		began := time.Now()
		l.read(ctx, x.engine.reader, before)
		x.engine.log.Debug("picture read", "turn", x.prompt.Turn, "lines", len(l.page.lines), "took", time.Since(began), "code", code(l.err))
	})
	return nil
}

// Commit implements engine.Exchange.
func (x *exchange) Commit() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.ctx.Err(); err != nil || x.closed || x.committed {
		return err
	}
	x.committed = true
	r := reply{exchange: x, utterance: x.utterance, looks: x.looks}
	x.work.Go(func() {
		x.err = r.make(x.ctx)
		if x.err != nil && x.ctx.Err() == nil {
			x.engine.log.Info("reply failed", "turn", x.prompt.Turn, "code", code(x.err))
		}
		close(x.over)
	})
	return nil
}

// emit hands an event to Recv.
func (x *exchange) emit(ctx context.Context, e engine.Event) error {
	select {
	case x.events <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Recv implements engine.Exchange.
func (x *exchange) Recv(ctx context.Context) (engine.Event, error) {
	select {
	case e := <-x.events:
		return e, nil
	case <-x.over:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-x.ctx.Done():
		return nil, x.ctx.Err()
	}
	select { // what was sent before the end
	case e := <-x.events:
		return e, nil
	default:
	}
	switch {
	case x.err == nil:
		return nil, io.EOF
	case x.ctx.Err() != nil:
		return nil, x.ctx.Err()
	}
	if e, ok := errors.AsType[*engine.Error](x.err); ok {
		return nil, e
	}
	return nil, &engine.Error{Code: "internal", Message: "The offline reader made a mistake.", Hint: "Ask again; the log has the details.", Err: x.err}
}

// Interrupt implements engine.Exchange. There is nobody who must know how much
// was heard.
func (x *exchange) Interrupt(time.Duration) error {
	x.cancel()
	return nil
}

// Close implements engine.Exchange.
func (x *exchange) Close() error {
	x.mu.Lock()
	x.closed = true
	x.mu.Unlock()
	x.cancel()
	x.work.Wait()
	return nil
}

// code is what the log may know of an error.
func code(err error) string {
	if err == nil {
		return ""
	}
	return engine.Code(err)
}
