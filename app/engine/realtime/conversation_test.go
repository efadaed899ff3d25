package realtime

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// conversed is what the service has of the conversation, an item a word.
func conversed(s *enginetest.Live) string {
	var all []string
	for _, i := range s.Items() {
		what := i.Role + ":" + strings.TrimSpace(i.Text)
		if len(i.Pictures) > 0 {
			what += "+picture"
		}
		all = append(all, what)
	}
	return strings.Join(all, " | ")
}

// becomes waits until the service has that conversation.
func becomes(t *testing.T, s *enginetest.Live, want string) {
	t.Helper()
	if err := s.Until(soon(t), func() bool { return conversed(s) == want }); err != nil {
		t.Fatalf("the conversation is %q, want %q", conversed(s), want)
	}
}

func TestASessionIsKeptFromTurnToTurn(t *testing.T) {
	s, e := answering(t)
	s.Hears(enginetest.LiveHearing{Text: "One?"}, enginetest.LiveHearing{Text: "Two?"})
	s.Script(enginetest.LiveSay("First. ", time.Second), enginetest.LiveSay("Second. ", time.Second))
	if _, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}, shot(t)); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "user:One? | assistant:First.")
	earlier := []engine.Earlier{{Turn: "t1", Question: "One?", Answer: "First."}}
	if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true, Earlier: earlier}, shot(t), shot(t)); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "user:One? | assistant:First. | user:Two? | assistant:Second.")
	if n := len(s.Handshakes()); n != 1 {
		t.Errorf("there were %d sessions", n)
	}
	e.Close()
	if err := s.Until(soon(t), func() bool { return s.Open() == 0 }); err != nil {
		t.Error(err)
	}
	calm(t, s)
}

func TestASessionThatIsNotKeptEndsWithItsTurn(t *testing.T) {
	s := enginetest.StartLive(t)
	e := opened(t, config(s))
	for i := range 2 {
		if _, err := ask(t, e, engine.Prompt{Turn: fmt.Sprint(i), Speak: true}); err != nil {
			t.Fatal(err)
		}
		if err := s.Until(soon(t), func() bool { return s.Open() == 0 }); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.Handshakes()); n != 2 {
		t.Errorf("there were %d sessions", n)
	}
}

func TestASessionThatNobodyNeedsEnds(t *testing.T) {
	s := enginetest.StartLive(t)
	c := config(s)
	c.Keep = 50 * time.Millisecond
	if _, err := ask(t, opened(t, c), engine.Prompt{Turn: "t1", Speak: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.Until(soon(t), func() bool { return s.Open() == 0 }); err != nil {
		t.Error(err)
	}
}

func TestASessionThatSoonExpiresTakesNoTurn(t *testing.T) {
	s, e := answering(t)
	s.Lives(leastLeft - time.Second)
	for i := range 2 {
		if _, err := ask(t, e, engine.Prompt{Turn: fmt.Sprint(i), Speak: true}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.Handshakes()); n != 2 {
		t.Errorf("there were %d sessions", n)
	}
}

func TestTheConversationOfANewSessionIsTold(t *testing.T) {
	earlier := []engine.Earlier{
		{Turn: "t0", Question: "Zero?", Answer: "Nothing. At all. Really.", Heard: "Nothing."},
		{Turn: "t1", Question: "One?", Answer: "First."},
		{Turn: "t2", Question: "", Answer: "A terminal."},
	}
	const zero = "user:Zero? | assistant:Nothing. … [the user cut the answer off here]"
	const two = "user:[a question of which there are no words] | assistant:A terminal."
	s, e := answering(t)
	s.Hears(enginetest.LiveHearing{Text: "One?"}, enginetest.LiveHearing{Text: "Three?"})
	s.Script(enginetest.LiveSay("First. ", time.Second), enginetest.LiveSay("Third. ", time.Second))
	if _, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}); err != nil {
		t.Fatal(err)
	}
	x := says(t, e, engine.Prompt{Turn: "t3", Speak: true, Earlier: earlier}, time.Second)
	becomes(t, s, zero+" | user:One? | assistant:First. | "+two) // told around what is there
	_ = x.Close()
	x = says(t, e, engine.Prompt{Turn: "t4", Speak: true, Earlier: earlier[1:]}, time.Second)
	becomes(t, s, "user:One? | assistant:First. | "+two) // the first is too long ago, or deleted
	_ = x.Close()
	s.Cut()
	if err := s.Until(soon(t), func() bool { return s.Open() == 0 }); err != nil {
		t.Fatal(err)
	}
	if _, err := ask(t, e, engine.Prompt{Turn: "t5", Speak: true, Earlier: earlier}); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, zero+" | user:One? | assistant:First. | "+two+" | user:Three? | assistant:Third.")
	calm(t, s)
}

