package chat

import (
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
	"aside/vision"
)

func TestWhatIsSelectedCanBeWhatIsAsked(t *testing.T) {
	chosen := vision.Shot{Selection: "exit status 1", Selected: 5 * time.Second}
	for question, want := range map[string]bool{
		"Explain this.":                     true,
		"translate this into German":        true,
		"What does that mean?":              true,
		"这是什么意思":                            true,
		"翻译一下":                              true,
		"explain what I see here":           false,
		"explain the chart":                 false,
		"解释这个图":                             false,
		"why does it fail":                  false,
		"what is this":                      false,
		"correct the sentence on the right": false,
	} {
		if got := aboutSelection(question, []vision.Shot{chosen}); got != want {
			t.Errorf("%q is about the selection: %t", question, got)
		}
	}
	for what, shots := range map[string][]vision.Shot{
		"nothing selected":  {{Selected: time.Second}},
		"long ago":          {{Selection: "x", Selected: 2 * time.Minute}},
		"nobody knows when": {{Selection: "x"}},
		"several looks":     {chosen, chosen},
		"no look":           nil,
	} {
		if aboutSelection("explain this", shots) {
			t.Errorf("%s: it is about the selection", what)
		}
	}
}

func TestAQuestionAboutTheSelectionSendsNoPicture(t *testing.T) {
	server, e := answering(t)
	s := shot(t)
	s.Selected = time.Second
	x := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "explain this", Capture: vision.CaptureWindow}, audio.Clip{}, s)
	events, err := drain(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	sent := of[engine.Sent](events)
	if left := sent[len(sent)-1].Shots; len(left) != 1 || left[0].Selection != s.Selection || len(left[0].Sent)+len(left[0].Words) > 0 {
		t.Errorf("told to have left are %+v", left)
	}
	asked := server.Requests(enginetest.Chat)
	last := asked[0].Messages[len(asked[0].Messages)-1]
	if last.Picture() != nil || !strings.Contains(last.Text, "exit status 1") || strings.Contains(last.Text, "make: ***") {
		t.Errorf("sent %q, picture %t", last.Text, last.Picture() != nil)
	}
}
