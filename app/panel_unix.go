//go:build unix

package app

import (
	"os"
	"syscall"
)

const exeSuffix = ""

// signalPanel shows or hides the panel of this process.
func signalPanel(p *os.Process, show bool) error {
	if show {
		return p.Signal(syscall.SIGUSR1)
	}
	return p.Signal(syscall.SIGUSR2)
}
