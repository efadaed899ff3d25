package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"aside/app/turn"
)

// What can go wrong. All errors of a Store wrap one of these or are those of
// the caller's context. None of them quotes a turn.
var (
	ErrFull     = errors.New("disk is full")
	ErrIO       = errors.New("disk does not work")
	ErrReadOnly = errors.New("history cannot be written")
	ErrBusy     = errors.New("history is in use by another program")
	ErrCorrupt  = errors.New("history is damaged")
	ErrNewer    = errors.New("history is of a newer Aside")
	ErrNotFound = errors.New("no such turn")
	ErrClosed   = errors.New("history is closed")
	ErrInvalid  = errors.New("not a turn's ID")
	ErrPrivate  = errors.New("turn is about a program that is kept private")
	ErrCursor   = errors.New("not a cursor of a list")
	ErrRange    = errors.New("not a range of days")
	ErrFormat   = errors.New("neither json nor markdown")

	ErrUpgrading = errors.New("history is being brought up to date")

	errOther = errors.New("history does not work")
)

// other is the code of an error that is none of this package's.
const other = "db_error"

// Problem says what err means to the user.
func Problem(err error) *turn.Problem {
	for _, p := range []struct {
		err error
		turn.Problem
	}{
		{ErrFull, turn.Problem{Code: "db_full", Message: "Not saved: the disk is full.", Hint: "Make room. It is saved with the next question then."}},
		{ErrIO, turn.Problem{Code: "db_io", Message: "Not saved: the disk does not work.", Hint: "Check the disk. It is saved with the next question once it works."}},
		{ErrReadOnly, turn.Problem{Code: "db_readonly", Message: "Not saved: the history cannot be written.", Hint: "Check who owns Aside's data folder."}},
		{ErrBusy, turn.Problem{Code: "db_busy", Message: "Not saved: another program holds the history.", Hint: "It is saved with the next question once that program lets go."}},
		{ErrCorrupt, turn.Problem{Code: "db_corrupt", Message: "The history is damaged.", Hint: "Start Aside again: it keeps the damaged file and begins a new history."}},
		{ErrNewer, turn.Problem{Code: "db_newer", Message: "The history is of a newer Aside. It is left alone.", Hint: "Update Aside."}},
		{ErrPrivate, turn.Problem{Code: "turn_private", Message: "This turn is about a program that you keep private.", Hint: "Take it out of screen.exclude to see it, or delete it: aside history delete"}},
		{ErrUpgrading, turn.Problem{Code: "history_upgrading", Message: "The history is being brought up to date.", Hint: "It can be searched in a minute or so. What you ask meanwhile is kept."}},
		{ErrCursor, turn.Problem{Code: "cursor_invalid", Message: "There is no such page.", Hint: "Begin with the first: leave the cursor away."}},
		{ErrRange, turn.Problem{Code: "range_invalid", Message: "The days are in the wrong order, or more than ten years.", Hint: "Give the first day and the last, as in 2026-11-25."}},
		{ErrFormat, turn.Problem{Code: "format_unknown", Message: "There is no such format.", Hint: "Use json or markdown."}},
		{ErrNotFound, turn.Problem{Code: "not_found", Message: "There is no such turn.", Hint: "aside history list shows what there is."}},
	} {
		if errors.Is(err, p.err) {
			return &p.Problem
		}
	}
	return &turn.Problem{Code: other, Message: "The history does not work.", Hint: "The log has the details."}
}

// Known reports whether err is one of this package's.
func Known(err error) bool {
	return err != nil && Problem(err).Code != other
}

// inform says what was being done when err happened.
func inform(act string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", act, known(err))
}

// known turns the errors of SQLite and of files into those of this package.
// Their own text is dropped: a message about a search quotes it.
func known(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return fmt.Errorf("%w (SQLite code %d)", ofSQLite(e.Code()), e.Code())
	}
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%w: %w", ErrIO, err)
	}
	return err
}

func ofSQLite(code int) error {
	switch code & 0xff { // the rest is detail
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return ErrReadOnly
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return ErrBusy
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrCorrupt
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_NOMEM:
		return ErrIO
	case sqlite3.SQLITE_INTERRUPT:
		return context.Canceled
	}
	return errOther
}
