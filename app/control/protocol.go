// Package control is the one door to the core: a unix socket that hotkey
// scripts, the CLI, the panel and agents all use alike.
//
// A connection carries one request: a JSON line from the client, then JSON
// lines from the core until one with "end":true. A frame is one line and at
// most MaxFrame bytes from a client, MaxReply from the core.
package control

import "encoding/json"

// Limits of the protocol.
const (
	MaxFrame   = 8 << 20  // bytes of a request, which may carry a picture
	MaxReply   = 16 << 20 // bytes of a reply
	MaxClients = 32       // connections at once
	MaxAlong   = 64 << 10 // bytes of a text that goes along with a question
	MaxImage   = 5 << 20  // bytes of a picture that does
)

// Request is what a client sends.
type Request struct {
	Verb string          `json:"verb"`
	Args json.RawMessage `json:"args,omitempty"`
}

// Reply is one line from the core.
type Reply struct {
	Data  json.RawMessage `json:"data,omitempty"`
	Error *Problem        `json:"error,omitempty"`
	End   bool            `json:"end,omitempty"`
}

// The verbs, with the arguments and the data of their replies.
const (
	VerbStatus  = "status"   // → Status
	VerbWatch   = "watch"    // → Snapshot, again and again; the first has Earlier
	VerbPress   = "press"    // the talk key went down
	VerbRelease = "release"  // the talk key came up
	VerbToggle  = "toggle"   // press or release, whichever is next
	VerbCancel  = "cancel"   // drop whatever runs
	VerbTalk    = "converse" // TalkArgs: begin or end a conversation without hands
	VerbAsk     = "ask"      // AskArgs → View while it runs; the last one is final
	VerbRetry   = "retry"    // RetryArgs: send a kept question again → as VerbAsk
	VerbAim     = "aim"      // AimArgs: choose what the next question looks at
	VerbDeep    = "deep"     // DeepArgs: think harder about the next question
	VerbShare   = "share"    // ShareArgs → Sharing: let the live voice look along, or no longer
	VerbSay     = "say"      // SayArgs: a speech control
	VerbShot    = "shot"     // ShotArgs → Shot: the very bytes that were sent
	VerbPanel   = "panel"    // PanelArgs: show or hide the panel, or type into it
	VerbForget  = "forget"   // IDArgs: delete a turn everywhere
	VerbErase   = "erase"    // EraseArgs → Erased, again and again: delete a search's result, or everything
	VerbHistory = "history"  // HistoryArgs → HistoryPage: list or search earlier turns
	VerbOpen    = "open"     // IDArgs → Opened: one of them, in its place
	VerbExport  = "export"   // ExportArgs → ExportPart, again and again
	VerbPin     = "pin"      // PinArgs: keep a turn, however old it becomes, or no longer
	VerbHere    = "here"     // HereArgs → Here: earlier turns about what is in front
	VerbUsage   = "usage"    // UsageArgs → Usage: what it took and cost
	VerbInsert  = "insert"   // InsertArgs → Inserted: put text where the cursor is
	VerbClip    = "clip"     // → Clip: the picture on the clipboard
	VerbNew     = "new"      // begin a new conversation
	VerbReload  = "reload"   // read the settings and the key again
	VerbQuit    = "quit"
)

// AskArgs are the arguments of VerbAsk.
type AskArgs struct {
	Text    string `json:"text,omitempty"`
	Look    bool   `json:"look,omitempty"`    // what is on my screen; Text may be empty
	Screen  string `json:"screen,omitempty"`  // window, display, region, pick, none; "" = as set
	Image   []byte `json:"image,omitempty"`   // PNG or JPEG instead of the screen
	Speak   bool   `json:"speak,omitempty"`   // speak the answer too
	Private bool   `json:"private,omitempty"` // keep it out of the conversation and the history
	Deep    bool   `json:"deep,omitempty"`    // think harder about it
	Again   string `json:"again,omitempty"`   // ask what that turn asked once more, with what it sent while that is kept; Text is empty
	Along   string `json:"along,omitempty"`   // a text that the question is about, at most MaxAlong bytes
}

