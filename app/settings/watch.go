package settings

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the file must lie still: an editor writes more than once.
const settle = 120 * time.Millisecond

// Watch calls changed after every change of the file at path, whoever makes it
// and however: written anew, replaced, removed; and once in the beginning, for
// what has changed since the caller read it. It returns when ctx ends (nil) or
// nothing more can be noticed. The file need not be there; its folder is
// made.
func Watch(ctx context.Context, path string, changed func()) error {
	dir := filepath.Dir(path)
	if err := makePrivate(dir, true); err != nil {
		return fmt.Errorf("watch settings: %w", err)
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch settings: %w", err)
	}
	defer func() { _ = w.Close() }() // nothing is lost with it
	if err := w.Add(dir); err != nil {
		return fmt.Errorf("watch settings: %w", err)
	}
	still := time.NewTimer(settle)
	defer still.Stop()
	for {
		select {
		case e, ok := <-w.Events:
			if !ok {
				return nil
			}
			if filepath.Clean(e.Name) == filepath.Clean(path) && e.Op != fsnotify.Chmod {
				still.Reset(settle)
			}
		case err, ok := <-w.Errors: // some were lost: look
			if !ok {
				return fmt.Errorf("watch settings: %w", err)
			}
			still.Reset(settle)
		case <-still.C:
			changed()
		case <-ctx.Done():
			return nil
		}
	}
}
