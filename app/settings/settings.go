// Package settings owns what the user can choose and where Aside keeps its
// files: the typed settings, their file, and the folders.
//
// The file is the user's: it holds only what differs from the defaults, and
// what Aside does not know in it, comments included, stays as it is.
package settings

// Version is the schema of the file. A file of a newer one is read as far as
// it is understood and never written.
const Version = 1

// Settings are all of the user's choices. They travel by value: nobody writes
// to a list in them, Set replaces it.
type Settings struct {
	Hotkey     Hotkey
	Engine     Engine
	Transcribe Transcribe
	Speak      Speak
	Sound      Sound
	Talk       Talk
	Screen     Screen
	Panel      Panel
	History    History
	Spending   Spending
}

// Hotkey holds key combinations as app/hotkey reads them. Only their shape is
// checked here.
type Hotkey struct {
	Talk  string
	Look  string
	Type  string // "" for none
	Panel string // likewise
}

// Engine says who answers.
type Engine struct {
	Kind          string // auto, chat, realtime, offline
	BaseURL       string
	Model         string
	DeepModel     string // thinks harder when asked to; "" is Model with more effort
	RealtimeModel string // in place of Model if Kind is realtime
	RealtimePart  string // of a turn, that one does: all, answer, hear
	RealtimeActs  bool   // it may do a few things by itself
}

// Transcribe says who turns speech into text.
type Transcribe struct {
	BaseURL  string // "" is Engine.BaseURL
	Model    string
	Language string // "" lets the service find out
}

// Speak says who reads answers out, and how.
type Speak struct {
	BaseURL string // "" is Engine.BaseURL
	Model   string
	Voice   string
	Speed   float64 // 1 is as the voice speaks
	Volume  float64 // 1 is as the voice speaks
	Offline bool    // by this machine's own voice
	Typed   bool    // answers to typed questions, too
}

// Sound says which devices are used, and how.
type Sound struct {
	Microphone        string // name or description; "" is the system's default
	Loudspeaker       string // likewise
	Duck              bool   // other players are lowered while Aside listens
	BuiltinMicrophone bool   // spares a Bluetooth headset that plays: to record would turn it into a telephone
	Chime             bool   // a soft tone says that the microphone hears
	Warm              bool   // the microphone stays open, 400 ms are kept in memory
	BargeIn           string // what cuts a spoken answer off: key, voice
}

// Talk says how a conversation without hands goes.
type Talk struct {
	Silence   int    // seconds in which nobody speaks, until it ends
	Detection string // how a live voice notices that the user has stopped: server_vad, semantic_vad
}

// Screen says what a question looks at.
type Screen struct {
	Capture string   // window, display, none
	Exclude []string // programs and window titles that are never looked at
	Words   bool     // the text of the window goes along with its picture

	ShareTokens int // what looking along may cost in a minute
}

// Panel says how the side panel stands.
type Panel struct {
	Edge     string // left, right
	Width    int    // in pixels of a display at scale 1
	Mode     string // full, floating
	Strip    bool   // narrow while nothing is asked
	Above    bool   // over other windows
	Reserve  bool   // other windows leave its place free
	Display  string // edge, active, primary, or the name of one
	AlwaysOn bool
	Theme    string // auto, light, dark
	Language string // auto, en, zh-Hans, zh-Hant
}

// History says what is kept.
type History struct {
	Days int // 0 is for ever
}

// Spending says what the words of the model cost, and how much may be spent.
type Spending struct {
	Currency    string
	InputPrice  float64 // of a million tokens that Engine.Model reads; 0 is not known
	OutputPrice float64 // of a million tokens that it writes; 0 is not known
	DayCap      float64 // 0 is none
	MonthCap    float64 // 0 is none
}

// Default returns the settings of a fresh installation.
func Default() Settings {
	return Settings{
		Hotkey:     Hotkey{Talk: "Ctrl+Alt+Space", Look: "Ctrl+Alt+L", Type: "Ctrl+Alt+Shift+Space"},
		Engine:     Engine{Kind: "auto", BaseURL: "https://api.openai.com/v1", Model: "gpt-4o", RealtimeModel: "gpt-realtime", RealtimePart: "all", RealtimeActs: true},
		Transcribe: Transcribe{Model: "gpt-4o-transcribe"},
		Speak:      Speak{Model: "gpt-4o-mini-tts", Voice: "alloy", Speed: 1, Volume: 1},
		Sound:      Sound{BuiltinMicrophone: true, BargeIn: "key"},
		Talk:       Talk{Silence: 30, Detection: "server_vad"},
		Screen:     Screen{Capture: "window", Words: true, ShareTokens: 10000},
		Panel:      Panel{Edge: "right", Width: 400, Mode: "full", Above: true, Display: "edge", AlwaysOn: true, Theme: "auto", Language: "auto"},
		Spending:   Spending{Currency: "USD"},
	}
}

// Problem is what is wrong with the settings, as a person reads it. It never
// quotes a value. The codes are settings_key, settings_value,
// settings_invalid, settings_unknown and settings_newer.
type Problem struct {
	Code    string
	Message string
	Hint    string
}

func (p *Problem) Error() string { return p.Message }

// Key is one setting for display.
type Key struct {
	Name  string // speak.voice
	About string // one line
	Valid string // what the value may be

	Kind        Kind
	Choices     []string // of a Choice
	Least, Most float64  // of a Number or a Whole
	Default     string   // as Get writes it
}

// Kind says what a value is, for whoever offers a control for it.
type Kind string

// The kinds.
const (
	Text   Kind = "text"
	Choice Kind = "choice" // one of Key.Choices
	List   Kind = "list"   // of texts
	Whole  Kind = "whole"  // a whole number
	Number Kind = "number"
	Switch Kind = "switch" // true or false
)

// Keys lists all settings in the order in which they are shown.
func Keys() []Key {
	keys := make([]Key, 0, len(entries()))
	for _, e := range entries() {
		keys = append(keys, Key{e.name, e.about, e.rule.valid, e.kind(), e.rule.choices, e.rule.least, e.rule.most, e.text(Default())})
	}
	return keys
}

// Get returns the value of key as text that Set takes. The error is a
// *Problem.
func Get(s Settings, key string) (string, error) {
	e, err := entryNamed(key)
	if err != nil {
		return "", err
	}
	return e.text(s), nil
}

// Set changes one setting of s. A list is written with commas between its
// items, or as in the file. The error is a *Problem, and s is then unchanged.
func Set(s *Settings, key, value string) error {
	e, err := entryNamed(key)
	if err != nil {
		return err
	}
	v, ok := e.read(value)
	if !ok || !e.rule.ok(v) {
		return &Problem{Code: "settings_value", Message: e.name + " must be " + e.rule.valid + ".", Hint: e.about}
	}
	e.put(s, v)
	return nil
}
