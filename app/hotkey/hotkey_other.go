//go:build !(linux || freebsd || openbsd || netbsd || dragonfly)

package hotkey

import "context"

// connect always returns ErrUnsupported.
func connect(context.Context) (keyboard, error) { return nil, ErrUnsupported }
