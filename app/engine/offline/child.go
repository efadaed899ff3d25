package offline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// lingering is how long a child that was killed may keep its pipes.
const lingering = time.Second

// maxOutput bounds what a child may print.
const maxOutput = 8 << 20

var errTooMuch = errors.New("program printed too much")

// child is one run of a program.
type child struct {
	program program
	args    []string // of fixed content: other users can read them
	in      io.Reader
	files   []*os.File // the child sees them from /dev/fd/3 on
	limit   time.Duration
}

// run returns what the program printed. When ctx or the limit ends, the
// program and whatever it started are killed. The error is an *engine.Error,
// or ctx's.
func (c child) run(ctx context.Context) ([]byte, error) {
	path, err := c.program.find()
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	var out bounded
	cmd := exec.CommandContext(limited, path, c.args...)
	cmd.Env = environment(os.Environ())
	cmd.Stdin, cmd.Stdout, cmd.ExtraFiles = c.in, &out, c.files
	cmd.WaitDelay = lingering
	apart(cmd)
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, tooSlow(c.program, limited.Err())
	case err != nil:
		return nil, broken(c.program, fmt.Errorf("run %s: %w", c.program.name, err))
	}
	return out.buffer.Bytes(), nil
}

// bounded collects no more than maxOutput. The buffer is not embedded: its
// ReadFrom would know no bounds.
type bounded struct{ buffer bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.buffer.Len()+len(p) > maxOutput {
		return 0, errTooMuch
	}
	return b.buffer.Write(p)
}

// environment keeps what the programs need. The rest, a key perhaps, is none
// of their business.
func environment(all []string) []string {
	env := []string{"OMP_THREAD_LIMIT=1"} // more threads make tesseract slower: they spin
	for _, setting := range all {
		switch name, _, _ := strings.Cut(setting, "="); name {
		case "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "SYSTEMROOT", "TMPDIR":
			env = append(env, setting)
		}
	}
	return env
}
