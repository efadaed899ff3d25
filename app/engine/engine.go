package engine

import (
	"context"
	"time"

	"aside/audio"
	"aside/vision"
)

// Engine answers prompts. It is safe for concurrent use.
type Engine interface {
	// Capabilities says what the turn loop may rely on. It is constant.
	Capabilities() Capabilities

	// Start begins one exchange. It returns at once: connections are dialled
	// behind it. ctx spans the whole exchange; when it ends, every pending
	// call returns and the exchange's sockets and child processes are closed.
	Start(ctx context.Context, p Prompt) (Exchange, error)
}

// Sayer is an engine that speaks words that are not its own, such as a sample
// of its voice.
type Sayer interface {
	// Say calls yield with the sound of the words, frame by frame, and stops
	// if it fails. The error is an *Error, yield's, or ctx's.
	Say(ctx context.Context, words string, yield func(audio.Frame) error) error
}

// Exchange is one turn's dialogue. Send, Show and Commit come from one
// goroutine; Recv may run on another at the same time; Interrupt and Close may
// be called from any.
type Exchange interface {
	// Send hands over a frame of the utterance while the user is speaking:
	// mono, audio.RateListen. It does not block on the network.
	Send(f audio.Frame) error

	// Show hands over a look at the screen, as soon as it is ready; there may
	// be several in a turn. After Commit it answers a Look, once: a shot without
	// pictures then says that there is none. It does not block on the network.
	Show(s vision.Shot) error

	// Commit says that there is no more input; the engine answers now.
	Commit() error

	// Recv returns the next event. io.EOF ends a reply that is complete (a
	// Done came before it). Any other error ends the exchange; it is an *Error.
	// Recv returns when ctx or the exchange's context ends or Close is called.
	Recv(ctx context.Context) (Event, error)

	// Interrupt says that the user heard the reply only up to played (speech
	// time) and wants no more. Recv then ends soon.
	Interrupt(played time.Duration) error

	// Close releases everything and waits for it. It unblocks Recv. It may be
	// called twice.
	Close() error
}

// Capabilities describes an engine.
type Capabilities struct {
	Name    string // chat, realtime, offline
	Model   string // as shown to the user
	Host    string // where questions go; "" means that nothing leaves the machine
	Sees    bool   // uses pictures
	Speaks  bool   // sends Speech events
	Detects bool   // sends Paused events, for a prompt without hands
	Fitting vision.Rule
}

// Prompt is what a turn asks, as far as it is known when the key goes down.
type Prompt struct {
	Turn      string         // idempotency key, unique for the turn
	Question  string         // typed words; "" when the user speaks
	Look      bool           // "what is on my screen": no words needed
	Capture   vision.Capture // CaptureNone: no Show will come
	Speak     bool           // the reply is to be spoken
	Along     string         // a text that the user has given with it, "" for none
	Deep      bool           // the user wants it thought about harder
	HandsFree bool           // nobody holds the talk key: the user's silence ends the utterance
	Earlier   []Earlier      // this conversation so far, oldest first, text only
}

// Earlier is one earlier turn of the conversation.
type Earlier struct {
	Turn     string // its Prompt.Turn
	Question string
	Answer   string
	Heard    string        // if cut off: the part of the answer that was heard
	Played   time.Duration // if it is held and may yet go on: how much of its speech was heard
}

// Event is something an exchange reports. The set is closed.
type Event interface{ event() }

// Sent says that the question has begun to leave this machine, at that moment;
// with Shots, that these have left with it, as a whole and no more of them than
// they hold. An engine that asks nobody sends none.
type Sent struct {
	At    time.Time
	Shots []vision.Shot
}

// Transcript is what the engine understood of the utterance. A later one
// replaces an earlier one until Final.
type Transcript struct {
	Text  string
	Final bool
}

// Paused says that the user has stopped speaking, in a prompt without hands, and
// has said it all: Commit is to follow.
type Paused struct{}

// Text is a piece of the reply's markdown, to be appended.
type Text struct{ Delta string }

// Speech is a piece of the spoken reply.
type Speech struct {
	Frame    audio.Frame
	Sentence string // set on the first frame of each sentence: the words being said
}

// Control asks the application for one of the speech controls ("faster").
type Control struct{ Name, Value string }

// Act is something that the model does by itself, one of the few things that it
// may. The application carries out set_pace (faster, slower, normal) and
// set_voice (a voice); stop_talking, think_harder (a model) and look_again it
// only shows.
type Act struct{ Name, Value string }

// Look asks for another look at what the question is about, as it is now: the
// answer waits for Show.
type Look struct{}

// Warning says that a part of the turn went wrong while the rest goes on:
// for instance the text arrives but cannot be spoken.
type Warning struct{ Err *Error }

// Deeper says that the question is thought about harder, as the user has
// asked or said, and by which model.
type Deeper struct{ Model string }

// Usage is what the turn has cost since the one before, as the service reported
// it, in tokens.
type Usage struct {
	Input, Output int
	Cost          float64 // in Currency; engines leave both to whoever knows the price
	Currency      string  // "" when nobody does
	Counted       bool    // it is part of what is spent already
}

// Done ends a reply that is complete.
type Done struct{ Reason string } // the service's finish reason: stop, length, …

func (Sent) event()       {}
func (Transcript) event() {}
func (Paused) event()     {}
func (Text) event()       {}
func (Speech) event()     {}
func (Control) event()    {}
func (Act) event()        {}
func (Look) event()       {}
func (Warning) event()    {}
func (Deeper) event()     {}
func (Usage) event()      {}
func (Done) event()       {}
