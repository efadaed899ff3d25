package offline

import (
	"context"
	"errors"
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

	feed *engine.Feed
	work sync.WaitGroup // readings and the reply
}

func newExchange(ctx context.Context, e *Engine, p engine.Prompt) *exchange {
	x := &exchange{engine: e, prompt: p}
	x.ctx, x.cancel = context.WithCancel(ctx)
	x.feed = engine.NewFeed(x.ctx)
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
		err := r.make(x.ctx)
		if err != nil && x.ctx.Err() == nil {
			x.engine.log.Info("reply failed", "turn", x.prompt.Turn, "code", code(err))
		}
		x.feed.End(coded(err))
	})
	return nil
}

// coded gives what nobody has given a code one.
func coded(err error) error {
	if _, ok := errors.AsType[*engine.Error](err); ok || err == nil {
		return err
	}
	return &engine.Error{Code: "internal", Message: "The offline reader made a mistake.", Hint: "Ask again; the log has the details.", Err: err}
}

// Recv implements engine.Exchange.
func (x *exchange) Recv(ctx context.Context) (engine.Event, error) { return x.feed.Recv(ctx) }

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