// AimArgs are the arguments of VerbAim, which waits until the user has drawn a
// region or picked a window.
type AimArgs struct {
	Screen string `json:"screen"` // window, display, region, pick, none; "" calls it off
}

// DeepArgs are the arguments of VerbDeep.
type DeepArgs struct {
	On bool `json:"on"`
}

// TalkArgs are the arguments of VerbTalk.
type TalkArgs struct {
	Stop bool `json:"stop,omitempty"`
}

// ShareArgs are the arguments of VerbShare.
type ShareArgs struct {
	Stop bool `json:"stop,omitempty"` // the reply is then what it was
}

// IDArgs name a turn.
type IDArgs struct {
	ID string `json:"id"`
}

// ShotArgs name a picture that a turn sent.
type ShotArgs struct {
	ID      string `json:"id"`
	Picture int    `json:"picture,omitempty"` // counted over all of the turn's shots, from 0
}

// RetryArgs are the arguments of VerbRetry.
type RetryArgs struct {
	ID     string `json:"id"`
	Speak  bool   `json:"speak,omitempty"`  // speak the answer too
	Alike  bool   `json:"alike,omitempty"`  // speak it if that of the turn was to be spoken
	Beside bool   `json:"beside,omitempty"` // to the engine that the turn's beside names
}

// SayArgs are the arguments of VerbSay: faster, slower, louder, softer, again,
// skip, stop, normal, speed N, voice NAME, or voice alone for another one.
type SayArgs struct {
	Command string `json:"command"`
	Value   string `json:"value,omitempty"`
}

// InsertArgs are the arguments of VerbInsert: a turn, from whose window the
// question came, and the text for it.
type InsertArgs struct {
	ID   string `json:"id,omitempty"`   // "" is the newest
	Text string `json:"text,omitempty"` // "" is the whole answer
}

// Inserted is the reply of VerbInsert: what was on the clipboard and could not
// be put back, "" for nothing.
type Inserted struct {
	Lost string `json:"lost,omitempty"` // picture, content
}

// Clip is the picture on the clipboard, as PNG or JPEG of at most MaxImage.
type Clip struct {
	Image []byte `json:"image"`
}

// PanelArgs are the arguments of VerbPanel. The first that is true counts;
// without one the panel is hidden.
type PanelArgs struct {
	Show   bool `json:"show"`
	Toggle bool `json:"toggle,omitempty"` // show or hide, whichever is next
	Type   bool `json:"type,omitempty"`   // put the keyboard into its field, or give it back
}

// Shot is a picture that was sent, and the text that went along with all of the
// turn's. There may be text without a picture.
type Shot struct {
	MIME   string `json:"mime"`
	SHA256 string `json:"sha256"`
	Bytes  []byte `json:"bytes"`
	Text   string `json:"text,omitempty"`
}

// Status is the core at one instant, for scripts.
type Status struct {
	Phase  Phase  `json:"phase"`
	Engine string `json:"engine"`
	Model  string `json:"model"`
	Host   string `json:"host"`
	// Microphone is opening, open or closed; warm: open without being asked, by
	// sound.warm; voice: for a voice that cuts the answer off, by sound.barge_in; tried: to be
	// tried, by VerbListen.
	Microphone string            `json:"microphone"`
	Recording  string            `json:"recording,omitempty"` // which one it is, while it is open, as people call it
	Devices    map[string]string `json:"devices"`             // microphone, loudspeaker, barge_in, display, hotkey, panel, tray
	Sharing    *Sharing          `json:"sharing,omitempty"`   // what the live voice looks along with
	Hotkey     *Problem          `json:"hotkey,omitempty"`    // why not all keys are taken
	Talk       *Talk             `json:"talk,omitempty"`      // the conversation without hands that runs
	Error      *Problem          `json:"error"`
	Version    string            `json:"version"`
	PID        int               `json:"pid"`
}
