package settings

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// entry is one setting: where it is kept and what it may be.
type entry struct {
	name  string // group.key, as in the file
	about string
	field func(*Settings) any // *string, *[]string, *int, *float64 or *bool
	rule  rule
}

// entries is the table of all settings, grouped as in the file.
func entries() []entry {
	return []entry{
		{"hotkey.talk", "hold it and speak", func(s *Settings) any { return &s.Hotkey.Talk }, words("a key combination", 1, 64)},
		{"hotkey.look", "asks at once what is on the screen", func(s *Settings) any { return &s.Hotkey.Look }, words("a key combination", 1, 64)},
		{"hotkey.type", "puts the keyboard into the panel's field, and gives it back; empty for none", func(s *Settings) any { return &s.Hotkey.Type }, words("a key combination, or empty", 0, 64)},
		{"hotkey.panel", "shows and hides the panel; empty for none", func(s *Settings) any { return &s.Hotkey.Panel }, words("a key combination, or empty", 0, 64)},

		{"engine.kind", "who answers; auto takes the best there is", func(s *Settings) any { return &s.Engine.Kind }, oneOf("auto", "chat", "realtime", "offline")},
		{"engine.base_url", "the service that answers", func(s *Settings) any { return &s.Engine.BaseURL }, address(false)},
		{"engine.model", "the model that answers", func(s *Settings) any { return &s.Engine.Model }, words("the name of a model", 1, 200)},
		{"engine.deep_model", "the model that thinks harder when asked to; empty for the same one with more effort", func(s *Settings) any { return &s.Engine.DeepModel }, words("the name of a model, or empty", 0, 200)},
		{"engine.realtime_model", "the model that answers if engine.kind is realtime", func(s *Settings) any { return &s.Engine.RealtimeModel }, words("the name of a model", 1, 200)},
		{"engine.realtime_part", "what of a question the live voice does: all of it; answer, and speak.model speaks; or only hear, and engine.model answers", func(s *Settings) any { return &s.Engine.RealtimePart }, oneOf("all", "answer", "hear")},
		{"engine.realtime_acts", "the live voice may, when asked, change its pace and voice, stop, look at the window again, and have the deeper model answer", func(s *Settings) any { return &s.Engine.RealtimeActs }, yesOrNo()},

		{"transcribe.base_url", "the service that understands speech", func(s *Settings) any { return &s.Transcribe.BaseURL }, address(true)},
		{"transcribe.model", "the model that understands speech", func(s *Settings) any { return &s.Transcribe.Model }, words("the name of a model", 1, 200)},
		{"transcribe.language", "the language you speak", func(s *Settings) any { return &s.Transcribe.Language }, language()},

		{"speak.base_url", "the service that speaks", func(s *Settings) any { return &s.Speak.BaseURL }, address(true)},
		{"speak.model", "the model that speaks", func(s *Settings) any { return &s.Speak.Model }, words("the name of a model", 1, 200)},
		{"speak.voice", "the voice that answers", func(s *Settings) any { return &s.Speak.Voice }, words("the name of a voice", 1, 200)},
		{"speak.speed", "how fast it speaks", func(s *Settings) any { return &s.Speak.Speed }, between(0.5, 2.5)},
		{"speak.volume", "how loud it speaks", func(s *Settings) any { return &s.Speak.Volume }, between(0, 2)},
		{"speak.offline", "this machine's own voice speaks instead of a service's; a live voice that does everything speaks itself", func(s *Settings) any { return &s.Speak.Offline }, yesOrNo()},
		{"speak.typed", "the answers to questions that you type are spoken, too", func(s *Settings) any { return &s.Speak.Typed }, yesOrNo()},

		{"sound.microphone", "the microphone, as aside devices names it; empty for the system's default", func(s *Settings) any { return &s.Sound.Microphone }, words("the name of a microphone, or empty", 0, 200)},
		{"sound.loudspeaker", "the loudspeaker, likewise", func(s *Settings) any { return &s.Sound.Loudspeaker }, words("the name of a loudspeaker, or empty", 0, 200)},
		{"sound.duck", "other players are lowered while Aside listens", func(s *Settings) any { return &s.Sound.Duck }, yesOrNo()},
		{"sound.builtin_microphone", "a Bluetooth headset that plays is not made to record if there is another microphone", func(s *Settings) any { return &s.Sound.BuiltinMicrophone }, yesOrNo()},
		{"sound.chime", "a short, soft tone says that the microphone hears", func(s *Settings) any { return &s.Sound.Chime }, yesOrNo()},
		{"sound.warm", "the microphone stays open, and a question begins 400 ms before the key", func(s *Settings) any { return &s.Sound.Warm }, yesOrNo()},
		{"sound.barge_in", "what cuts a spoken answer off; for voice, a microphone without echo is open while Aside speaks", func(s *Settings) any { return &s.Sound.BargeIn }, oneOf("key", "voice")},

		{"talk.silence", "seconds without a word, after which a conversation without the key ends by itself", func(s *Settings) any { return &s.Talk.Silence }, within(5, 600)},
		{"talk.detection", "how a live voice notices in such a conversation that you have stopped: server_vad by a pause, semantic_vad by what you say", func(s *Settings) any { return &s.Talk.Detection }, oneOf("server_vad", "semantic_vad")},

		{"screen.capture", "what a spoken question looks at", func(s *Settings) any { return &s.Screen.Capture }, oneOf("window", "display", "none")},
		{"screen.exclude", "programs and window titles that are never looked at", func(s *Settings) any { return &s.Screen.Exclude }, list(200, 200)},
		{"screen.words", "the text of the window goes along with its picture, as far as its program tells it", func(s *Settings) any { return &s.Screen.Words }, yesOrNo()},
		{"screen.share_tokens", "the most that the pictures of a minute may cost while the live voice looks with you", func(s *Settings) any { return &s.Screen.ShareTokens }, within(1000, 1000000)},

		{"panel.edge", "the side of the display", func(s *Settings) any { return &s.Panel.Edge }, oneOf("left", "right")},
		{"panel.width", "in pixels, before the display's scale", func(s *Settings) any { return &s.Panel.Width }, within(240, 1200)},
		{"panel.mode", "as high as the display, or where you drag it to", func(s *Settings) any { return &s.Panel.Mode }, oneOf("full", "floating")},
		{"panel.strip", "a narrow strip with the mark alone while nothing is asked", func(s *Settings) any { return &s.Panel.Strip }, yesOrNo()},
		{"panel.above", "stays over other windows", func(s *Settings) any { return &s.Panel.Above }, yesOrNo()},
		{"panel.reserve", "maximised windows leave its place free; needs panel.above, and panel.mode full", func(s *Settings) any { return &s.Panel.Reserve }, yesOrNo()},
		{"panel.display", "where it stands: on the outermost display at its edge, on that of the active window, on the primary one, or on the one of a name such as HDMI-1", func(s *Settings) any { return &s.Panel.Display }, words("edge, active, primary or the name of a display", 1, 64)},
		{"panel.always_on", "stays when nothing is asked", func(s *Settings) any { return &s.Panel.AlwaysOn }, yesOrNo()},
		{"panel.theme", "its colours", func(s *Settings) any { return &s.Panel.Theme }, oneOf("auto", "light", "dark")},
		{"panel.language", "the language of the panel; auto is the system's", func(s *Settings) any { return &s.Panel.Language }, oneOf("auto", "en", "zh-Hans", "zh-Hant")},

		{"history.days", "how long questions and answers are kept, save those you pin; 0 is for ever", func(s *Settings) any { return &s.History.Days }, within(0, 36500)},

		{"spending.currency", "the currency of the prices", func(s *Settings) any { return &s.Spending.Currency }, currency()},
		{"spending.input_price", "what a million tokens cost that engine.model reads; 0 is not known", func(s *Settings) any { return &s.Spending.InputPrice }, between(0, 1e5)},
		{"spending.output_price", "what a million tokens cost that it writes; 0 is not known", func(s *Settings) any { return &s.Spending.OutputPrice }, between(0, 1e5)},
		{"spending.day_cap", "the most that answers may cost in a day; 0 is no limit", func(s *Settings) any { return &s.Spending.DayCap }, between(0, 1e5)},
		{"spending.month_cap", "likewise in a month", func(s *Settings) any { return &s.Spending.MonthCap }, between(0, 1e5)},
	}
}

