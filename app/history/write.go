package history

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"aside/app/turn"
)

// Begin stores a turn. When it returns without an error the turn survives any
// crash. On an error the turn is held and goes in with the next write.
func (s *Store) Begin(ctx context.Context, v turn.View) error {
	return inform("store turn", s.put(ctx, v, true))
}

// Update stores what has become known of a turn since, durably. The last one
// has the outcome. A turn that has been deleted meanwhile stays deleted.
func (s *Store) Update(ctx context.Context, v turn.View) error {
	return inform("update turn", s.put(ctx, v, false))
}

func (s *Store) put(ctx context.Context, v turn.View, begins bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := newRecord(v, s.place(v))
	if err != nil {
		return err
	}
	if err := s.writable(); err != nil {
		if errors.Is(err, ErrUpgrading) {
			s.unsaved = s.with(r)
		}
		return err
	}
	write := func() error {
		if err := s.follow(ctx); err != nil {
			return err
		}
		if len(s.unsaved) > 0 {
			return s.writeAll(ctx, s.with(r), true)
		}
		return s.writeAll(ctx, []record{r}, begins)
	}
	err = write()
	if s.owner && errors.Is(err, ErrCorrupt) {
		_ = s.db.Load().Close() // it says again that it is damaged
		if err = s.restart(ctx); err == nil {
			err = write()
		}
	}
	if err != nil {
		s.unsaved = s.with(r)
		return err
	}
	s.unsaved = nil
	return nil
}

// writable says why nothing can be written, if so.
func (s *Store) writable() error {
	switch {
	case s.closed:
		return ErrClosed
	case s.upgrade.runs():
		return ErrUpgrading
	case s.upgrade.failed() != nil:
		return s.upgrade.failed()
	case s.readOnly.Load():
		return ErrReadOnly
	}
	return nil
}

// with returns the unsaved turns and r, in its newest form.
func (s *Store) with(r record) []record {
	all := slices.Clone(s.unsaved)
	if i := slices.IndexFunc(all, func(u record) bool { return u.ID == r.ID }); i >= 0 {
		all[i] = r
		return all
	}
	all = append(all, r)
	return all[max(0, len(all)-maxUnsaved):]
}

// writeAll stores all of the turns or none.
func (s *Store) writeAll(ctx context.Context, all []record, begin bool) error {
	return known(within(ctx, s.db.Load(), func(tx *sql.Tx) error {
		for _, r := range all {
			if err := save(ctx, tx, r, begin); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Pin marks a turn that the user keeps, however old it becomes, or takes the
// mark away. The error may wrap ErrNotFound.
func (s *Store) Pin(ctx context.Context, id string, pinned bool) error {
	return inform("pin turn", s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE turns SET pinned = ? WHERE id = ?", pinned, id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNotFound)
		}
		return nil
	}))
}

// change writes to the history that is at the path now.
func (s *Store) change(ctx context.Context, do func(*sql.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if err := s.follow(ctx); err != nil {
		return err
	}
	return within(ctx, s.db.Load(), do)
}
