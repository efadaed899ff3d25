package realtime

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/vision"
)

// looking asks a question and answers each wish for another look with the next
// of the shots, then with none. It returns what came, and how many items of the
// session had a picture whenever one had.
func looking(t *testing.T, s *enginetest.Live, e *Engine, p engine.Prompt, again ...vision.Shot) (events []engine.Event, shown []int) {
	t.Helper()
	x := says(t, e, p, time.Second, shot(t))
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	for {
		got, err := x.Recv(soon(t))
		if err != nil {
			_ = x.Close()
			return events, shown
		}
		events = append(events, got)
		if _, wanted := got.(engine.Look); !wanted {
			continue
		}
		var next vision.Shot
		if len(again) > 0 {
			next, again = again[0], again[1:]
		}
		if err := x.Show(next); err != nil {
			t.Fatal(err)
		}
		n := len(s.Events("response.create"))
		if _, err := s.Await(soon(t), "response.create", n+1); err != nil {
			t.Fatal(err)
		}
		if p.Along != "" && !strings.Contains(conversed(s), p.Along) {
			t.Errorf("the text that went along is gone: %q", conversed(s))
		}
		shown = append(shown, pictured(s))
	}
}

// pictured is how many items of the session have a picture.
func pictured(s *enginetest.Live) (n int) {
	for _, i := range s.Items() {
		if len(i.Pictures) > 0 {
			n++
		}
	}
	return n
}

// told is what the model was told of its calls.
func told(s *enginetest.Live) (all []string) {
	for _, e := range s.Events("conversation.item.create") {
		if item := e.Fields["item"].(map[string]any); item["type"] == "function_call_output" {
			all = append(all, item["output"].(string))
		}
	}
	return all
}

func TestTheModelLooksAgainAndHasTheNewPictureAlone(t *testing.T) {
	s, e := able(t, nil)
	s.Script(enginetest.LiveAll(enginetest.LiveSay("Let me see.", time.Second), enginetest.LiveCall(lookAgain, `{}`)), enginetest.LiveSay("It is green. ", time.Second))
	later := shot(t)
	later.Title = "make: done"
	events, shown := looking(t, s, e, engine.Prompt{Turn: "t1", Speak: true, Along: "a text"}, later)
	if answered(events) != "Let me see. It is green. [stop]" || fmt.Sprint(of[engine.Act](events)) != "[{look_again }]" || !slices.Equal(shown, []int{1}) {
		t.Errorf("it said %q, did %v, and had %v pictures", answered(events), of[engine.Act](events), shown)
	}
	left := of[engine.Sent](events)
	if last := left[len(left)-1].Shots; len(last) != 2 || last[1].Title != "make: done" {
		t.Errorf("what has left is told as %d shots", len(last))
	}
	all := s.Events("conversation.item.create")
	if last := fmt.Sprint(all[len(all)-1].Fields["item"]); !strings.Contains(last, "make: done") || !slices.Equal(told(s), []string{seenAgain}) {
		t.Errorf("the last it was told is %.200s, after %q", last, told(s))
	}
	if err := s.Until(soon(t), func() bool { return pictured(s) == 0 && !strings.Contains(conversed(s), "a text") }); err != nil {
		t.Errorf("left are %q", conversed(s))
	}
	calm(t, s)
}

func TestTheModelLooksThreeTimesAtMost(t *testing.T) {
	s, e := able(t, nil)
	again := enginetest.LiveCall(lookAgain, `{}`)
	s.Script(again, again, again, again, enginetest.LiveSay("So. ", time.Second))
	events, shown := looking(t, s, e, engine.Prompt{Turn: "t1", Speak: true}, shot(t), shot(t), shot(t), shot(t))
	if answered(events) != "So. [stop]" || !slices.Equal(shown, []int{1, 1, 1}) {
		t.Errorf("it said %q, and had %v pictures", answered(events), shown)
	}
	if got := told(s); !slices.Equal(got, []string{seenAgain, seenAgain, seenAgain, notSeen}) {
		t.Errorf("it was told %q", got)
	}
	calm(t, s)
}

func TestALookThatIsNotToBeHadIsDeclined(t *testing.T) {
	for name, c := range map[string]struct {
		prompt engine.Prompt
		asked  bool // for a look
	}{
		"no screen with the question": {engine.Prompt{Capture: vision.CaptureNone}, false},
		"a private window":            {engine.Prompt{Capture: vision.CaptureWindow}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := able(t, nil)
			s.Script(enginetest.LiveCall(lookAgain, `{}`), enginetest.LiveSay("I cannot. ", time.Second))
			p := c.prompt
			p.Turn, p.Speak = "t1", true
			events, _ := looking(t, s, e, p)
			if answered(events) != "I cannot. [stop]" || len(of[engine.Act](events)) > 0 || len(of[engine.Look](events)) > 0 != c.asked {
				t.Errorf("it said %q, did %v", answered(events), of[engine.Act](events))
			}
			if got := told(s); !slices.Equal(got, []string{notSeen}) || len(s.Shown()) != 1 {
				t.Errorf("it was told %q, and shown %d pictures", got, len(s.Shown()))
			}
			calm(t, s)
		})
	}
}

func TestTwoThingsThatTakeTimeAreNotDoneAtOnce(t *testing.T) {
	d := &thinker{}
	s, e := able(t, d)
	s.Script(
		enginetest.LiveAll(enginetest.LiveCall(lookAgain, `{}`), enginetest.LiveCall(thinkHarder, `{"question":"Why?"}`)),
		enginetest.LiveCall(thinkHarder, `{"question":"Why?"}`), enginetest.LiveSay("So. ", time.Second))
	later := shot(t)
	later.Title = "later"
	events, _ := looking(t, s, e, engine.Prompt{Turn: "t1", Speak: true}, later)
	if got := fmt.Sprint(of[engine.Act](events)); got != "[{look_again } {think_harder deep-1}]" || answered(events) != "So. [stop]" {
		t.Errorf("it did %s and said %q", got, answered(events))
	}
	if got := told(s); !slices.Equal(got, []string{oneAtATime, seenAgain, "Forty-two."}) {
		t.Errorf("it was told %q", got)
	}
	if saw := <-d.shown; len(saw) != 1 || saw[0].Title != "later" {
		t.Errorf("the deeper model saw %d shots", len(saw))
	}
	calm(t, s)
}

func TestALookThatComesTooLateChangesNothing(t *testing.T) {
	s, e := able(t, nil)
	s.Script(enginetest.LiveCall(lookAgain, `{}`), enginetest.LiveSay("So. ", time.Second))
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second, shot(t))
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	for {
		got, err := x.Recv(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, wanted := got.(engine.Look); wanted {
			break
		}
	}
	if err := x.Interrupt(0); err != nil {
		t.Fatal(err)
	}
	if err := x.Show(shot(t)); err == nil {
		t.Error("it was shown to a turn that is over")
	}
	_ = x.Close()
	becomes(t, s, "")
	if n := len(s.Shown()); n != 1 {
		t.Errorf("%d pictures left", n)
	}
	calm(t, s)
}
