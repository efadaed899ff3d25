package turn

import (
	"slices"
	"testing"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

func TestAConversation(t *testing.T) {
	begun := []Event{Converse{"a", time.Minute}, Opened{"a"}}
	spoke := slices.Concat(begun, []Event{Spoke{"a"}, Shown{"a", nil}})
	asked := slices.Concat(spoke, []Event{Paused{"a"}, Captured{"a", true, nil}, Understood{"a"}})
	spoken := slices.Concat(asked, []Event{SpeechBegan{"a"}})
	answered := slices.Concat(spoken, []Event{Replied{Turn: "a"}, Drained{"a"}, Listen{"b"}})
	into := slices.Concat(spoken, []Event{Voiced{"a", "b"}, Shown{"b", nil}, Paused{"b"}})
	const (
		waits = "await:a latch:a"
		heard = waits + " grab:a start:a"
		sent  = heard + " hang-up:a record:a commit:a"
		again = sent + " drain:a silence:a answered:a listen-again await:b latch:b"
		cut   = sent + " hold:a take:b grab:b start:b latch:b hang-up:b record:b"
	)
	tests := []struct {
		name   string
		events []Event
		on     bool // it goes on
		phase  Phase
		want   string
	}{
		{"begins with a microphone that waits, and looks at nothing", begun, true, Listening, waits},
		{"looks and asks when somebody speaks", spoke, true, Listening, heard},
		{"asks at a pause", asked, true, Thinking, sent},
		{"listens again when the answer has been said", answered, true, Listening, again},
		{"or has come, if nobody hears it",
			slices.Concat(asked, []Event{Replied{Turn: "a"}, Listen{"b"}}), true, Listening, sent + " answered:a listen-again await:b latch:b"},
		{"takes in what runs when it begins",
			[]Event{ask("a", vision.CaptureNone), Converse{"x", time.Minute}, Replied{Turn: "a"}, Listen{"b"}},
			true, Listening, "start:a record:a commit:a answered:a listen-again await:b latch:b"},
		{"does not begin twice", slices.Concat(begun, []Event{Converse{"x", time.Minute}}), true, Listening, waits},
		{"goes on with a typed question",
			slices.Concat(begun, []Event{ask("b", vision.CaptureNone), Replied{Turn: "b"}, Listen{"c"}}),
			true, Listening, waits + " discard:a drop:a start:b record:b commit:b answered:b listen-again await:c latch:c"},
		{"and after a wish for the voice",
			slices.Concat(asked, []Event{Controlled{"a", "faster", true}, Listen{"b"}}), true, Listening, sent + " drop:a hint:faster listen-again await:b latch:b"},
		{"and after a noise",
			slices.Concat(spoke, []Event{Paused{"a"}, Captured{"a", false, nil}, Listen{"b"}}),
			true, Listening, heard + " hang-up:a record:a discard:a drop:a listen-again await:b latch:b"},
		{"in which there are no words",
			slices.Concat(asked[:len(asked)-1], []Event{Wordless{"a"}, Listen{"b"}, Replied{Turn: "a", Err: errBroken}}),
			true, Listening, sent + " drop:a listen-again await:b latch:b"},
		{"lets a voice cut the answer off",
			slices.Concat(into, []Event{Captured{"b", true, nil}, Understood{"b"}, Replied{Turn: "b"}, Listen{"c"}}),
			true, Listening, cut + " commit:b interrupt:a interrupted:a answered:b listen-again await:c latch:c"},
		{"and the answer go on after a false alarm",
			slices.Concat(into, []Event{Captured{"b", false, nil}, Replied{Turn: "a"}, Drained{"a"}, Listen{"c"}}),
			true, Listening, cut + " discard:b drop:b resume:a drain:a silence:a answered:a listen-again await:c latch:c"},

		{"ends with a tap while nobody speaks",
			slices.Concat(begun, []Event{KeyDown{"x", at(0)}, Spoke{"a"}, KeyUp{at(90)}}),
			false, Idle, waits + " heed:a grab:a start:a discard:a drop:a hint:left"},
		{"or while somebody does", slices.Concat(spoke, []Event{KeyDown{"x", at(0)}, KeyUp{at(90)}}), false, Idle, heard + " discard:a drop:a hint:left"},
		{"or while it thinks",
			slices.Concat(asked, []Event{KeyDown{"x", at(0)}, KeyUp{at(90)}}), false, Idle, sent + " superseded:a open:x grab:x start:x discard:x drop:x hint:left"},
		{"or into the answer",
			slices.Concat(spoken, []Event{KeyDown{"x", at(0)}, KeyUp{at(90)}}),
			false, Idle, sent + " hold:a open:x grab:x start:x discard:x drop:x hint:left interrupt:a interrupted:a"},
		{"with a hold, which asks as always",
			slices.Concat(begun, []Event{KeyDown{"x", at(0)}, Spoke{"a"}, Shown{"a", nil}, KeyUp{at(900)}, Captured{"a", true, nil}, Replied{Turn: "a"}}),
			false, Idle, waits + " heed:a grab:a start:a hang-up:a record:a commit:a answered:a"},
		{"with Esc", slices.Concat(begun, []Event{Cancel{}}), false, Idle, waits + " discard:a drop:a hint:left"},
		{"also in an answer", slices.Concat(spoken, []Event{Cancel{}}), false, Idle, sent + " silence:a interrupt:a interrupted:a hint:left"},
		{"with goodbye", slices.Concat(asked, []Event{Controlled{"a", goodbye, false}}), false, Idle, sent + " drop:a hint:goodbye"},
		{"also if that is understood late",
			slices.Concat(spoken, []Event{Controlled{"a", goodbye, false}, Replied{Turn: "a"}, Drained{"a"}}), false, Idle, sent + " drain:a silence:a answered:a"},
		{"when nobody speaks for long", slices.Concat(begun, []Event{Expired{"a", Listening}}), false, Idle, waits + " discard:a drop:a hint:silent"},
		{"with a microphone that never hears", []Event{Converse{"a", time.Minute}, Expired{"a", Listening}}, false, Idle, waits + " discard:a timed_out:a"},
		{"with a microphone that breaks", slices.Concat(begun, []Event{Captured{"a", false, errBroken}}), false, Idle, waits + " discard:a failed:a"},
		{"with a lock of the screen", slices.Concat(begun, []Event{Shown{"a", vision.ErrLocked}}), false, Idle, waits + " discard:a drop:a"},
		{"with an answer that fails", slices.Concat(asked, []Event{Replied{Turn: "a", Err: errBroken}}), false, Idle, sent + " failed:a"},
		{"with one that breaks off",
			slices.Concat(spoken, []Event{Replied{"a", errBroken, true}, Drained{"a"}}), false, Idle, sent + " drain:a silence:a interrupt:a interrupted:a"},
		{"with one that takes too long", slices.Concat(asked, []Event{Expired{"a", Thinking}}), false, Idle, sent + " timed_out:a"},
		{"with a loudspeaker that fails", slices.Concat(spoken, []Event{Muted{"a"}, Replied{Turn: "a"}}), false, Idle, sent + " answered:a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, got := play(tt.events...)
			if s.mode.on != tt.on || s.Phase != tt.phase || got != tt.want {
				t.Errorf("got  %v %s %s\nwant %v %s %s", s.mode.on, s.Phase, got, tt.on, tt.phase, tt.want)
			}
		})
	}
}