func entryNamed(name string) (entry, error) {
	for _, e := range entries() {
		if e.name == name {
			return e, nil
		}
	}
	return entry{}, &Problem{
		Code:    "settings_key",
		Message: "There is no such setting.",
		Hint:    "The settings are " + strings.Join(names(), ", ") + ".",
	}
}

func names() []string {
	var all []string
	for _, e := range entries() {
		all = append(all, e.name)
	}
	return all
}

// value returns the setting itself: a string, []string, int, float64 or bool.
func (e entry) value(s Settings) any { return reflect.ValueOf(e.field(&s)).Elem().Interface() }

// kind says what the setting is.
func (e entry) kind() Kind {
	switch e.value(Settings{}).(type) {
	case []string:
		return List
	case int:
		return Whole
	case float64:
		return Number
	case bool:
		return Switch
	}
	if e.rule.choices != nil {
		return Choice
	}
	return Text
}

// put stores v, which read or fromTOML made.
func (e entry) put(s *Settings, v any) { reflect.ValueOf(e.field(s)).Elem().Set(reflect.ValueOf(v)) }

// plain returns the setting as the TOML encoder takes it: it has no nil lists.
func (e entry) plain(s Settings) any {
	v := e.value(s)
	if l, ok := v.([]string); ok && l == nil {
		return []string{}
	}
	return v
}

