//go:build !(linux || freebsd || openbsd || netbsd)

package tray

import "context"

// Tray is an item in the notification area.
type Tray struct{}

// Open always returns ErrUnsupported.
func Open(context.Context, Actions) (*Tray, error) { return nil, ErrUnsupported }

// Set does nothing.
func (t *Tray) Set(State) {}

// Close does nothing.
func (t *Tray) Close() {}
