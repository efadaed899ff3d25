package tray

import (
	"slices"
	"strings"
	"testing"

	"aside/assets"
)

func TestEveryPhaseHasItsFace(t *testing.T) {
	for name, tt := range map[string]struct {
		state State
		want  face
	}{
		"nothing yet": {State{}, face{assets.Ready, "Ready", "Start talking", "Show panel", "Look with me", false, true}},
		"ready":       {State{Phase: Ready, Note: "gpt-4o"}, face{assets.Ready, "Ready · gpt-4o", "Start talking", "Show panel", "Look with me", false, true}},
		"listening":   {State{Phase: Listening}, face{assets.Listening, "Listening", "Send", "Show panel", "Look with me", true, false}},
		"thinking":    {State{Phase: Thinking, Panel: true}, face{assets.Thinking, "Thinking", "Start talking", "Hide panel", "Look with me", true, true}},
		"speaking":    {State{Phase: Speaking}, face{assets.Speaking, "Speaking", "Start talking", "Show panel", "Look with me", true, true}},
		"offline":     {State{Phase: Offline}, face{assets.Offline, "Offline", "Start talking", "Show panel", "Look with me", false, true}},
		"a problem":   {State{Phase: Problem, Note: "no\nmicrophone "}, face{assets.Problem, "no microphone", "Start talking", "Show panel", "Look with me", false, true}},
		"looking":     {State{Note: "m", Share: true}, face{assets.Ready, "Ready · m", "Start talking", "Show panel", "Stop looking with me", true, true}},
		"tried":       {State{Phase: Ready, Note: "being tried", Open: true}, face{assets.Listening, "Microphone is open · being tried", "Start talking", "Show panel", "Look with me", false, true}},
		"unnamed":     {State{Phase: Problem}, face{assets.Problem, "Problem", "Start talking", "Show panel", "Look with me", false, true}},
		"a long note": {State{Note: strings.Repeat("é", 99)}, face{assets.Ready, "Ready · " + strings.Repeat("é", maxNote-1) + "…", "Start talking", "Show panel", "Look with me", false, true}},
		"conversing":  {State{Phase: Speaking, Talk: true}, face{assets.Speaking, "Speaking", "End the conversation", "Show panel", "Look with me", true, true}},
	} {
		t.Run(name, func(t *testing.T) {
			got := tt.state.face()
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if got.mark.PNG() == nil {
				t.Errorf("no picture for %q", got.mark)
			}
		})
	}
}

func TestTheMenuHasALineForEveryAction(t *testing.T) {
	act := func() {}
	f := State{}.face()
	for name, tt := range map[string]struct {
		actions Actions
		want    []int32 // 101 and 102 are separators
	}{
		"all":         {Actions{act, act, act, act, act, act, act}, []int32{1, 101, 10, 11, 13, 12, 102, 20, 21, 22}},
		"none":        {Actions{}, []int32{1}},
		"a part":      {Actions{Look: act, Quit: act}, []int32{1, 101, 11, 102, 22}},
		"no question": {Actions{Quit: act}, []int32{1, 102, 22}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int32
			for _, l := range f.lines(tt.actions) {
				got = append(got, l.id)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("lines %v, want %v", got, tt.want)
			}
		})
	}
}
