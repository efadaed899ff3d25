package engine

import "errors"

// Error is a failure with a stable code and a next step for the user.
type Error struct {
	Code    string // stable, snake_case, for scripts and for quoting
	Message string // what happened, one sentence, no apology
	Hint    string // what to do about it
	Retry   bool   // the same question may simply be sent again
	Err     error  // the cause, for the log; never shown
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Code returns err's stable code, or "internal" if it has none.
func Code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return "internal"
}
