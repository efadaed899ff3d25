package turn

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// long is an answer that takes six seconds to be said, half of it late.
func long() []any {
	return []any{
		engine.Text{Delta: "One. Two. "}, speech("One."), speech("Two."), 3 * time.Second,
		engine.Text{Delta: "Three. Four."}, speech("Three."), speech("Four."), engine.Done{Reason: "stop"},
	}
}

// wish is the reply to an utterance that is no question.
func wish(name string) []any {
	return []any{100 * time.Millisecond, engine.Control{Name: name}, engine.Transcript{Text: name, Final: true}, engine.Done{Reason: "control"}}
}

// bargesIn lets the voice begin and then says something else, which the engine
// answers by script.
func (w *world) bargesIn(script []any) (first string) {
	w.Helper()
	w.hold(time.Second)
	first = w.after(1500 * time.Millisecond).Turn.ID
	w.engine.script = script
	w.hold(time.Second)
	return first
}

func TestAWishForTheVoiceLetsItGoOnWhereItWasCut(t *testing.T) {
	in(t, long(), func(w *world) {
		first := w.bargesIn(wish("faster"))
		s := w.after(500 * time.Millisecond)
		if s.Phase != Speaking || s.Turn.ID != first || s.Turn.Sentence != "Two." || s.Hint == "" || s.Turn.Question != "" {
			t.Fatalf("after the wish: %+v, %+v", s, s.Turn)
		}
		if !slices.Contains(w.controls, "faster ") {
			t.Errorf("carried out was %q", w.controls)
		}
		s = w.after(5 * time.Second)
		if s.Phase != Idle || s.Turn.ID != first || s.Turn.Outcome != Answered || s.Turn.Answer != "One. Two. Three. Four." {
			t.Errorf("in the end: %+v, %+v", s, s.Turn)
		}
		if n := len(w.journal.all()); n != 1 {
			t.Errorf("the history holds %d turns", n)
		}
		w.Again("")
		if said := w.after(500 * time.Millisecond).Turn.Sentence; said != "One." {
			t.Errorf("said again it begins with %q", said)
		}
		w.Again("Three.")
		if said := w.after(500 * time.Millisecond).Turn.Sentence; said != "Three." {
			t.Errorf("said again from there it begins with %q", said)
		}
	})
}

func TestWhatWasHeardBeforeAWishCountsAfterIt(t *testing.T) {
	in(t, long(), func(w *world) {
		w.bargesIn(wish("slower"))
		w.after(2500 * time.Millisecond)
		w.Cancel()
		s := w.after(time.Millisecond)
		if s.Turn.Outcome != Interrupted || !strings.HasPrefix(s.Turn.Heard, "One. Two.") || strings.Count(s.Turn.Heard, "Two.") != 1 {
			t.Errorf("%s, heard %q", s.Turn.Outcome, s.Turn.Heard)
		}
	})
}

// inBlocks is a sentence as a service sends it: a second in blocks, the first of
// which has the words.
func inBlocks(words string) (blocks []any) {
	for f := range (audio.Clip{Rate: audio.RateSpeak, Samples: make([]int16, audio.RateSpeak)}).Frames() {
		blocks = append(blocks, engine.Speech{Frame: f, Sentence: words})
		words = ""
	}
	return blocks
}

func TestAWishThatIsRefusedIsNotSaidToBeCarriedOut(t *testing.T) {
	in(t, long(), func(w *world) {
		refusal := &Problem{Code: "voice_unknown", Message: "No.", Hint: "Another."}
		w.ports.Control = func(string, string) { w.Refuse(refusal) }
		w.bargesIn(wish("voice"))
		if s := w.after(time.Second); s.Hint != "" || s.Error == nil || *s.Error != *refusal {
			t.Errorf("it says %q, and %+v", s.Hint, s.Error)
		}
	})
}

func TestAWishToSkipGoesOnWithTheNextSentence(t *testing.T) {
	said := slices.Concat([]any{engine.Text{Delta: "One. Two. Three."}}, inBlocks("One."), inBlocks("Two."), inBlocks("Three."), []any{engine.Done{Reason: "stop"}})
	in(t, said, func(w *world) {
		first := w.bargesIn(wish("skip")) // in the middle of the second
		s := w.after(500 * time.Millisecond)
		if s.Phase != Speaking || s.Turn.ID != first || s.Turn.Sentence != "Three." {
			t.Errorf("after the wish: %s, %q", s.Phase, s.Turn.Sentence)
		}
		if s := w.after(time.Second); s.Phase != Idle || s.Turn.Outcome != Answered {
			t.Errorf("in the end: %s, %s", s.Phase, s.Turn.Outcome)
		}
	})
}

func TestASkipThatComesBeforeTheVoiceGoesOnIsNotLost(t *testing.T) {
	in(t, []any{engine.Text{Delta: "One. Two. Three."}, speech("One."), speech("Two."), speech("Three."), engine.Done{Reason: "stop"}}, func(w *world) {
		w.hold(time.Second)
		w.after(1500 * time.Millisecond)
		w.do(func() {
			v := w.work.voice
			v.hold()
			v.skip()
			v.resume()
		})
		if said := w.after(500 * time.Millisecond).Turn.Sentence; said != "Three." {
			t.Errorf("it goes on with %q", said)
		}
	})
}

