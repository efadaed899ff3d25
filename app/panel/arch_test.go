package panel

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// postings returns where a file names what runs functions on Fyne's goroutine.
func postings(t *testing.T, set *token.FileSet, path string, source any) []string {
	t.Helper()
	file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var names, found []string // names of Fyne in this file
	for _, i := range file.Imports {
		if p, _ := strconv.Unquote(i.Path.Value); p == "fyne.io/fyne/v2" {
			names = append(names, "fyne")
			if i.Name != nil {
				names = append(names, i.Name.Name)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		if ok && slices.Contains(names, x.Name) && (s.Sel.Name == "Do" || s.Sel.Name == "DoAndWait") {
			found = append(found, set.Position(n.Pos()).String()+": fyne."+s.Sel.Name)
		}
		return true
	})
	return found
}

func TestOnlyThePumpTalksToFyneFromAnotherGoroutine(t *testing.T) {
	paths, err := filepath.Glob("*.go")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d files: %v", len(paths), err)
	}
	set := token.NewFileSet()
	for _, path := range paths {
		for _, found := range postings(t, set, path, nil) {
			if path != "pump.go" || strings.HasSuffix(found, "DoAndWait") {
				t.Errorf("%s: hand it to pump.do, which the tests can watch", found)
			}
		}
	}
}

func TestThreadMisuseIsFound(t *testing.T) {
	const head = "package p\nimport ui \"fyne.io/fyne/v2\"\n"
	for body, want := range map[string]int{
		"func f() { ui.Do(f) }":        1,
		"func f() { ui.DoAndWait(f) }": 1,
		"var f = ui.Do":                1,
		"func f(c ui.Canvas) {}":       0,
		"func f(x T) { x.Do(f) }":      0,
	} {
		if got := postings(t, token.NewFileSet(), "x.go", head+body); len(got) != want {
			t.Errorf("%s: %q", body, got)
		}
	}
}