func TestAConversationInWhichNothingIsUnderstoodEnds(t *testing.T) {
	noise := func(id ID) []Event {
		return []Event{Listen{id}, Opened{id}, Spoke{id}, Shown{id, nil}, Paused{id}, Captured{id, true, nil}, Wordless{id}}
	}
	words := []Event{Listen{"w"}, Opened{"w"}, Spoke{"w"}, Shown{"w", nil}, Paused{"w"}, Captured{"w", true, nil}, Understood{"w"}, Replied{Turn: "w"}}
	begin := []Event{Converse{"x", time.Minute}, ask("y", vision.CaptureNone), Replied{Turn: "y"}}
	if s, _ := play(slices.Concat(begin, noise("a"), noise("b"), words, noise("c"), noise("d"))...); !s.mode.on {
		t.Error("it has ended after two noises")
	}
	s, said := play(slices.Concat(begin, noise("a"), noise("b"), noise("c"))...)
	if s.mode.on || s.Phase != Idle || said[len(said)-len("hint:vain"):] != "hint:vain" {
		t.Errorf("after three noises: %s, %s", s.Phase, said)
	}
}

func TestTheWaitForAVoiceEndsWithTheSilenceThatIsSet(t *testing.T) {
	s, _ := Step(State{}, Converse{"a", 42 * time.Second})
	s, opened := Step(s, Opened{"a"})
	_, spoke := Step(s, Spoke{"a"})
	if !slices.Contains(opened, Effect(Arm{"a", Listening, 42 * time.Second})) || !slices.Contains(spoke, Effect(Arm{"a", Listening, listenDeadline})) {
		t.Errorf("when it is open %v, when somebody speaks %v", opened, spoke)
	}
}

