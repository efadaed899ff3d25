//go:build linux || freebsd

package grab

import (
	"context"
	"os"

	"aside/vision"
)

// open chooses by the session. Under Wayland the X server sees only the
// windows that are its own, so the portal is asked.
func open(ctx context.Context) (source, error) {
	if os.Getenv("XDG_SESSION_TYPE") == "wayland" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return openPortal(ctx)
	}
	if os.Getenv("DISPLAY") == "" {
		return nil, vision.ErrNoDisplay
	}
	return openX11(ctx)
}
