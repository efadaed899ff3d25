//go:build unix

package settings

import (
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"
)

func TestWhatIsNoFileIsAnErrorAndTheDefault(t *testing.T) {
	tests := map[string]func(path string) error{
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
	}
	for name, put := range tests {
		path := filepath.Join(t.TempDir(), "settings.toml")
		if err := put(path); err != nil {
			t.Fatal(err)
		}
		s, _, err := Load(path)
		if err == nil || !reflect.DeepEqual(s, Default()) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := Save(path, Default()); err == nil {
			t.Errorf("saved over %s", name)
		}
	}
}
