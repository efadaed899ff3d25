package history

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"os"
)

// upgrading is the work of bringing a history up to date behind the scenes. A
// nil one is done.
type upgrading struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error // once done
}

// A smaller history of an older schema is brought up to date within a second.
const largeFile = 4 << 20

// largeAndOld reports whether to bring the history at path up to date takes long.
func largeAndOld(ctx context.Context, path string) bool {
	if file, err := os.Stat(path); err != nil || !file.Mode().IsRegular() || file.Size() < largeFile {
		return false
	}
	db, err := dial(path, "&mode=ro")
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }() // it was only read
	version, err := versionOf(ctx, db)
	return err == nil && version > 0 && version < len(steps())
}

// beginUpgrade opens the history on a goroutine of its own. Until it is done
// nothing can be read, and what is written is held.
func (s *Store) beginUpgrade() {
	ctx, cancel := context.WithCancel(context.Background())
	u := &upgrading{cancel: cancel, done: make(chan struct{})}
	s.upgrade = u
	s.db.Store(sql.OpenDB(closedDoor{ErrUpgrading}))
	go func() {
		now := &Store{path: s.path, owner: s.owner}
		s.takeOver(now, now.start(ctx))
	}()
}

// takeOver goes on with a store that has been opened, or not at all.
func (s *Store) takeOver(now *Store, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(s.upgrade.done)
	if err != nil {
		s.upgrade.err = inform("open history", err)
		s.db.Store(sql.OpenDB(closedDoor{err}))
		return
	}
	s.secret, s.file, s.recovered = now.secret, now.file, now.recovered
	s.readOnly.Store(now.ReadOnly())
	s.db.Store(now.db.Load())
	for _, d := range s.unspent {
		_ = spend(context.Background(), s.db.Load(), d) // it counts less then
	}
	s.unspent = nil
	if len(s.unsaved) > 0 && s.writeAll(context.Background(), s.unsaved, true) == nil {
		s.unsaved = nil // otherwise it goes in with the next turn
	}
}

// Wait returns when the history can be read, at once if it need not be brought
// up to date. The error says why it cannot.
func (s *Store) Wait(ctx context.Context) error {
	if s.upgrade == nil {
		return nil
	}
	select {
	case <-s.upgrade.done:
		return s.upgrade.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Upgrading reports whether the history is being brought up to date.
func (s *Store) Upgrading() bool { return s.upgrade.runs() }

func (u *upgrading) runs() bool {
	if u == nil {
		return false
	}
	select {
	case <-u.done:
		return false
	default:
		return true
	}
}

// failed says why it came to nothing, if it did.
func (u *upgrading) failed() error {
	if u == nil || u.runs() {
		return nil
	}
	return u.err
}

// end calls it off, if it still runs, and waits for that.
func (u *upgrading) end() {
	if u != nil {
		u.cancel()
		<-u.done
	}
}

// closedDoor is a database that cannot be reached yet.
type closedDoor struct{ err error }

func (d closedDoor) Connect(context.Context) (driver.Conn, error) { return nil, d.err }

func (d closedDoor) Driver() driver.Driver { return d }

func (d closedDoor) Open(string) (driver.Conn, error) { return nil, d.err }
