package desk

import (
	"context"
	"errors"
	"os"
	"strings"
)

// SoundServer is the process of the desk's sound server.
func (d *Desk) SoundServer() (*os.Process, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := len(d.procs) - 1; i >= 0; i-- {
		if d.procs[i].cmd.Args[0] == "pulseaudio" {
			return d.procs[i].cmd.Process, nil
		}
	}
	return nil, errors.New("the desk has no sound server")
}

// RestartSound starts another sound server in the place of one that has died.
func (d *Desk) RestartSound(ctx context.Context) error {
	_, socket, _ := strings.Cut(d.PulseServer, ":")
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return d.startSound(ctx, Options{})
}