func TestAWishThatItStopStopsIt(t *testing.T) {
	in(t, long(), func(w *world) {
		first := w.bargesIn(wish("stop"))
		s := w.after(500 * time.Millisecond)
		if s.Phase != Idle || s.Turn.ID != first || s.Turn.Outcome != Interrupted || s.Turn.Heard != "One. Two." {
			t.Errorf("got %+v, %+v", s, s.Turn)
		}
	})
}

func TestAQuestionEndsTheVoiceThatItCutAndSaysSoToItsViewers(t *testing.T) {
	in(t, long(), func(w *world) {
		ends := map[string]Outcome{}
		go func() {
			_ = w.Watch(w.T.Context(), func(s Snapshot) error {
				if s.Turn != nil && s.Turn.Outcome != Asked {
					ends[s.Turn.ID] = s.Turn.Outcome
				}
				return nil
			})
		}()
		first := w.bargesIn([]any{engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, engine.Done{}})
		s := w.after(time.Second)
		if s.Phase != Idle || s.Turn.ID == first || s.Turn.Outcome != Answered || s.Turn.Question != "why" {
			t.Errorf("got %+v, %+v", s, s.Turn)
		}
		if ends[first] != Interrupted || ends[s.Turn.ID] != Answered {
			t.Errorf("seen were the ends %v", ends)
		}
		if v := w.journal.all()[first]; v.Outcome != Interrupted || v.Heard != "One. Two." {
			t.Errorf("the history holds %q, heard %q", v.Outcome, v.Heard)
		}
	})
}

func TestAPressRightAfterTheReleaseGoesOnWithTheSameQuestion(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.Press(time.Now())
		w.after(time.Second)
		w.Release(time.Now())
		time.Sleep(15 * time.Millisecond) // within the tail
		w.Press(time.Now())
		s := w.after(time.Second)
		if s.Phase != Listening {
			t.Fatalf("phase %s", s.Phase)
		}
		w.Release(time.Now())
		s = w.after(time.Second)
		heard, _, _ := w.engine.exchange(0).counts()
		if s.Turn.Outcome != Answered || len(w.engine.got) != 1 || heard < 2*16000 {
			t.Errorf("%s, %d exchanges, %d samples heard", s.Turn.Outcome, len(w.engine.got), heard)
		}
		if n := len(w.journal.all()); n != 1 {
			t.Errorf("the history holds %d turns", n)
		}
	})
}

func TestAPressWhenTheQuestionIsWholeBeginsAnother(t *testing.T) {
	in(t, []any{time.Second, engine.Done{}}, func(w *world) {
		w.Press(time.Now())
		w.after(time.Second)
		w.Release(time.Now())
		w.after(200 * time.Millisecond) // the tail is over
		w.Press(time.Now())
		if s := w.after(time.Second); s.Phase != Listening || len(w.engine.got) != 2 {
			t.Errorf("phase %s, %d exchanges", s.Phase, len(w.engine.got))
		}
		w.Aim(vision.Target{})
	})
}

func TestWordsThatAreHardToHearAreSentWithAWarning(t *testing.T) {
	for code, level := range map[string]float64{"mic_quiet": 500, "mic_clipped": 150_000} {
		in(t, []any{engine.Done{}}, func(w *world) {
			w.mic.level = level
			w.hold(2 * time.Second)
			s := w.after(time.Second)
			if s.Turn == nil || s.Turn.Outcome != Answered || s.Turn.Problem == nil || s.Turn.Problem.Code != code || s.Error != nil {
				t.Errorf("%s: %+v, %+v", code, s.Turn, s.Error)
			}
		})
	}
}

func TestWhoListensWithoutHoldingIsUnderstoodWhenTheyPause(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.mic.words = 100 // two seconds
		w.hold(100 * time.Millisecond)
		time.Sleep(100 * time.Millisecond)
		w.hold(100 * time.Millisecond)
		if s := w.after(time.Second); s.Phase != Listening || !s.Latched {
			t.Fatalf("after two taps: %s, latched %t", s.Phase, s.Latched)
		}
		if s := w.after(3 * time.Second); s.Phase != Idle || s.Turn == nil || s.Turn.Outcome != Answered {
			t.Errorf("after a pause: %s, %+v", s.Phase, s.Turn)
		}
	})
}

func TestAMicrophoneThatIsKeptOpenIsShown(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.do(func() { w.ports.Warm = func() bool { return true } })
		if s := w.after(time.Millisecond); s.Microphone != "warm" {
			t.Errorf("at rest it is %s", s.Microphone)
		}
		w.Press(time.Now())
		if s := w.after(time.Second); s.Microphone != "open" {
			t.Errorf("while the user speaks it is %s", s.Microphone)
		}
	})
}

