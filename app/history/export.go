package history

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"aside/app/turn"
)

// exportPage is how many turns an export reads at once. Between pages it holds
// no lock, so that a slow reader keeps nobody from deleting.
const exportPage = 200

// exported is a turn as Export writes it in JSON.
type exported struct {
	ID       string       `json:"id"`
	Asked    time.Time    `json:"asked"`
	Question string       `json:"question"`
	Answer   string       `json:"answer"`
	Heard    string       `json:"heard,omitempty"`
	Outcome  turn.Outcome `json:"outcome"`
	Engine   string       `json:"engine"`
	Model    string       `json:"model"`
	App      string       `json:"app,omitempty"`
	Look     bool         `json:"look,omitempty"`
	Usage    *turn.Usage  `json:"usage,omitempty"`
	Timings  turn.Timings `json:"timings"`
}

// Export writes all turns, oldest first, as "json" (one array) or "markdown".
func (s *Store) Export(ctx context.Context, w io.Writer, format string) error {
	var write func(io.Writer, turn.View, bool) error
	begin, end := "", ""
	switch format {
	case "json":
		write, begin, end = writeJSON, "[", "\n]\n"
	case "markdown":
		write = writeMarkdown
	default:
		return fmt.Errorf("export history: format %q is neither json nor markdown", format)
	}
	out := bufio.NewWriter(w)
	_, err := out.WriteString(begin)
	after, first := "", true
	for err == nil {
		var page []turn.View
		page, err = s.query(ctx, "SELECT "+columns+" FROM turns WHERE id > ? ORDER BY id LIMIT ?", after, exportPage)
		for _, v := range page {
			if err == nil {
				err = write(out, v, first)
			}
			after, first = v.ID, false
		}
		if len(page) < exportPage {
			break
		}
	}
	if err == nil {
		_, err = out.WriteString(end)
	}
	if err == nil {
		err = out.Flush()
	}
	return inform("export history", err)
}

func writeJSON(w io.Writer, v turn.View, first bool) error {
	e := exported{
		ID: v.ID, Asked: v.Asked.UTC(), Question: v.Question, Answer: v.Answer, Heard: v.Heard, Outcome: v.Outcome,
		Engine: v.Engine, Model: v.Model, Look: v.Look, Usage: v.Usage, Timings: v.Timings,
	}
	if len(v.Shots) > 0 {
		e.App = v.Shots[0].Program
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	separator := ",\n"
	if first {
		separator = "\n"
	}
	_, err = fmt.Fprintf(w, "%s%s", separator, line)
	return err
}

// writeMarkdown writes a heading with time and place, the question as a
// quotation, and the answer, which is markdown already.
func writeMarkdown(w io.Writer, v turn.View, _ bool) error {
	heading := v.Asked.Format("2006-01-02 15:04")
	if len(v.Shots) > 0 {
		if place := strings.Join(strings.Fields(v.Shots[0].Program), " "); place != "" {
			heading += " · " + place
		}
	}
	question := strings.ReplaceAll(strings.TrimSpace(v.Question), "\n", "\n> ")
	if question == "" && v.Look {
		question = "(what is on the screen)"
	}
	answer := strings.TrimSpace(v.Answer)
	if answer == "" {
		answer = "(" + string(v.Outcome) + ")"
	}
	_, err := fmt.Fprintf(w, "## %s\n\n> %s\n\n%s\n\n", heading, question, answer)
	return err
}
