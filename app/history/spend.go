package history

import (
	"context"
	"database/sql"
	"errors"

	"aside/app/turn"
)

// Spending is what the turns of a day cost at one engine.
type Spending struct {
	Day      string // of the user's calendar: 2026-11-25
	Engine   string
	Model    string
	Currency string // "" if nobody knows the price
	Turns    int
	Input    int // tokens
	Output   int // likewise
	Cost     float64
}

// DayForm is how days are written.
const DayForm = "2006-01-02"

// Spend adds to what is counted for a day.
func (s *Store) Spend(ctx context.Context, d Spending) error {
	err := s.change(ctx, func(tx *sql.Tx) error { return spend(ctx, tx, d) })
	if errors.Is(err, ErrUpgrading) && s.owe(d) {
		return nil
	}
	return inform("count what is spent", err)
}

// owe keeps what was spent for a history that is being brought up to date. It
// reports whether it still is.
func (s *Store) owe(d Spending) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.upgrade.runs() {
		return false
	}
	s.unspent = append(s.unspent, d)
	return true
}

func spend(ctx context.Context, tx execer, d Spending) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO spent (day, engine, model, currency, turns, input, output, cost)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET turns = turns + excluded.turns,
		input = input + excluded.input, output = output + excluded.output, cost = cost + excluded.cost`,
		d.Day, d.Engine, d.Model, d.Currency, d.Turns, d.Input, d.Output, d.Cost)
	return err
}

// Spent returns what was spent from the first day to the last, both among them,
// by day.
func (s *Store) Spent(ctx context.Context, from, to string) ([]Spending, error) {
	all, err := spendings(ctx, s.db.Load(), from, to)
	return all, inform("read what was spent", err)
}

func spendings(ctx context.Context, db execer, from, to string) (all []Spending, err error) {
	rows, err := db.QueryContext(ctx, `SELECT day, engine, model, currency, turns, input, output, cost FROM spent
		WHERE day BETWEEN ? AND ? ORDER BY day, engine, model, currency`, from, to)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is that of rows.Err
	for rows.Next() {
		var d Spending
		if err := rows.Scan(&d.Day, &d.Engine, &d.Model, &d.Currency, &d.Turns, &d.Input, &d.Output, &d.Cost); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// count adds a turn of the first schema to the days, by what tells them apart.
func count(days map[Spending]Spending, v turn.View) {
	key := Spending{Day: v.Asked.Format(DayForm), Engine: v.Engine, Model: v.Model}
	d, ok := days[key]
	if !ok {
		d = key
	}
	d.Turns++
	if v.Usage != nil {
		d.Input += v.Usage.Input
		d.Output += v.Usage.Output
	}
	days[key] = d
}
