package turn

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/vision"
)

// at is an instant so many milliseconds into a test.
func at(ms int) time.Time { return time.UnixMilli(1_700_000_000_000 + int64(ms)) }

var errBroken = errors.New("broken")

// brief writes an effect in one word, so that tests read as sentences.
func brief(e Effect) string {
	switch e := e.(type) {
	case OpenMicrophone:
		return "open:" + string(e.Turn)
	case CloseMicrophone:
		if e.Keep {
			return "hang-up:" + string(e.Turn)
		}
		return "discard:" + string(e.Turn)
	case Grab:
		return "grab:" + string(e.Turn)
	case StartExchange:
		return "start:" + string(e.Turn)
	case Record:
		return "record:" + string(e.Turn)
	case Commit:
		return "commit:" + string(e.Turn)
	case Silence:
		return "silence:" + string(e.Turn)
	case ReopenMicrophone:
		return "reopen"
	case AwaitSpeech:
		return "await:" + string(e.Turn)
	case Heed:
		return "heed:" + string(e.Turn)
	case ListenAgain:
		return "listen-again"
	case Latch:
		return "latch:" + string(e.Turn)
	case TakeMicrophone:
		return "take:" + string(e.Turn)
	case Attend, StopAttending:
		return "" // likewise
	case Hold:
		return "hold:" + string(e.Turn)
	case Resume:
		return "resume:" + string(e.Turn)
	case Drain:
		return "drain:" + string(e.Turn)
	case Replay:
		return "replay:" + string(e.Turn)
	case Interrupt:
		return "interrupt:" + string(e.Turn)
	case Arm:
		return "" // has a test of its own
	case Finish:
		if e.Drop {
			return "drop:" + string(e.Turn)
		}
		return string(e.Outcome) + ":" + string(e.Turn)
	case Hint:
		return "hint:" + e.Code
	}
	panic(fmt.Sprintf("effect %T", e))
}

func play(events ...Event) (State, string) {
	var s State
	var said []string
	for _, e := range events {
		var effects []Effect
		s, effects = Step(s, e)
		for _, effect := range effects {
			if word := brief(effect); word != "" {
				said = append(said, word)
			}
		}
	}
	return s, strings.Join(said, " ")
}

func ask(id ID, c vision.Capture) Ask {
	return Ask{id, Question{Text: "why", Target: vision.Target{Capture: c}}}
}