func TestWhatWasNotAskedAfterAllLeavesNothing(t *testing.T) {
	s, e := answering(t)
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second, shot(t))
	becomes(t, s, "user:[picture: the active window; program: xterm; title: make]+picture")
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	becomes(t, s, "")
	if err := s.Until(soon(t), func() bool { return s.Pending() == 0 }); err != nil {
		t.Error(err)
	}
	if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true}); err != nil {
		t.Fatal(err)
	}
	if asked := s.Items()[0]; asked.Sound.Duration() != time.Second {
		t.Errorf("the next question is %v long", asked.Sound.Duration())
	}
	calm(t, s)
}

func TestAnotherVoiceSpeaksInANewSessionThatKnowsWhatWasSaid(t *testing.T) {
	s := enginetest.StartLive(t)
	s.Hears(enginetest.LiveHearing{Text: "One?"}, enginetest.LiveHearing{Text: "Two?"})
	s.Script(enginetest.LiveSay("First. ", time.Second), enginetest.LiveSay("Second. ", time.Second))
	c := config(s)
	c.Keep = time.Minute
	voice := "marin"
	c.Voice = func() string { return voice }
	e := opened(t, c)
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := drain(soon(t), x); err != nil {
		t.Fatal(err)
	}
	voice = "cedar" // while the answer is still being played
	earlier := []engine.Earlier{{Turn: "t1", Question: "One?", Answer: "First.", Heard: "Fir", Played: 500 * time.Millisecond}}
	if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true, Earlier: earlier}); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "user:One? | assistant:Fir … [the user cut the answer off here] | user:Two? | assistant:Second.")
	_ = x.Close()
	if err := s.Until(soon(t), func() bool { return s.Open() == 1 }); err != nil {
		t.Errorf("%d sessions are open", s.Open())
	}
	var voices []any
	for _, u := range s.Events("session.update") {
		voices = append(voices, u.Fields["session"].(map[string]any)["audio"].(map[string]any)["output"].(map[string]any)["voice"])
	}
	if !slices.Equal(voices, []any{"marin", "cedar"}) {
		t.Errorf("the voices were %v", voices)
	}
	calm(t, s)
}

func TestATextThatIsGivenWithAQuestionGoesAlongAndIsForgottenWithIt(t *testing.T) {
	const along = "a log\nof two lines"
	for name, c := range map[string]struct{ question, want string }{
		"typed":  {"Why?", "user:Why? | assistant:So."},
		"spoken": {"", "user:What is this? | assistant:So."},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.LiveSay("So. ", time.Second))
			if _, err := ask(t, e, engine.Prompt{Turn: "t1", Question: c.question, Along: along, Speak: true}); err != nil {
				t.Fatal(err)
			}
			given := s.Events("conversation.item.create")[0].Fields["item"]
			if !strings.Contains(fmt.Sprint(given), "[text given by the user]\n"+along) {
				t.Errorf("given was %v", given)
			}
			becomes(t, s, c.want)
			calm(t, s)
		})
	}
}

func TestATapSendsNothing(t *testing.T) {
	s, e := answering(t)
	for name, d := range map[string]time.Duration{"a tap": 300 * time.Millisecond, "none": 0} {
		x := says(t, e, engine.Prompt{Turn: name, Speak: true}, d, shot(t))
		if err := s.Until(soon(t), func() bool { return s.Open() == 1 }); err != nil {
			t.Fatal(err)
		}
		_ = x.Close()
	}
	x, err := e.Start(t.Context(), engine.Prompt{Turn: "an empty room", Speak: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := x.Send(audio.Frame{Rate: audio.RateListen, Samples: make([]int16, 320)}); err != nil {
			t.Fatal(err)
		}
	}
	_ = x.Close()
	if _, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}); err != nil {
		t.Fatal(err)
	}
	if got := kinds(s); !slices.Equal(got, []string{"session.update", "input_audio_buffer.commit", "response.create"}) {
		t.Errorf("sent was %q", got)
	}
	if asked := s.Items()[0]; asked.Sound.Duration() != time.Second {
		t.Errorf("the service heard %v of one second", asked.Sound.Duration())
	}
	calm(t, s)
}

