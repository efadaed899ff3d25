//go:build !linux && !freebsd && !windows && !(darwin && cgo)

package grab

import (
	"context"

	"aside/vision"
)

func open(context.Context) (source, error) { return nil, vision.ErrUnsupported }
