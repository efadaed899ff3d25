//go:build !linux && !freebsd

package grab

import (
	"context"

	"aside/vision"
)

func watch(context.Context, func() rules, func(Change)) error { return vision.ErrUnsupported }
