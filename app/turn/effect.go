package turn

import "time"

// Effect is something that the machine orders. The loop carries effects out in
// the order given. The set is closed.
type Effect interface{ effect() }

type (
	// OpenMicrophone begins to record. Reports Opened and, in the end, Captured.
	OpenMicrophone struct{ Turn ID }

	// Attend opens a microphone that does not hear the reply and waits for a
	// voice, if the user wants that. Reports Voiced.
	Attend struct{ Turn ID }

	// StopAttending closes that microphone.
	StopAttending struct{ Turn ID }

	// TakeMicrophone records with the microphone that has heard the voice, from
	// where that begins. Reports as OpenMicrophone does.
	TakeMicrophone struct{ Turn ID }

	// AwaitSpeech opens the microphone and keeps nothing until somebody speaks.
	// Reports as OpenMicrophone does, and Spoke.
	AwaitSpeech struct{ Turn ID }

	// Heed ends that wait: what is heard from now on counts. Reports Spoke.
	Heed struct{ Turn ID }

	// ListenAgain wants a Listen.
	ListenAgain struct{}

	// CloseMicrophone ends the recording: with Keep after the tail of the last
	// word, otherwise at once and for nothing.
	CloseMicrophone struct {
		Turn ID
		Keep bool
	}

	// ReopenMicrophone goes on recording while the tail is still being kept. If
	// it is too late for that, the press begins a turn of its own.
	ReopenMicrophone struct {
		Turn ID // of that turn
		At   time.Time
	}

	// Latch says that nobody holds the key: a pause will end the recording.
	// Reports Paused.
	Latch struct{ Turn ID }

	// Grab takes the picture and hands it to the exchange. Reports Shown.
	Grab struct {
		Turn     ID
		Question Question
	}

	// StartExchange begins the dialogue with the engine.
	StartExchange struct {
		Turn     ID
		Question Question
	}

	// Record commits the turn to the history as asked.
	Record struct{ Turn ID }

	// Commit tells the exchange that there is no more input, as soon as the
	// record is durable.
	Commit struct{ Turn ID }

	// Silence stops the player at once.
	Silence struct{ Turn ID }

	// Hold silences the player at once and keeps the rest of the reply.
	Hold struct{ Turn ID }

	// Resume goes on speaking where Hold has cut it off.
	Resume struct{ Turn ID }

	// Drain lets what is queued be played. Reports Drained.
	Drain struct{ Turn ID }

	// Replay plays the last answer again. Reports Drained.
	Replay struct {
		Turn ID
		From string
	}

	// Interrupt tells the engine how much of the reply was heard.
	Interrupt struct{ Turn ID }

	// Arm sets the one deadline; an earlier one no longer counts. Reports
	// Expired.
	Arm struct {
		Turn  ID
		Phase Phase
		After time.Duration
	}

	// Finish ends a turn: everything it holds is released, and it becomes one
	// record unless it is dropped. The deadline no longer counts.
	Finish struct {
		Turn    ID
		Outcome Outcome
		Err     error
		Drop    bool // nothing was asked: no record
	}

	// Hint shows the user a quiet line.
	Hint struct{ Code string }
)

func (OpenMicrophone) effect()   {}
func (Attend) effect()           {}
func (StopAttending) effect()    {}
func (TakeMicrophone) effect()   {}
func (AwaitSpeech) effect()      {}
func (Heed) effect()             {}
func (ListenAgain) effect()      {}
func (CloseMicrophone) effect()  {}
func (Grab) effect()             {}
func (StartExchange) effect()    {}
func (Record) effect()           {}
func (Commit) effect()           {}
func (ReopenMicrophone) effect() {}
func (Latch) effect()            {}
func (Hold) effect()             {}
func (Resume) effect()           {}
func (Silence) effect()          {}
func (Drain) effect()            {}
func (Replay) effect()           {}
func (Interrupt) effect()        {}
func (Arm) effect()              {}
func (Finish) effect()           {}
func (Hint) effect()             {}