// literal writes the setting as TOML.
func (e entry) literal(s Settings) string {
	out, err := toml.Marshal(map[string]any{"v": e.plain(s)})
	if err != nil {
		return "" // none of the five types
	}
	return strings.TrimSpace(strings.TrimPrefix(string(out), "v = "))
}

// text writes the setting for people and for read.
func (e entry) text(s Settings) string {
	if v, ok := e.value(s).(string); ok {
		return v
	}
	return e.literal(s)
}

// read takes the setting from what a person typed.
func (e entry) read(text string) (any, bool) {
	text = strings.TrimSpace(text)
	switch e.value(Settings{}).(type) {
	case string:
		return text, true
	case []string:
		return readList(text)
	case int:
		n, err := strconv.Atoi(text)
		return n, err == nil
	case float64:
		f, err := strconv.ParseFloat(text, 64)
		return f, err == nil
	default:
		return readBool(text)
	}
}

func readBool(text string) (any, bool) {
	switch strings.ToLower(text) {
	case "true", "on", "yes":
		return true, true
	case "false", "off", "no":
		return false, true
	}
	return nil, false
}

func readList(text string) (any, bool) {
	if strings.HasPrefix(text, "[") {
		var doc struct{ V []string }
		_, err := toml.Decode("v = "+text, &doc)
		return append([]string(nil), doc.V...), err == nil
	}
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items, true
}

// fromTOML takes the setting from a decoded file.
func (e entry) fromTOML(v any) (any, bool) {
	switch e.value(Settings{}).(type) {
	case []string:
		items, ok := v.([]any)
		return stringsOf(items, ok)
	case int:
		n, ok := v.(int64)
		return int(n), ok
	case float64:
		if n, ok := v.(int64); ok {
			return float64(n), true
		}
		f, ok := v.(float64)
		return f, ok
	case bool:
		b, ok := v.(bool)
		return b, ok
	default:
		s, ok := v.(string)
		return s, ok
	}
}

func stringsOf(items []any, ok bool) (any, bool) {
	var all []string
	for _, item := range items {
		s, isString := item.(string)
		all, ok = append(all, s), ok && isString
	}
	return all, ok
}
