package chat

import (
	"strings"
	"testing"

	"aside/app/engine"
	"aside/app/engine/enginetest"
)

// deeply asks a typed question and returns the requests for an answer, and the
// model that thought harder.
func deeply(t *testing.T, c Config, s *enginetest.Server, p engine.Prompt) (all []enginetest.Request, deeper string) {
	t.Helper()
	e, _ := newEngine(t, c)
	events, err := ask(t, e, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range of[engine.Deeper](events) {
		deeper = d.Model
	}
	return s.Requests(enginetest.Chat), deeper
}

func TestADeepQuestionGoesToTheDeepModelWithMoreEffort(t *testing.T) {
	for _, c := range []struct {
		name, deepModel string
		prompt          engine.Prompt
		model, effort   string
	}{
		{"as ever", "gpt-5", engine.Prompt{Question: "Why?"}, "gpt-5-mini", ""},
		{"by a button", "gpt-5", engine.Prompt{Question: "Why?", Deep: true}, "gpt-5", "high"},
		{"by saying so", "gpt-5", engine.Prompt{Question: "Think harder: why?"}, "gpt-5", "high"},
		{"without another model", "", engine.Prompt{Question: "Why?", Deep: true}, "gpt-5-mini", "high"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := enginetest.Start(t)
			conf := config(s.URL)
			conf.DeepModel = c.deepModel
			asked, deeper := deeply(t, conf, s, c.prompt)
			if len(asked) != 1 {
				t.Fatalf("%d requests", len(asked))
			}
			f := asked[0].Fields
			effort, _ := f["reasoning_effort"].(string)
			if f["model"] != c.model || effort != c.effort || (deeper != "") != (c.effort != "") {
				t.Errorf("model %v, effort %q, told %q", f["model"], effort, deeper)
			}
			if told := strings.Contains(asked[0].Messages[0].Text, "think harder"); told != (c.effort != "") {
				t.Errorf("the instructions: %s", asked[0].Messages[0].Text)
			}
		})
	}
}

func TestAModelThatKnowsNoEffortIsAskedWithout(t *testing.T) {
	for _, refusal := range []string{
		`{"error":{"message":"Unrecognized request argument supplied: reasoning_effort"}}`,
		`{"error":{"message":"\"llava:7b\" does not support thinking","type":"api_error","param":null,"code":null}}`, // Ollama
	} {
		s := enginetest.Start(t)
		s.Script(enginetest.Chat, enginetest.Status(400, refusal), enginetest.Reply("So."))
		asked, deeper := deeply(t, config(s.URL), s, engine.Prompt{Question: "Why?", Deep: true})
		if len(asked) != 2 || asked[1].Fields["reasoning_effort"] != nil || deeper != "gpt-5-mini" {
			t.Errorf("%s: %d requests, %q", refusal, len(asked), deeper)
		}
	}
}

func TestATextGoesAlongBeforeTheQuestion(t *testing.T) {
	s := enginetest.Start(t)
	asked, _ := deeply(t, config(s.URL), s, engine.Prompt{Question: "What is this?", Along: "a log\nof two lines"})
	m := asked[0].Messages[1]
	if want := "[text given by the user]\na log\nof two lines"; !strings.HasPrefix(m.Text, want) || !strings.HasSuffix(m.Text, "What is this?") {
		t.Errorf("%+v", m)
	}
}
