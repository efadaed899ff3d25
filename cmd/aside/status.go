package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aside/app/control"
)

// statusCmd says how things stand.
type statusCmd struct {
	JSON  bool `help:"Print JSON."`
	Watch bool `help:"Print every change, one JSON event a line, until stopped."`
}

func (s statusCmd) Run(c *console) error {
	if s.Watch {
		return c.client.Call(c.ctx, control.VerbWatch, nil, func(raw json.RawMessage) error {
			_, err := fmt.Fprintf(c.out, "%s\n", raw)
			return err
		})
	}
	status, err := c.client.Status(c.ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		return json.NewEncoder(c.out).Encode(status)
	}
	fmt.Fprintf(c.out, "phase        %s\nengine       %s\nmicrophone   %s\n", status.Phase, engineLine(status), clean(microphoneLine(status)))
	for _, name := range slices.Sorted(maps.Keys(status.Devices)) {
		fmt.Fprintf(c.out, "%-12s %s\n", name, clean(status.Devices[name]))
	}
	if p := status.Error; p != nil {
		fmt.Fprintf(c.out, "last error   %s: %s %s\n", p.Code, p.Message, p.Hint)
	}
	return nil
}

// microphoneLine says whether the microphone is open, and which one that is.
func microphoneLine(s control.Status) string {
	state := s.Microphone
	if state == "tried" {
		state = "open, being tried"
	}
	if s.Recording == "" {
		return state
	}
	return state + ": " + s.Recording
}

func engineLine(s control.Status) string {
	parts := []string{s.Engine}
	if s.Model != "" {
		parts = append(parts, s.Model)
	}
	if s.Host == "" {
		return strings.Join(parts, ", ") + " (nothing leaves this machine)"
	}
	return strings.Join(parts, ", ") + " at " + s.Host
}
