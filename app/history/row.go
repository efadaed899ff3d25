package history

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"aside/app/turn"
)

// maxText bounds each text of a turn, in bytes.
const maxText = 1 << 20

// record is a turn as it is stored.
type record struct {
	turn.View
	n     int64
	place []byte // nil if it is not known
}

// columns are those of a row in the order of values and scan; oldColumns are
// what the first version of the schema has of them.
const (
	columns    = "n, id, asked_ms, conversation, place, pinned, app, host, engine, model, outcome, look, usage, timings, question, answer, heard"
	oldColumns = "n, id, asked_ms, id, NULL, 0, app, '', engine, model, outcome, look, usage, timings, question, answer, heard"
)

// A mark that the user has set and a place that was known once outlive what is
// written later.
const (
	insert = "INSERT INTO turns (" + columns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
	change = " SET asked_ms = ?3, conversation = ?4, place = ifnull(?5, place), app = ?7, host = ?8, engine = ?9, model = ?10," +
		" outcome = ?11, look = ?12, usage = ?13, timings = ?14, question = ?15, answer = ?16, heard = ?17"
	update = "UPDATE turns" + change + " WHERE n = ?1 AND id = ?2"
)

// newRecord makes a turn storable. Of the shot it keeps the program that was
// asked about, nothing else: a window's title is text from the screen.
func newRecord(v turn.View, place []byte) (record, error) {
	if v.ID == "" || len(v.ID) > 64 || strings.ContainsFunc(v.ID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return record{}, ErrInvalid
	}
	for _, s := range []*string{&v.Question, &v.Answer, &v.Heard, &v.Conversation, &v.Host, &v.Engine, &v.Model} {
		*s = clean(*s, maxText)
	}
	if v.Conversation == "" {
		v.Conversation = v.ID
	}
	if program := clean(programOf(v), maxText); program != "" {
		v.Shots = []turn.ShotView{{Program: program}}
	} else {
		v.Shots = nil
	}
	return record{View: v, n: number(v), place: place}, nil
}

// programOf is the program that a turn asked about, "" if it asked about none.
func programOf(v turn.View) string {
	if len(v.Shots) == 0 {
		return ""
	}
	return v.Shots[0].Program
}

// clean makes s storable: valid UTF-8 without NUL, at most size bytes.
func clean(s string, size int) string {
	s = s[:min(len(s), size)]
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// spread is how many rows there are for a millisecond.
const spread = 1 << 20

// first is the first row for turns that were asked at the instant t.
func first(t time.Time) int64 {
	return max(0, min(t.UnixMilli(), 1<<42)) * spread
}

// number is the row of a turn: they sort by time.
func number(v turn.View) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(v.ID)) // it cannot fail
	return first(v.Asked) + int64(h.Sum32()%spread)
}

// values returns what the statements above take.
func (r record) values() ([]any, error) {
	usage, err := json.Marshal(r.Usage)
	if err != nil {
		return nil, fmt.Errorf("write usage: %w", err)
	}
	timings, err := json.Marshal(r.Timings)
	if err != nil {
		return nil, fmt.Errorf("write timings: %w", err)
	}
	return []any{
		r.n, r.ID, r.Asked.UnixMilli(), r.Conversation, r.place, r.Pinned, programOf(r.View), r.Host, r.Engine, r.Model,
		string(r.Outcome), r.Look, string(usage), string(timings), r.Question, r.Answer, r.Heard,
	}, nil
}

// scan reads the row at hand.
func scan(rows *sql.Rows) (record, error) {
	var (
		r              record
		program        string
		asked          int64
		usage, timings []byte
	)
	err := rows.Scan(&r.n, &r.ID, &asked, &r.Conversation, &r.place, &r.Pinned, &program, &r.Host, &r.Engine, &r.Model,
		&r.Outcome, &r.Look, &usage, &timings, &r.Question, &r.Answer, &r.Heard)
	if err != nil {
		return r, err
	}
	r.Asked = time.UnixMilli(asked)
	if program != "" {
		r.Shots = []turn.ShotView{{Program: program}}
	}
	// Numbers that an older or newer Aside wrote in another way are no reason
	// to withhold the answer.
	_ = json.Unmarshal(usage, &r.Usage)
	_ = json.Unmarshal(timings, &r.Timings)
	return r, nil
}
