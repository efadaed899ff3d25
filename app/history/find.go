package history

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aside/app/turn"
)

const (
	maxList  = 500     // turns of one answer
	maxShort = 1 << 16 // bytes of an answer that a list looks at
	maxTalk  = 200     // turns of a conversation that are shown at once
	maxOpen  = 4 << 20 // bytes of the texts of those
)

// Hit is a turn as a list shows it.
type Hit struct {
	ID           string       `json:"id"`
	Asked        time.Time    `json:"asked"`
	Conversation string       `json:"conversation"`
	Question     []Piece      `json:"question"`       // one line
	Answer       []Piece      `json:"answer"`         // one line, around the first word that was looked for
	Look         bool         `json:"look,omitempty"` // no words of the user's
	Outcome      turn.Outcome `json:"outcome"`
	Engine       string       `json:"engine"`
	Model        string       `json:"model"`
	App          string       `json:"app,omitempty"`
	Pinned       bool         `json:"pinned,omitempty"`
	Usage        *turn.Usage  `json:"usage"`
}

// Page is a part of a list.
type Page struct {
	Turns []Hit  `json:"turns"`
	Next  string `json:"next,omitempty"` // the cursor of the next page, "" if this is the last
}

// Find returns what f means, newest first, at most limit or 500 turns of it. A
// cursor is that of an earlier page. Turns that have not ended, or that a crash
// cut off, are found like others. The error may wrap ErrCursor.
func (s *Store) Find(ctx context.Context, f Filter, limit int, cursor string) (Page, error) {
	short := strings.Replace(columns, "answer", fmt.Sprintf("substr(answer, 1, %d)", maxShort), 1)
	shown, next, err := s.find(ctx, f, short, limit, cursor)
	p := Page{Turns: []Hit{}, Next: next}
	wanted := terms(f.Text)
	for _, r := range shown {
		p.Turns = append(p.Turns, hit(r, wanted))
	}
	return p, inform("find turns", err)
}

// Turns is Find that returns the turns whole.
func (s *Store) Turns(ctx context.Context, f Filter, limit int, cursor string) (views []turn.View, next string, err error) {
	shown, next, err := s.find(ctx, f, columns, limit, cursor)
	for _, r := range shown {
		views = append(views, r.View)
	}
	return views, next, inform("find turns", err)
}

func (s *Store) find(ctx context.Context, f Filter, columns string, limit int, cursor string) (_ []record, next string, err error) {
	q := f.selection()
	q.columns = columns
	if cursor != "" {
		n, err := strconv.ParseInt(cursor, 36, 64)
		if err != nil || n < 0 {
			return nil, "", ErrCursor
		}
		q.most = min(q.most, n-1)
	}
	limit = max(1, min(limit, maxList))
	shown, err := s.shown(ctx, f, q, true, limit+1)
	if len(shown) > limit {
		shown = shown[:limit]
		next = strconv.FormatInt(shown[limit-1].n, 36)
	}
	return shown, next, err
}

// Get returns one turn. The error may wrap ErrNotFound.
func (s *Store) Get(ctx context.Context, id string) (turn.View, error) {
	r, err := get(ctx, s.db.Load(), id)
	return r.View, inform("read turn", err)
}

// shown returns the newest turns that f, which is q, means and does not hide, or
// the oldest.
func (s *Store) shown(ctx context.Context, f Filter, q selection, newest bool, limit int) ([]record, error) {
	var shown []record
	for {
		wanted := limit - len(shown)
		all, err := page(ctx, s.db.Load(), f, q, newest, wanted)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			q.pass(r, newest)
			if !f.hides(r) {
				shown = append(shown, r)
			}
		}
		if len(all) < wanted || len(shown) == limit {
			return shown, nil
		}
	}
}

func (f Filter) hides(r record) bool {
	program := programOf(r.View)
	return f.Hidden != nil && program != "" && f.Hidden(program)
}

// page reads some of the turns that f means, which is q.
func page(ctx context.Context, db execer, f Filter, q selection, newest bool, limit int) ([]record, error) {
	statement, args := q.statement(newest, limit)
	all, err := query(ctx, db, statement, args...)
	if err != nil || q.match == "" {
		return all, err
	}
	running, err := query(ctx, db, "SELECT "+columns+" FROM turns WHERE outcome = 'asked'") // the index has none of them
	for _, r := range running {
		if f.means(q, r) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b record) int {
		if newest {
			a, b = b, a
		}
		return cmp.Compare(a.n, b.n)
	})
	return all[:min(len(all), limit)], err
}

