package control

// The verbs of whoever sets Aside up, with the arguments and the data of their
// replies. Nothing is written but by the core, and no key ever comes back.
const (
	VerbSettings = "settings" // SettingsArgs → Settings; with Watch, again with every change
	VerbSet      = "set"      // SetArgs: change one setting, at once and for good
	VerbReset    = "reset"    // ResetArgs: take one setting out of the file
	VerbKey      = "key"      // KeyArgs → KeyState
	VerbModels   = "models"   // → Models: what the service offers
	VerbTry      = "try"      // → Tried: one small real question to who answers
	VerbSound    = "sound"    // → SoundDevices
	VerbVoices   = "voices"   // → Voices
	VerbListen   = "listen"   // ListenArgs → Heard, again and again: tries the microphone
	VerbSample   = "sample"   // SampleArgs: speak a sentence as answers are spoken
	VerbPick     = "pick"     // → Picked: the user clicks on a window
	VerbCapture  = "capture"  // → Captured, again and again: the user presses keys
	VerbWelcome  = "welcome"  // WelcomeArgs → Welcome: whether the first steps are still to be taken
)

// SettingsArgs are the arguments of VerbSettings.
type SettingsArgs struct {
	Watch bool `json:"watch,omitempty"`
}

// Settings are all settings, in the order in which they are shown.
type Settings struct {
	Path     string    `json:"path"`
	Settings []Setting `json:"settings"`
}

// Value is what holds of a setting, "" if there is no such one.
func (s Settings) Value(name string) string {
	for _, one := range s.Settings {
		if one.Name == name {
			return one.Value
		}
	}
	return ""
}

// Setting is one of them.
type Setting struct {
	Name    string   `json:"name"`
	About   string   `json:"about"` // one line
	Valid   string   `json:"valid"` // completes "must be"
	Kind    string   `json:"kind"`  // text, choice, list, whole, number, switch
	Choices []string `json:"choices,omitempty"`
	Least   float64  `json:"least,omitempty"`
	Most    float64  `json:"most,omitempty"`
	Value   string   `json:"value"`           // as SetArgs takes it
	Items   []string `json:"items,omitempty"` // of a list
	Default string   `json:"default"`
	Source  string   `json:"source"` // file or default
}

// SetArgs are the arguments of VerbSet.
type SetArgs struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ResetArgs are the arguments of VerbReset.
type ResetArgs struct {
	Name string `json:"name"`
}

// KeyArgs are the arguments of VerbKey.
type KeyArgs struct {
	Do  string `json:"do,omitempty"`  // set, delete; "" asks where the key is
	URL string `json:"url,omitempty"` // of the service; "" is engine.base_url
	Key string `json:"key,omitempty"` // to set
}

// KeyState says where the key of a service is.
type KeyState struct {
	URL    string `json:"url"`
	Source string `json:"source"` // none, environment, keyring
}

// Models are what a service offers, by their names.
type Models struct {
	Host  string   `json:"host"`
	Names []string `json:"names"`
}

// Tried is what came of a try.
type Tried struct {
	Engine string `json:"engine"`
	Model  string `json:"model"`
	Host   string `json:"host"` // "" when nothing left the machine
	Said   string `json:"said"` // the beginning of the answer
	MS     int64  `json:"ms"`   // to its first word, in milliseconds
}

// SoundDevice is a microphone or a loudspeaker.
type SoundDevice struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Default     bool   `json:"default"`
	Muted       bool   `json:"muted"`
	Chosen      bool   `json:"chosen"` // the next question uses it
	Open        bool   `json:"open"`   // Aside records from it now
}

// SoundDevices are those that there are now.
type SoundDevices struct {
	Microphones  []SoundDevice `json:"microphones"`
	Loudspeakers []SoundDevice `json:"loudspeakers"`
}

// Voices are those that the service, or this machine, is known to have.
type Voices struct {
	Names []string `json:"names"`
	Now   string   `json:"now"` // the one that speaks
}

// ListenArgs are the arguments of VerbListen. The microphone is open until the
// client goes or the time is over; what it heard is in memory meanwhile.
type ListenArgs struct {
	MS   int  `json:"ms"`   // at most 10 s, in milliseconds
	Play bool `json:"play"` // what was heard, afterwards
}

// Heard is what the microphone that is tried hears.
type Heard struct {
	State  string  `json:"state"`            // open, playing, done
	Level  float64 `json:"level"`            // 0…1
	Speech bool    `json:"speech,omitempty"` // when it is done: whether somebody spoke
}

// SampleArgs are the arguments of VerbSample.
type SampleArgs struct {
	Text string `json:"text"`
}

// Picked is a window that the user has clicked on.
type Picked struct {
	Program string `json:"program"` // "" if unknown
	Title   string `json:"title"`
}

// Captured is what the user has pressed while no key reached any other program.
// The last one is a whole combination.
type Captured struct {
	Held  string `json:"held,omitempty"`  // modifiers so far
	Wrong string `json:"wrong,omitempty"` // why what was pressed is no combination
	Combo string `json:"combo,omitempty"`
}

// WelcomeArgs are the arguments of VerbWelcome.
type WelcomeArgs struct {
	Done bool `json:"done,omitempty"` // or skipped: never again by itself
	Step int  `json:"step,omitempty"` // the one that is at hand now, from 1; 0 only asks
}

// Welcome says whether the first steps are still to be taken.
type Welcome struct {
	Due  bool `json:"due"`
	Step int  `json:"step,omitempty"` // where the user has got to; 0 for nowhere yet
}

// MarkOpen marks the microphone from which a core says that it records, "" if it
// does not.
func (s SoundDevices) MarkOpen(recording string) {
	for i, m := range s.Microphones {
		s.Microphones[i].Open = recording != "" && (m.Description == recording || m.Name == recording)
	}
}
