package main

import (
	"encoding/json"
	"fmt"

	"aside/app/control"
)

// watchCmd lets the live voice look along, or no longer.
type watchCmd struct {
	Stop bool `help:"No longer look with you."`
}

func (w watchCmd) Run(c *console) error {
	return c.client.Call(c.ctx, control.VerbShare, control.ShareArgs{Stop: w.Stop}, func(raw json.RawMessage) error {
		var s control.Sharing
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		if !w.Stop {
			_, err := fmt.Fprintf(c.out, "Looking with you until %s: a frame shows what is shared. To end it: aside watch --stop\n", s.Until.Local().Format("15:04"))
			return err
		}
		fmt.Fprintf(c.out, "No longer looking with you. %d pictures left, of about %d tokens.", s.Pictures, s.Tokens)
		if len(s.Shots) > 0 {
			fmt.Fprintf(c.out, " The newest: aside shot %s", clean(s.ID))
		}
		_, err := fmt.Fprintln(c.out)
		return err
	})
}
