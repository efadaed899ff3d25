// Package history owns what was asked and answered: one SQLite database, one
// row for each turn, text only. What was on the screen is never in it.
//
// A turn is durable when Begin returns, so that a crash loses at most the last
// words of its answer. A disk that is full or fails costs nothing but the
// delay: what could not be written is held and goes in with the next write
// that succeeds.
package history

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

// Store is an open history. It is a turn.Journal. Its methods may be called at
// once from several goroutines, and several processes may have the same
// history open; each call waits up to five seconds for the others.
type Store struct {
	path     string
	owner    bool
	db       atomic.Pointer[sql.DB] // replaced when the file turns out to be damaged or gone
	readOnly atomic.Bool

	mu        sync.Mutex  // held while writing
	secret    []byte      // the key of the places
	file      fs.FileInfo // which file db has open
	recovered string
	unsaved   []record // what the disk has not taken yet, at most maxUnsaved
	closed    bool
	unspent   []Spending // what waits for upgrade
	upgrade   *upgrading // a large history of an older schema; nil if it was none
}

// maxUnsaved bounds how many turns wait for a disk that takes nothing.
const maxUnsaved = 32

// Open opens the history for the one process that writes the turns, and makes
// it if there is none. Turns that an earlier process left unfinished become
// interrupted. A damaged history is put aside and begun anew: see Recovered. A
// history that cannot be written is opened to be read. A large one of an older
// schema is brought up to date behind the scenes: see Wait. The error wraps one
// of this package's.
func Open(ctx context.Context, path string) (*Store, error) { return open(ctx, path, true) }

// Visit opens the history beside the process that writes it, or without one:
// to list, search and delete. It repairs nothing and ends no turn.
func Visit(ctx context.Context, path string) (*Store, error) { return open(ctx, path, false) }

func open(ctx context.Context, path string, owner bool) (*Store, error) {
	s := &Store{path: path, owner: owner}
	if owner && largeAndOld(ctx, path) {
		s.beginUpgrade()
		return s, nil
	}
	if err := s.start(ctx); err != nil {
		if errors.Is(err, ErrBusy) && largeAndOld(ctx, path) {
			err = ErrUpgrading // which its owner is at
		}
		return nil, inform("open history", err)
	}
	return s, nil
}

// start connects, and begins anew if what is there is damaged.
func (s *Store) start(ctx context.Context) error {
	err := s.connect(ctx)
	if s.owner && errors.Is(err, ErrCorrupt) {
		return s.restart(ctx)
	}
	return err
}

// Recovered returns where a damaged history has been put, or "". All of it
// that could be read is in the new one.
func (s *Store) Recovered() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.recovered
}

// ReadOnly reports whether the history can only be read.
func (s *Store) ReadOnly() bool { return s.readOnly.Load() }

// Check reads the whole history and returns an error that wraps ErrCorrupt if
// it is damaged. It takes a second for each 100 MB or so.
func (s *Store) Check(ctx context.Context) error {
	var first string
	err := s.db.Load().QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&first)
	if err == nil && first != "ok" {
		err = ErrCorrupt
	}
	return inform("check history", err)
}

// Close tries once more to write what the disk has not taken, and releases the
// file. It may be called twice.
func (s *Store) Close() error {
	s.upgrade.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if len(s.unsaved) > 0 && !s.upgrade.runs() {
		err = s.writeAll(context.Background(), s.unsaved, true)
	}
	return inform("close history", errors.Join(err, s.db.Load().Close()))
}

// restart puts a damaged history aside, begins a new one and saves into it
// what can be read of the old.
func (s *Store) restart(ctx context.Context) error {
	aside, err := setAside(s.path)
	if err != nil {
		return err
	}
	if err := s.connect(ctx); err != nil {
		return err
	}
	s.recovered = aside
	return s.salvage(ctx, aside)
}

// follow makes sure that the database is still the one at its path: somebody
// may have moved or deleted it.
func (s *Store) follow(ctx context.Context) error {
	if now, err := os.Stat(s.path); err == nil && os.SameFile(now, s.file) {
		return nil
	}
	// Its data is out of reach already; what closing it says does not matter.
	_ = s.db.Load().Close()
	return s.start(ctx)
}
