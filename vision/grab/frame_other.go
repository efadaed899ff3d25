//go:build !linux && !freebsd

package grab

import (
	"context"

	"aside/vision"
)

// openEdges fails: windows cannot be told apart here.
func openEdges(context.Context) (edges, error) { return nil, vision.ErrUnsupported }
