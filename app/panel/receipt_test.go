package panel

import (
	"slices"
	"strings"
	"testing"

	"aside/app/control"
)

func TestStagesAreTheDistancesBetweenTheTimings(t *testing.T) {
	view := func(request, transcript, text, sound, done int64) control.View {
		var v control.View
		v.Timings = turnTimings(request, transcript, text, sound, done)
		return v
	}
	for _, c := range []struct {
		name string
		view control.View
		want []stage
	}{
		{"nothing yet", view(0, 0, 0, 0, 0), nil},
		{"a spoken question", view(20, 300, 900, 1300, 2000), []stage{{"sent", 20, 20}, {"understood", 300, 280}, {"first words", 900, 600}, {"first sound", 1300, 400}, {"answered", 2000, 700}}},
		{"a typed one has no transcript", view(20, 0, 900, 0, 2000), []stage{{"sent", 20, 20}, {"first words", 900, 880}, {"answered", 2000, 1100}}},
		{"a question that leaves after it is understood", view(400, 300, 900, 0, 900), []stage{{"understood", 300, 300}, {"sent", 400, 100}, {"first words", 900, 500}}},
		{"a voice that begins when all is there", view(20, 0, 300, 900, 500), []stage{{"sent", 20, 20}, {"first words", 300, 280}, {"answered", 500, 200}, {"first sound", 900, 400}}},
	} {
		if got := stages(c.view); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// turnTimings are the timings of a turn that count from key-up.
func turnTimings(request, transcript, text, sound, done int64) (t control.Timings) {
	t.Request, t.Transcript, t.FirstText, t.FirstSound, t.Done = request, transcript, text, sound, done
	return t
}

func TestTheReceiptSaysWhoAnsweredAndWhatItCost(t *testing.T) {
	for _, c := range []struct {
		view     control.View
		who, tok string
	}{
		{control.View{Engine: "offline", Model: "offline reader"}, "read on this machine", ""},
		{control.View{Engine: "chat", Model: "llava"}, "llava · on this machine", ""},
		{control.View{Engine: "realtime", Model: "live", Host: "api.openai.com", Acts: []control.Act{{Name: "set_pace", Value: "slower"}, {Name: "set_voice", Value: "cedar"}, {Name: "think_harder", Value: "gpt-5"}, {Name: "look_again"}, {Name: "odd"}}}, "live · spoke slower · took the voice cedar · asked gpt-5 · looked again · api.openai.com", ""},
		{control.View{Engine: "chat", Model: "gpt-5", Host: "api.openai.com", Deep: true, Usage: &control.TurnUsage{Input: 1000, Output: 284, Cost: 0.0041, Currency: "USD"}}, "gpt-5 · thought harder · api.openai.com", "1,284 tokens · $0.004"},
		{control.View{Usage: &control.TurnUsage{Input: 1, Cost: 0.00001, Currency: "USD"}}, " · on this machine", "1 token · < $0.001"},
		{control.View{Usage: &control.TurnUsage{Input: 1, Cost: 1.234, Currency: "USD"}}, " · on this machine", "1 token · $1.23"},
	} {
		if who, tok := answerer(c.view), cost(c.view); who != c.who || tok != c.tok {
			t.Errorf("%q, %q, want %q, %q", who, tok, c.who, c.tok)
		}
	}
}

func TestTheBarIsExplainedWhileThePointerIsOverTheTurn(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(snapshot(t, answered))
	box := b.turns["t1"]
	if got := read(box.foot); strings.Contains(got, "understood") || !strings.Contains(got, "gpt-4o") {
		t.Errorf("without the pointer it says\n%s", got)
	}
	box.over.MouseIn(nil)
	if got := read(box.foot); !strings.Contains(got, "understood 0.3") || strings.Contains(got, "gpt-4o") {
		t.Errorf("with the pointer it says\n%s", got)
	}
	box.over.MouseOut()
	if got := read(box.foot); strings.Contains(got, "understood") {
		t.Errorf("after the pointer has left it says\n%s", got)
	}
}

func TestFiguresReadAsPeopleWriteThem(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1284: "1,284", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	for s, want := range map[int]string{-1: "0:00", 3: "0:03", 75: "1:15"} {
		if got := elapsed(s); got != want {
			t.Errorf("%d seconds are written %q, want %q", s, got, want)
		}
	}
	if got := seconds(940); got != "0.9 s" {
		t.Errorf("940 ms are written %q", got)
	}
}