func TestATurnThatIsTakenBackLeavesNothing(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.LiveWait(nil), enginetest.LiveSay("Yes. ", time.Second))
	s.Hears(enginetest.LiveHearing{Text: "One?"}, enginetest.LiveHearing{Text: "Two?"})
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second, shot(t))
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Await(soon(t), "response.create", 1); err != nil {
		t.Fatal(err)
	}
	_ = x.Close()
	if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true}); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "user:Two? | assistant:Yes.")
	calm(t, s)
}

// playing starts an answer of two seconds, the second of which is still to come,
// and waits until all of the first is there.
func playing(t *testing.T, e *Engine, s *enginetest.Live, rest <-chan struct{}) engine.Exchange {
	t.Helper()
	s.Script(
		enginetest.LiveAll(enginetest.LiveSilence(300*time.Millisecond), enginetest.LiveSay("It works. ", time.Second), enginetest.LiveWait(rest), enginetest.LiveSay("All of it. ", time.Second)),
		enginetest.LiveSay("Yes. ", time.Second))
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	for length := time.Duration(0); length < 1100*time.Millisecond; {
		event, err := x.Recv(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if speech, ok := event.(engine.Speech); ok {
			length += speech.Frame.Duration()
		}
	}
	return x
}

// kinds are the types of what we sent, without sound.
func kinds(s *enginetest.Live) (all []string) {
	for _, e := range s.Events("") {
		if e.Type != "input_audio_buffer.append" {
			all = append(all, e.Type)
		}
	}
	return all
}

func TestAnAnswerThatIsCutOffEndsWhereItWasHeard(t *testing.T) {
	s, e := answering(t)
	x := playing(t, e, s, nil)
	const played = 700 * time.Millisecond
	if err := x.Interrupt(played); err != nil {
		t.Fatal(err)
	}
	if _, err := drain(soon(t), x); err == nil {
		t.Error("Recv goes on")
	}
	_ = x.Close()
	if _, err := s.Await(soon(t), "conversation.item.truncate", 1); err != nil {
		t.Fatal(err)
	}
	if got := kinds(s); !slices.Equal(got[len(got)-2:], []string{"response.cancel", "conversation.item.truncate"}) {
		t.Errorf("sent was %q", got)
	}
	cut := s.Items()[1]
	if off := cut.Sound.Duration() - 290*time.Millisecond - played; !cut.Cut || off.Abs() > 20*time.Millisecond { // 10 ms of the silence are kept
		t.Errorf("the service has %v of it: off by %v", cut.Sound.Duration(), off)
	}
	calm(t, s)
}

func TestAnAnswerThatIsHeldIsCutBeforeTheNextQuestionIsAnswered(t *testing.T) {
	for name, whole := range map[string]bool{"while it still comes": false, "when it has come": true} {
		t.Run(name, func(t *testing.T) {
			s, e := answering(t)
			rest := make(chan struct{})
			first := playing(t, e, s, rest)
			if whole {
				close(rest)
				if _, err := drain(soon(t), first); err != nil {
					t.Fatal(err)
				}
			}
			earlier := []engine.Earlier{{Turn: "t1", Question: "What is this?", Answer: "It works. All", Heard: "It works.", Played: 600 * time.Millisecond}}
			second := says(t, e, engine.Prompt{Turn: "t2", Speak: true, Earlier: earlier}, time.Second)
			if err := second.Commit(); err != nil {
				t.Fatal(err)
			}
			events, err := drain(soon(t), second)
			if err != nil || answerOf(events) != "Yes. " {
				t.Errorf("%q, %v", answerOf(events), err)
			}
			if !whole {
				if held, err := drain(soon(t), first); err != nil || held[len(held)-1] != engine.Event(engine.Done{Reason: "cancelled"}) {
					t.Errorf("the one that is held ended with %+v, %v", held, err)
				}
			}
			_ = first.Interrupt(600 * time.Millisecond) // now it is known that it will not go on
			_ = first.Close()
			_ = second.Close()
			got := kinds(s)
			cut, asked := slices.Index(got, "conversation.item.truncate"), len(got)-1-slices.Index(reversed(got), "response.create")
			if cut < 0 || cut > asked || len(s.Events("conversation.item.truncate")) != 1 {
				t.Errorf("sent was %q", got)
			}
			if item := s.Items()[1]; !item.Cut || (item.Sound.Duration()-890*time.Millisecond).Abs() > 20*time.Millisecond {
				t.Errorf("the service has %v of the answer", item.Sound.Duration())
			}
			calm(t, s)
		})
	}
}

func reversed(s []string) []string {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

func TestATurnThatNobodyIsToldOfIsForgotten(t *testing.T) {
	for name, late := range map[string]bool{"before the next": false, "behind the next": true} {
		t.Run(name, func(t *testing.T) {
			s, e := answering(t)
			s.Hears(enginetest.LiveHearing{Text: "Secret?"}, enginetest.LiveHearing{Text: "Open?"})
			s.Script(enginetest.LiveSay("Yes. ", time.Second))
			first := says(t, e, engine.Prompt{Turn: "private", Speak: true}, time.Second)
			if err := first.Commit(); err != nil {
				t.Fatal(err)
			}
			if _, err := drain(soon(t), first); err != nil {
				t.Fatal(err)
			}
			if !late {
				_ = first.Close()
			}
			second := says(t, e, engine.Prompt{Turn: "t2", Speak: true}, time.Second)
			_ = first.Close()
			if err := second.Commit(); err != nil {
				t.Fatal(err)
			}
			if _, err := drain(soon(t), second); err != nil {
				t.Fatal(err)
			}
			becomes(t, s, "user:Open? | assistant:Yes.")
			calm(t, s)
		})
	}
}

func TestASpeechControlIsNoQuestion(t *testing.T) {
	s, e := answering(t)
	s.Hears(enginetest.LiveHearing{Text: "Faster."})
	s.Script(enginetest.LiveWait(nil))
	events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true})
	if err != nil {
		t.Fatal(err)
	}
	if c := of[engine.Control](events); len(c) != 1 || c[0].Name != "faster" || answerOf(events) != "" || events[len(events)-1] != engine.Event(engine.Done{Reason: "control"}) {
		t.Errorf("it came to %+v", events)
	}
	becomes(t, s, "")
}

