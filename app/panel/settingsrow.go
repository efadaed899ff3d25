package panel

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
)

// row is one setting: its name, its control, one line about it, and below that
// what is wrong with it.
type row struct {
	*fyne.Container
	kit   *kit
	is    control.Setting
	label *canvas.Text
	reset *tool
	head  *fyne.Container // the label and what stands beside it
	below *fyne.Container // what needs the whole width
	about *note
	wrong *fyne.Container

	shows func(control.Setting) // in the control
}

// asker changes settings: value nil takes one out of the file.
type asker func(name string, value *string, done func(*control.Problem))

// row makes a row without a control.
func (k *kit) row(s control.Setting, ask asker) *row {
	r := &row{kit: k, is: s, label: words(tr(labelOf(s.Name)), k.ink, sizeAsked), about: k.note(sentence(tr(aboutOf(s))), toneDim)}
	r.reset = newTool(k.sheet, tr("Reset"), func() { ask(s.Name, nil, r.problem) })
	r.head = &fyne.Container{Layout: sides{k.width, 8}, Objects: []fyne.CanvasObject{r.label, r.reset}}
	r.below = &fyne.Container{Layout: column{6}}
	r.wrong = &fyne.Container{Layout: column{2}}
	r.Container = &fyne.Container{Layout: column{4}, Objects: []fyne.CanvasObject{r.head, r.below, r.about.Container, r.wrong}}
	r.tidy()
	return r
}

// show shows the value that holds now.
func (r *row) show(s control.Setting) {
	r.is = s
	setVisible(r.reset, s.Source == "file" && s.Value != s.Default)
	if r.shows != nil {
		r.shows(s)
	}
	r.head.Refresh()
}

// problem says what is wrong under the control, nil that nothing is.
func (r *row) problem(p *control.Problem) {
	r.wrong.Objects = nil
	if p != nil {
		r.wrong.Objects = problemLines(r.kit.sheet, r.here(*p), nil)
	}
	r.tidy()
	r.kit.grown()
}

// here is a problem of the setting as it is told beside it: without what already
// stands there.
func (r *row) here(p control.Problem) *control.Problem {
	about := p.Hint == r.is.About
	if p = told(p); about {
		p.Hint = ""
	}
	return &p
}

// tidy leaves out what is empty.
func (r *row) tidy() {
	setVisible(r.wrong, len(r.wrong.Objects) > 0)
	setVisible(r.below, len(r.below.Objects) > 0)
}

// sentence is what a setting says about itself as a sentence.
func sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	if name, _, is := strings.Cut(s, " "); !is || !strings.Contains(name, ".") { // the name of a setting stays as it is
		s = string(unicode.ToUpper(first)) + s[size:]
	}
	switch last, _ := utf8.DecodeLastRuneInString(s); {
	case strings.ContainsRune(".!?。！？", last):
	case isWide(last):
		s += "。"
	default:
		s += "."
	}
	return s
}

// labelOf is the name of a setting for people. One that is not known here is
// called as in the file.
func labelOf(name string) string {
	label, ok := map[string]string{
		"engine.kind": "Answers come from", "engine.base_url": "Address", "engine.model": "Model",
		"hotkey.talk": "Talk key", "hotkey.look": "Look key",
		"sound.microphone": "Which microphone", "sound.loudspeaker": "Loudspeaker", "sound.duck": "Lower other sound",
		"sound.builtin_microphone": "Spare the headset", "sound.warm": "Keep the microphone open",
		"speak.voice": "Which voice", "speak.speed": "Pace", "speak.volume": "Volume", "speak.typed": "Speak after typing", "speak.offline": "Speak without a service", "speak.base_url": "Address for speech", "speak.model": "Model for speech",
		"talk.silence": "Silence that ends it", "talk.detection": "End of your turn",
		"screen.capture": "What is looked at", "screen.exclude": "Never look at", "screen.words": "Send text too", "screen.share_tokens": "Tokens of looking along",
		"panel.edge": "Side", "panel.width": "Width", "panel.theme": "Colours", "panel.always_on": "Always there",
		"engine.deep_model": "Deeper model", "engine.realtime_model": "Live voice model", "engine.realtime_part": "Live voice does", "engine.realtime_acts": "Live voice may act", "sound.chime": "A tone when it hears", "sound.barge_in": "What cuts an answer off",
		"history.days": "Days that are kept", "spending.currency": "Currency", "spending.input_price": "Price of what is read",
		"spending.output_price": "Price of what is written", "spending.day_cap": "Most in a day", "spending.month_cap": "Most in a month",
		"hotkey.panel": "Panel key", "hotkey.type": "Typing key",
		"panel.mode": "Height", "panel.strip": "Narrow while idle", "panel.above": "Above other windows", "panel.reserve": "Keep its place free", "panel.display": "Display",
		"panel.language": "Language of the panel", "transcribe.language": "Language you speak", "transcribe.base_url": "Address for hearing", "transcribe.model": "Model for hearing",
	}[name]
	if !ok {
		return name
	}
	return label
}

