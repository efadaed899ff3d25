package history

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Stage is how long a stage took from key-up on, in milliseconds, over the
// turns that reached it.
type Stage struct {
	Turns  int   `json:"turns"`
	Median int64 `json:"median"`
	P95    int64 `json:"p95"`
}

// Stages are those of a turn.
type Stages struct {
	Request    Stage `json:"request"`     // the question began to leave
	Transcript Stage `json:"transcript"`  // the utterance was understood
	FirstText  Stage `json:"first_text"`  // first words of the answer
	FirstSound Stage `json:"first_sound"` // first audible sample
	Done       Stage `json:"done"`        // the whole answer was there
}

// Tally is what some turns took and cost.
type Tally struct {
	Turns    int                `json:"turns"`
	Input    int                `json:"input"`    // tokens
	Output   int                `json:"output"`   // likewise
	Unpriced int                `json:"unpriced"` // turns whose price nobody knows
	Cost     map[string]float64 `json:"cost"`     // by currency, of the others
	Stages   Stages             `json:"stages"`
}

// DayUsage is the Tally of a day.
type DayUsage struct {
	Day string `json:"day"` // 2026-11-25
	Tally
}

// ModelUsage is the Tally of a model.
type ModelUsage struct {
	Engine string `json:"engine"`
	Model  string `json:"model"`
	Tally
}

// Usage is what a time took and cost: as a whole, by day and by model.
type Usage struct {
	From   string       `json:"from"` // 2026-11-01
	To     string       `json:"to"`   // likewise, the last day
	Total  Tally        `json:"total"`
	Days   []DayUsage   `json:"days"`   // every day from From to To
	Models []ModelUsage `json:"models"` // the most turns first
}

// bucket is what times are sorted into.
type bucket struct{ day, engine, model string }

// times are those of one turn, in milliseconds from key-up, in the order of
// Stages; 0 if a stage was not reached.
type times [5]int64

// maxDays bounds the days that are summed up at once.
const maxDays = 3700

// Usage sums up from the first day to the last, as the calendar of from's
// location has them. Turns and what they cost are counted even if they have
// been deleted since or were never kept; stages are those of turns that are
// there. The error wraps ErrRange if the days are in the wrong order, or more
// than ten years.
func (s *Store) Usage(ctx context.Context, from, to time.Time) (Usage, error) {
	u, err := s.usage(ctx, midnight(from), midnight(to))
	return u, inform("sum up usage", err)
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func (s *Store) usage(ctx context.Context, from, to time.Time) (Usage, error) {
	u := Usage{From: from.Format(DayForm), To: to.Format(DayForm), Days: []DayUsage{}, Models: []ModelUsage{}}
	if to.Before(from) || to.Sub(from) > maxDays*24*time.Hour {
		return u, ErrRange
	}
	spent, err := spendings(ctx, s.db.Load(), u.From, u.To)
	if err != nil {
		return u, err
	}
	took, err := s.took(ctx, from, to.AddDate(0, 0, 1))
	if err != nil {
		return u, err
	}
	u.Total = sum(spent, took, func(bucket) bool { return true })
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		name := day.Format(DayForm)
		u.Days = append(u.Days, DayUsage{name, sum(spent, took, func(b bucket) bool { return b.day == name })})
	}
	for _, m := range models(spent, took) {
		u.Models = append(u.Models, ModelUsage{m.engine, m.model, sum(spent, took, func(b bucket) bool {
			return b.engine == m.engine && b.model == m.model
		})})
	}
	slices.SortStableFunc(u.Models, func(a, b ModelUsage) int { return cmp.Compare(b.Turns, a.Turns) })
	return u, nil
}

// took reads the times of the turns from one instant up to another.
func (s *Store) took(ctx context.Context, from, to time.Time) (map[bucket][]times, error) {
	rows, err := s.db.Load().QueryContext(ctx, `SELECT asked_ms, engine, model, request, transcript, first_text, first_sound, done
		FROM turns INDEXED BY turns_times WHERE asked_ms >= ? AND asked_ms < ?`, from.UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is that of rows.Err
	took := map[bucket][]times{}
	for rows.Next() {
		var asked int64
		var b bucket
		var t times
		if err := rows.Scan(&asked, &b.engine, &b.model, &t[0], &t[1], &t[2], &t[3], &t[4]); err != nil {
			return nil, err
		}
		b.day = time.UnixMilli(asked).In(from.Location()).Format(DayForm)
		took[b] = append(took[b], t)
	}
	return took, rows.Err()
}

// models are those that anything is known of, in the order of their names.
func models(spent []Spending, took map[bucket][]times) []bucket {
	var all []bucket
	for _, d := range spent {
		all = append(all, bucket{engine: d.Engine, model: d.Model})
	}
	for b := range took {
		all = append(all, bucket{engine: b.engine, model: b.model})
	}
	slices.SortFunc(all, func(a, b bucket) int {
		return cmp.Or(cmp.Compare(a.engine, b.engine), cmp.Compare(a.model, b.model))
	})
	return slices.Compact(all)
}

// sum adds up what is in some of the buckets.
func sum(spent []Spending, took map[bucket][]times, in func(bucket) bool) Tally {
	t := Tally{Cost: map[string]float64{}}
	for _, d := range spent {
		if !in(bucket{d.Day, d.Engine, d.Model}) {
			continue
		}
		t.Turns += d.Turns
		t.Input += d.Input
		t.Output += d.Output
		if d.Currency == "" {
			t.Unpriced += d.Turns
		} else {
			t.Cost[d.Currency] += d.Cost
		}
	}
	var all [len(times{})][]int64
	for b, turns := range took {
		if !in(b) {
			continue
		}
		for _, stages := range turns {
			for i, ms := range stages {
				if ms > 0 {
					all[i] = append(all[i], ms)
				}
			}
		}
	}
	t.Stages = Stages{stage(all[0]), stage(all[1]), stage(all[2]), stage(all[3]), stage(all[4])}
	return t
}

// stage takes the nearest ranks.
func stage(ms []int64) Stage {
	if len(ms) == 0 {
		return Stage{}
	}
	slices.Sort(ms)
	rank := func(percent int) int64 { return ms[max(0, (len(ms)*percent+99)/100-1)] }
	return Stage{Turns: len(ms), Median: rank(50), P95: rank(95)}
}
