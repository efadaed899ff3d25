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
	ID           string       `json:"id"`
	Asked        time.Time    `json:"asked"`
	Conversation string       `json:"conversation"`
	Question     string       `json:"question"`
	Answer       string       `json:"answer"`
	Heard        string       `json:"heard,omitempty"`
	Outcome      turn.Outcome `json:"outcome"`
	Engine       string       `json:"engine"`
	Model        string       `json:"model"`
	Host         string       `json:"host,omitempty"`
	App          string       `json:"app,omitempty"`
	Look         bool         `json:"look,omitempty"`
	Pinned       bool         `json:"pinned,omitempty"`
	Usage        *turn.Usage  `json:"usage,omitempty"`
	Timings      turn.Timings `json:"timings"`
}

// Export writes what f means and does not hide, oldest first, as "json" (one
// array) or "markdown". The error wraps ErrFormat if it is to be another.
func (s *Store) Export(ctx context.Context, w io.Writer, format string, f Filter) error {
	return inform("export history", s.export(ctx, w, format, f))
}

func (s *Store) export(ctx context.Context, w io.Writer, format string, f Filter) error {
	var write func(io.Writer, turn.View, bool) error
	begin, end := "", ""
	switch format {
	case "json":
		write, begin, end = writeJSON, "[", "\n]\n"
	case "markdown":
		write = writeMarkdown
	default:
		return ErrFormat
	}
	out := bufio.NewWriter(w)
	if _, err := out.WriteString(begin); err != nil {
		return err
	}
	q, first := f.selection(), true
	for {
		all, err := page(ctx, s.db.Load(), f, q, false, exportPage)
		if err != nil {
			return err
		}
		for _, r := range all {
			q.pass(r, false)
			if f.hides(r) {
				continue
			}
			if err := write(out, r.View, first); err != nil {
				return err
			}
			first = false
		}
		if len(all) < exportPage {
			break
		}
	}
	if _, err := out.WriteString(end); err != nil {
		return err
	}
	return out.Flush()
}

func writeJSON(w io.Writer, v turn.View, first bool) error {
	e := exported{
		ID: v.ID, Asked: v.Asked.UTC(), Conversation: v.Conversation, Question: v.Question, Answer: v.Answer, Heard: v.Heard,
		Outcome: v.Outcome, Engine: v.Engine, Model: v.Model, Host: v.Host, App: programOf(v), Look: v.Look, Pinned: v.Pinned,
		Usage: v.Usage, Timings: v.Timings,
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
	if place := strings.Join(strings.Fields(programOf(v)), " "); place != "" {
		heading += " · " + place
	}
	if v.Pinned {
		heading += " · pinned"
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
