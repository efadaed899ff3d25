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
	core, err := app.Open(c.ctx, app.Options{Version: version, Log: log})
	if errors.Is(err, control.ErrRunning) {
		fmt.Fprintln(c.out, "aside runs already: its panel is shown where there is a display")
		if !app.HasDisplay() {
			return nil
		}
		return c.client.Do(c.ctx, control.VerbPanel, control.PanelArgs{Show: true})
	}
	if err != nil {
		return err
	}
	if !app.HasDisplay() {
		fmt.Fprintln(c.err, "aside: display_none: there is no display: no panel and no talk key\naside: hint: ask with: aside ask, aside press and aside release")
	}
	core.Run(c.ctx)
	return core.Close()
}
