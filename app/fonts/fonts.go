// Package fonts finds out which letters the fonts of this machine can draw.
package fonts

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
)

// Advice says what brings Chinese letters. It is in English: it is for those
// who could not read it otherwise.
const Advice = "Chinese text cannot be drawn without a font that has it: install fonts-noto-cjk (Fedora: google-noto-sans-cjk-fonts, Arch: noto-fonts-cjk), then start Aside again."

// Chinese reports whether some font has simplified and traditional letters.
// Other systems than Linux and the BSDs bring one. It may be called at once; it
// reads the disk until it has found one.
func Chinese() bool {
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" || have(folders(os.Getenv), []rune("汉漢体體"))
}

// folders are where fonts are installed.
func folders(env func(string) string) []string {
	home := env("HOME")
	all := []string{filepath.Join(home, ".fonts"), filepath.Join(home, ".local/share/fonts")}
	shared := env("XDG_DATA_DIRS")
	if shared == "" {
		shared = "/usr/local/share:/usr/share"
	}
	for _, dir := range filepath.SplitList(shared) {
		all = append(all, filepath.Join(dir, "fonts"))
	}
	return all
}

// have reports whether a font below one of dirs has all of letters.
func have(dirs []string, letters []rune) bool {
	found := false
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error { // what cannot be read has no font
			if err != nil || e.IsDir() || !isFont(path) {
				return nil
			}
			if found = draws(path, letters); found {
				return filepath.SkipAll
			}
			return nil
		})
		if found {
			return true
		}
	}
	return false
}

func isFont(path string) bool {
	return slices.Contains([]string{".ttf", ".ttc", ".otf", ".otc"}, strings.ToLower(filepath.Ext(path)))
}

// draws reports whether the first font in a file has all of letters.
func draws(path string, letters []rune) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	all, err := opentype.NewLoaders(f)
	if err != nil || len(all) == 0 {
		return false
	}
	raw, err := all[0].RawTable(opentype.MustNewTag("cmap"))
	if err != nil {
		return false
	}
	table, _, err := tables.ParseCmap(raw)
	if err != nil {
		return false
	}
	glyphs, _, err := font.ProcessCmap(table, 0)
	return err == nil && !slices.ContainsFunc(letters, func(r rune) bool {
		_, is := glyphs.Lookup(r)
		return !is
	})
}
