package turn

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"aside/vision"
)

// FuzzMachine feeds random events and checks what must hold of every history.
func FuzzMachine(f *testing.F) {
	f.Add([]byte{0, 5, 1, 4, 7, 8, 9, 0, 2, 3})
	f.Add([]byte{0, 4, 7, 17, 6, 4, 18, 10})
	f.Add([]byte{0, 1, 0, 1, 0, 4, 6, 11, 12, 13})
	f.Add([]byte{23, 21, 24, 6, 16, 4, 14, 7, 8, 10, 21, 0, 2, 25})
	f.Fuzz(func(t *testing.T, script []byte) { live(t, script) })
}

func TestNoHistoryBreaksTheMachine(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 4))
	for range 4_000 {
		script := make([]byte, 60)
		for i := range script {
			script[i] = byte(chance.Uint32())
		}
		live(t, script)
	}
}

// witness follows what the effects of a history have done to the world.
type witness struct {
	*testing.T
	ended    map[ID]bool
	begun    map[ID]bool
	cut      map[ID]bool // silenced: not to be heard any more
	attended ID          // the turn in which a voice is waited for
	records  ID          // the turn whose microphone is open
	armed    Arm         // the deadline; zero when there is none
	again    bool        // the machine wants to listen again
}

// live plays a history.
func live(t *testing.T, script []byte) {
	t.Helper()
	w := &witness{T: t, ended: map[ID]bool{}, begun: map[ID]bool{}, cut: map[ID]bool{}}
	var s State
	now := 0
	for i, b := range script {
		now += int(b) * 3
		e := event(b, s, ID(fmt.Sprint("t", i)), at(now))
		if c, ok := e.(Captured); ok && c.Turn == w.records {
			w.records = ""
		}
		before := s
		var effects []Effect
		s, effects = Step(s, e)
		for _, effect := range effects {
			w.see(effect, before)
		}
		if w.again {
			w.again = false
			before, fresh := s, ID(fmt.Sprint("u", i))
			s, effects = Step(s, Listen{fresh})
			for _, effect := range effects {
				w.see(effect, before)
			}
			if s.Turn != fresh || s.Phase != Listening {
				t.Fatalf("listening again leads to %s", s.Phase)
			}
		}
		w.check(e, s)
		w.checkMode(e, before, s)
	}
	for id := range w.begun {
		if id != s.Turn && id != s.held.turn && !w.ended[id] {
			t.Fatalf("turn %s has not ended", id)
		}
	}
}

// see takes in an effect, of a step from state before.
func (w *witness) see(effect Effect, before State) {
	w.Helper()
	_, named, _ := strings.Cut(brief(effect), ":")
	id := ID(named)
	switch e := effect.(type) {
	case Hint, ReopenMicrophone:
		return
	case ListenAgain:
		w.again = true
		return
	case Arm:
		w.armed = e
		return
	case Attend:
		w.attended = e.Turn
		return
	case StopAttending:
		w.attended = ""
		return
	case Finish:
		id = e.Turn
		if id != before.held.turn || id == before.Turn {
			w.armed = Arm{}
		}
	}
	if w.ended[id] {
		w.Fatalf("%T of turn %s after its end", effect, id)
	}
	w.begun[id] = true
	w.seeSound(effect, id)
}

// seeSound takes in what is done to microphones and loudspeaker.
func (w *witness) seeSound(effect Effect, id ID) {
	w.Helper()
	switch e := effect.(type) {
	case OpenMicrophone, AwaitSpeech:
		if w.records != "" || w.attended != "" {
			w.Fatalf("the microphone of %s opens beside that of %s%s", id, w.records, w.attended)
		}
		w.records = id
	case TakeMicrophone:
		if w.records != "" || w.attended == "" {
			w.Fatalf("turn %s takes a microphone that is not there", id)
		}
		w.records, w.attended = id, ""
	case CloseMicrophone:
		if !e.Keep && w.records == id {
			w.records = ""
		}
	case Silence, Hold:
		w.cut[id] = true
	case Resume:
		w.cut[id] = false
	case Drain, Replay:
		if w.cut[id] {
			w.Fatalf("%T of turn %s, which has been silenced", effect, id)
		}
	case Finish:
		w.ended[id] = true
		if w.records == id {
			w.Fatalf("turn %s ends with its microphone open", id)
		}
	}
}