func TestAnAnswerThatWentOnAfterAWishIsKnownAsAWhole(t *testing.T) {
	s, e := answering(t)
	rest := make(chan struct{})
	close(rest)
	first := playing(t, e, s, rest)
	if _, err := drain(soon(t), first); err != nil {
		t.Fatal(err)
	}
	s.Hears(enginetest.LiveHearing{Text: "Faster."}, enginetest.LiveHearing{Text: "Why?"})
	s.Script(enginetest.LiveWait(nil), enginetest.LiveSay("Yes. ", time.Second))
	held := []engine.Earlier{{Turn: "t1", Question: "What is this?", Answer: "It works. All of it.", Heard: "It works.", Played: 600 * time.Millisecond}}
	if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true, Earlier: held}); err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	whole := []engine.Earlier{{Turn: "t1", Question: "What is this?", Answer: "It works. All of it."}}
	if _, err := ask(t, e, engine.Prompt{Turn: "t3", Speak: true, Earlier: whole}); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "user:What is this? | assistant:It works. All of it. | user:Why? | assistant:Yes.")
	calm(t, s)
}

func TestWordsThatComeLateAreWaitedForAndWordsThatNeverComeAreMissed(t *testing.T) {
	late := make(chan struct{})
	for name, tt := range map[string]struct {
		hearing enginetest.LiveHearing
		warned  bool
		want    string
	}{
		"late":  {enginetest.LiveHearing{Text: "What is this?", Gate: late}, false, "What is this?"},
		"never": {enginetest.LiveHearing{Mute: true}, true, ""},
		"not":   {enginetest.LiveHearing{Fail: true}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := answering(t)
			if !tt.hearing.Mute {
				e.limits.hear = time.Hour
			} else {
				e.limits.hear = 50 * time.Millisecond
			}
			s.Hears(tt.hearing)
			x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
			if err := x.Commit(); err != nil {
				t.Fatal(err)
			}
			if err := s.Until(soon(t), func() bool { return slices.Contains(s.Told(), "response.done") }); err != nil {
				t.Fatal(err)
			}
			if tt.hearing.Gate != nil {
				close(late)
			}
			events, err := drain(soon(t), x)
			if err != nil {
				t.Fatal(err)
			}
			heard := of[engine.Transcript](events)
			if last := heard[len(heard)-1]; !last.Final || last.Text != tt.want || len(of[engine.Warning](events)) > 0 != tt.warned {
				t.Errorf("understood was %+v, warned: %+v", heard, of[engine.Warning](events))
			}
		})
	}
}
