package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"aside/app/control"
)

// insertCmd puts an answer where the cursor is.
type insertCmd struct {
	ID   string   `help:"The question's ID. Default: the newest."`
	Text []string `arg:"" optional:"" help:"What to insert instead of the whole answer."`
}

func (i insertCmd) Run(c *console) error {
	args := control.InsertArgs{ID: i.ID, Text: strings.Join(i.Text, " ")}
	return c.client.Call(c.ctx, control.VerbInsert, args, func(raw json.RawMessage) error {
		var done control.Inserted
		if err := json.Unmarshal(raw, &done); err != nil {
			return err
		}
		if done.Lost != "" {
			fmt.Fprintf(c.err, "aside: the clipboard held a %s, which could not be put back\n", done.Lost)
		}
		return nil
	})
}
