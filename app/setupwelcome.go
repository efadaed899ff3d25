package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"aside/app/control"
	"aside/app/settings"
)

// welcomed is the file whose being there says that the first steps are done; or,
// with a number in it, at which of them the user is.
const welcomed = "welcomed"

// welcome says whether the first steps are still to be taken: on a home that
// knows nothing of Aside, and once they are begun until they are done.
func (a *App) welcome(_ context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.WelcomeArgs](raw)
	if err != nil {
		return err
	}
	dir, err := settings.DataDir()
	if err != nil {
		return send(control.Welcome{}) // without a home nothing can be remembered
	}
	mark := filepath.Join(dir, welcomed)
	if args.Done || args.Step > 0 {
		now := control.Welcome{}
		var at []byte
		if !args.Done {
			now = control.Welcome{Due: true, Step: args.Step}
			at = []byte(strconv.Itoa(args.Step))
		}
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(mark, at, 0o600)); err != nil {
			a.log.Warn("remember first steps", "err", err)
		}
		return send(now)
	}
	return send(a.dueSteps(mark))
}

// dueSteps reads the file of the first steps.
func (a *App) dueSteps(mark string) control.Welcome {
	at, err := os.ReadFile(mark)
	if errors.Is(err, fs.ErrNotExist) {
		a.changing.Lock()
		_, configured := os.Stat(a.settingsPath)
		a.changing.Unlock()
		return control.Welcome{Due: errors.Is(configured, fs.ErrNotExist)}
	}
	step, err := strconv.Atoi(string(at))
	if err != nil || step < 1 {
		return control.Welcome{}
	}
	return control.Welcome{Due: true, Step: step}
}
