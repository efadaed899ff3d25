package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// busyLimit is how long a call waits for other processes.
const busyLimit = 5 * time.Second

// connect opens the database at the path, to be read only if need be.
func (s *Store) connect(ctx context.Context) error {
	if err := prepare(s.path); err != nil {
		return err
	}
	deadline := time.Now().Add(busyLimit)
	for {
		err := s.tryConnect(ctx)
		if !errors.Is(err, ErrBusy) || time.Now().After(deadline) {
			return err
		}
		// Turning on the log of a new database does not wait for others itself.
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Store) tryConnect(ctx context.Context) error {
	db, err := dial(s.path, "")
	if err != nil {
		return err
	}
	readOnly := false
	err = known(s.settle(ctx, db))
	if errors.Is(err, ErrReadOnly) || errors.Is(err, ErrIO) {
		if ro := dialReadOnly(ctx, s.path); ro != nil {
			_ = db.Close() // nothing was written
			db, readOnly, err = ro, true, nil
		}
	}
	var file fs.FileInfo
	if err == nil {
		file, err = os.Stat(s.path)
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.file = file
	s.readOnly.Store(readOnly)
	s.db.Store(db)
	return nil
}

// settle brings the schema to the present version and, for the owner, ends the
// turns that a crash has left.
func (s *Store) settle(ctx context.Context, db *sql.DB) error {
	if err := upgrade(ctx, db); err != nil {
		return err
	}
	err := db.QueryRowContext(ctx, "SELECT key FROM state").Scan(&s.secret)
	if err == nil && s.owner {
		err = endAll(ctx, db)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: its places have no key", ErrCorrupt)
	}
	if err = known(err); errors.Is(err, errOther) {
		return fmt.Errorf("%w: it has another schema", ErrCorrupt)
	}
	return err
}

// prepare makes the folder and the file, for the user alone.
func prepare(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// SQLite gives its other files the mode of this one. O_EXCL, because
	// closing a file that is open as a database would drop its locks.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		return f.Close()
	}
	info, statErr := os.Stat(path)
	switch {
	case statErr != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: not a regular file", ErrCorrupt)
	case runtime.GOOS == "windows":
		return nil
	}
	// What is too open and not ours to change is used all the same.
	if info.Mode().Perm()&0o077 != 0 {
		_ = os.Chmod(path, 0o600)
	}
	if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o077 != 0 {
		_ = os.Chmod(dir, 0o700)
	}
	return nil
}

// dial opens the file; query is added to the address.
func dial(path, query string) (*sql.DB, error) {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") && filepath.VolumeName(path) != "" {
		path = "/" + path
	}
	address := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_txlock=immediate&_dqs=0&_defensive=1" +
		fmt.Sprintf("&_pragma=busy_timeout(%d)", busyLimit.Milliseconds()) +
		"&_pragma=synchronous(FULL)" + // a commit survives the loss of power
		"&_pragma=mmap_size(0)" + // a stray write in this process must not reach the file
		"&_pragma=secure_delete(ON)" + // deleted text is overwritten
		"&_pragma=temp_store(MEMORY)" + // and never sorted in a file
		"&_pragma=journal_size_limit(1048576)" +
		"&_pragma=foreign_keys(ON)&_pragma=trusted_schema(OFF)" + query
	db, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, err
	}
	// Each connection has two megabytes of cache.
	db.SetMaxOpenConns(2)
	db.SetMaxIdleConns(1)
	return db, nil
}

// dialReadOnly opens a history that can be read but not written, or returns
// nil. Where the log's files cannot be made, it does without them.
func dialReadOnly(ctx context.Context, path string) *sql.DB {
	for _, query := range []string{"&mode=ro", "&mode=ro&immutable=1"} {
		db, err := dial(path, query)
		if err != nil {
			return nil
		}
		var turns int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT n FROM turns LIMIT 1)").Scan(&turns); err == nil {
			return db
		}
		_ = db.Close() // nothing was written
	}
	return nil
}
