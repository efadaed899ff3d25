package app

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Doc        string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Doc,Imports,Deps", "aside/...")
	cmd.Env = append(cmd.Environ(), "GOOS=linux")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// layers says which of our packages a package may import. A package that is
// not named may import none of ours.
var layers = map[string][]string{
	"aside/audio/device":          {"aside/audio"},
	"aside/vision/grab":           {"aside/vision"},
	"aside/app/engine":            {"aside/audio", "aside/vision"},
	"aside/app/engine/spoken":     {"aside/app/formula"},
	"aside/app/engine/remote":     {"aside/app/engine", "aside/audio", "aside/vision"},
	"aside/app/engine/aloud":      {"aside/app/engine", "aside/app/engine/spoken", "aside/audio"},
	"aside/app/engine/chat":       {"aside/app/engine", "aside/app/engine/aloud", "aside/app/engine/remote", "aside/app/engine/spoken", "aside/audio", "aside/vision"},
	"aside/app/engine/realtime":   {"aside/app/engine", "aside/app/engine/remote", "aside/app/engine/spoken", "aside/audio", "aside/vision"},
	"aside/app/engine/offline":    {"aside/app/engine", "aside/app/engine/spoken", "aside/audio", "aside/vision"},
	"aside/app/engine/enginetest": {"aside/app/engine", "aside/audio", "aside/vision"},
	"aside/app/turn":              {"aside/app/engine", "aside/audio", "aside/vision"},
	"aside/app/history":           {"aside/app/turn"},
	"aside/app/control":           {"aside/app/turn"},
	"aside/app/key":               {"aside/app/settings"},
	"aside/app/tray":              {"aside/assets"},
	"aside/app/panel":             {"aside/app/control", "aside/app/fonts", "aside/app/formula", "aside/app/settings", "aside/assets"},
	"aside/cmd/aside-panel":       {"aside/app/panel", "aside/app/control", "aside/app/settings"},
}

// whole may import anything of ours but commands.
var whole = []string{"aside/app", "aside/app/e2e", "aside/cmd/aside", "aside/cmd/aside-demo"}

func TestImportsFollowTheLayers(t *testing.T) {
	for _, p := range packages(t) {
		allowed, free := layers[p.ImportPath], slices.Contains(whole, p.ImportPath)
		for _, imported := range p.Imports {
			switch {
			case !strings.HasPrefix(imported, "aside/"):
			case strings.HasPrefix(imported, "aside/cmd/"):
				t.Errorf("%s imports %s: nothing imports a command", p.ImportPath, imported)
			case !free && !slices.Contains(allowed, imported):
				t.Errorf("%s imports %s: app/doc.go says which layer may know which", p.ImportPath, imported)
			}
		}
	}
}

// forbidden says what must not be linked into a package at all, and why.
var forbidden = []struct{ pkg, never, why string }{
	{"aside/audio", "C", "the arithmetic of sound needs no C"},
	{"aside/vision", "C", "the arithmetic of pictures needs no C"},
	{"aside/app/engine", "net/http", "the contract knows no transport"},
	{"aside/app/engine", "github.com/sashabaranov/go-openai", "wire types stay in app/engine/chat"},
	{"aside/app/turn", "fyne.io/fyne/v2", "the turn knows no toolkit"},
	{"aside/app/turn", "net/http", "the turn talks to engines"},
	{"aside/app/turn", "database/sql", "the turn has a Journal"},
	{"aside/app/turn", "github.com/gen2brain/malgo", "the turn has a Microphone"},
	{"aside/app/turn", "github.com/kbinani/screenshot", "the turn has a Screen"},
	{"aside/app/control", "fyne.io/fyne/v2", "the protocol knows no toolkit"},
	{"aside/app/control", "modernc.org/sqlite", "the protocol knows no database"},
	{"aside/app/control", "net/http", "there is no listener but the unix socket"},
	{"aside/app/history", "fyne.io/fyne/v2", "the history knows no toolkit"},
	{"aside/app/panel", "aside/app/history", "the panel is a client like any other"},
	{"aside/app/panel", "aside/app/engine/chat", "the panel is a client like any other"},
	{"aside/app/panel", "modernc.org/sqlite", "the panel is a client like any other"},
	{"aside/cmd/aside", "fyne.io/fyne/v2/app", "the core has no window: it must start in milliseconds"},
}

func TestNothingForbiddenIsLinked(t *testing.T) {
	for _, p := range packages(t) {
		for _, f := range forbidden {
			if p.ImportPath == f.pkg && slices.Contains(p.Deps, f.never) {
				t.Errorf("%s links %s: %s", f.pkg, f.never, f.why)
			}
		}
	}
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}
