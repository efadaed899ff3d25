package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"aside/app/control"
	"aside/app/history"
	"aside/app/settings"
	"aside/app/turn"
)

// historyCmd reads and cleans the history. It works whether Aside runs or not.
type historyCmd struct {
	List   historyListCmd   `cmd:"" default:"withargs" help:"List the latest questions."`
	Search historySearchCmd `cmd:"" help:"Find questions and answers."`
	Show   historyShowCmd   `cmd:"" help:"Show one turn."`
	Delete historyDeleteCmd `cmd:"" help:"Delete one turn everywhere."`
	Export historyExportCmd `cmd:"" help:"Print everything."`
}

type (
	historyListCmd struct {
		Count int  `short:"n" default:"20" help:"How many."`
		JSON  bool `help:"Print JSON, one turn a line."`
	}
	historySearchCmd struct {
		Count int      `short:"n" default:"20" help:"How many."`
		JSON  bool     `help:"Print JSON, one turn a line."`
		Text  []string `arg:"" help:"Words to look for."`
	}
	historyShowCmd struct {
		ID   string `arg:""`
		JSON bool   `help:"Print JSON."`
	}
	historyDeleteCmd struct {
		ID string `arg:""`
	}
	historyExportCmd struct {
		Format string `enum:"json,markdown" default:"json" help:"json or markdown"`
	}
)

// withHistory opens the store for the time of do.
func withHistory(c *console, do func(*history.Store) error) error {
	dir, err := settings.DataDir()
	if err != nil {
		return err
	}
	store, err := history.Visit(c.ctx, filepath.Join(dir, "history.db"))
	if err != nil {
		return control.Fail("history_unavailable", "The history cannot be opened: "+err.Error()+".", "See: aside doctor")
	}
	return errors.Join(historyFailure(do(store)), store.Close())
}

func historyFailure(err error) error {
	if history.Known(err) {
		p := history.Problem(err)
		return control.Fail(p.Code, p.Message, p.Hint)
	}
	return err
}

func (l historyListCmd) Run(c *console) error {
	return withHistory(c, func(s *history.Store) error {
		views, err := s.List(c.ctx, l.Count, "")
		return errors.Join(err, printTurns(c, views, l.JSON))
	})
}

func (h historySearchCmd) Run(c *console) error {
	return withHistory(c, func(s *history.Store) error {
		views, err := s.Search(c.ctx, strings.Join(h.Text, " "), h.Count)
		return errors.Join(err, printTurns(c, views, h.JSON))
	})
}

// printTurns prints a line for each turn.
func printTurns(c *console, views []turn.View, asJSON bool) error {
	e := json.NewEncoder(c.out)
	for _, v := range views {
		if asJSON {
			if err := e.Encode(v); err != nil {
				return err
			}
			continue
		}
		question := v.Question
		if v.Look && question == "" {
			question = "(what is on the screen)"
		}
		fmt.Fprintf(c.out, "%s  %s  %-11s %s\n", v.ID, v.Asked.Local().Format("2006-01-02 15:04"), v.Outcome, oneLine(question))
	}
	return nil
}

// oneLine shortens text to a line of a list.
func oneLine(text string) string {
	const width = 80
	runes := []rune(strings.Join(strings.Fields(clean(text)), " "))
	if len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return string(runes)
}

func (h historyShowCmd) Run(c *console) error {
	return withHistory(c, func(s *history.Store) error {
		v, err := s.Get(c.ctx, h.ID)
		if err != nil {
			return err
		}
		if h.JSON {
			return json.NewEncoder(c.out).Encode(v)
		}
		fmt.Fprintf(c.out, "%s\n\n%s\n\n%s · %s · %s\n", clean(v.Question), clean(v.Answer), v.Asked.Local().Format("2006-01-02 15:04:05"), v.Model, v.Outcome)
		return nil
	})
}

// Run deletes through the core if one runs, so that what it shows goes too.
func (h historyDeleteCmd) Run(c *console) error {
	err := c.client.Do(c.ctx, control.VerbForget, control.IDArgs{ID: h.ID})
	if !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	return withHistory(c, func(s *history.Store) error { return s.Remove(c.ctx, h.ID) })
}

func (h historyExportCmd) Run(c *console) error {
	return withHistory(c, func(s *history.Store) error { return s.Export(c.ctx, c.out, h.Format) })
}
