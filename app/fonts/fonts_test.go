package fonts

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
)

func TestAFontHasTheLettersItCanDraw(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string][]byte{"a.ttf": []byte("no font"), "deep/b.TTF": goregular.TTF, "c.txt": goregular.TTF} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for letters, want := range map[string]bool{"Aé": true, "A汉": false} {
		if got := have([]string{filepath.Join(dir, "none"), dir}, []rune(letters)); got != want {
			t.Errorf("%s: %v", letters, got)
		}
	}
}

func TestFontsAreLookedForWhereTheDesktopHasThem(t *testing.T) {
	env := map[string]string{"HOME": "/home/me"}
	if got := folders(func(k string) string { return env[k] }); !slices.Contains(got, "/usr/share/fonts") || !slices.Contains(got, "/home/me/.local/share/fonts") {
		t.Errorf("%q", got)
	}
}