// converses begins a conversation in which a user speaks for two seconds, three
// after the microphone opens.
func converses(t *testing.T, script []any, test func(w *world), set ...func(*fakeMic)) {
	in(t, script, func(w *world) {
		w.mic.from, w.mic.words = 150, 250
		for _, set := range set {
			set(w.mic)
		}
		w.Converse(true)
		test(w)
	})
}

func TestAConversationGoesOnWithoutAKey(t *testing.T) {
	script := []any{engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, speech("Because."), engine.Usage{Input: 100, Output: 20}, engine.Done{}}
	converses(t, script, func(w *world) {
		s := w.after(2 * time.Second)
		if s.Phase != Listening || !s.Latched || s.Microphone != "open" || s.Talk == nil || !s.Talk.Waits || s.Turn != nil {
			t.Fatalf("while it waits: %+v", s)
		}
		if w.starts() > 0 || w.looks() > 0 {
			t.Errorf("before a word the screen was looked at %d times, and %d questions were begun", w.looks(), w.starts())
		}
		s = w.after(2 * time.Second)
		if s.Phase != Listening || s.Talk.Waits || s.Turn == nil || w.looks() != 1 {
			t.Errorf("while the user speaks: %+v", s)
		}
		s = w.after(3500 * time.Millisecond)
		if s.Phase != Listening || !s.Talk.Waits || s.Talk.Turns != 1 || s.Turn.Answer != "Because." || s.Turn.Outcome != Answered {
			t.Errorf("after the answer: %+v, %+v", s, s.Talk)
		}
		if u := s.Talk.Usage; u == nil || u.Input != 100 || u.Output != 20 {
			t.Errorf("it has used %+v", u)
		}
		// Two seconds of voice, a pause that ends it, and what came before the voice.
		heard, seen, _ := w.engine.exchange(0).counts()
		if got := audio.Duration(heard, audio.RateListen); got < 3300*time.Millisecond || got > 3700*time.Millisecond || seen != 1 {
			t.Errorf("the engine heard %v and saw %d shots", got, seen)
		}
		s = w.after(8 * time.Second)
		if s.Talk == nil || s.Talk.Turns != 2 || s.Talk.Usage.Input != 200 {
			t.Errorf("after the second: %+v", s.Talk)
		}
		if took := s.Turn.Timings; took.Pixels <= 0 || took.Pixels > 1000 {
			t.Errorf("the picture was there after %v ms", took.Pixels)
		}
		w.Converse(false)
		s = w.after(time.Second)
		if s.Phase != Idle || s.Talk != nil || s.Microphone != "closed" || s.Hint == "" {
			t.Errorf("after its end: %+v", s)
		}
		if opened, closed := w.diary.count("mic opens"), w.diary.count("mic closes"); opened != 3 || closed != 3 {
			t.Errorf("the microphone was opened %d and closed %d times", opened, closed)
		}
		if n := len(w.journal.all()); n != 2 {
			t.Errorf("the history has %d turns", n)
		}
	})
}

func TestAConversationEndsAndNothingListensAfterwards(t *testing.T) {
	answer := []any{engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, speech("Because."), engine.Done{}}
	for name, tt := range map[string]struct {
		script []any
		set    func(*fakeMic)
		end    func(*world)
		hint   string
		asked  int
	}{
		"a tap":                    {answer, nil, func(w *world) { w.hold(100 * time.Millisecond) }, hints["left"], 0},
		"toggle":                   {answer, nil, func(w *world) { w.Toggle(time.Now()) }, hints["left"], 0},
		"Esc":                      {answer, nil, func(w *world) { w.Cancel() }, hints["left"], 0},
		"goodbye":                  {wish(goodbye), nil, nil, hints[goodbye], 1},
		"silence":                  {answer, func(m *fakeMic) { m.silent = true }, nil, hints["silent"], 0},
		"noises":                   {[]any{errNoSpeech}, nil, nil, hints["vain"], 3},
		"a broken answer":          {[]any{errBroken}, nil, nil, "", 1},
		"a microphone that breaks": {answer, func(m *fakeMic) { m.broken = errUnplugged }, nil, "", 0},
		"a locked screen":          {answer, nil, (*world).lock, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			set := func(m *fakeMic) {
				if tt.set != nil {
					tt.set(m)
				}
			}
			converses(t, tt.script, func(w *world) {
				w.after(time.Second)
				if tt.end != nil {
					tt.end(w)
				}
				w.after(time.Minute)
				s := w.Snapshot()
				if s.Phase != Idle || s.Talk != nil || s.Microphone != "closed" || s.Hint != tt.hint {
					t.Errorf("a minute later: %+v", s)
				}
				if opened, closed := w.diary.count("mic opens"), w.diary.count("mic closes"); opened == 0 || opened != closed {
					t.Errorf("the microphone was opened %d and closed %d times", opened, closed)
				}
				if n := w.diary.count("commit"); n != tt.asked {
					t.Errorf("%d questions were asked", n)
				}
			}, set)
		})
	}
}

