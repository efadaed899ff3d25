//go:build !windows && !darwin

package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// canDraw finds out whether the X server answers and can draw with OpenGL.
// Without that Fyne would run on without a window. Where there is Wayland Fyne
// may do without the X server, and nothing is asked.
func canDraw() error {
	if os.Getenv("DISPLAY") == "" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return nil
	}
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("%w: %w", errNoDisplay, err)
	}
	defer conn.Close()
	glx, err := xproto.QueryExtension(conn, 3, "GLX").Reply()
	if err != nil {
		return fmt.Errorf("ask display for OpenGL: %w", err)
	}
	if !glx.Present {
		return errors.New("the display has no OpenGL (GLX)")
	}
	return nil
}