// aboutOf is one line about a setting. The core's own is for a shell where the
// control here needs other words.
func aboutOf(s control.Setting) string {
	about, ok := map[string]string{
		"engine.kind":           "The best there is: a service with your key, else a model on this machine, else the offline reader.",
		"engine.base_url":       "The service that answers. Its address usually ends in /v1.",
		"sound.microphone":      "What hears you.",
		"sound.loudspeaker":     "What speaks.",
		"panel.theme":           "Light, dark, or whichever the desktop has.",
		"panel.always_on":       "It stays when nothing is asked. Otherwise it comes with a question and goes after ten quiet minutes.",
		"engine.realtime_model": "The model that answers as a live voice.",
		"engine.realtime_part":  "Everything; or it hears and answers, and the voice below speaks; or it only hears, and the model above answers.",
		"panel.reserve":         "Maximised windows leave its place free. It has to stand above other windows, as high as the display.",
		"spending.input_price":  "What a million tokens cost that the model reads; 0 is not known.",
		"talk.detection":        "How a live voice notices that you have stopped.",
		"screen.exclude":        "Programs and window titles that are never looked at. Password managers never are anyway.",
		"hotkey.type":           "Puts the keyboard into the panel's field, and gives it back.",
		"hotkey.panel":          "Shows and hides the panel.",
		"panel.display":         "The display that it stands on.",
		"panel.language":        "The language of the panel.",
		"spending.month_cap":    "The most that answers may cost in a month; 0 is no limit.",
		"sound.warm":            "A question then begins 400 ms before the key. The panel says so all the time.",
	}[s.Name]
	if !ok {
		return s.About
	}
	return about
}

// choiceName is the name of a choice for people.
func choiceName(setting, value string) string {
	name, ok := map[string]string{
		"engine.kind auto": "Best there is", "engine.kind chat": "A service", "engine.kind realtime": "Live voice", "engine.kind offline": "This machine alone",
		"engine.realtime_part all": "Everything", "engine.realtime_part answer": "Hears and answers", "engine.realtime_part hear": "Only hears",
		"screen.capture window": "The window in front", "screen.capture display": "Whole display", "screen.capture none": "Nothing",
		"talk.detection server_vad": "A pause", "talk.detection semantic_vad": "What you say",
		"panel.edge left": "Left", "panel.edge right": "Right",
		"sound.barge_in key": "The key", "sound.barge_in voice": "A voice, too",
		"panel.display edge": "The outermost", "panel.display active": "Where you work", "panel.display primary": "The primary one",
		"panel.mode full": "As the display", "panel.mode floating": "Where you drag it",
		"panel.language auto": "As the system", "panel.language en": "English", "panel.language zh-Hans": "简体中文", "panel.language zh-Hant": "繁體中文",
		"panel.theme auto": "As the desktop", "panel.theme light": "Light", "panel.theme dark": "Dark",
	}[setting+" "+value]
	if !ok {
		return value
	}
	return tr(name)
}

// fit makes the control that the table asks for.
func (k *kit) fit(s control.Setting, ask asker) *row {
	r := k.row(s, ask)
	put := func(value string) { ask(s.Name, &value, r.problem) }
	switch s.Kind {
	case "switch":
		r.withToggle(put)
	case "choice":
		r.withChoices(s.Choices, func(v string) string { return choiceName(s.Name, v) }, put)
	case "number", "whole":
		if wide(s) {
			r.withNumber(put)
			break
		}
		r.withSteps(put)
	default:
		r.withEntry(put)
	}
	return r
}

