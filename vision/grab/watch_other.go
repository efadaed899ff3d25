//go:build !linux && !freebsd

package grab

import (
	"context"

	"aside/vision"
)

func watch(context.Context, func() rules, bool, func(Change)) error { return vision.ErrUnsupported }

func front(context.Context, rules) (window, error) { return window{}, vision.ErrUnsupported }
