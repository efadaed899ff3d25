package history

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"aside/app/turn"
)

// maxText bounds each text of a turn, in bytes.
const maxText = 1 << 20

// columns are those of a row in the order of values and scan.
const columns = "id, asked_ms, question, answer, heard, outcome, engine, model, app, look, usage, timings"

const (
	insert = "INSERT INTO turns (" + columns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
	change = " SET asked_ms = ?2, question = ?3, answer = ?4, heard = ?5, outcome = ?6, engine = ?7, model = ?8, app = ?9, look = ?10, usage = ?11, timings = ?12"
	update = "UPDATE turns" + change + " WHERE id = ?1"
	upsert = insert + " ON CONFLICT (id) DO UPDATE" + change
)

// values returns what the statements above take. Of the shot it keeps the
// program that was asked about, nothing else: a window's title is text from
// the screen.
func values(v turn.View) ([]any, error) {
	if v.ID == "" || len(v.ID) > 64 || strings.ContainsFunc(v.ID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, ErrInvalid
	}
	usage, err := json.Marshal(v.Usage)
	if err != nil {
		return nil, fmt.Errorf("write usage: %w", err)
	}
	timings, err := json.Marshal(v.Timings)
	if err != nil {
		return nil, fmt.Errorf("write timings: %w", err)
	}
	program := ""
	if len(v.Shots) > 0 {
		program = v.Shots[0].Program
	}
	return []any{
		v.ID, v.Asked.UnixMilli(), text(v.Question), text(v.Answer), text(v.Heard), string(v.Outcome),
		text(v.Engine), text(v.Model), text(program), v.Look, string(usage), string(timings),
	}, nil
}

// text makes s storable: valid UTF-8 without NUL, at most maxText bytes.
func text(s string) string {
	s = s[:min(len(s), maxText)]
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// scan reads the row at hand.
func scan(rows *sql.Rows) (turn.View, error) {
	var (
		v              turn.View
		program        string
		asked          int64
		usage, timings []byte
	)
	err := rows.Scan(&v.ID, &asked, &v.Question, &v.Answer, &v.Heard, &v.Outcome, &v.Engine, &v.Model,
		&program, &v.Look, &usage, &timings)
	if err != nil {
		return v, err
	}
	v.Asked = time.UnixMilli(asked)
	if program != "" {
		v.Shots = []turn.ShotView{{Program: program}}
	}
	// Numbers that an older or newer Aside wrote in another way are no reason
	// to withhold the answer.
	_ = json.Unmarshal(usage, &v.Usage)
	_ = json.Unmarshal(timings, &v.Timings)
	return v, nil
}