func TestAMicrophoneThatIsTriedIsShownAndIsNotTheOneThatListens(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.do(func() { w.ports.Tried = func() bool { return true } })
		if s := w.after(time.Millisecond); s.Phase != Idle || s.Microphone != "tried" {
			t.Errorf("%s, and it is %s", s.Phase, s.Microphone)
		}
		w.mic.slow = time.Second
		w.Press(time.Now())
		if s := w.after(time.Millisecond); s.Microphone != "opening" {
			t.Errorf("as a question begins it is %s", s.Microphone)
		}
	})
}

// do does something on the loop's goroutine, and shows how things stand then.
func (w *world) do(f func()) {
	w.post(message{do: f})
	w.Refresh()
}

func TestAReplyThatIsDeletedWhileItIsHeldStaysDeleted(t *testing.T) {
	in(t, long(), func(w *world) {
		w.hold(time.Second)
		first := w.after(1500 * time.Millisecond).Turn.ID
		w.engine.script = []any{engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, engine.Done{}}
		w.Press(time.Now())
		w.after(time.Second)
		if !w.Forget(first) {
			t.Error("it is not known")
		}
		if s := w.after(time.Millisecond); s.Phase != Listening {
			t.Errorf("phase %s", s.Phase)
		}
		w.Release(time.Now())
		s := w.after(time.Second)
		if v, there := w.journal.all()[first]; there {
			t.Errorf("the history holds %+v", v)
		}
		for _, v := range s.Earlier {
			if v.ID == first {
				t.Error("the conversation holds it")
			}
		}
	})
}

func TestAReplyThatIsSpokenStaysOutOfTheNewConversation(t *testing.T) {
	in(t, long(), func(w *world) {
		w.hold(time.Second)
		if s := w.after(1500 * time.Millisecond); s.Phase != Speaking {
			t.Fatalf("it is %s", s.Phase)
		}
		w.NewConversation()
		if s := w.after(time.Second); s.Phase != Speaking {
			t.Errorf("the answer is no longer spoken: %s", s.Phase)
		}
		if s := w.after(time.Minute); s.Phase != Idle || s.Turn != nil {
			t.Errorf("in the end: %s, %+v", s.Phase, s.Turn)
		}
		w.hold(time.Second)
		w.after(time.Second)
		if told := w.engine.exchange(1).prompt.Earlier; len(told) > 0 {
			t.Errorf("the next question is told %+v", told)
		}
	})
}

func TestAReplyThatIsHeldDoesNotComeBackIntoANewConversation(t *testing.T) {
	for name, script := range map[string][]any{
		"a wish":     wish("faster"),
		"a question": {engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, engine.Done{}},
		"silence":    nil,
	} {
		in(t, long(), func(w *world) {
			w.hold(time.Second)
			first := w.after(1500 * time.Millisecond).Turn.ID
			w.engine.script, w.mic.silent = script, script == nil
			w.Press(time.Now())
			w.after(time.Second)
			w.NewConversation()
			w.Release(time.Now())
			s := w.after(3 * time.Second)
			if s.Phase != Idle || s.Turn != nil && s.Turn.ID == first {
				t.Errorf("%s: in the end %s, %+v", name, s.Phase, s.Turn)
			}
			if v := w.journal.all()[first]; v.Outcome != Interrupted || v.Heard == "" {
				t.Errorf("%s: the history holds %q, heard %q", name, v.Outcome, v.Heard)
			}
			w.hold(time.Second)
			w.after(time.Second)
			for _, e := range w.engine.exchange(2).prompt.Earlier {
				if strings.Contains(e.Answer, "One.") {
					t.Errorf("%s: the next question is told %+v", name, e)
				}
			}
			w.Again("")
			if s := w.after(500 * time.Millisecond); s.Turn != nil && s.Turn.Sentence == "One." {
				t.Errorf("%s: it is said again", name)
			}
		})
	}
}

func TestAWishThatANewerPressHasOvertakenIsNotCarriedOut(t *testing.T) {
	in(t, nil, func(w *world) {
		w.engine.script = []any{func(*fakeExchange) engine.Event {
			w.Press(time.Now())
			return engine.Control{Name: "stop"}
		}}
		w.hold(time.Second)
		if s := w.after(time.Second); s.Phase != Listening || len(w.controls) != 0 {
			t.Errorf("phase %s, carried out was %q", s.Phase, w.controls)
		}
	})
}

func TestASkipDoesNotBringBackAVoiceThatHasFailed(t *testing.T) {
	in(t, []any{speech("One."), speech("Two."), 5 * time.Second, engine.Done{}}, func(w *world) {
		w.speaker.err = audio.ErrNoLoudspeaker
		w.hold(time.Second)
		if s := w.after(time.Second); s.Phase != Thinking {
			t.Fatalf("phase %s", s.Phase)
		}
		w.speaker.err = nil
		w.Skip()
		if w.after(time.Second); w.diary.count("voice opens") != 0 {
			t.Errorf("done was %q", w.diary.lines)
		}
	})
}
