package offline

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// memory returns a file that exists in memory only, holding content. A child
// opens it as /dev/fd/N; unlike a pipe it can be read twice, as pocketsphinx
// does, and written from the front again, as flite does.
func memory(content string) (*os.File, error) {
	fd, err := unix.MemfdCreate("aside", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make memory file: %w", err)
	}
	f := os.NewFile(uintptr(fd), "memory")
	if _, err := io.WriteString(f, content); err != nil {
		_ = f.Close() // the write has already said what is wrong
		return nil, fmt.Errorf("fill memory file: %w", err)
	}
	return f, nil
}
