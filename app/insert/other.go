//go:build windows || darwin

package insert

import "context"

// Front has nothing to find: see ErrUnsupported.
func Front() (Window, error) { return Window{}, ErrUnsupported }

// Picture has nothing to ask: see ErrUnsupported.
func Picture(context.Context, int) ([]byte, error) { return nil, ErrUnsupported }

// Inserter pastes nothing on this system.
type Inserter struct{}

// Insert returns ErrUnsupported.
func (*Inserter) Insert(context.Context, Window, string) (lost string, err error) {
	return "", ErrUnsupported
}

// Close has nothing to release.
func (*Inserter) Close() {}
