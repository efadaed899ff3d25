package history

import (
	"context"
	"database/sql"
	"errors"

	"aside/app/turn"
)

// execer is a database or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// A turn is indexed once it has ended: an answer that is still growing would be
// indexed again with every update. A search looks through the others.

func addWords(ctx context.Context, tx execer, r record) error {
	if r.Outcome == turn.Asked {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO words (rowid, body) VALUES (?, ?)", r.n, body(r.View))
	return err
}

func dropWords(ctx context.Context, tx execer, r record) error {
	if r.Outcome == turn.Asked {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO words (words, rowid, body) VALUES ('delete', ?, ?)", r.n, body(r.View))
	return err
}

// save stores a turn and its words. Unless it begins, one that is not there
// stays deleted.
func save(ctx context.Context, tx execer, r record, begins bool) error {
	old, err := get(ctx, tx, r.ID)
	statement := update
	switch {
	case errors.Is(err, ErrNotFound) && !begins:
		return nil
	case errors.Is(err, ErrNotFound):
		statement = insert
	case err != nil:
		return err
	default:
		r.n = old.n
		if err := dropWords(ctx, tx, old); err != nil {
			return err
		}
	}
	args, err := r.values()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
		return err
	}
	return addWords(ctx, tx, r)
}

// drop deletes a turn and its words.
func drop(ctx context.Context, tx execer, r record) error {
	if err := dropWords(ctx, tx, r); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM turns WHERE n = ?", r.n)
	return err
}

// endAll makes the turns that a crash has left interrupted.
func endAll(ctx context.Context, db *sql.DB) error {
	// Without a turn this finds out whether the file can be written.
	if _, err := db.ExecContext(ctx, "UPDATE turns SET pinned = pinned WHERE outcome = 'asked'"); err != nil {
		return err
	}
	left, err := query(ctx, db, "SELECT "+columns+" FROM turns WHERE outcome = 'asked'")
	if err != nil || len(left) == 0 {
		return err
	}
	return within(ctx, db, func(tx *sql.Tx) error {
		for _, r := range left {
			r.Outcome = turn.Interrupted
			if err := save(ctx, tx, r, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// within does something as a whole or not at all.
func within(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after Commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// query reads rows of the columns.
func query(ctx context.Context, db execer, statement string, args ...any) (all []record, err error) {
	rows, err := db.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is that of rows.Err
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// get reads one turn. The error may be ErrNotFound.
func get(ctx context.Context, db execer, id string) (record, error) {
	all, err := query(ctx, db, "SELECT "+columns+" FROM turns WHERE id = ?", id)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return record{}, err
	}
	return all[0], nil
}
