package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"aside/app"
	"aside/app/control"
	"aside/app/history"
)

// usageCmd says what it took and cost. It works whether Aside runs or not.
type usageCmd struct {
	From string `help:"The first day, as in 2026-11-25; 29 days before the last, if it is not given."`
	To   string `help:"The last day; today, if it is not given."`
	JSON bool   `help:"Print JSON."`
}

func (u usageCmd) Run(c *console) error {
	_, s, err := loadSettings(c)
	if err != nil {
		return err
	}
	return withHistory(c, func(store *history.Store) error {
		usage, err := app.UsageOf(c.ctx, store, control.UsageArgs{From: u.From, To: u.To}, s.Spending)
		if err != nil {
			return err
		}
		if u.JSON {
			return json.NewEncoder(c.out).Encode(usage)
		}
		return printUsage(c.out, usage)
	})
}

// printUsage prints a line for each day that has turns and for each model.
func printUsage(out io.Writer, u app.Usage) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s – %s\tturns\ttokens in\tout\tcost\tfirst word\tfirst sound\n", u.From, u.To)
	line := func(name string, t history.Tally) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\t%s\n", name, t.Turns, t.Input, t.Output, costOf(t), stageOf(t.Stages.FirstText), stageOf(t.Stages.FirstSound))
	}
	for _, d := range u.Days {
		if d.Turns > 0 || d.Stages.Done.Turns > 0 {
			line(d.Day, d.Tally)
		}
	}
	for _, m := range u.Models {
		line(clean(m.Engine+" "+m.Model), m.Tally)
	}
	line("all", u.Total)
	for _, cap := range u.Caps {
		fmt.Fprintf(w, "cap of the %s\t%.2f of %.2f %s\t%s\n", cap.Of, cap.Spent, cap.Most, cap.Currency, cap.State)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "first word, first sound: median / P95 in ms after key-up; speech is not in the cost: its service does not say what it costs")
	return err
}

// costOf is what is known of the cost.
func costOf(t history.Tally) string {
	var parts []string
	for _, currency := range slices.Sorted(maps.Keys(t.Cost)) {
		parts = append(parts, fmt.Sprintf("%.4f %s", t.Cost[currency], clean(currency)))
	}
	if t.Unpriced > 0 {
		parts = append(parts, fmt.Sprintf("%d unknown", t.Unpriced))
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

func stageOf(s history.Stage) string {
	if s.Turns == 0 {
		return "-"
	}
	return fmt.Sprintf("%d / %d", s.Median, s.P95)
}
