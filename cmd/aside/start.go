package main

import (
	"errors"
	"fmt"
	"io"
	golog "log"
	"log/slog"

	"github.com/jezek/xgb"

	"aside/app"
	"aside/app/control"
)

// startCmd starts the core in the foreground, or shows the panel of the one
// that runs.
type startCmd struct {
	Verbose bool `help:"Log more. What is said and seen is never logged."`
}

func (s startCmd) Run(c *console) error {
	level := slog.LevelInfo
	if s.Verbose {
		level = slog.LevelDebug
	}
	private()
	xgb.Logger = golog.New(io.Discard, "", 0) // it tells of every connection; what fails is reported anyway
	log := slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: level}))
	core, err := s.open(c, log)
	if err != nil || core == nil {
		return err
	}
	if !app.HasDisplay() {
		fmt.Fprintln(c.err, "aside: display_none: there is no display: no panel and no talk key\naside: hint: ask with: aside ask, aside press and aside release")
	}
	core.Run(c.ctx)
	return core.Close()
}

// open starts the core, or shows the panel of the one that runs. One that is
// just starting or ending is waited for.
func (s startCmd) open(c *console, log *slog.Logger) (core *app.App, err error) {
	waited := until(c.ctx, endLimit, func() bool {
		core, err = app.Open(c.ctx, app.Options{Version: version, Log: log})
		if !errors.Is(err, control.ErrRunning) {
			return true
		}
		err = s.show(c)
		return !errors.Is(err, control.ErrNotRunning)
	})
	return core, errors.Join(err, waited)
}

func (startCmd) show(c *console) error {
	var err error
	if app.HasDisplay() {
		err = c.client.Do(c.ctx, control.VerbPanel, control.PanelArgs{Show: true})
	} else {
		_, err = c.client.Status(c.ctx)
	}
	if err == nil {
		fmt.Fprintln(c.out, "aside runs already: its panel is shown where there is a display")
	}
	return err
}
