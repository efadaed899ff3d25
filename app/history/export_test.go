package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/turn"
)

var golden = flag.Bool("golden", false, "write the golden files anew")

func TestExportsAreWhole(t *testing.T) {
	s := opened(t, place(t))
	for n := range exportPage + 50 {
		store(t, s, answered(n, "q", "a"))
	}
	var out bytes.Buffer
	if err := s.Export(t.Context(), &out, "json", Filter{}); err != nil {
		t.Fatal(err)
	}
	var got []exported
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got) != exportPage+50 {
		t.Fatalf("%d turns, %v", len(got), err)
	}
	if !slices.IsSortedFunc(got, func(a, b exported) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("they are not oldest first")
	}
	if err := s.Export(t.Context(), &out, "html", Filter{}); !errors.Is(err, ErrFormat) || Problem(err).Code != "format_unknown" {
		t.Errorf("html: %v", err)
	}
}

func TestExportsAreAsTheyWere(t *testing.T) {
	defer func(was *time.Location) { time.Local = was }(time.Local)
	time.Local = time.UTC
	s := opened(t, place(t))
	first := about(1, "code\n# no heading", "main.go", "What is\nthis?", "A **program**:\n\n```go\nfunc main() {}\n```\n")
	first.Conversation, first.Host = "t0001", "api.example.com"
	first.Usage = &turn.Usage{Input: 5, Output: 7, Cost: 0.0001, Currency: "USD"}
	first.Timings = turn.Timings{Sample: 1.5, Request: 3, FirstText: 300, Done: 900}
	second := answered(2, "And 什麼是螢幕?", "")
	second.Conversation, second.Outcome = "t0001", turn.Failed
	third := answered(3, "", "A desktop.")
	third.Look, third.Heard, third.Outcome = true, "A desk", turn.Interrupted
	private := about(4, "secret", "t", "hidden question", "hidden answer")
	store(t, s, first, second, third, private)
	if err := s.Pin(t.Context(), "t0001", true); err != nil {
		t.Fatal(err)
	}
	hide := func(app string) bool { return app == "secret" }
	for name, f := range map[string]Filter{
		"all": {Hidden: hide}, "conversation": {Conversation: "t0001"}, "search": {Text: "desk", Hidden: hide}, "none": {Text: "hidden", Hidden: hide},
	} {
		for format, ext := range map[string]string{"json": ".json", "markdown": ".md"} {
			var out bytes.Buffer
			if err := s.Export(t.Context(), &out, format, f); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+ext)
			if *golden {
				if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(out.Bytes(), want) {
				t.Errorf("%s is\n%s\nwant\n%s (%v)", file, out.Bytes(), want, err)
			}
		}
	}
}
