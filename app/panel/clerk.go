package panel

import (
	"context"
	"encoding/json"

	"aside/app/control"
)

// clerk sends the commands of a page and brings the replies back to the
// window's goroutine. Its methods belong to that goroutine.
type clerk struct {
	core  Core
	life  context.Context //nolint:containedctx // of the panel
	run   func(func())    // on a goroutine that Close waits for
	post  func(func())    // on the window's goroutine
	until context.Context //nolint:containedctx // of the page, nil while it is closed
	leave context.CancelFunc
}

// open lets commands be sent until close.
func (c *clerk) open() { c.until, c.leave = context.WithCancel(c.life) }

// close calls off what still runs. No reply comes any more.
func (c *clerk) close() {
	if c.leave != nil {
		c.leave()
	}
	c.until = nil
}

// send sends a command. each gets every reply, done the end: both while the
// page is open, and each may be nil. The function that it returns calls the
// command off, and then nothing comes any more.
func (c *clerk) send(verb string, args any, each func(json.RawMessage), done func(*control.Problem)) (off func()) {
	if c.until == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(c.until)
	tell := func(f func()) {
		c.post(func() {
			if ctx.Err() == nil {
				f()
			}
		})
	}
	c.run(func() {
		err := c.core.Call(ctx, verb, args, func(raw json.RawMessage) error {
			if each != nil {
				tell(func() { each(raw) })
			}
			return ctx.Err()
		})
		if ctx.Err() == nil {
			tell(func() {
				cancel()
				done(problemFor(err))
			})
		}
	})
	return cancel
}

// problemFor is what an error means, nil for none.
func problemFor(err error) *control.Problem {
	if err == nil {
		return nil
	}
	p := problemOf(err)
	return &p
}

// reply sends a command that has one reply.
func reply[T any](c *clerk, verb string, args any, done func(T, *control.Problem)) (off func()) {
	var got T
	return c.send(verb, args, func(raw json.RawMessage) { _ = json.Unmarshal(raw, &got) }, func(p *control.Problem) { done(got, p) })
}
