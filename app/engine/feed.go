package engine

import (
	"context"
	"io"
)

// ahead is how many events may wait for Recv: more than a second of speech,
// which comes faster than it is played. Beyond this who makes it waits.
const ahead = 64

// Feed carries the events of a reply from those who make it to Recv. It is safe
// for concurrent use.
type Feed struct {
	ctx    context.Context //nolint:containedctx // the exchange's lifetime
	events chan Event
	over   chan struct{} // closed after the last event
	err    error         // why it is over; read after over
}

// NewFeed returns the feed of an exchange that lives as long as ctx.
func NewFeed(ctx context.Context) *Feed {
	return &Feed{ctx: ctx, events: make(chan Event, ahead), over: make(chan struct{})}
}

// Emit hands an event to Recv. The error is ctx's.
func (f *Feed) Emit(ctx context.Context, e Event) error {
	select {
	case f.events <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Tell hands an event to Recv, unless nobody reads any more. It does not wait.
func (f *Feed) Tell(e Event) {
	select {
	case f.events <- e:
	default:
	}
}

// End says, once and after the last event, that the reply is over: it is
// complete if err is nil.
func (f *Feed) End(err error) {
	f.err = err
	close(f.over)
}

// Recv returns the next event, as that of an Exchange.
func (f *Feed) Recv(ctx context.Context) (Event, error) {
	select {
	case e := <-f.events:
		return e, nil
	default:
	}
	select {
	case e := <-f.events:
		return e, nil
	case <-f.over:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-f.ctx.Done():
		return nil, f.ctx.Err()
	}
	select { // what was sent before the end
	case e := <-f.events:
		return e, nil
	default:
	}
	switch {
	case f.err == nil:
		return nil, io.EOF
	case f.ctx.Err() != nil:
		return nil, f.ctx.Err()
	}
	return nil, f.err
}
