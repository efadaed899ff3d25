package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"aside/app"
)

// devicesCmd lists microphones and loudspeakers. It works whether Aside runs
// or not.
type devicesCmd struct {
	JSON bool `help:"Print JSON."`
}

func (d devicesCmd) Run(c *console) error {
	found, err := app.ListSound(c.ctx)
	if err != nil {
		return err
	}
	if status, err := c.client.Status(c.ctx); err == nil { // else nothing of ours is open
		found.MarkOpen(status.Recording)
	}
	if d.JSON {
		return json.NewEncoder(c.out).Encode(found)
	}
	for _, list := range []struct {
		kind    string
		devices []app.SoundDevice
	}{{"microphone", found.Microphones}, {"loudspeaker", found.Loudspeakers}} {
		if len(list.devices) == 0 {
			fmt.Fprintf(c.out, "  %-12s none\n", list.kind)
		}
		for _, dev := range list.devices {
			mark := " "
			if dev.Chosen {
				mark = "*"
			}
			fmt.Fprintf(c.out, "%s %-12s %s\n", mark, list.kind, clean(deviceLine(dev)))
		}
	}
	return nil
}

func deviceLine(d app.SoundDevice) string {
	var notes []string
	if d.Default {
		notes = append(notes, "default")
	}
	if d.Muted {
		notes = append(notes, "muted")
	}
	if d.Open {
		notes = append(notes, "open")
	}
	line := d.Description
	if d.Description != d.Name {
		line += "  " + d.Name
	}
	if len(notes) > 0 {
		line += " (" + strings.Join(notes, ", ") + ")"
	}
	return line
}
