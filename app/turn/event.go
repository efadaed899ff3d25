package turn

import (
	"time"

	"aside/vision"
)

// ID names a turn. IDs sort by the time they were made.
type ID string

// Event is something that happened, or that somebody wants. The set is closed.
// Reports about a turn name it; one that names another turn than the running
// one is stale and is dropped.
type Event interface{ of() ID }

type (
	// KeyDown is the talk key going down. Turn is the ID for the turn that it
	// may begin.
	KeyDown struct {
		Turn ID
		At   time.Time
	}

	// KeyUp is the talk key coming up.
	KeyUp struct{ At time.Time }

	// Cancel drops whatever runs: the recording, the request, the speech.
	Cancel struct{}

	// Ask begins a turn without the talk key: typed, looked, or sent again.
	Ask struct {
		Turn     ID
		Question Question
	}

	// Again speaks the last answer once more.
	Again struct {
		Turn ID
		From string // the sentence to begin with; "" is the first
	}
)

// In a conversation without hands the microphone opens by itself, after each
// answer.
type (
	// Converse begins one. It ends when nobody speaks for Silence. Turn is the
	// ID for the turn that it may begin.
	Converse struct {
		Turn    ID
		Silence time.Duration
	}

	// Listen opens the microphone in one, when nothing runs. It answers
	// ListenAgain.
	Listen struct{ Turn ID }
)

// Question is what an Ask wants to know.
type Question struct {
	Text    string
	Look    bool          // what is on my screen: Text may be empty
	Target  vision.Target // what to look at; the zero Target is what is set
	Images  []vision.Shot // pictures instead of the screen
	Speak   bool          // speak the answer
	Private bool          // keep out of the conversation and the history
	Deep    bool          // think harder about it
	Along   string        // a text that it is about, "" for none
	Retry   ID            // send what that turn kept
	Alike   bool          // likewise, spoken if its answer was to be
	Beside  bool          // to the engine beside the usual one

	deep bool           // Deep comes from what the user said of the next question
	aim  *vision.Target // where Target comes from, if the user chose it for this question
}

// Reports, from the goroutines that carry out effects.
type (
	// Opened says that the first real sample has arrived.
	Opened struct{ Turn ID }

	// Spoke says that somebody begins to speak where a microphone waited for
	// that, or that the user presses the key.
	Spoke struct{ Turn ID }

	// Paused says that the user has stopped speaking, while nobody holds the key.
	Paused struct{ Turn ID }

	// Lengthy says that little room is left in the recording.
	Lengthy struct{ Turn ID }

	// Voiced says that somebody speaks into the reply. Next is the ID for the
	// turn that this begins.
	Voiced struct{ Turn, Next ID }

	// Captured says that the microphone is closed and the utterance is whole.
	Captured struct {
		Turn   ID
		Speech bool  // something was said
		Err    error // the microphone failed; what was captured is kept
	}

	// Shown says that the pictures were taken and handed to the exchange, or
	// that there is none (Err). Either way the exchange waits for no more.
	Shown struct {
		Turn ID
		Err  error
	}

	// Understood says that the utterance is a question.
	Understood struct{ Turn ID }

	// Wordless says that no words were heard in the utterance. Replied follows.
	Wordless struct{ Turn ID }

	// Controlled says that the utterance is a wish for the voice, such as
	// "faster". With GoOn the reply that it has silenced goes on.
	Controlled struct {
		Turn ID
		Name string
		GoOn bool
	}

	// SpeechBegan says that the first sound of the reply has come.
	SpeechBegan struct{ Turn ID }

	// Replied says that the exchange has ended: complete if Err is nil, cut
	// off if there is a Partial answer, otherwise failed.
	Replied struct {
		Turn    ID
		Err     error
		Partial bool
	}

	// Drained says that everything that was queued has been played.
	Drained struct{ Turn ID }

	// Muted says that the loudspeaker failed; the text goes on.
	Muted struct{ Turn ID }

	// Expired says that the deadline of a phase has passed.
	Expired struct {
		Turn  ID
		Phase Phase
	}
)

func (KeyUp) of() ID         { return "" }
func (Cancel) of() ID        { return "" }
func (KeyDown) of() ID       { return "" }
func (Ask) of() ID           { return "" }
func (Again) of() ID         { return "" }
func (Converse) of() ID      { return "" }
func (Listen) of() ID        { return "" }
func (e Spoke) of() ID       { return e.Turn }
func (e Opened) of() ID      { return e.Turn }
func (e Lengthy) of() ID     { return e.Turn }
func (e Captured) of() ID    { return e.Turn }
func (e Shown) of() ID       { return e.Turn }
func (e Paused) of() ID      { return e.Turn }
func (e Voiced) of() ID      { return e.Turn }
func (e Wordless) of() ID    { return e.Turn }
func (e Understood) of() ID  { return e.Turn }
func (e Controlled) of() ID  { return e.Turn }
func (e SpeechBegan) of() ID { return e.Turn }
func (e Replied) of() ID     { return e.Turn }
func (e Drained) of() ID     { return e.Turn }
func (e Muted) of() ID       { return e.Turn }
func (e Expired) of() ID     { return e.Turn }
