//go:build !cgo

package device

import (
	"fmt"

	"aside/audio"
)

func openMalgo(Options) (backend, error) {
	return nil, fmt.Errorf("malgo: built without cgo: %w", audio.ErrUnsupported)
}

func hasSoundCard() bool { return false }
