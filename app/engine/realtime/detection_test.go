package realtime

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// hush sends silence.
func hush(t *testing.T, x engine.Exchange, d time.Duration) {
	t.Helper()
	for f := range (audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(d, audio.RateListen))}).Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
	}
}

// stops says an utterance without a key and waits until the service has noticed
// its end.
func stops(t *testing.T, e *Engine, p engine.Prompt) engine.Exchange {
	t.Helper()
	p.HandsFree, p.Speak = true, true
	x := says(t, e, p, time.Second)
	hush(t, x, time.Second)
	untilPaused(t, x)
	return x
}

func untilPaused(t *testing.T, x engine.Exchange) {
	t.Helper()
	for {
		e, err := x.Recv(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		if e == engine.Event(engine.Paused{}) {
			return
		}
	}
}

// commits is Commit and all that follows.
func commits(t *testing.T, x engine.Exchange) ([]engine.Event, error) {
	t.Helper()
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	events, err := drain(soon(t), x)
	if err := x.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	return events, err
}

// detections is how the service was to notice the end of turns, in order.
func detections(t *testing.T, s *enginetest.Live) (all []string) {
	t.Helper()
	for _, e := range s.Events("session.update") {
		input := e.Fields["session"].(map[string]any)["audio"].(map[string]any)["input"].(map[string]any)
		said, err := json.Marshal(input["turn_detection"])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(said))
	}
	return all
}

func TestTheServiceNoticesTheEndOfAnUtteranceWhileNobodyHoldsAKey(t *testing.T) {
	s, e := answering(t)
	s.Hears(enginetest.LiveHearing{Text: "One?"}, enginetest.LiveHearing{Text: "Two?"}, enginetest.LiveHearing{Text: "Three?"})
	var earlier []engine.Earlier
	for _, turn := range []string{"One?", "Two?"} {
		events, err := commits(t, stops(t, e, engine.Prompt{Turn: turn, Earlier: earlier}))
		if err != nil || answerOf(events) != "It works. All of it." {
			t.Fatalf("%s %q, %v", turn, answerOf(events), err)
		}
		if heard := of[engine.Transcript](events); heard[len(heard)-1] != (engine.Transcript{Text: turn, Final: true}) {
			t.Errorf("understood was %+v", heard)
		}
		earlier = append(earlier, engine.Earlier{Turn: turn, Question: turn, Answer: "It works. All of it."})
	}
	if n := len(s.Events("input_audio_buffer.commit")); n != 0 {
		t.Errorf("%d utterances were ended by us", n)
	}
	if _, err := ask(t, e, engine.Prompt{Turn: "Three?", Speak: true, Earlier: earlier}); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "user:One? | assistant:It works. All of it. | user:Two? | assistant:It works. All of it. | user:Three? | assistant:It works. All of it.")
	const loud = `{"create_response":false,"interrupt_response":false,"silence_duration_ms":700,"type":"server_vad"}`
	if got := detections(t, s); !slices.Equal(got, []string{"null", loud, "null"}) {
		t.Errorf("turns were detected by %q", got)
	}
	if n := len(s.Events("response.create")); n != 3 || len(s.Events("input_audio_buffer.commit")) != 1 {
		t.Errorf("%d answers were asked for", n)
	}
	if last := s.Items()[4].Sound.Duration(); last != time.Second {
		t.Errorf("what was said with the key lasts %v", last)
	}
	calm(t, s)
}

func TestTheServiceMayGoByWhatIsSaid(t *testing.T) {
	s := enginetest.StartLive(t)
	c := config(s)
	c.Detection = func() string { return "semantic_vad" }
	if _, err := commits(t, stops(t, opened(t, c), engine.Prompt{Turn: "t1"})); err != nil {
		t.Fatal(err)
	}
	if got := detections(t, s); got[len(got)-1] != `{"create_response":false,"interrupt_response":false,"type":"semantic_vad"}` {
		t.Errorf("turns were detected by %q", got)
	}
	calm(t, s)
}

