package main

import "aside/app/control"

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
func (quitCmd) Run(c *console) error    { return c.client.Do(c.ctx, control.VerbQuit, nil) }

// panelCmd shows or hides the panel.
type panelCmd struct {
	What string `arg:"" optional:"" enum:"show,hide" default:"show" help:"show or hide"`
}

func (p panelCmd) Run(c *console) error {
	return c.client.Do(c.ctx, control.VerbPanel, control.PanelArgs{Show: p.What == "show"})
}

// sayCmd controls the voice.
type sayCmd struct {
	Command string `arg:"" help:"faster, slower, louder, softer, normal, again, skip, stop, voice, speed"`
	Value   string `arg:"" optional:"" help:"the voice's name, or the speed"`
}

func (s sayCmd) Run(c *console) error {
	return c.client.Do(c.ctx, control.VerbSay, control.SayArgs{Command: s.Command, Value: s.Value})
}
