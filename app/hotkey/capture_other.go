//go:build !(linux || freebsd || openbsd || netbsd || dragonfly)

package hotkey

import "context"

// Capture always returns ErrUnsupported.
func Capture(context.Context, func(Capturing)) (Combo, error) { return Combo{}, ErrUnsupported }
