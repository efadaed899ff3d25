package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"aside/app/control"
)

// tryCmd tries who answers, the microphone or the voice, as the settings page
// does.
type tryCmd struct {
	What string `arg:"" optional:"" enum:"engine,microphone,voice" default:"engine" help:"engine, microphone or voice"`
}

// tryListen is how long the microphone is tried, in milliseconds.
const tryListen = 4000

func (t tryCmd) Run(c *console) error {
	switch t.What {
	case "microphone":
		return t.microphone(c)
	case "voice":
		return c.client.Do(c.ctx, control.VerbSample, control.SampleArgs{Text: "This is how an answer sounds."})
	}
	return c.client.Call(c.ctx, control.VerbTry, nil, func(raw json.RawMessage) error {
		var got control.Tried
		if err := json.Unmarshal(raw, &got); err != nil {
			return err
		}
		if got.Engine == "offline" {
			fmt.Fprintln(c.out, "the offline reader is complete; nothing leaves this machine")
			return nil
		}
		where := "on this machine"
		if got.Host != "" {
			where = "at " + got.Host
		}
		fmt.Fprintf(c.out, "%s %s answered after %d ms: %s\n", clean(got.Model), clean(where), got.MS, clean(got.Said))
		return nil
	})
}

// microphone draws the level of each moment as a bar, which moves on a terminal
// alone.
func (t tryCmd) microphone(c *console) error {
	moves, asked := isTerminal(c.out), false
	return c.client.Call(c.ctx, control.VerbListen, control.ListenArgs{MS: tryListen, Play: true}, func(raw json.RawMessage) error {
		var h control.Heard
		if err := json.Unmarshal(raw, &h); err != nil {
			return err
		}
		switch {
		case h.State == "open" && !moves:
			if !asked {
				fmt.Fprint(c.out, "say something")
			}
			asked = true
		case h.State == "open":
			fmt.Fprintf(c.out, "\rsay something  %-30s", strings.Repeat("#", int(h.Level*30)))
		case h.State == "playing":
			fmt.Fprintln(c.out, "\nthis was heard; the microphone is closed")
		case h.Speech:
			fmt.Fprintln(c.out, "you were heard well")
		default:
			fmt.Fprintln(c.out, "nobody was heard: speak louder, or choose another microphone (aside devices)")
		}
		return nil
	})
}

// isTerminal reports whether what is written to w is read as it is written.
func isTerminal(w io.Writer) bool {
	f, is := w.(*os.File)
	if !is {
		return false
	}
	about, err := f.Stat()
	return err == nil && about.Mode()&os.ModeCharDevice != 0
}

// modelsCmd lists what the service offers.
type modelsCmd struct {
	JSON bool `help:"Print JSON."`
}

func (m modelsCmd) Run(c *console) error {
	return c.client.Call(c.ctx, control.VerbModels, nil, func(raw json.RawMessage) error {
		if m.JSON {
			_, err := fmt.Fprintf(c.out, "%s\n", raw)
			return err
		}
		var got control.Models
		if err := json.Unmarshal(raw, &got); err != nil {
			return err
		}
		for _, name := range got.Names {
			fmt.Fprintln(c.out, clean(name))
		}
		return nil
	})
}