// check says what holds after every event.
func (w *witness) check(e Event, s State) {
	w.Helper()
	listens := s.Phase == Speaking && s.Turn == w.attended || s.Phase != Speaking && w.attended == ""
	switch _, pressed := e.(KeyDown); {
	case !listens:
		w.Fatalf("while %s %s, a voice is waited for in %q", s.Turn, s.Phase, w.attended)
	case (s.Phase == Idle) != (s.Turn == ""):
		w.Fatalf("phase %s with turn %q", s.Phase, s.Turn)
	case s.Phase != Listening && w.records != "":
		w.Fatalf("while %s, the microphone of %s is open", s.Phase, w.records)
	case s.Phase != Idle && (w.armed.Turn != s.Turn || w.armed.Phase != s.Phase):
		w.Fatalf("%s %s has the deadline %+v", s.Turn, s.Phase, w.armed)
	case pressed && s.Phase != Listening:
		w.Fatalf("a press leads to %s", s.Phase)
	case pressed && s.key.down.IsZero() && !s.input.closing:
		w.Fatal("a press that nobody has noticed")
	}
}

// checkMode says what holds of a conversation without hands.
func (w *witness) checkMode(e Event, before, s State) {
	w.Helper()
	_, began := e.(Converse)
	_, left := e.(Cancel)
	press, pressed := e.(KeyDown)
	failed := false
	if r, ok := e.(Replied); ok {
		failed = r.Err != nil && r.Turn == before.Turn && before.Phase == Listening
	}
	switch {
	case !before.mode.on && s.mode.on && !began:
		w.Fatalf("%T begins a conversation", e)
	case s.mode.on && s.Phase == Idle:
		w.Fatal("a conversation in which nobody listens")
	case s.mode.on && (left || failed || pressed && !before.key.down.Equal(press.At) && before.key.down.IsZero()):
		w.Fatalf("%T does not end the conversation", e)
	case !s.mode.on && s.input.waits && s.key.latched:
		w.Fatal("the microphone waits for a voice after the conversation")
	case left && s.Phase != Idle:
		w.Fatalf("after the way out it is %s", s.Phase)
	}
}

// event makes the event that b stands for: about the running turn, or now and
// then about another.
func event(b byte, s State, fresh ID, now time.Time) Event {
	id := s.Turn
	switch {
	case b >= 192 && s.held.turn != "":
		id = s.held.turn
	case b >= 128 || id == "":
		id = "stale" // a report always names a turn
	}
	switch b % 27 {
	case 0, 1:
		return KeyDown{fresh, now}
	case 2, 3:
		return KeyUp{now}
	case 4:
		return Captured{id, true, nil}
	case 5:
		return Captured{id, b > 60, errBroken}
	case 6:
		return Shown{id, nil}
	case 7:
		return SpeechBegan{id}
	case 8:
		return Replied{Turn: id}
	case 9:
		return Replied{id, errBroken, b > 60}
	case 10:
		return Drained{id}
	case 11:
		return Muted{id}
	case 12:
		return ask(fresh, vision.CaptureNone)
	case 13:
		return Expired{id, []Phase{Idle, Listening, Thinking, Speaking}[b/15%4]}
	case 14:
		return Understood{id}
	case 19:
		return Lengthy{id}
	case 16:
		return Paused{id}
	case 17:
		return Voiced{id, fresh}
	case 18:
		return Wordless{id}
	case 15:
		return Controlled{id, "faster", b > 60}
	case 20:
		return Again{Turn: fresh}
	case 21:
		return Opened{id}
	case 23:
		return Converse{fresh, time.Minute}
	case 24:
		return Spoke{id}
	case 25:
		return Controlled{id, goodbye, false}
	default:
		return Cancel{}
	}
}
