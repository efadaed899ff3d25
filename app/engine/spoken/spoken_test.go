package spoken

import (
	"slices"
	"strings"
	"testing"
)

func sentences(deltas ...string) []string {
	var s Splitter
	var all []string
	for _, d := range deltas {
		all = append(all, s.Add(d)...)
	}
	return append(all, s.Rest()...)
}

func TestWhatIsReadOut(t *testing.T) {
	tests := []struct {
		name, markdown string
		want           []string
	}{
		{"sentences", "It is closed. Open it! Why? ", []string{"It is closed.", "Open it!", "Why?"}},
		{"the last needs no space", "One. Two", []string{"One.", "Two"}},
		{"versions and decimals stay whole", "Go 1.26 costs 3.5 ms. Good.", []string{"Go 1.26 costs 3.5 ms.", "Good."}},
		{"abbreviations", "Ask Dr. Smith, e.g. by mail, in the U.S. today. Yes.", []string{"Ask Dr. Smith, e.g. by mail, in the U.S. today.", "Yes."}},
		{"Chinese", "打开文件。然后保存！好", []string{"打开文件。", "然后保存！", "好"}},
		{"headings and lists", "## The fix\n\n1. Open it.\n2. Close it.\n- [x] done\n> quoted", []string{"The fix", "Open it.", "Close it.", "done", "quoted"}},
		{"emphasis", "It is **very** _simple_, `x_y` is ~~not~~ it.", []string{"It is very simple, x_y is not it."}},
		{"code blocks", "Try this:\n```go\nx := 1. Really?\n```\nIt works.", []string{"Try this:", "It works."}},
		{"a fence within a longer one", "````\n```\ninside\n```\n````\nout", []string{"out"}},
		{"tables", "Here:\n| a | b |\n|---|---|\n| 1 | 2 |\nDone.", []string{"Here:", "Done."}},
		{"links", "See [the manual. Really](https://x.y/z) or https://a.b/c now.", []string{"See the manual. Really or now."}},
		{"images and tags", "![a cat](https://x/y.png) <b>Bold</b> move.", []string{"Bold move."}},
		{"emoji and entities", "Done 🎉 &amp; dusted. ✅", []string{"Done & dusted."}},
		{"nothing to say", "---\n***\n\n", nil},
		{"quotation marks", "He said \"stop.\" Then he left.", []string{"He said \"stop.\"", "Then he left."}},
		{"code with a stop inside", "Call `a. b` once. Then go.", []string{"Call a. b once.", "Then go."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sentences(tt.markdown); !slices.Equal(got, tt.want) {
				t.Errorf("read out as %q, want %q", got, tt.want)
			}
		})
	}
}

func TestASentenceIsReadyBeforeTheNextHasBegun(t *testing.T) {
	var s Splitter
	if got := s.Add("The port is taken. "); len(got) != 1 {
		t.Errorf("ready: %q", got)
	}
}

func TestAnEndlessSentenceIsCut(t *testing.T) {
	got := sentences(strings.Repeat("word ", 200))
	if len(got) < 3 {
		t.Errorf("%d pieces", len(got))
	}
	for _, g := range got {
		if len(g) > longest+10 {
			t.Errorf("a piece of %d letters", len(g))
		}
	}
}

func FuzzDeltasMakeNoDifference(f *testing.F) {
	f.Add("One. Two [x](y. z) `a. b`\n```\ncode\n```\n| t |\nend", 3)
	f.Add("好。\xff 1. x", 1)
	f.Fuzz(func(t *testing.T, markdown string, step int) {
		whole := sentences(markdown)
		step = 1 + (step%7+7)%7
		var pieces []string
		for rest := markdown; rest != ""; {
			n := min(step, len(rest))
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		if cut := sentences(pieces...); !slices.Equal(whole, cut) {
			t.Fatalf("whole: %q, cut: %q", whole, cut)
		}
		for _, s := range whole {
			if strings.TrimSpace(s) == "" {
				t.Fatal("an empty sentence")
			}
		}
	})
}
