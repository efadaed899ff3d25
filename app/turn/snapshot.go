package turn

import (
	"strings"
	"time"

	"aside/app/engine"
)

// Phase is where the turn stands. The values are part of the control protocol.
type Phase string

// The phases. The comments list the legal next ones.
const (
	Idle      Phase = "idle"      // → Listening (key), Thinking (typed or look)
	Listening Phase = "listening" // → Thinking (key up), Idle (cancelled, silent), Speaking (false alarm)
	Thinking  Phase = "thinking"  // → Speaking, Idle, Listening (superseded)
	Speaking  Phase = "speaking"  // → Idle, Listening (barge-in)
)

// Outcome is how a turn ended. The values are stored in the history.
type Outcome string

// The outcomes. Asked is that of a turn that has not ended, or that a crash
// cut off.
const (
	Asked       Outcome = "asked"
	Answered    Outcome = "answered"
	Interrupted Outcome = "interrupted" // cut while it was being spoken, or by a broken stream
	Superseded  Outcome = "superseded"  // a newer question came before it spoke
	Cancelled   Outcome = "cancelled"   // stopped by the user
	TimedOut    Outcome = "timed_out"
	Failed      Outcome = "failed"
)

// Snapshot is everything a view needs at one instant. It is a value: views may
// keep it. JSON names are part of the control protocol.
type Snapshot struct {
	Seq        uint64    `json:"seq"` // grows by at least one with every snapshot
	Phase      Phase     `json:"phase"`
	Latched    bool      `json:"latched,omitempty"` // listening without the key held
	Since      time.Time `json:"since"`             // when the phase began
	Engine     string    `json:"engine"`            // chat, realtime, offline
	Model      string    `json:"model"`
	Host       string    `json:"host"`       // "" when nothing leaves the machine
	Microphone string    `json:"microphone"` // opening until it hears, open, closed, warm: kept open while nobody speaks, voice: open for a voice that cuts the answer off, or tried: open to be tried
	Level      float64   `json:"level"`      // of the microphone or the voice, 0…1
	Hint       string    `json:"hint,omitempty"`
	Error      *Problem  `json:"error"`          // the last problem, null once a turn succeeds
	Next       string    `json:"next,omitempty"` // what the next question looks at, if the user has said so: region, pick, window, display, none

	Deep bool `json:"deep,omitempty"` // the next question is to be thought about harder

	// Talk is the conversation without hands that runs, nil if none does.
	// While it waits for somebody to speak, Turn is the turn before.
	Talk *Talk `json:"talk,omitempty"`

	// Sharing is what the user lets the engine look along with. Nil unless they do.
	Sharing *Sharing `json:"sharing,omitempty"`

	// Turn is the turn that runs, or the last one. Nil before the first.
	Turn *View `json:"turn,omitempty"`

	// Earlier are the turns of this conversation before Turn, oldest first.
	// Only the first snapshot of a watch has them.
	Earlier []View `json:"earlier,omitempty"`

	known bool // an end that Turn shows has been shown before
}

// View is one turn as it is shown.
type View struct {
	ID           string     `json:"id"`
	Asked        time.Time  `json:"asked"`
	Conversation string     `json:"conversation,omitempty"` // the conversation that it is part of: the ID of its first turn
	Question     string     `json:"question"`
	Partial      bool       `json:"partial,omitempty"`  // Question may still change
	Along        int        `json:"along,omitempty"`    // characters of text that the user gave with it
	Look         bool       `json:"look,omitempty"`     // the look query: no words of the user's
	Answer       string     `json:"answer"`             // markdown, untrusted
	Sentence     string     `json:"sentence,omitempty"` // the words being said now
	Heard        string     `json:"heard,omitempty"`    // spoken so far, when it was cut off
	Outcome      Outcome    `json:"outcome"`
	Engine       string     `json:"engine"`
	Model        string     `json:"model"`
	Host         string     `json:"host,omitempty"`       // where the question went; "" when nothing left the machine
	Deep         bool       `json:"deep,omitempty"`       // it was thought about harder
	Pinned       bool       `json:"pinned,omitempty"`     // the user keeps it, however old; only the history knows
	Microphone   string     `json:"microphone,omitempty"` // that heard it, as people call it; several if the default became another
	Shots        []ShotView `json:"shots,omitempty"`      // what was looked at, in that order
	Acts         []Act      `json:"acts,omitempty"`       // what the model did by itself
	Usage        *Usage     `json:"usage"`                // null if the service does not say
	Timings      Timings    `json:"timings"`
	Problem      *Problem   `json:"problem,omitempty"` // why it failed, or what went wrong beside the answer
	Also         *Problem   `json:"also,omitempty"`    // what else did: a window may be private and the answer not spoken
	Retry        bool       `json:"retry,omitempty"`   // the question is kept and can be sent again
	Beside       string     `json:"beside,omitempty"`  // likewise, to this engine, which is another one
}

