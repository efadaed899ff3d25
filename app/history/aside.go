package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"aside/app/turn"
)

// salvageLimit bounds the time that reading a damaged history may take: it is
// on the path of the start. What is not read by then stays in the old file.
const salvageLimit = 2 * time.Second

// setAside renames the database and its log and returns the new path of the
// database.
func setAside(path string) (string, error) {
	aside := filepath.Join(filepath.Dir(path), "corrupt-"+time.Now().UTC().Format("20060102T150405.000000000Z")+filepath.Ext(path))
	if err := os.Rename(path, aside); err != nil {
		return "", fmt.Errorf("put damaged history aside: %w", err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("put damaged history aside: %w", err)
		}
	}
	return aside, nil
}

// salvage copies what can be read of the damaged history at aside: the rows
// before the first damage, and those after the last. That there are none is no
// error.
func (s *Store) salvage(ctx context.Context, aside string) error {
	if info, err := os.Stat(aside); err != nil || !info.Mode().IsRegular() {
		return err
	}
	old, err := dial(aside, "&mode=ro")
	if err != nil {
		return err
	}
	defer func() { _ = old.Close() }() // only read
	limited, cancel := context.WithTimeout(ctx, salvageLimit)
	defer cancel()
	s.keepSecret(limited, old)
	last, err := s.copyFrom(limited, old, "ASC", "")
	if err == nil {
		_, err = s.copyFrom(limited, old, "DESC", last)
	}
	return errors.Join(err, ctx.Err())
}

// keepSecret goes on with the key that the places of a damaged history have
// been hashed with, and with what has been spent, as far as they can be read.
func (s *Store) keepSecret(ctx context.Context, old *sql.DB) {
	var key []byte
	if err := old.QueryRowContext(ctx, "SELECT key FROM state").Scan(&key); err == nil && len(key) > 0 {
		if _, err := s.db.Load().ExecContext(ctx, "UPDATE state SET key = ?", key); err == nil {
			s.secret = key
		}
	}
	spent, err := spendings(ctx, old, "", "9")
	if err != nil {
		return
	}
	for _, d := range spent {
		_ = spend(ctx, s.db.Load(), d) // it counts less then
	}
}

// copyFrom copies turns in the order of their rows until one cannot be read or
// is the one called last. It returns the ID of the last one it has copied. The
// error is about writing.
func (s *Store) copyFrom(ctx context.Context, old *sql.DB, order, last string) (string, error) {
	rows, err := old.QueryContext(ctx, "SELECT "+columns+" FROM turns NOT INDEXED ORDER BY n "+order)
	if err != nil { // it may be of the first schema
		rows, err = old.QueryContext(ctx, "SELECT "+oldColumns+" FROM turns NOT INDEXED ORDER BY n "+order)
	}
	if err != nil {
		return last, nil
	}
	defer func() { _ = rows.Close() }() // its error is that of the damage
	var batch []record
	copied := last
	for rows.Next() {
		old, err := scan(rows)
		if err != nil || old.ID == last {
			break
		}
		if old.Outcome == turn.Asked {
			old.Outcome = turn.Interrupted
		}
		r, err := newRecord(old.View, old.place)
		if err != nil {
			continue // it is damaged
		}
		batch, copied = append(batch, r), r.ID
		if len(batch) == exportPage {
			// What has been read is kept even if there is no time for more.
			if err := s.writeAll(context.WithoutCancel(ctx), batch, true); err != nil {
				return copied, err
			}
			batch = batch[:0]
		}
	}
	return copied, s.writeAll(context.WithoutCancel(ctx), batch, true)
}
