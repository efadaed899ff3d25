package history

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// steps are the scripts that lead to the present schema, one after the other.
func steps() []string {
	all, _ := fs.Glob(migrations, "migrations/*.sql") // sorted; the pattern is one
	return all
}

// upgrade brings the schema to the present version, one transaction for each
// step.
func upgrade(ctx context.Context, db *sql.DB) error {
	steps := steps()
	version, err := versionOf(ctx, db)
	switch {
	case err != nil:
		return err
	case version > len(steps):
		return ErrNewer
	case version == len(steps):
		return nil
	}
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	for i, name := range steps {
		if err := step(ctx, db, name, i); err != nil {
			return err
		}
	}
	return nil
}

// step takes the schema from version from to the next, unless another process
// has just done so.
func step(ctx context.Context, db *sql.DB, name string, from int) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after Commit
	version, err := versionOf(ctx, tx)
	if err != nil || version > from {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if from+1 == 2 {
		if err := renumber(ctx, tx); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", from+1)); err != nil {
		return err
	}
	return tx.Commit()
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func versionOf(ctx context.Context, q querier) (version int, err error) {
	err = q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}

// renumber moves the turns of the first schema to the second, where the index
// and the numbers of the rows are made here. What they cost was not known; that
// there were so many tokens was.
func renumber(ctx context.Context, tx *sql.Tx) error {
	after, days := "", map[Spending]Spending{}
	for {
		page, err := query(ctx, tx, "SELECT "+oldColumns+" FROM turns_1 WHERE id > ? ORDER BY id LIMIT ?", after, exportPage)
		if err != nil {
			return err
		}
		for _, old := range page {
			r, err := newRecord(old.View, nil)
			if err != nil {
				return err
			}
			if err := save(ctx, tx, r, true); err != nil {
				return err
			}
			count(days, r.View)
			after = old.ID
		}
		if len(page) < exportPage {
			break
		}
	}
	for _, s := range days {
		if err := spend(ctx, tx, s); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "DROP TABLE turns_1")
	return err
}
