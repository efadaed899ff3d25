//go:build !windows && !darwin

package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// canDraw finds out whether the X server can draw with OpenGL. Without it Fyne
// would run on without a window.
func canDraw() error {
	if os.Getenv("DISPLAY") == "" {
		return nil // Wayland
	}
	xgb.Logger = log.New(io.Discard, "", 0)
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("open display: %w", err)
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
