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

const (
	// erasePage is how many turns are deleted at once. Between pages others may
	// write.
	erasePage = 100

	// few is how many turns are taken out of the index word by word. Beyond
	// that it is faster to note which are gone and to write it anew.
	few = 20

	mergePages = 1000 // of the index that are written anew at once
)

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
	if errors.Is(err, ErrUpgrading) && held > 0 {
		return nil // it was nowhere else
	}
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
			return erased, inform("delete turns", s.Tidy(ctx))
		}
	}
}

func (s *Store) erasePage(ctx context.Context, f Filter) (n int, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		all, err := page(ctx, tx, f, f.selection(), true, erasePage)
		if err != nil {
			return err
		}
		n = len(all)
		if n > few {
			return dropMany(ctx, tx, all)
		}
		for _, r := range all {
			if err := drop(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		n = 0
	}
	return n, err
}

// dropMany deletes turns. Their words stay in the index, which knows that they
// are gone, until Tidy.
func dropMany(ctx context.Context, tx *sql.Tx, all []record) error {
	statements := func(untidy, secure int) error {
		_, err := tx.ExecContext(ctx, "UPDATE state SET untidy = ?", untidy)
		if err == nil {
			_, err = tx.ExecContext(ctx, "INSERT INTO words (words, rank) VALUES ('secure-delete', ?)", secure)
		}
		return err
	}
	if err := statements(1, 0); err != nil {
		return err
	}
	for _, r := range all {
		if err := drop(ctx, tx, r); err != nil {
			return err
		}
	}
	return statements(1, 1)
}

// Tidy takes out of the files what a deletion has left there: if it was of
// many turns it writes the index anew, piece by piece. One that was cut off is
// ended by the next.
func (s *Store) Tidy(ctx context.Context) error {
	pages := -mergePages // it begins
	for {
		var untidy, before, after int
		err := s.change(ctx, func(tx *sql.Tx) error {
			if err := tx.QueryRowContext(ctx, "SELECT untidy, total_changes() FROM state").Scan(&untidy, &before); err != nil || untidy == 0 {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO words (words, rank) VALUES ('merge', ?)", pages); err != nil {
				return err
			}
			if err := tx.QueryRowContext(ctx, "SELECT total_changes()").Scan(&after); err != nil || after-before >= 2 {
				return err
			}
			_, err := tx.ExecContext(ctx, "UPDATE state SET untidy = 0") // nothing was left to be done
			return err
		})
		if err != nil {
			return inform("tidy history", err)
		}
		if untidy == 0 || after-before < 2 {
			return inform("tidy history", s.truncateLog(ctx))
		}
		pages = mergePages
	}
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
		for _, statement := range []string{"INSERT INTO words (words) VALUES ('delete-all')", "UPDATE state SET key = randomblob(32)"} {
			if err == nil {
				_, err = tx.ExecContext(ctx, statement)
			}
		}
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT key FROM state").Scan(&s.secret)
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
