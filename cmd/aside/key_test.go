package main

import (
	"errors"
	"fmt"
	"testing"

	"aside/app"
	"aside/app/control"
	"aside/app/key"
)

func TestEveryErrorOfTheKeyringHasItsCode(t *testing.T) {
	for code, err := range map[string]error{
		"keyring_none": key.ErrNone, "keyring_locked": key.ErrLocked, "keyring_timeout": key.ErrTimeout,
		"key_none": key.ErrNotFound, "key_invalid": key.ErrInvalid, "settings_value": key.ErrAddress,
	} {
		f, ok := errors.AsType[*control.Failure](app.KeyFailure(fmt.Errorf("read key: %w", err)))
		if !ok || f.Problem.Code != code || f.Problem.Message == "" || f.Problem.Hint == "" {
			t.Errorf("%v is told as %+v", err, f)
		}
	}
}
