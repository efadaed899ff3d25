package app

import (
	"errors"
	"os"
)

const exeSuffix = ".exe"

// signalPanel has no signals to send on Windows.
func signalPanel(*os.Process, bool) error {
	return errors.New("showing and hiding the panel is not supported on Windows")
}
