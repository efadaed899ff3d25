package history

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// erasePage is how many turns are deleted at once. Between pages others may
// write.
const erasePage = 100

// Remove deletes a turn: when it returns without an error no byte of its text
// is left in the files of the history. After ErrBusy the turn is gone from all
// lists, but not yet from the files.
func (s *Store) Remove(ctx context.Context, id string) error {
	return inform("delete turn", s.remove(ctx, id))
}

func (s *Store) remove(ctx context.Context, id string) error {
	held := s.release(func(r record) bool { return r.ID == id })
	found := true
	err := s.change(ctx, func(tx *sql.Tx) error {
		r, err := get(ctx, tx, id)
		if errors.Is(err, ErrNotFound) {
			found = false
			return nil
		}
		if err != nil {
			return err
		}
		return drop(ctx, tx, r)
	})
	if err != nil {
		return err
	}
	if err := s.truncateLog(ctx); err != nil {
		return err
	}
	if !found && held == 0 {
		return ErrNotFound
	}
	return nil
}

// release drops turns that wait for the disk, and says how many.
func (s *Store) release(which func(record) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.unsaved)
	s.unsaved = slices.DeleteFunc(s.unsaved, which)
	return before - len(s.unsaved)
}

// Erase deletes all turns that f means, what it hides among them, as Remove
// does, and returns how many there were. It calls so with how many are gone so
// far, again and again; so may be nil.
func (s *Store) Erase(ctx context.Context, f Filter, so func(int)) (int, error) {
	f.Hidden = nil
	wanted := f.selection()
	erased := s.release(func(r record) bool { return f.means(wanted, r) })
	for {
		n, err := s.erasePage(ctx, f)
		erased += n
		if err != nil {
			return erased, inform("delete turns", err)
		}
		if so != nil {
			so(erased)
		}
		if n < erasePage {
			return erased, inform("delete turns", s.truncateLog(ctx))
		}
	}
}

func (s *Store) erasePage(ctx context.Context, f Filter) (n int, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		all, err := page(ctx, tx, f, f.selection(), true, erasePage)
		for _, r := range all {
			if err == nil {
				err = drop(ctx, tx, r)
			}
		}
		n = len(all)
		return err
	})
	if err != nil {
		n = 0
	}
	return n, err
}

// Prune deletes what was asked before the instant t, save what the user keeps,
// and returns how many turns there were.
func (s *Store) Prune(ctx context.Context, t time.Time) (int, error) {
	return s.Erase(ctx, Filter{To: t, loose: true}, nil)
}

// Clear deletes everything, pinned or not, and what has been put aside of
// damaged histories. It returns how many turns there were. What they cost stays
// counted, as numbers of a day.
func (s *Store) Clear(ctx context.Context) (int, error) {
	n := s.release(func(record) bool { return true })
	err := s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM turns")
		if err != nil {
			return err
		}
		deleted, err := done.RowsAffected()
		n += int(deleted)
		for _, statement := range []string{"INSERT INTO words (words) VALUES ('delete-all')", "UPDATE secret SET key = randomblob(32)"} {
			if err == nil {
				_, err = tx.ExecContext(ctx, statement)
			}
		}
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT key FROM secret").Scan(&s.secret)
	})
	if err == nil { // the file becomes small, too
		_, err = s.db.Load().ExecContext(ctx, "VACUUM")
	}
	if err == nil {
		err = s.truncateLog(ctx)
	}
	return n, inform("delete history", errors.Join(err, s.removeAside()))
}

// removeAside deletes the damaged histories that were put aside.
func (s *Store) removeAside() error {
	put, err := filepath.Glob(filepath.Join(filepath.Dir(s.path), "corrupt-*"+filepath.Ext(s.path)+"*"))
	for _, path := range put {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// truncateLog moves what is in the write-ahead log to the database and empties
// the log, which still has older pages.
func (s *Store) truncateLog(ctx context.Context) error {
	var busy, pages, moved int
	err := s.db.Load().QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	if err == nil && busy != 0 {
		err = ErrBusy
	}
	return err
}