func TestMachine(t *testing.T) {
	held := []Event{KeyDown{"a", at(0)}, Opened{"a"}, Shown{"a", nil}, KeyUp{at(900)}, Captured{"a", true, nil}}
	spoken := slices.Concat(held, []Event{SpeechBegan{"a"}})
	barged := slices.Concat(spoken, []Event{KeyDown{"b", at(5000)}, Shown{"b", nil}, KeyUp{at(5900)}, Captured{"b", true, nil}})
	const heard = "open:a grab:a start:a hang-up:a record:a commit:a"
	into := slices.Concat(spoken, []Event{Voiced{"a", "b"}})
	paused := slices.Concat(into, []Event{Opened{"b"}, Shown{"b", nil}, Paused{"b"}})
	const cut = heard + " hold:a take:b grab:b start:b latch:b"
	const wished = heard + " hold:a open:b grab:b start:b hang-up:b record:b commit:b"

	tests := []struct {
		name   string
		events []Event
		phase  Phase
		want   string
	}{
		{"a hold asks and is answered aloud",
			slices.Concat(spoken, []Event{Replied{Turn: "a"}, Drained{"a"}}),
			Idle, heard + " drain:a silence:a answered:a"},
		{"without speech the end of the reply ends the turn",
			slices.Concat(held, []Event{Replied{Turn: "a"}}), Idle, heard + " answered:a"},
		{"the microphone opens before the screen is looked at, and that before the engine",
			[]Event{KeyDown{"a", at(0)}}, Listening, "open:a grab:a start:a"},
		{"auto-repeat changes nothing",
			[]Event{KeyDown{"a", at(0)}, KeyDown{"b", at(500)}, KeyDown{"c", at(540)}}, Listening, "open:a grab:a start:a"},
		{"a late picture holds the question back",
			[]Event{KeyDown{"a", at(0)}, KeyUp{at(900)}, Captured{"a", true, nil}}, Thinking, "open:a grab:a start:a hang-up:a record:a"},
		{"and then sends it",
			[]Event{KeyDown{"a", at(0)}, KeyUp{at(900)}, Captured{"a", true, nil}, Shown{"a", nil}}, Thinking, heard},
		{"a picture that fails does not stop the question",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", errBroken}, KeyUp{at(900)}, Captured{"a", true, nil}}, Thinking, heard},
		{"a locked screen ends what is said to it",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", vision.ErrLocked}, KeyUp{at(900)}}, Idle, "open:a grab:a start:a discard:a drop:a"},
		{"even when that is known only after the words",
			[]Event{KeyDown{"a", at(0)}, KeyUp{at(900)}, Captured{"a", true, nil}, Shown{"a", vision.ErrLocked}},
			Idle, "open:a grab:a start:a hang-up:a record:a drop:a"},
		{"but not a typed question",
			[]Event{ask("a", vision.CaptureWindow), Shown{"a", vision.ErrLocked}}, Thinking, "grab:a start:a record:a commit:a"},
		{"silence sends nothing",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", nil}, KeyUp{at(900)}, Captured{"a", false, nil}},
			Idle, "open:a grab:a start:a hang-up:a record:a discard:a drop:a hint:no_speech"},
		{"a key that bounces when it comes up loses no words",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", nil}, KeyUp{at(900)}, KeyDown{"b", at(930)}, KeyUp{at(960)}, Captured{"a", true, nil}},
			Thinking, "open:a grab:a start:a hang-up:a record:a reopen hang-up:a commit:a"},
		{"a tap sends nothing",
			[]Event{KeyDown{"a", at(0)}, KeyUp{at(100)}}, Idle, "open:a grab:a start:a discard:a drop:a hint:too_short"},
		{"a double tap latches, and a press sends",
			[]Event{KeyDown{"a", at(0)}, KeyUp{at(100)}, KeyDown{"b", at(250)}, KeyUp{at(330)}, Shown{"b", nil},
				KeyDown{"c", at(4000)}, KeyUp{at(4100)}, Captured{"b", true, nil}},
			Thinking, "open:a grab:a start:a discard:a drop:a hint:too_short open:b grab:b start:b latch:b hang-up:b record:b commit:b"},
		{"and so does a pause",
			[]Event{KeyDown{"a", at(0)}, KeyUp{at(100)}, KeyDown{"b", at(250)}, KeyUp{at(330)}, Shown{"b", nil}, Paused{"b"}, Captured{"b", true, nil}},
			Thinking, "open:a grab:a start:a discard:a drop:a hint:too_short open:b grab:b start:b latch:b hang-up:b record:b commit:b"},
		{"a pause while the key is held is only a pause",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", nil}, Paused{"a"}}, Listening, "open:a grab:a start:a"},
		{"two taps far apart do not latch",
			[]Event{KeyDown{"a", at(0)}, KeyUp{at(100)}, KeyDown{"b", at(700)}, KeyUp{at(780)}},
			Idle, "open:a grab:a start:a discard:a drop:a hint:too_short open:b grab:b start:b discard:b drop:b hint:too_short"},
		{"a tap stops the thinking, without a hint",
			slices.Concat(held, []Event{KeyDown{"b", at(2000)}, KeyUp{at(2100)}}),
			Idle, heard + " superseded:a open:b grab:b start:b discard:b drop:b"},
		{"barge-in silences before it listens",
			slices.Concat(spoken, []Event{KeyDown{"b", at(5000)}}),
			Listening, heard + " hold:a open:b grab:b start:b"},
		{"a question ends the reply that it has silenced",
			slices.Concat(barged, []Event{Understood{"b"}}), Thinking, wished + " interrupt:a interrupted:a"},
		{"a wish for the voice lets it go on",
			slices.Concat(barged, []Event{Controlled{"b", "faster", true}, Drained{"a"}}),
			Speaking, wished + " drop:b resume:a hint:faster"},
		{"and ends it when the reply has come meanwhile",
			slices.Concat(barged, []Event{Replied{Turn: "a"}, Controlled{"b", "faster", true}, Drained{"a"}}),
			Idle, wished + " drop:b resume:a hint:faster drain:a silence:a answered:a"},
		{"a wish that it stop ends it",
			slices.Concat(barged, []Event{Controlled{"b", "stop", false}}), Idle, wished + " drop:b interrupt:a interrupted:a hint:stop"},
		{"a wish when nothing is said only is",
			slices.Concat(held, []Event{Controlled{"a", "faster", true}}), Idle, heard + " drop:a hint:faster"},
		{"what has broken meanwhile goes on with what has come",
			slices.Concat(barged, []Event{Replied{"a", errBroken, true}, Controlled{"b", "slower", true}, Drained{"a"}}),
			Idle, wished + " drop:b resume:a hint:slower drain:a silence:a interrupt:a interrupted:a"},
		{"a loudspeaker that has broken meanwhile leaves the text",
			slices.Concat(barged, []Event{Replied{Turn: "a"}, Muted{"a"}, Controlled{"b", "slower", true}}),
			Idle, wished + " drop:b resume:a hint:slower answered:a"},
		{"a question that fails ends the reply that it has silenced",
			slices.Concat(barged, []Event{Replied{Turn: "b", Err: errBroken}}), Idle, wished + " failed:b interrupt:a interrupted:a"},
		{"a typed one, too",
			slices.Concat(barged, []Event{ask("c", vision.CaptureNone)}), Thinking,
			wished + " interrupt:a interrupted:a superseded:b start:c record:c commit:c"},
		{"two quick taps on a voice stop it and latch",
			slices.Concat(spoken, []Event{KeyDown{"b", at(5000)}, KeyUp{at(5100)}, KeyDown{"c", at(5200)}, KeyUp{at(5300)}}),
			Listening, heard + " hold:a open:b grab:b start:b discard:b drop:b interrupt:a interrupted:a open:c grab:c start:c latch:c"},
		{"a voice cuts the reply off and is listened to from its beginning",
			into, Listening, cut},
		{"until it pauses: then it asks",
			slices.Concat(paused, []Event{Captured{"b", true, nil}, Understood{"b"}}),
			Thinking, cut + " hang-up:b record:b commit:b interrupt:a interrupted:a"},
		{"or until a press",
			slices.Concat(into, []Event{Shown{"b", nil}, KeyDown{"c", at(9000)}, KeyUp{at(9100)}, Captured{"b", true, nil}}),
			Thinking, cut + " hang-up:b record:b commit:b"},
		{"a press with the voice goes on listening, to its end",
			slices.Concat(into, []Event{Shown{"b", nil}, KeyDown{"c", at(5100)}, Paused{"b"}}), Listening, cut},
		{"and that is when the key comes up",
			slices.Concat(into, []Event{Shown{"b", nil}, KeyDown{"c", at(5100)}, Paused{"b"}, KeyUp{at(9000)}, Captured{"b", true, nil}}),
			Thinking, cut + " hang-up:b record:b commit:b"},
		{"a voice that wishes something of the reply lets it go on",
			slices.Concat(paused, []Event{Captured{"b", true, nil}, Controlled{"b", "faster", true}}),
			Speaking, cut + " hang-up:b record:b commit:b drop:b resume:a hint:faster"},
		{"what was no voice lets the reply go on",
			slices.Concat(paused, []Event{Captured{"b", false, nil}}), Speaking, cut + " hang-up:b record:b discard:b drop:b resume:a"},
		{"and so does a voice without words",
			slices.Concat(paused, []Event{Captured{"b", true, nil}, Replied{Turn: "a"}, Wordless{"b"}, Replied{Turn: "b", Err: errBroken}, Drained{"a"}}),
			Idle, cut + " hang-up:b record:b commit:b drop:b resume:a drain:a silence:a answered:a"},
		{"but a press without words ends it",
			slices.Concat(barged, []Event{Wordless{"b"}, Replied{Turn: "b", Err: errBroken}}), Idle, wished + " failed:b interrupt:a interrupted:a"},
		{"Esc ends it and what the voice has said",
			slices.Concat(into, []Event{Cancel{}}), Idle, cut + " interrupt:a interrupted:a discard:b drop:b"},
		{"a locked screen ends both",
			slices.Concat(into, []Event{Shown{"b", vision.ErrLocked}}), Idle, cut + " discard:b drop:b interrupt:a interrupted:a"},
		{"a voice that comes too late is not listened to",
			slices.Concat(held, []Event{Voiced{"a", "b"}}), Thinking, heard},
		{"Esc during the hold discards it",
			[]Event{KeyDown{"a", at(0)}, Cancel{}, KeyUp{at(900)}}, Idle, "open:a grab:a start:a discard:a drop:a"},
		{"cancel stops the voice",
			slices.Concat(spoken, []Event{Cancel{}}), Idle, heard + " silence:a interrupt:a interrupted:a"},
		{"a tap stops the voice",
			slices.Concat(spoken, []Event{KeyDown{"b", at(5000)}, KeyUp{at(5100)}}),
			Idle, heard + " hold:a open:b grab:b start:b discard:b drop:b interrupt:a interrupted:a"},
		{"cancel stops the thinking",
			slices.Concat(held, []Event{Cancel{}}), Idle, heard + " cancelled:a"},
		{"cancel with nothing running is nothing", []Event{Cancel{}}, Idle, ""},
		{"a press within the tail goes on with the same question",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", nil}, KeyUp{at(900)}, KeyDown{"b", at(930)}, KeyUp{at(2000)}, Captured{"a", true, nil}},
			Thinking, "open:a grab:a start:a hang-up:a record:a reopen hang-up:a commit:a"},
		{"a microphone that breaks ends the turn and keeps the words",
			[]Event{KeyDown{"a", at(0)}, Captured{"a", true, errBroken}}, Idle, "open:a grab:a start:a discard:a failed:a"},
		{"a key held for ever is sent",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", nil}, Captured{"a", true, nil}, KeyUp{at(130_000)}},
			Thinking, "open:a grab:a start:a record:a commit:a"},
		{"and its user is told before that",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", nil}, Lengthy{"a"}, Captured{"a", true, nil}}, Thinking, "open:a grab:a start:a hint:lengthy record:a commit:a"},
		{"but not when the key is up",
			[]Event{KeyDown{"a", at(0)}, Shown{"a", nil}, KeyUp{at(90_000)}, Lengthy{"a"}}, Listening, "open:a grab:a start:a hang-up:a record:a"},
		{"a broken reply fails",
			slices.Concat(held, []Event{Replied{Turn: "a", Err: errBroken}}), Idle, heard + " failed:a"},
		{"one that broke in the middle is interrupted",
			slices.Concat(held, []Event{Replied{"a", errBroken, true}}), Idle, heard + " interrupted:a"},
		{"and says what has come before it ends",
			slices.Concat(spoken, []Event{Replied{"a", errBroken, true}, Drained{"a"}}),
			Idle, heard + " drain:a silence:a interrupt:a interrupted:a"},
		{"a broken loudspeaker leaves the text",
			slices.Concat(spoken, []Event{Muted{"a"}, Replied{Turn: "a"}}), Idle, heard + " answered:a"},
		{"even when all the text is there",
			slices.Concat(spoken, []Event{Replied{Turn: "a"}, Muted{"a"}}), Idle, heard + " drain:a answered:a"},
		{"an engine that breaks while the user speaks keeps the words",
			[]Event{KeyDown{"a", at(0)}, Replied{Turn: "a", Err: errBroken}}, Idle, "open:a grab:a start:a discard:a failed:a"},
		{"a typed question needs no microphone",
			[]Event{ask("a", vision.CaptureWindow), Shown{"a", nil}}, Thinking, "grab:a start:a record:a commit:a"},
		{"nor a screen", []Event{ask("a", vision.CaptureNone)}, Thinking, "start:a record:a commit:a"},
		{"a private one leaves no record",
			[]Event{Ask{"a", Question{Text: "x", Target: vision.Target{Capture: vision.CaptureNone}, Private: true}}}, Thinking, "start:a commit:a"},
		{"a typed question takes the place of one that thinks",
			slices.Concat(held, []Event{ask("b", vision.CaptureNone)}), Thinking, heard + " superseded:a start:b record:b commit:b"},
		{"a stale report is dropped",
			slices.Concat(held, []Event{KeyDown{"b", at(2000)}, Replied{Turn: "a"}, SpeechBegan{"a"}, Drained{"a"}, Captured{"a", true, nil}}),
			Listening, heard + " superseded:a open:b grab:b start:b"},
		{"the last answer is said again",
			[]Event{Again{Turn: "a"}, Drained{"a"}}, Idle, "replay:a silence:a drop:a"},
		{"no answer in time ends the turn",
			slices.Concat(held, []Event{Expired{"a", Thinking}}), Idle, heard + " timed_out:a"},
		{"a deadline of an earlier phase does not count",
			slices.Concat(spoken, []Event{Expired{"a", Thinking}}), Speaking, heard},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, got := play(tt.events...)
			if s.Phase != tt.phase || got != tt.want {
				t.Errorf("got  %s %s\nwant %s %s", s.Phase, got, tt.phase, tt.want)
			}
		})
	}
}

func TestEveryPhaseHasADeadline(t *testing.T) {
	var s State
	for _, e := range []Event{
		KeyDown{"a", at(0)}, Opened{"a"}, Shown{"a", nil}, KeyUp{at(900)}, Captured{"a", true, nil}, SpeechBegan{"a"},
	} {
		before := s.Phase
		next, effects := Step(s, e)
		armed := slices.ContainsFunc(effects, func(e Effect) bool { a, ok := e.(Arm); return ok && a.Phase == next.Phase })
		if next.Phase != before && !armed {
			t.Errorf("%T leads to %s without a deadline", e, next.Phase)
		}
		s = next
	}
}
