package history

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aside/app/turn"
)

func TestExportsAreWhole(t *testing.T) {
	s := opened(t, place(t))
	for n := range exportPage + 50 {
		store(t, s, answered(n, "q", "a"))
	}
	last := answered(900, "two\nlines", "")
	last.Outcome, last.Shots = turn.Failed, []turn.ShotView{{Program: "code\n# no heading", Title: "main.go"}}
	store(t, s, last)
	var out bytes.Buffer
	if err := s.Export(t.Context(), &out, "json"); err != nil {
		t.Fatal(err)
	}
	var got []exported
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got) != exportPage+51 {
		t.Fatalf("%d turns, %v", len(got), err)
	}
	if !slices.IsSortedFunc(got, func(a, b exported) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("they are not oldest first")
	}
	out.Reset()
	if err := s.Export(t.Context(), &out, "markdown"); err != nil {
		t.Fatal(err)
	}
	want := "## " + last.Asked.Format("2006-01-02 15:04") + " · code # no heading\n\n> two\n> lines\n\n(failed)\n\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("it ends in %q", out.String()[out.Len()-200:])
	}
	if err := s.Export(t.Context(), &out, "html"); err == nil {
		t.Error("html was taken")
	}
}
