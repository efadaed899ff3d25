package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile bounds the settings file, in bytes. A longer one is not settings.
const maxFile = 64 << 10

// errNotSettings means that there is something at the path that cannot be a
// settings file.
var errNotSettings = errors.New("too large for settings")

// Load reads the settings. A missing file is the default. What is damaged in
// the file is the default too: then the original is kept beside it as
// settings.toml.bad, and the problems say what was wrong. The error is about
// reading, and the settings are usable even then.
func Load(path string) (Settings, []Problem, error) {
	text, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Default(), nil, nil
	case errors.Is(err, errNotSettings):
		p := Problem{"settings_invalid", "The settings file is too large to be one.", "It is now called settings.toml.bad. The defaults are used."}
		if err := os.Rename(path, path+".bad"); err != nil {
			return Default(), nil, fmt.Errorf("put settings aside: %w", err)
		}
		return Default(), []Problem{p}, nil
	case err != nil:
		return Default(), nil, fmt.Errorf("read settings: %w", err)
	}
	s, problems := parse(text)
	if damaged(problems) {
		if err := keep(path, text); err != nil {
			return s, problems, err
		}
	}
	return s, problems, nil
}

// Save writes the settings so that a crash leaves the old file or the new one.
// It changes only the lines whose value changes. The error is a *Problem when
// s has an invalid value or the file is of a newer version.
func Save(path string, s Settings) error {
	for _, e := range entries() {
		if !e.rule.ok(e.value(s)) {
			return &Problem{"settings_value", e.name + " must be " + e.rule.valid + ".", e.about}
		}
	}
	if err := makePrivate(filepath.Dir(path), true); err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	old, err := read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read settings: %w", err)
	}
	_, problems := parse(old)
	if isNewer(problems) {
		return &problems[0]
	}
	if damaged(problems) {
		if err := keep(path, old); err != nil {
			return err
		}
	}
	text := edit(old, s)
	if text == old {
		return nil
	}
	if err := replace(path, text); err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return nil
}

// read returns the whole file.
func read(path string) (string, error) {
	// Opening a pipe would wait for its other end.
	if info, err := os.Stat(path); err != nil {
		return "", err
	} else if !info.Mode().IsRegular() {
		return "", errors.New("not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errNotSettings
	}
	return string(text), err
}

// keep copies a damaged file to path.bad, unless that copy is there already.
func keep(path, text string) error {
	path += ".bad"
	if old, err := read(path); err == nil && old == text {
		return nil
	}
	if err := replace(path, text); err != nil {
		return fmt.Errorf("keep damaged settings: %w", err)
	}
	return nil
}

// replace writes a whole file, mode 0600, and returns when it is durable.
func replace(path, text string) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".settings-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = io.Copy(f, bytes.NewReader([]byte(text)))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}
