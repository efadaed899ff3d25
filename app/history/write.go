package history

import (
	"context"
	"errors"
	"slices"

	"aside/app/turn"
)

// Begin stores a turn. When it returns without an error the turn survives any
// crash. On an error the turn is held and goes in with the next write.
func (s *Store) Begin(ctx context.Context, v turn.View) error {
	return inform("store turn", s.put(ctx, v, upsert))
}

// Update stores what has become known of a turn since, durably. The last one
// has the outcome. A turn that has been deleted meanwhile stays deleted.
func (s *Store) Update(ctx context.Context, v turn.View) error {
	return inform("update turn", s.put(ctx, v, update))
}

func (s *Store) put(ctx context.Context, v turn.View, statement string) error {
	args, err := values(v)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.readOnly.Load():
		return ErrReadOnly
	}
	write := func() error {
		if err := s.follow(ctx); err != nil {
			return err
		}
		if len(s.unsaved) > 0 {
			return s.writeAll(ctx, s.with(v))
		}
		_, err := s.db.Load().ExecContext(ctx, statement, args...)
		return known(err)
	}
	err = write()
	if s.owner && errors.Is(err, ErrCorrupt) {
		_ = s.db.Load().Close() // it says again that it is damaged
		if err = s.restart(ctx); err == nil {
			err = write()
		}
	}
	if err != nil {
		s.unsaved = s.with(v)
		return err
	}
	s.unsaved = nil
	return nil
}

// with returns the unsaved turns and v, in its newest form.
func (s *Store) with(v turn.View) []turn.View {
	all := slices.Clone(s.unsaved)
	if i := slices.IndexFunc(all, func(u turn.View) bool { return u.ID == v.ID }); i >= 0 {
		all[i] = v
		return all
	}
	all = append(all, v)
	return all[max(0, len(all)-maxUnsaved):]
}

// writeAll stores all of the turns or none.
func (s *Store) writeAll(ctx context.Context, views []turn.View) error {
	tx, err := s.db.Load().BeginTx(ctx, nil)
	if err != nil {
		return known(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing after Commit
	for _, v := range views {
		args, err := values(v)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, upsert, args...); err != nil {
			return known(err)
		}
	}
	return known(tx.Commit())
}

// Remove deletes a turn: when it returns without an error no byte of its text
// is left in the files of the history. After ErrBusy the turn is gone from all
// lists, but not yet from the files.
func (s *Store) Remove(ctx context.Context, id string) error {
	return inform("delete turn", s.remove(ctx, id))
}

func (s *Store) remove(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.readOnly.Load():
		return ErrReadOnly
	}
	held := len(s.unsaved)
	s.unsaved = slices.DeleteFunc(s.unsaved, func(u turn.View) bool { return u.ID == id })
	if err := s.follow(ctx); err != nil {
		return err
	}
	done, err := s.db.Load().ExecContext(ctx, "DELETE FROM turns WHERE id = ?", id)
	if err != nil {
		return err
	}
	deleted, err := done.RowsAffected()
	if err != nil {
		return err
	}
	if err := s.truncateLog(ctx); err != nil {
		return err
	}
	if deleted == 0 && len(s.unsaved) == held {
		return ErrNotFound
	}
	return nil
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
