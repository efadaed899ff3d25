package settings

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func TestFoldersFollowTheEnvironment(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems have folders of their own")
	}
	tests := []struct {
		name, config, data string
		wantPath, wantData string
	}{
		{"set", "/c", "/d", "/c/aside/settings.toml", "/d/aside"},
		{"unset", "", "", "/h/.config/aside/settings.toml", "/h/.local/share/aside"},
		{"relative ones are ignored", "c", "./d", "/h/.config/aside/settings.toml", "/h/.local/share/aside"},
	}
	for _, tt := range tests {
		t.Setenv("HOME", "/h")
		t.Setenv("XDG_CONFIG_HOME", tt.config)
		t.Setenv("XDG_DATA_HOME", tt.data)
		path, err := Path()
		if err != nil || path != tt.wantPath {
			t.Errorf("%s: want %s, got %s, %v", tt.name, tt.wantPath, path, err)
		}
		data, err := DataDir()
		if err != nil || data != tt.wantData {
			t.Errorf("%s: want %s, got %s, %v", tt.name, tt.wantData, data, err)
		}
	}
}

func TestNoHomeIsAnError(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems have folders of their own")
	}
	for _, home := range []string{"", "h"} {
		t.Setenv("HOME", home)
		t.Setenv("XDG_CONFIG_HOME", "")
		t.Setenv("XDG_DATA_HOME", "")
		if path, err := Path(); err == nil {
			t.Errorf("HOME=%q: got %s", home, path)
		}
		if dir, err := DataDir(); err == nil {
			t.Errorf("HOME=%q: got %s", home, dir)
		}
	}
}

func TestRuntimeDirIsInTheSessions(t *testing.T) {
	run := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", run)
	dir, err := RuntimeDir()
	if err != nil || dir != filepath.Join(run, "aside") {
		t.Fatalf("got %s, %v", dir, err)
	}
	info, err := os.Lstat(dir)
	if err != nil || info.Mode() != os.ModeDir|0o700 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if again, err := RuntimeDir(); err != nil || again != dir {
		t.Errorf("the second time: got %s, %v", again, err)
	}
}

// noSession leaves only the temporary folder for the runtime folder.
func noSession(t *testing.T) (temp string) {
	t.Helper()
	if info, err := os.Stat("/run/user/" + strconv.Itoa(os.Getuid())); err == nil && isOurs(info) {
		t.Skip("this machine has a session")
	}
	temp = t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("XDG_RUNTIME_DIR", "")
	return temp
}

func TestRuntimeDirWithoutASessionIsPrivate(t *testing.T) {
	temp := noSession(t)
	dir, err := RuntimeDir()
	if err != nil || dir != filepath.Join(temp, "aside-"+strconv.Itoa(os.Getuid())) {
		t.Fatalf("got %s, %v", dir, err)
	}
	if info, err := os.Lstat(dir); err != nil || info.Mode() != os.ModeDir|0o700 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

func TestRuntimeDirOfSomebodyElsesSessionIsNotUsed(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can make a folder of another user")
	}
	temp := noSession(t)
	run := t.TempDir()
	if err := os.Chown(run, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_RUNTIME_DIR", run)
	dir, err := RuntimeDir()
	if err != nil || filepath.Dir(dir) != temp {
		t.Errorf("got %s, %v", dir, err)
	}
}

func TestRuntimeDirRefusesWhatOthersHavePutThere(t *testing.T) {
	tests := []struct {
		name string
		put  func(dir string) error
		want error
		root bool
	}{
		{"symlink", func(dir string) error { return os.Symlink(filepath.Dir(dir), dir) }, ErrSymlink, false},
		{"file", func(dir string) error { return os.WriteFile(dir, nil, 0o600) }, ErrSymlink, false},
		{"open to the group", func(dir string) error { return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o750)) }, ErrOpen, false},
		{"open to all", func(dir string) error { return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o777)) }, ErrOpen, false},
		{"foreign", func(dir string) error { return errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 65534, 65534)) }, ErrForeign, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.root && os.Getuid() != 0 {
				t.Skip("only root can make a folder of another user")
			}
			run := t.TempDir()
			t.Setenv("XDG_RUNTIME_DIR", run)
			if err := tt.put(filepath.Join(run, "aside")); err != nil {
				t.Fatal(err)
			}
			if _, err := RuntimeDir(); !errors.Is(err, tt.want) {
				t.Errorf("want %v, got %v", tt.want, err)
			}
			if _, err := SocketPath(); !errors.Is(err, tt.want) {
				t.Errorf("socket: want %v, got %v", tt.want, err)
			}
		})
	}
}

func TestSocketPathIsNeverTooLong(t *testing.T) {
	temp, err := os.MkdirTemp("/tmp", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	t.Setenv("TMPDIR", temp)
	suffix := len("/aside/control.sock")
	for _, tt := range []struct {
		length int // of the path in the runtime folder
		inTemp bool
	}{{maxSocketPath, false}, {maxSocketPath + 1, true}} {
		run := filepath.Join(temp, strings.Repeat("r", tt.length-suffix-len(temp)-1))
		if err := os.Mkdir(run, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("XDG_RUNTIME_DIR", run)
		path, err := SocketPath()
		if err != nil || len(path) > maxSocketPath {
			t.Fatalf("got %d bytes, %v", len(path), err)
		}
		if want := filepath.Join(shortDir(), "control.sock"); tt.inTemp != (path == want) {
			t.Errorf("%d bytes: got %s", tt.length, path)
		}
	}
	t.Setenv("TMPDIR", filepath.Join(temp, strings.Repeat("t", 100)))
	if path, err := SocketPath(); err == nil {
		t.Errorf("want an error, got %s", path)
	}
}