func (r *row) withToggle(put func(string)) {
	t := r.kit.toggle(func(on bool) { put(strconv.FormatBool(on)) })
	r.head.Objects = append(r.head.Objects, t)
	r.shows = func(s control.Setting) { t.turn(s.Value == "true") }
}

// withChoices offers values as knobs beside one another.
func (r *row) withChoices(values []string, name func(string) string, put func(string)) {
	var knobs []*knob
	flow := &fyne.Container{Layout: flow{r.kit.width, 6}}
	for _, v := range values {
		b := r.kit.knob(name(v), func() { put(v) })
		knobs = append(knobs, b)
		flow.Add(b)
	}
	r.below.Objects = append(r.below.Objects, flow)
	r.shows = func(s control.Setting) {
		for i, v := range values {
			knobs[i].set(name(v), v == s.Value)
		}
	}
	r.tidy()
}

func (r *row) withEntry(put func(string)) *entry {
	hint := r.is.Default
	if hint == "" {
		hint = tr("the same as above")
	}
	e := r.kit.entry(hint, put)
	r.below.Objects = append(r.below.Objects, r.kit.framed(e))
	r.shows = func(s control.Setting) { e.show(s.Value) }
	r.tidy()
	return e
}

// wide reports whether a number has a range that nobody wants to step through.
func wide(s control.Setting) bool {
	return s.Kind == "whole" && s.Most-s.Least > 2000 || s.Kind == "number" && s.Most-s.Least > 10
}

// withNumber lets a number be typed.
func (r *row) withNumber(put func(string)) {
	e := r.kit.entry(r.is.Default, put)
	box := &fyne.Container{Layout: exactly{96}, Objects: []fyne.CanvasObject{r.kit.framed(e)}}
	r.head.Objects = append(r.head.Objects, box)
	r.shows = func(s control.Setting) { e.show(amount(s)) }
}

// withSteps offers less and more of a number.
func (r *row) withSteps(put func(string)) {
	value := words("", r.kit.ink, sizeAsked)
	value.Alignment = fyne.TextAlignCenter
	box := &fyne.Container{Layout: atLeast{52}, Objects: []fyne.CanvasObject{value}}
	move := func(by float64) func() { return func() { put(stepped(r.is, by)) } }
	r.head.Objects = append(r.head.Objects, r.kit.knob("−", move(-1)), box, r.kit.knob("+", move(1)))
	r.shows = func(s control.Setting) { setText(value, amount(s), r.kit.ink) }
}

// stepped is the next value of a number in a direction: a tenth of its range
// and round, or a fifth of a factor.
func stepped(s control.Setting, by float64) string {
	now, _ := strconv.ParseFloat(s.Value, 64)
	step := 0.1
	if s.Kind == "whole" {
		step = niceStep(s.Most - s.Least)
	}
	next := math.Round(now/step+by) * step
	next = min(max(next, s.Least), s.Most)
	if s.Kind == "whole" {
		return strconv.Itoa(int(next))
	}
	return strconv.FormatFloat(next, 'f', 2, 64)
}

// niceStep is about a fortieth of a range: 1, 2, 5, 10, 20, 50, …
func niceStep(span float64) float64 {
	step := math.Pow(10, math.Floor(math.Log10(max(span/40, 1))))
	for _, times := range []float64{5, 2} {
		if step*times <= max(span/40, 1) {
			return step * times
		}
	}
	return step
}

// amount writes a number for people: factors as percent.
func amount(s control.Setting) string {
	f, err := strconv.ParseFloat(s.Value, 64)
	switch {
	case err != nil || s.Kind == "whole":
		return s.Value
	case s.Name == "speak.speed":
		return strconv.FormatFloat(f, 'f', -1, 64) + "×"
	case s.Name == "speak.volume":
		return strconv.Itoa(int(math.Round(f*100))) + " %"
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// exactly is the layout of one object that is so wide.
type exactly struct{ width float32 }

func (l exactly) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.width, objects[0].MinSize().Height)
}

func (l exactly) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.Position{})
	objects[0].Resize(size)
}

// atLeast is the layout of one object that is at least so wide.
type atLeast struct{ width float32 }

func (l atLeast) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().Max(fyne.NewSize(l.width, 0))
}

func (l atLeast) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.Position{})
	objects[0].Resize(size)
}
