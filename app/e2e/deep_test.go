package e2e

import (
	"slices"
	"strings"
	"testing"

	"aside/app/control"
	"aside/app/engine/enginetest"
)

func TestAnAnsweredQuestionIsThoughtAboutHarderWithWhatItSent(t *testing.T) {
	c, s := chatting(t, "")
	if out, err := c.aside("settings", "set", "engine.deep_model", "deep-thought"); err != nil {
		t.Fatal(err, out)
	}
	if err := c.Do(c.ctx, control.VerbReload, nil); err != nil {
		t.Fatal(err)
	}
	c.terminal("notes", c.file("page.txt", page))
	first, err := c.Ask(c.ctx, control.AskArgs{Text: "What is wrong here?", Screen: "window"}, func(control.View) {})
	if err != nil || len(first.Shots) == 0 {
		t.Fatal(first, err)
	}
	again, err := c.Ask(c.ctx, control.AskArgs{Again: first.ID, Deep: true}, func(control.View) {})
	if err != nil {
		t.Fatal(err)
	}
	if again.Question != first.Question || !again.Deep || again.Model != "deep-thought" {
		t.Errorf("got %+v", again)
	}
	asked := s.Requests(enginetest.Chat)
	if len(asked) != 2 || asked[1].Fields["model"] != "deep-thought" {
		t.Fatalf("%d requests, the last to %v", len(asked), asked[len(asked)-1].Fields["model"])
	}
	pictures := func(r enginetest.Request) (all []string) {
		for _, p := range r.Messages[len(r.Messages)-1].Pictures {
			all = append(all, p.Image.Bounds().String())
		}
		return all
	}
	if got, want := pictures(asked[1]), pictures(asked[0]); len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("the second time it sent %v, the first time %v", got, want)
	}
	if out, err := c.aside("ask", "--screen", "none", "--along", c.file("build.log", "error 42"), "What is this?"); err != nil {
		t.Fatal(err, out)
	}
	asked = s.Requests(enginetest.Chat)
	if last := asked[2]; asked[2].Fields["model"] == "deep-thought" || !strings.Contains(last.Messages[len(last.Messages)-1].Text, "error 42") {
		t.Errorf("it was asked %+v of %v", last.Messages, last.Fields["model"])
	}
}
