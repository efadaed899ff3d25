//go:build !linux

package offline

import (
	"errors"
	"fmt"
	"os"
)

// memory has no counterpart here, and a file on disk would keep the user's
// words.
func memory(string) (*os.File, error) {
	return nil, fmt.Errorf("make memory file: %w", errors.ErrUnsupported)
}
