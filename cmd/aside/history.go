package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"aside/app"
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
	Pin    historyPinCmd    `cmd:"" help:"Keep a turn, however old it becomes."`
	Unpin  historyUnpinCmd  `cmd:"" help:"Keep it no longer than others."`
	Delete historyDeleteCmd `cmd:"" help:"Delete one turn everywhere, or all that a search finds, or everything."`
	Export historyExportCmd `cmd:"" help:"Print everything, or what a search finds."`
}

type (
	// filterFlags say which turns are meant.
	filterFlags struct {
		App          string `help:"Only about this program."`
		Engine       string `help:"Only answered by this engine: chat, realtime, offline."`
		Model        string `help:"Only answered by this model."`
		From         string `help:"The first day, as in 2026-11-25."`
		To           string `help:"The last day."`
		Conversation string `help:"Only of this conversation: show --json says which a turn is part of."`
		Pinned       bool   `help:"Only what is pinned."`
	}
	listFlags struct {
		Count  int    `short:"n" default:"20" help:"How many."`
		Cursor string `help:"Go on where the last list ended."`
		JSON   bool   `help:"Print JSON, one turn a line."`
	}
	historyListCmd struct {
		filterFlags
		listFlags
	}
	historySearchCmd struct {
		filterFlags
		listFlags
		Text []string `arg:"" help:"Words to look for; the last may be the beginning of one."`
	}
	historyShowCmd struct {
		ID           string `arg:""`
		Conversation bool   `help:"With the conversation around it."`
		JSON         bool   `help:"Print JSON."`
	}
	historyPinCmd struct {
		ID string `arg:""`
	}
	historyUnpinCmd struct {
		ID string `arg:""`
	}
	historyDeleteCmd struct {
		filterFlags
		ID     string `arg:"" optional:""`
		Search string `help:"Words: delete all that has them."`
		All    bool   `help:"Delete everything, pinned or not."`
		Yes    bool   `help:"Delete. Without it only the number of turns is printed."`
	}
	historyExportCmd struct {
		filterFlags
		Search string `help:"Words: only what has them."`
		Format string `enum:"json,markdown" default:"json" help:"json or markdown"`
	}
)

func (f filterFlags) args(text string) control.FilterArgs {
	return control.FilterArgs{
		Text: text, App: f.App, Engine: f.Engine, Model: f.Model,
		From: f.From, To: f.To, Conversation: f.Conversation, Pinned: f.Pinned,
	}
}

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

// withTurns opens the store and makes a filter of what is asked for.
func withTurns(c *console, args control.FilterArgs, do func(*history.Store, history.Filter) error) error {
	_, s, err := loadSettings(c)
	if err != nil {
		return err
	}
	f, err := app.Filter(args, s.Screen)
	if err != nil {
		return err
	}
	return withHistory(c, func(store *history.Store) error { return do(store, f) })
}

func historyFailure(err error) error {
	if history.Known(err) {
		p := history.Problem(err)
		return control.Fail(p.Code, p.Message, p.Hint)
	}
	return err
}

func (l historyListCmd) Run(c *console) error { return l.print(c, l.args("")) }

func (h historySearchCmd) Run(c *console) error { return h.print(c, h.args(strings.Join(h.Text, " "))) }

func (l listFlags) print(c *console, args control.FilterArgs) error {
	return withTurns(c, args, func(s *history.Store, f history.Filter) error {
		views, next, err := s.Turns(c.ctx, f, l.Count, l.Cursor)
		if err != nil {
			return err
		}
		if err := printTurns(c, views, l.JSON); err != nil {
			return err
		}
		if next != "" {
			fmt.Fprintf(c.err, "aside: there is more: --cursor %s\n", next)
		}
		return nil
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
	return withTurns(c, control.FilterArgs{}, func(s *history.Store, f history.Filter) error {
		o, err := s.Open(c.ctx, h.ID, f)
		if err != nil {
			return err
		}
		switch e := json.NewEncoder(c.out); {
		case h.JSON && h.Conversation:
			return e.Encode(o)
		case h.JSON:
			return e.Encode(o.Turn)
		case !h.Conversation:
			o.Conversation = []turn.View{o.Turn}
		}
		for i, v := range o.Conversation {
			if i > 0 {
				fmt.Fprintf(c.out, "\n")
			}
			fmt.Fprintf(c.out, "%s\n\n%s\n\n%s · %s · %s\n", clean(v.Question), clean(v.Answer), v.Asked.Local().Format("2006-01-02 15:04:05"), clean(v.Model), v.Outcome)
		}
		return nil
	})
}

func (h historyPinCmd) Run(c *console) error { return pin(c, h.ID, true) }

func (h historyUnpinCmd) Run(c *console) error { return pin(c, h.ID, false) }

func pin(c *console, id string, pinned bool) error {
	return withHistory(c, func(s *history.Store) error { return s.Pin(c.ctx, id, pinned) })
}

// Run deletes through the core if one runs, so that what it shows goes too.
func (h historyDeleteCmd) Run(c *console) error {
	args := control.EraseArgs{FilterArgs: h.args(h.Search), All: h.All, Count: !h.Yes}
	if h.ID == "" {
		return h.erase(c, args)
	}
	if args.FilterArgs != (control.FilterArgs{}) || h.All {
		return control.Fail("erase_unsure", "It is not clear what to delete.", "Name one turn, or say which, not both.")
	}
	err := c.client.Do(c.ctx, control.VerbForget, control.IDArgs{ID: h.ID})
	if !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	return withHistory(c, func(s *history.Store) error { return s.Remove(c.ctx, h.ID) })
}

func (h historyDeleteCmd) erase(c *console, args control.EraseArgs) error {
	if err := app.Meant(args); err != nil {
		return err
	}
	n, err := c.client.Erase(c.ctx, args)
	if errors.Is(err, control.ErrNotRunning) {
		err = withTurns(c, args.FilterArgs, func(s *history.Store, f history.Filter) (err error) {
			switch {
			case args.Count:
				n, err = s.Count(c.ctx, f)
			case args.All:
				n, err = s.Clear(c.ctx)
			default:
				n, err = s.Erase(c.ctx, f, nil)
			}
			return err
		})
	}
	switch {
	case err != nil:
		return err
	case args.Count:
		fmt.Fprintf(c.out, "%d turns would be deleted; add --yes to delete them\n", n)
	default:
		fmt.Fprintf(c.out, "%d turns deleted\n", n)
	}
	return nil
}

func (h historyExportCmd) Run(c *console) error {
	return withTurns(c, h.args(h.Search), func(s *history.Store, f history.Filter) error {
		return s.Export(c.ctx, c.out, h.Format, f)
	})
}

// hereCmd asks the core, which knows the screen.
type hereCmd struct {
	Count  int  `short:"n" default:"5" help:"How many."`
	Follow bool `help:"Print again when another window is in front, until stopped."`
	JSON   bool `help:"Print JSON, one reply a line."`
}

func (h hereCmd) Run(c *console) error {
	var failed error
	err := c.client.Here(c.ctx, control.HereArgs{Limit: h.Count, Follow: h.Follow}, func(here control.Here) {
		if h.JSON {
			failed = errors.Join(failed, json.NewEncoder(c.out).Encode(here))
			return
		}
		for _, t := range here.Turns {
			var question strings.Builder
			for _, p := range t.Question {
				question.WriteString(p.Text)
			}
			fmt.Fprintf(c.out, "%s  %s  %s\n", t.ID, t.Asked.Local().Format("2006-01-02 15:04"), oneLine(question.String()))
		}
	})
	return errors.Join(err, failed)
}
