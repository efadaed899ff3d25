package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// maxSocketPath is what a unix socket's address holds besides its final NUL,
// on Linux, in bytes.
const maxSocketPath = 107

// What can be wrong with a private folder.
var (
	ErrSymlink = errors.New("not a real folder")
	ErrForeign = errors.New("belongs to another user")
	ErrOpen    = errors.New("open to other users")
)

// Path returns where the settings file is.
func Path() (string, error) {
	base, err := home("XDG_CONFIG_HOME", ".config")
	if err != nil {
		return "", fmt.Errorf("find settings: %w", err)
	}
	return filepath.Join(base, "aside", "settings.toml"), nil
}

// DataDir returns the folder of what Aside keeps, the history first of all. It
// does not make it.
func DataDir() (string, error) {
	base, err := home("XDG_DATA_HOME", ".local/share")
	if err != nil {
		return "", fmt.Errorf("find data folder: %w", err)
	}
	return filepath.Join(base, "aside"), nil
}

// home returns the folder that variable names, or its default. Relative ones
// are ignored, as the XDG base directory specification demands.
func home(variable, inHome string) (string, error) {
	if dir := os.Getenv(variable); filepath.IsAbs(dir) {
		return dir, nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return os.UserConfigDir()
	}
	dir, err := os.UserHomeDir()
	if err == nil && !filepath.IsAbs(dir) {
		err = errors.New("home folder is not absolute")
	}
	return filepath.Join(dir, inHome), err
}

// RuntimeDir makes and returns the folder of the socket. Only the user can
// enter it: the error wraps ErrSymlink, ErrForeign or ErrOpen if somebody has
// put something else in its place.
func RuntimeDir() (string, error) {
	dir := shortDir()
	for _, base := range []string{os.Getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/run/user/%d", os.Getuid())} {
		// One that `su` has left over from somebody else is not used.
		if info, err := os.Stat(base); err == nil && filepath.IsAbs(base) && info.IsDir() && isOurs(info) {
			dir = filepath.Join(base, "aside")
			break
		}
	}
	if err := makePrivate(dir, false); err != nil {
		return "", fmt.Errorf("make runtime folder: %w", err)
	}
	return dir, nil
}

// shortDir is where the socket is when there is no better place.
func shortDir() string { return filepath.Join(os.TempDir(), "aside-"+strconv.Itoa(os.Getuid())) }

// SocketPath returns where the control socket is, in a folder that it makes.
// A path that is too long for a socket is replaced by one in the temporary
// folder.
func SocketPath() (string, error) {
	dir, err := RuntimeDir()
	if err != nil {
		return "", err
	}
	const name = "control.sock"
	if path := filepath.Join(dir, name); len(path) <= maxSocketPath {
		return path, nil
	}
	path := filepath.Join(shortDir(), name)
	if len(path) > maxSocketPath {
		return "", fmt.Errorf("find control socket: %s is longer than %d bytes", path, maxSocketPath)
	}
	if err := makePrivate(shortDir(), false); err != nil {
		return "", fmt.Errorf("make runtime folder: %w", err)
	}
	return path, nil
}

// makePrivate makes dir, or makes sure that it is a folder of ours which
// nobody else may enter. tighten closes one that others may.
func makePrivate(dir string, tighten bool) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s: %w", dir, ErrSymlink)
	case !isOurs(info):
		return fmt.Errorf("%s: %w", dir, ErrForeign)
	case runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0:
		return nil
	case tighten:
		return os.Chmod(dir, 0o700)
	}
	return fmt.Errorf("%s: %w", dir, ErrOpen)
}
