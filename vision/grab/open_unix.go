//go:build linux || freebsd

package grab

import (
	"context"
	"os"

	"aside/vision"
)

// wayland reports whether the session is one in which an X server, if there is
// one, sees only the windows that are its own.
func wayland() bool {
	return os.Getenv("XDG_SESSION_TYPE") == "wayland" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// open chooses by the session. Under Wayland the portal is asked.
func open(ctx context.Context, pixels *spare) (source, error) {
	if wayland() {
		return openPortal(ctx)
	}
	if os.Getenv("DISPLAY") == "" {
		return nil, vision.ErrNoDisplay
	}
	return openX11(ctx, pixels)
}

// choose lets the user choose on the screen. The portal has nothing of the kind.
func choose(ctx context.Context, c vision.Capture, r rules) (vision.Target, error) {
	if wayland() {
		return vision.Target{}, vision.ErrUnsupported
	}
	return chooseX11(ctx, c, r)
}
