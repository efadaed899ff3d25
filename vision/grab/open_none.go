//go:build !linux && !freebsd && !windows && !(darwin && cgo)

package grab

import (
	"context"

	"aside/vision"
)

func open(context.Context, *spare) (source, error) { return nil, vision.ErrUnsupported }

func choose(context.Context, vision.Capture, rules) (vision.Target, error) {
	return vision.Target{}, vision.ErrUnsupported
}