func TestWithoutAKeyWhatIsNoQuestionIsNotAsked(t *testing.T) {
	for said, check := range map[string]func([]engine.Event, error) bool{
		"Goodbye.": func(events []engine.Event, err error) bool {
			return err == nil && slices.Contains(events, engine.Event(engine.Control{Name: "goodbye"}))
		},
		"": func(_ []engine.Event, err error) bool { return engine.Code(err) == "no_speech" },
	} {
		s, e := answering(t)
		s.Hears(enginetest.LiveHearing{Text: said})
		x := stops(t, e, engine.Prompt{Turn: "t1"})
		if err := s.Until(soon(t), func() bool {
			return slices.Contains(s.Told(), "conversation.item.input_audio_transcription.completed")
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // it is on its way
		if events, err := commits(t, x); !check(events, err) {
			t.Errorf("%q: %+v, %v", said, events, err)
		}
		if n := len(s.Events("response.create")); n != 0 {
			t.Errorf("%q: %d answers were asked for", said, n)
		}
		becomes(t, s, "")
		calm(t, s)
	}
}

func TestWhatTheServiceHasNotTakenIsCommitted(t *testing.T) {
	t.Run("in the middle of a word", func(t *testing.T) {
		s, e := answering(t)
		x := says(t, e, engine.Prompt{Turn: "t1", Speak: true, HandsFree: true}, time.Second)
		if _, err := commits(t, x); err != nil {
			t.Fatal(err)
		}
		if items := s.Items(); len(s.Events("input_audio_buffer.commit")) != 1 || items[0].Sound.Duration() != time.Second {
			t.Errorf("the service has %d items", len(items))
		}
		calm(t, s)
	})
	t.Run("of a second sentence", func(t *testing.T) {
		s, e := answering(t)
		s.Hears(enginetest.LiveHearing{Text: "Look at this."}, enginetest.LiveHearing{Text: "What is it?"})
		x := stops(t, e, engine.Prompt{Turn: "t1"})
		for f := range speech(time.Second).Frames() {
			if err := x.Send(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Until(soon(t), func() bool {
			return strings.Count(strings.Join(s.Told(), " "), "input_audio_buffer.speech_started") == 2
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // it is on its way
		events, err := commits(t, x)
		heard := of[engine.Transcript](events)
		if err != nil || len(heard) == 0 || heard[len(heard)-1] != (engine.Transcript{Text: "Look at this. What is it?", Final: true}) {
			t.Errorf("understood was %+v, %v", heard, err)
		}
		becomes(t, s, "user:Look at this. | user:What is it? | assistant:It works. All of it.")
		calm(t, s)
	})
	t.Run("though it was about to", func(t *testing.T) {
		s, e := answering(t)
		x := says(t, e, engine.Prompt{Turn: "t1", Speak: true, HandsFree: true}, time.Second)
		hush(t, x, endOfTurn*time.Millisecond+40*time.Millisecond)
		events, err := commits(t, x)
		if err != nil || answerOf(events) != "It works. All of it." {
			t.Errorf("%q, %v", answerOf(events), err)
		}
		becomes(t, s, "user:What is this? | assistant:It works. All of it.")
	})
}

func TestAnUtteranceThatNobodyWantsIsForgottenThoughTheServiceHasTakenIt(t *testing.T) {
	s, e := answering(t)
	x := stops(t, e, engine.Prompt{Turn: "t1"})
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	becomes(t, s, "")
	late := says(t, e, engine.Prompt{Turn: "t2", Speak: true, HandsFree: true}, time.Second)
	hush(t, late, time.Second)
	if err := late.Close(); err != nil { // before it is known that it has been taken
		t.Error(err)
	}
	if err := s.Until(soon(t), func() bool {
		return len(s.Events("input_audio_buffer.clear")) == 2 && len(s.Items()) == 0 && s.Pending() == 0
	}); err != nil {
		t.Errorf("the service has %+v", s.Items())
	}
	calm(t, s)
}

func TestALinkThatIsLostWithoutAKeyIsMadeAgain(t *testing.T) {
	t.Run("before the answer", func(t *testing.T) {
		s, e := answering(t)
		s.Script(enginetest.LiveCut(), enginetest.LiveSay("Again. ", time.Second))
		events, err := commits(t, stops(t, e, engine.Prompt{Turn: "t1"}))
		if err != nil || answerOf(events) != "Again. " {
			t.Fatalf("%q, %v", answerOf(events), err)
		}
		if n := len(s.Events("input_audio_buffer.commit")); n != 1 { // in the second session, where nobody detects anything
			t.Errorf("%d utterances were ended by us", n)
		}
		becomes(t, s, "user:What is this? | assistant:Again.")
		calm(t, s)
	})
	t.Run("before the question", func(t *testing.T) {
		s, e := answering(t)
		x := stops(t, e, engine.Prompt{Turn: "t1"})
		s.Cut()
		untilPaused(t, x) // as it was said once more
		if events, err := commits(t, x); err != nil || answerOf(events) != "It works. All of it." {
			t.Fatalf("%q, %v", answerOf(events), err)
		}
		becomes(t, s, "user:What is this? | assistant:It works. All of it.")
		calm(t, s)
	})
}
