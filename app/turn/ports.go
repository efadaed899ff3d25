package turn

import (
	"context"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// Ports are what the loop needs of the world. Only Engine and Journal must be
// set: a core without a microphone, a loudspeaker or a display still answers
// typed questions.
type Ports struct {
	Microphone  Microphone
	Ears        Ears
	Loudspeaker Loudspeaker
	Screen      Screen
	Journal     Journal

	// Warm reports whether the microphone is kept open while nobody speaks, as
	// the user has chosen; nil if it never is.
	Warm func() bool

	// Tried reports whether the microphone is open to be tried, beside all turns;
	// it may be nil. The loop is refreshed when that changes.
	Tried func() bool

	// Engine returns the engine for the next turn.
	Engine func() engine.Engine

	// Beside returns the engine that a failed question can be sent to instead,
	// nil if there is none; it may itself be nil.
	Beside func() engine.Engine

	// Settings returns the settings that a turn reads when it begins.
	Settings func() Settings

	// Control carries out a speech control that an engine asks for.
	Control func(name, value string)

	// Sharer returns the engine for the next turn if it takes looks without a
	// question, else nil; it may itself be nil.
	Sharer func() Sharer

	// Frame opens the frame around what is shared, around nothing yet. The error
	// wraps vision.ErrUnsupported where windows cannot be followed. It may be nil.
	Frame func(ctx context.Context) (Frame, error)
}

// Settings are the user's wishes that concern a turn.
type Settings struct {
	Capture vision.Capture // what a spoken question looks at
	Speak   bool           // answers to spoken questions are spoken
	Pace    float64        // of the voice, 1 is as the engine speaks
	Volume  float64        // of the voice, 1 is as the engine speaks
	BargeIn bool           // a voice cuts an answer off, without the talk key
	Silence time.Duration  // after which a conversation without hands ends

	ShareTokens int // what sharing may cost in a minute
}

// Microphone opens recordings.
type Microphone interface {
	// Record opens the default microphone: mono, audio.RateListen. The error
	// wraps one of audio's.
	Record(ctx context.Context) (Recording, error)
}

// Recording is an open microphone. Read comes from one goroutine.
type Recording interface {
	// Read returns the next frame, or the reason why there are no more.
	Read(ctx context.Context) (audio.Frame, error)
	// Microphone is what people call the microphone that is recorded now, ""
	// while that is not known. It does not block.
	Microphone() string
	// Close returns when the sound server no longer lists the recording.
	Close() error
}

// Ears open a microphone while the Loudspeaker plays.
type Ears interface {
	// Attend opens one that does not hear the Loudspeaker: mono,
	// audio.RateListen. The error wraps one of audio's; the Loudspeaker has told
	// the user if there is no such microphone.
	Attend(ctx context.Context) (Attention, error)
}

// Attention is a recording in which a voice is waited for.
type Attention interface {
	Recording
	// Heard says that there is one: what follows is a question.
	Heard()
}

// Loudspeaker opens playbacks.
type Loudspeaker interface {
	// Play prepares to play mono sound at rate hertz. Nothing is opened before
	// the first frame.
	Play(ctx context.Context, rate int) (Playback, error)
}

// Playback is a voice on the loudspeaker.
type Playback interface {
	// Write queues a frame and returns when there is room for the next.
	Write(ctx context.Context, f audio.Frame) error
	// Played is how much of what was written has left for the loudspeaker.
	Played() time.Duration
	// Drain returns when all of it has.
	Drain(ctx context.Context) error
	// Flush silences the loudspeaker at once and forgets the rest.
	Flush()
	// Close releases the loudspeaker. It may be called twice.
	Close() error
}

// Screen takes pictures.
type Screen interface {
	// Take returns the picture without words and without Sent. The error wraps
	// one of vision's.
	Take(ctx context.Context, t vision.Target) (vision.Shot, error)

	// Read adds to a shot just taken what its window's program says is written
	// there, and paints over what it says is secret. The error wraps
	// vision.ErrExcluded if only now it turns out that the window is private.
	Read(ctx context.Context, s vision.Shot) (vision.Shot, error)

	// Watch calls changed when what the user looks at or points at is another,
	// until ctx ends. The error wraps vision.ErrUnsupported where that cannot
	// be noticed.
	Watch(ctx context.Context, changed func(Change)) error

	// Locked reports whether the screen is locked.
	Locked(ctx context.Context) bool

	// Free gives the pixels of a shot back. Nobody looks at them any more.
	Free(s vision.Shot)
}

// Sharer is an engine that takes looks at the screen without a question. It has
// one at most. It is safe for concurrent use.
type Sharer interface {
	// Share gives it a look in the place of the one before, and calls left when
	// that has left. While Ready is false it takes none. The error is why nothing
	// can be shared; it is an *engine.Error.
	Share(s vision.Shot, left func(at time.Time)) (taken bool, err error)
	// Ready reports whether it would take a look now. A question may have pictures
	// of its own, or is to have none.
	Ready() bool
	// Shares reports whether it still has the last look: a question may have taken
	// its place, or the connection is another.
	Shares() bool
	// Unshare takes the look back.
	Unshare()
}

// Frame is the sign on the screen of what is shared.
type Frame interface {
	// Around draws it around a window, as vision.Shot numbers it; 0 is none. The
	// error is why there is no frame any more.
	Around(window uint32) error
	// Close takes it away.
	Close()
}

// Change is what has changed before the user's eyes.
type Change struct {
	Window bool // another window, or another title; else only the pointer has come to rest elsewhere
}

// Journal is the history as the loop needs it. Calls come one at a time, on
// one goroutine.
type Journal interface {
	// Begin makes the turn durable before it returns.
	Begin(ctx context.Context, v View) error
	// Update stores what has become known since. The last one has the outcome.
	Update(ctx context.Context, v View) error
	// Remove forgets a turn that came to nothing.
	Remove(ctx context.Context, id string) error
}
