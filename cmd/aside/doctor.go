package main

import (
	"encoding/json"
	"fmt"

	"aside/app"
	"aside/app/control"
)

// doctorCmd checks what Aside needs of this machine. It works whether Aside
// runs or not.
type doctorCmd struct {
	JSON bool `help:"Print JSON."`
}

func (d doctorCmd) Run(c *console) error {
	checks := app.Examine(c.ctx, c.client)
	if d.JSON {
		if err := json.NewEncoder(c.out).Encode(checks); err != nil {
			return err
		}
	}
	failed := false
	for _, check := range checks {
		failed = failed || check.State == app.Bad
		if d.JSON {
			continue
		}
		fmt.Fprintf(c.out, "%-4s  %-12s %s\n", check.State, check.Name, clean(check.Found))
		if check.Fix != "" {
			fmt.Fprintf(c.out, "      %-12s %s\n", "", clean(check.Fix))
		}
	}
	if failed {
		return control.Fail("doctor", "Something that Aside needs is missing.", "The lines marked bad say what to do.")
	}
	return nil
}