// then stands between the microphones that heard a turn.
const then = " → "

// trouble notes what went wrong. Of what had gone wrong before, the last stays.
func (v *View) trouble(p *Problem) {
	if v.Problem != nil && v.Problem.Code != p.Code {
		v.Also = v.Problem
	}
	v.Problem = p
}

// Recording is the last of the microphones that heard the turn.
func (v View) Recording() string {
	if i := strings.LastIndex(v.Microphone, then); i >= 0 {
		return v.Microphone[i+len(then):]
	}
	return v.Microphone
}

// ShotView describes one look at the screen and what went along of it.
type ShotView struct {
	Capture  string        `json:"capture"` // window, display, region, pick; none for a picture that was given
	Title    string        `json:"title"`
	Program  string        `json:"program"`
	At       int64         `json:"at,omitempty"` // milliseconds into the utterance
	Pictures []PictureView `json:"pictures"`
	Tokens   int           `json:"tokens"`             // estimate, of pictures and text
	Lines    int           `json:"lines,omitempty"`    // of the window, that go along as text
	Chosen   int           `json:"selected,omitempty"` // characters of selected text that go along
	Covered  int           `json:"covered,omitempty"`  // private windows that were painted over
	Sent     bool          `json:"sent"`               // it has left the machine; false for what was only read here
}

// PictureView describes a picture. The bytes themselves are fetched apart, by
// turn ID and place; SHA256 is theirs.
type PictureView struct {
	Width  int     `json:"width"`  // pixels
	Height int     `json:"height"` // likewise
	Scale  float64 `json:"scale"`  // its pixels per screen pixel
	Whole  bool    `json:"whole"`  // it shows all that was looked at
	Bytes  int     `json:"bytes"`
	MIME   string  `json:"mime"`
	Tokens int     `json:"tokens"` // estimate
	SHA256 string  `json:"sha256"`
}

// Usage is what the service says the turn cost, in tokens, and what they cost
// at the price that the user has set, or by the service's list.
type Usage struct {
	Input    int     `json:"input"`
	Output   int     `json:"output"`
	Cost     float64 `json:"cost"`               // in Currency
	Currency string  `json:"currency,omitempty"` // "" when nobody knows the price: then Cost says nothing
}

// Sharing is live sight: the window in front, of which the engine has a new
// picture whenever it has visibly changed.
type Sharing struct {
	ID       string     `json:"id"`              // names its pictures, as a turn's does
	Until    time.Time  `json:"until"`           // it ends by itself
	Pictures int        `json:"pictures"`        // that have left
	Tokens   int        `json:"tokens"`          // estimate, of all of them
	Shots    []ShotView `json:"shots,omitempty"` // the newest, which can be looked at
}

// Act is something that the model did by itself: set_pace, set_voice,
// stop_talking, think_harder or look_again, and with what.
type Act struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
}

// Timings are milliseconds. Zero means that the stage was not reached.
type Timings struct {
	// From key-down, or from the call for typed questions.
	Sample  float64 `json:"sample"`  // the first sample was recorded
	Pixels  float64 `json:"pixels"`  // the picture was taken
	Encoded float64 `json:"encoded"` // the picture was fitted and encoded

	// From key-up, or from the call for typed questions.
	Request    int64 `json:"request"`     // the question began to leave; 0 if it never does
	Transcript int64 `json:"transcript"`  // the utterance is understood
	FirstText  int64 `json:"first_text"`  // first words of the answer
	FirstSound int64 `json:"first_sound"` // first audible sample
	Done       int64 `json:"done"`        // the whole answer is there
}

// Problem is an error as a person reads it. Code is stable.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Warns reports whether a problem lets answers go on as before: it is to be
// known, and nothing failed.
func (p Problem) Warns() bool {
	switch p.Code {
	case "spend_near", "spend_unknown", "mic_switched", "mic_quiet", "mic_clipped", "echo_unavailable", "echo_unsupported", "settings_unknown", "history_recovered", "history_upgrading":
		return true
	}
	return false
}

// plus is what a turn has cost with one more part. What is not known of a part
// is not known of the whole.
func (u *Usage) plus(e engine.Usage) *Usage {
	if u == nil {
		return &Usage{Input: e.Input, Output: e.Output, Cost: e.Cost, Currency: e.Currency}
	}
	sum := Usage{Input: u.Input + e.Input, Output: u.Output + e.Output}
	if u.Currency == e.Currency {
		sum.Cost, sum.Currency = u.Cost+e.Cost, u.Currency
	}
	return &sum
}