func (w *world) lock() {
	w.screen.mu.Lock()
	defer w.screen.mu.Unlock()
	w.screen.err = vision.ErrLocked
}

// starts is how many questions have begun.
func (w *world) starts() int {
	w.engine.mu.Lock()
	defer w.engine.mu.Unlock()
	return len(w.engine.got)
}

// looks is how often the screen has been looked at.
func (w *world) looks() int {
	w.screen.mu.Lock()
	defer w.screen.mu.Unlock()
	return len(w.screen.wanted)
}

func TestALockedScreenOpensNoMicrophoneAfterAnAnswer(t *testing.T) {
	converses(t, []any{engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, speech("Because."), engine.Done{}}, func(w *world) {
		w.after(6500 * time.Millisecond)
		w.lock()
		s := w.after(2 * time.Second)
		if s.Phase != Idle || s.Talk != nil || s.Error == nil || s.Error.Code != "screen_locked" || w.diary.count("mic opens") != 1 {
			t.Errorf("%+v, done was %q", s, w.diary.lines)
		}
	})
}

func TestAHoldInAConversationAsksWhatIsSaidFromThere(t *testing.T) {
	converses(t, []any{engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, engine.Done{}}, func(w *world) {
		w.after(2 * time.Second)
		w.hold(2500 * time.Millisecond)
		s := w.after(2 * time.Second)
		if s.Phase != Idle || s.Talk != nil || s.Turn == nil || s.Turn.Answer != "Because." || w.diary.count("mic opens") != 1 {
			t.Errorf("%+v, done was %q", s, w.diary.lines)
		}
		heard, _, _ := w.engine.exchange(0).counts()
		if got := audio.Duration(heard, audio.RateListen); got < 2500*time.Millisecond || got > 2900*time.Millisecond {
			t.Errorf("the engine heard %v", got)
		}
	})
}

func TestWhoeverWatchesAConversationSeesEachEndOnce(t *testing.T) {
	converses(t, []any{engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, speech("Because."), engine.Done{}}, func(w *world) {
		ends := 0
		go func() {
			_ = w.Watch(w.T.Context(), func(s Snapshot) error {
				if s.ends() {
					ends++
				}
				return nil
			})
		}()
		w.after(16 * time.Second)
		if ends != 2 {
			t.Errorf("%d ends were seen", ends)
		}
	})
}

func TestAnEngineMayNoticeThatTheUserHasStopped(t *testing.T) {
	for name, tt := range map[string]struct {
		stops, heard time.Duration
	}{
		"sooner than a pause would": {2400 * time.Millisecond, 2600 * time.Millisecond},
		"later":                     {5 * time.Second, 5200 * time.Millisecond},
		"never":                     {time.Hour, 12 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, []any{engine.Transcript{Text: "why", Final: true}, engine.Text{Delta: "Because."}, engine.Done{}}, func(w *world) {
				w.engine.stops = tt.stops
				w.mic.from, w.mic.words = 150, 250
				w.Converse(true)
				w.after(18 * time.Second)
				w.Converse(false)
				w.after(time.Second)
				if !w.engine.exchange(0).prompt.HandsFree {
					t.Error("the engine does not know that there is no key")
				}
				heard, _, _ := w.engine.exchange(0).counts()
				if got := audio.Duration(heard, audio.RateListen); (got - tt.heard).Abs() > 400*time.Millisecond {
					t.Errorf("it heard %v, want %v", got, tt.heard)
				}
			})
		})
	}
}

func TestWithTheKeyThePauseIsTheUsers(t *testing.T) {
	in(t, []any{engine.Done{}}, func(w *world) {
		w.engine.stops = time.Second
		w.hold(3 * time.Second)
		x := w.engine.exchange(0)
		if heard, _, _ := x.counts(); x.prompt.HandsFree || audio.Duration(heard, audio.RateListen) < 2900*time.Millisecond {
			t.Errorf("the engine heard %d samples of a question without a key: %v", heard, x.prompt.HandsFree)
		}
	})
}
