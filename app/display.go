package app

import (
	"os"
	"runtime"
)

// HasDisplay reports whether there is a desktop to show anything on.
func HasDisplay() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