// means reports whether f, which is q, means a turn that is not in the index.
func (f Filter) means(q selection, r record) bool {
	signs := strings.TrimSpace(f.Text)
	return q.least <= r.n && r.n <= q.most &&
		(f.Conversation == "" || f.Conversation == r.Conversation) &&
		(!f.Pinned || r.Pinned) && (!f.loose || !r.Pinned) &&
		(len(q.terms) > 0 || strings.Contains(r.Question, signs) || strings.Contains(r.Answer, signs)) &&
		f.has(q.terms, r.View)
}

func hit(r record, wanted []term) Hit {
	return Hit{
		ID: r.ID, Asked: r.Asked, Conversation: r.Conversation,
		Question: mark(r.Question, wanted, questionWidth), Answer: mark(r.Answer, wanted, answerWidth),
		Look: r.Look, Outcome: r.Outcome, Engine: r.Engine, Model: r.Model,
		App: programOf(r.View), Pinned: r.Pinned, Usage: r.Usage,
	}
}

// Opened is a turn in its place.
type Opened struct {
	Turn         turn.View   `json:"turn"`
	Conversation []turn.View `json:"conversation"`    // with the turn itself, oldest first
	More         bool        `json:"more,omitempty"`  // the conversation is longer than what is here
	Older        string      `json:"older,omitempty"` // the ID of the turn before, whatever its conversation
	Newer        string      `json:"newer,omitempty"` // the ID of the turn after
}

// Open returns a turn whole, with its conversation and its neighbours, of which
// f hides some. The error may wrap ErrNotFound or ErrPrivate.
func (s *Store) Open(ctx context.Context, id string, f Filter) (Opened, error) {
	o, err := s.open(ctx, id, f)
	return o, inform("open turn", err)
}

func (s *Store) open(ctx context.Context, id string, f Filter) (Opened, error) {
	r, err := get(ctx, s.db.Load(), id)
	switch {
	case err != nil:
		return Opened{}, err
	case f.hides(r):
		return Opened{}, ErrPrivate
	}
	o := Opened{Turn: r.View, Conversation: []turn.View{r.View}}
	for _, newest := range []bool{true, false} {
		talk := Filter{Conversation: r.Conversation, Hidden: f.Hidden}
		near, err := s.beside(ctx, talk, r, newest, maxTalk/2)
		if err != nil {
			return Opened{}, err
		}
		o.More = o.More || len(near) == maxTalk/2
		room := (maxOpen - r.size()) / 2
		for _, v := range near {
			if room -= v.size(); room < 0 {
				o.More = true
				break
			}
			o.Conversation = append(o.Conversation, v.View)
		}
		next, err := s.beside(ctx, Filter{Hidden: f.Hidden}, r, newest, 1)
		if err != nil {
			return Opened{}, err
		}
		switch {
		case len(next) > 0 && newest:
			o.Older = next[0].ID
		case len(next) > 0:
			o.Newer = next[0].ID
		}
	}
	slices.SortFunc(o.Conversation, func(a, b turn.View) int { return cmp.Compare(number(a), number(b)) })
	return o, nil
}

// beside returns the turns next to r that f means and does not hide: those
// before it, or those after it.
func (s *Store) beside(ctx context.Context, f Filter, r record, before bool, limit int) ([]record, error) {
	q := f.selection()
	q.pass(r, before)
	return s.shown(ctx, f, q, before, limit)
}

// size is that of the turn's texts in bytes.
func (r record) size() int { return len(r.Question) + len(r.Answer) + len(r.Heard) }

// Count returns how many turns f means, what it hides among them.
func (s *Store) Count(ctx context.Context, f Filter) (int, error) {
	q := f.selection()
	q.columns = "1"
	statement, args := q.statement(true, -1)
	var n int
	err := s.db.Load().QueryRowContext(ctx, "SELECT count(*) FROM ("+statement+")", args...).Scan(&n)
	if err != nil || q.match == "" {
		return n, inform("count turns", err)
	}
	running, err := query(ctx, s.db.Load(), "SELECT "+columns+" FROM turns WHERE outcome = 'asked'") // the index has none of them
	for _, r := range running {
		if f.means(q, r) {
			n++
		}
	}
	return n, inform("count turns", err)
}
