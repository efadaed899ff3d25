package main

import (
	"context"
	"errors"
	"time"

	"aside/app/control"
)

type (
	pressCmd   struct{}
	releaseCmd struct{}
	toggleCmd  struct{}
	cancelCmd  struct{}
	newCmd     struct{}
	quitCmd    struct{}
)

func (pressCmd) Run(c *console) error   { return c.client.Do(c.ctx, control.VerbPress, nil) }
func (releaseCmd) Run(c *console) error { return c.client.Do(c.ctx, control.VerbRelease, nil) }
func (toggleCmd) Run(c *console) error  { return c.client.Do(c.ctx, control.VerbToggle, nil) }
func (cancelCmd) Run(c *console) error  { return c.client.Do(c.ctx, control.VerbCancel, nil) }
func (newCmd) Run(c *console) error     { return c.client.Do(c.ctx, control.VerbNew, nil) }

// talkCmd begins or ends a conversation without hands.
type talkCmd struct {
	Stop bool `help:"End it, and what runs in it."`
}

func (t talkCmd) Run(c *console) error {
	return c.client.Do(c.ctx, control.VerbTalk, control.TalkArgs{Stop: t.Stop})
}

// endLimit is how long a core that ends may take.
const endLimit = 5 * time.Second

// Run returns when the core has gone, so that another one can start.
func (quitCmd) Run(c *console) error {
	if err := c.client.Do(c.ctx, control.VerbQuit, nil); err != nil {
		return err
	}
	return until(c.ctx, endLimit, func() bool {
		_, err := c.client.Status(c.ctx)
		return errors.Is(err, control.ErrNotRunning)
	})
}

// until waits until ok reports true, for limit at most.
func until(ctx context.Context, limit time.Duration, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for !ok() {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// panelCmd shows or hides the panel, or types into it.
type panelCmd struct {
	What string `arg:"" optional:"" enum:"show,hide,toggle,type" default:"show" help:"show, hide, toggle, or type: the keyboard goes into its field, or back"`
}

func (p panelCmd) Run(c *console) error {
	return c.client.Do(c.ctx, control.VerbPanel, control.PanelArgs{Show: p.What == "show", Toggle: p.What == "toggle", Type: p.What == "type"})
}

// sayCmd controls the voice.
type sayCmd struct {
	Command string `arg:"" help:"faster, slower, louder, softer, normal, again, skip, stop, voice, speed"`
	Value   string `arg:"" optional:"" help:"the voice's name, or the speed"`
}

func (s sayCmd) Run(c *console) error {
	return c.client.Do(c.ctx, control.VerbSay, control.SayArgs{Command: s.Command, Value: s.Value})
}
