//go:build !linux && !freebsd

package device

import (
	"context"
	"fmt"

	"aside/audio"
)

func openPulse(context.Context, Options) (backend, error) {
	return nil, fmt.Errorf("pulse: %w", audio.ErrUnsupported)
}
