package panel

import (
	"os"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// settingsPage shows all settings: what is simple as the core's table has it,
// the rest with controls of their own. It writes nothing; it asks the core, and
// shows what comes back, also when somebody else changed it.
type settingsPage struct {
	kit   *kit
	clerk *clerk
	way   settingsWay
	rows  map[string]*row
	all   *fyne.Container // nothing before the first settings
	known []string        // the names that rows were made for

	engine  *engineRows
	sound   *soundRows
	privacy *privacyRows
	keys    []*keyRow
}

// settingsWay is where else the page leads.
type settingsWay struct {
	first func() // the first steps
	model func() (engine, model, host string)
}

func newSettingsPage(k *kit, c *clerk, w settingsWay) *settingsPage {
	return &settingsPage{kit: k, clerk: c, way: w, all: &fyne.Container{Layout: column{inside}}}
}

func (p *settingsPage) title() string { return tr("Settings") }

func (p *settingsPage) content() fyne.CanvasObject { return p.all }

func (p *settingsPage) shown() { p.clerk.open() }

func (p *settingsPage) hidden() { p.clerk.close() }

// ask changes a setting. What comes of it is shown when the core tells of it.
func (p *settingsPage) ask(name string, value *string, done func(*control.Problem)) {
	verb, args := control.VerbReset, any(control.ResetArgs{Name: name})
	if value != nil {
		verb, args = control.VerbSet, control.SetArgs{Name: name, Value: *value}
	}
	p.clerk.send(verb, args, nil, done)
}

// settings shows what holds now.
func (p *settingsPage) settings(s control.Settings) {
	if names := namesOf(s); !slices.Equal(names, p.known) {
		p.known = names
		p.make(s)
	}
	for _, one := range s.Settings {
		if r := p.rows[one.Name]; r != nil {
			r.show(one)
		}
	}
	p.engine.fit()
	p.kit.grown()
}

func namesOf(s control.Settings) []string {
	var names []string
	for _, one := range s.Settings {
		names = append(names, one.Name)
	}
	return names
}

// section is a title and the settings below it, in their order. A name that
// ends in a dot stands for all the rest of its group.
type section struct {
	title string
	names []string
}

// sections are the parts of the page. A setting that stands in none of them
// comes under the last.
func sections() []section {
	return []section{
		{"Who answers", []string{"engine.kind", "engine.base_url", "engine.model", "engine."}},
		{"Keys", []string{"hotkey.talk", "hotkey.look", "hotkey."}},
		{"Microphone", []string{"sound.microphone", "sound.builtin_microphone", "sound.duck", "sound.warm", "sound.chime"}},
		{"Voice", []string{"speak.voice", "speak.speed", "speak.volume", "speak.typed", "speak.offline", "sound.loudspeaker", "sound."}},
		{"Conversation", []string{"talk."}},
		{"Screen", []string{"screen.capture", "screen.words", "screen.share_tokens", "screen.exclude", "screen."}},
		{"Panel", []string{"panel.edge", "panel.width", "panel.theme", "panel.always_on", "panel."}},
		{"Languages", []string{"panel.language", "transcribe.language"}},
		{"Privacy", []string{"history."}},
		{"Spending", []string{"spending.currency", "spending.input_price", "spending.output_price", "spending."}},
		{"Other services", []string{"transcribe.base_url", "transcribe.model", "speak.base_url", "speak.model", ""}},
	}
}

// make makes the rows of all settings.
func (p *settingsPage) make(s control.Settings) {
	p.rows, p.keys = map[string]*row{}, nil
	left := slices.Clone(s.Settings)
	p.all.Objects = nil
	for _, part := range sections() {
		var rows []fyne.CanvasObject
		for _, name := range part.names {
			left = slices.DeleteFunc(left, func(one control.Setting) bool {
				fits := one.Name == name || (name == "" || strings.HasSuffix(name, ".")) && strings.HasPrefix(one.Name, name) && !named(one.Name)
				if fits {
					r := p.row(one)
					p.rows[one.Name] = r
					rows = append(rows, r.Container)
				}
				return fits
			})
		}
		p.all.Add(p.kit.heading(tr(part.title)))
		for _, o := range append(rows, p.extras(part.title)...) {
			p.all.Add(o)
		}
	}
	p.all.Add(p.foot(s.Path))
}

// named reports whether a setting has a place of its own in sections.
func named(name string) bool {
	return slices.ContainsFunc(sections(), func(s section) bool { return slices.Contains(s.names, name) })
}

// row makes the row of a setting.
func (p *settingsPage) row(s control.Setting) *row {
	switch {
	case strings.HasPrefix(s.Name, "hotkey."):
		k := newKeyRow(p.kit, p.clerk, s, p.ask)
		p.keys = append(p.keys, k)
		return k.row
	case s.Name == "sound.microphone", s.Name == "sound.loudspeaker":
		return newDeviceRow(p.kit, p.clerk, s, p.ask)
	case s.Name == "speak.voice":
		return newVoiceRow(p.kit, p.clerk, s, p.ask)
	case s.Name == "screen.exclude":
		return newExcludeRow(p.kit, p.clerk, s, p.ask)
	case s.Name == "engine.model":
		return newModelRow(p.kit, p.clerk, s, p.ask)
	case s.Name == "transcribe.language":
		return newLanguageRow(p.kit, s, p.ask)
	case s.Name == "panel.display":
		return newDisplayRow(p.kit, s, p.ask)
	}
	return p.kit.fit(s, p.ask)
}

// extras are what a section has besides settings.
func (p *settingsPage) extras(title string) []fyne.CanvasObject {
	switch title {
	case "Who answers":
		p.engine = newEngineRows(p.kit, p.clerk, p.rows)
		return p.engine.objects()
	case "Microphone":
		p.sound = newSoundRows(p.kit, p.clerk)
		return p.sound.objects()
	case "Panel":
		return waylandAdvice(p.kit, os.Getenv)
	case "Languages":
		return fontAdvice(p.kit, hasChinese())
	case "Privacy":
		p.privacy = newPrivacyRows(p.kit, p.clerk, p.way.model)
		return p.privacy.objects()
	}
	return nil
}

// waylandAdvice says what a Wayland desktop allows the panel, if it is a Wayland
// program. No such desktop lets a program say where its windows stand.
func waylandAdvice(k *kit, env func(string) string) []fyne.CanvasObject {
	if env("WAYLAND_DISPLAY") == "" || env("FYNE_PLATFORM") == "x11" {
		return nil
	}
	text := tr("This is Wayland: the desktop decides where the panel stands, whether it is above others, and whether it gets the keyboard when it comes.")
	if env("DISPLAY") != "" {
		text = sentences(text, tr("Started with FYNE_PLATFORM=x11 it stands where it is set, on most desktops."))
	}
	return []fyne.CanvasObject{k.note(text, toneInk).Container}
}

// foot says where the file is, and leads to the first steps.
func (p *settingsPage) foot(path string) fyne.CanvasObject {
	first := p.kit.knob(tr("Take the first steps again"), p.way.first)
	where := p.kit.note(tr("All of this stands in the file below. Edit it if you like: changes appear here at once."), toneDim)
	file := p.kit.note(path, toneFaint)
	return &fyne.Container{Layout: column{8}, Objects: []fyne.CanvasObject{
		p.kit.heading(tr("File")), where.Container, file.Container, &fyne.Container{Layout: flow{p.kit.width, 6}, Objects: []fyne.CanvasObject{first}},
	}}
}
