package realtime

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/app/engine/remote"
)

// doing is an engine whose service does a part of a turn.
func doing(t *testing.T, p Part) (*enginetest.Live, *Engine) {
	t.Helper()
	s := enginetest.StartLive(t)
	c := config(s)
	c.Keep, c.Part, c.Functions = time.Minute, p, true
	return s, opened(t, c)
}

// madeAs is what the first session was made.
func madeAs(t *testing.T, s *enginetest.Live) map[string]any {
	t.Helper()
	updates, err := s.Await(soon(t), "session.update", 1)
	if err != nil {
		t.Fatal(err)
	}
	return updates[0].Fields["session"].(map[string]any)
}

func TestASessionMayAnswerInWordsAlone(t *testing.T) {
	s, e := doing(t, Words)
	s.Script(enginetest.LiveAll(enginetest.LiveWords("It works. "), enginetest.LiveWords("All of it.")))
	events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}, shot(t))
	if err != nil || answerOf(events) != "It works. All of it." || len(of[engine.Speech](events)) > 0 {
		t.Errorf("%q, %v", answerOf(events), err)
	}
	made := madeAs(t, s)
	output := made["audio"].(map[string]any)["output"].(map[string]any)
	if made["instructions"] != remote.Instructions || !slices.Equal(made["output_modalities"].([]any), []any{"text"}) || output["voice"] != nil {
		t.Errorf("the session is %v", made)
	}
	var names []string
	for _, f := range made["tools"].([]any) {
		names = append(names, f.(map[string]any)["name"].(string))
	}
	if !slices.Equal(names, []string{setPace, stopTalking, lookAgain}) {
		t.Errorf("its model may call %q", names)
	}
	if asked, err := s.Await(soon(t), "response.create", 1); err != nil || len(asked) != 1 || asked[0].Fields["response"] != nil {
		t.Errorf("it was asked %v, %v", asked, err)
	}
	if c := e.Capabilities(); c.Speaks || !c.Sees || c.Model != "gpt-realtime" {
		t.Errorf("it says of itself %+v", c)
	}
	becomes(t, s, "user:What is this? | assistant:It works. All of it.") // without the picture
	calm(t, s)
}

func TestWordsThatWereCutOffAreToldAsFarAsTheyWereHeard(t *testing.T) {
	const told = "user:One? | assistant:It works. … [the user cut the answer off here]"
	for name, held := range map[string]bool{"before the next question": false, "by the next question": true} {
		t.Run(name, func(t *testing.T) {
			s, e := doing(t, Words)
			s.Hears(enginetest.LiveHearing{Text: "One?"}, enginetest.LiveHearing{Text: "Two?"})
			s.Script(enginetest.LiveAll(enginetest.LiveWords("It works. All of it."), enginetest.LiveWait(nil)), enginetest.LiveWords("So."))
			x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
			if err := x.Commit(); err != nil {
				t.Fatal(err)
			}
			for text := ""; text == ""; {
				event, err := x.Recv(soon(t))
				if err != nil {
					t.Fatal(err)
				}
				if said, ok := event.(engine.Text); ok {
					text = said.Delta
				}
			}
			cut := engine.Earlier{Turn: "t1", Question: "One?", Answer: "It works. All of it.", Heard: "It works."}
			if held {
				cut.Played = time.Second
			} else {
				_ = x.Interrupt(time.Second)
				_ = x.Close()
			}
			if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true, Earlier: []engine.Earlier{cut}}); err != nil {
				t.Fatal(err)
			}
			becomes(t, s, told+" | user:Two? | assistant:So.")
			calm(t, s)
		})
	}
}

func TestASessionMayOnlyWriteDownWhatIsSaid(t *testing.T) {
	s, e := doing(t, Ears)
	s.Hears(enginetest.LiveHearing{Text: "What is this?", Input: 70, Output: 5}, enginetest.LiveHearing{Text: "And faster?"})
	for i, want := range []string{"What is this?", "And faster?"} {
		events, err := ask(t, e, engine.Prompt{Turn: strings.Repeat("t", i+1)})
		if err != nil {
			t.Fatal(err)
		}
		heard := of[engine.Transcript](events)
		if last := heard[len(heard)-1]; !last.Final || last.Text != want || answerOf(events) != "" {
			t.Errorf("it heard %+v", heard)
		}
		if end := events[len(events)-1]; end != engine.Event(engine.Done{Reason: "stop"}) {
			t.Errorf("it ends with %+v", end)
		}
		cost := of[engine.Usage](events)
		if i == 0 && !slices.Equal(cost, []engine.Usage{{Input: 70, Output: 5}}) || i == 1 && cost != nil {
			t.Errorf("it cost %+v", cost)
		}
		becomes(t, s, "") // it keeps nothing of it
	}
	if n := len(s.Events("response.create")); n > 0 || len(s.Handshakes()) != 1 {
		t.Errorf("it was asked %d answers in %d sessions", n, len(s.Handshakes()))
	}
	if made := madeAs(t, s); made["tools"] != nil || made["instructions"] != nil {
		t.Errorf("the session is %v", made)
	}
	if c := e.Capabilities(); c.Speaks || c.Sees || c.Model != "gpt-4o-transcribe" {
		t.Errorf("it says of itself %+v", c)
	}
	calm(t, s)
}

func TestWhatIsNotWrittenDownIsAnErrorWhereNothingElseIsWanted(t *testing.T) {
	for name, heard := range map[string]enginetest.LiveHearing{"refused": {Fail: true}, "forgotten": {Mute: true}} {
		t.Run(name, func(t *testing.T) {
			s, e := doing(t, Ears)
			e.limits.idle = 50 * time.Millisecond
			s.Hears(heard)
			events, err := ask(t, e, engine.Prompt{Turn: "t1"})
			if failed, ok := errors.AsType[*engine.Error](err); !ok || failed.Code != "transcript_missing" || !failed.Retry || len(of[engine.Warning](events)) > 0 {
				t.Errorf("%v, %v", events, err)
			}
		})
	}
}

func TestEarsThatLoseTheirLinkHearItOnceMore(t *testing.T) {
	s, e := doing(t, Ears)
	s.Hears(enginetest.LiveHearing{Mute: true}, enginetest.LiveHearing{Text: "Again."})
	x := says(t, e, engine.Prompt{Turn: "t1"}, time.Second)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Await(soon(t), "input_audio_buffer.commit", 1); err != nil {
		t.Fatal(err)
	}
	s.Cut()
	events, err := drain(soon(t), x)
	heard := of[engine.Transcript](events)
	if err != nil || len(heard) == 0 || heard[len(heard)-1].Text != "Again." {
		t.Errorf("%+v, %v", heard, err)
	}
}
