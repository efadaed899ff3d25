package panel

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// engineRows are the key of the service, and a try of who answers.
type engineRows struct {
	kit   *kit
	clerk *clerk
	rows  map[string]*row

	key    *fyne.Container
	field  *entry
	stored *note
	wrong  *fyne.Container
	delete *knob

	test   *knob
	off    func() // calls the try off; nil while none runs
	result *note
	failed *fyne.Container
	shown  string // the address whose key is shown
}

func newEngineRows(k *kit, c *clerk, rows map[string]*row) *engineRows {
	e := &engineRows{kit: k, clerk: c, rows: rows, stored: k.note("", toneDim), result: k.note("", toneInk)}
	e.field = k.entry(tr("Paste the key"), e.store)
	e.field.Password, e.field.only = true, true
	e.delete = k.knob(tr("Delete the key"), e.remove)
	verbs := &fyne.Container{Layout: flow{k.width, 6}, Objects: []fyne.CanvasObject{
		k.knob(tr("Store the key"), func() { e.store(e.field.Text) }), e.delete,
	}}
	e.delete.Hide()
	e.wrong = &fyne.Container{Layout: column{2}}
	about := k.note(tr("Kept in the system's keyring for this address alone. It is never shown again."), toneDim)
	e.key = &fyne.Container{Layout: column{6}, Objects: []fyne.CanvasObject{
		words(tr("Key"), k.ink, sizeAsked), k.framed(e.field), verbs, e.stored.Container,
		about.Container, e.wrong,
	}}
	e.test = k.knob(tr("Try it"), e.try)
	e.failed = &fyne.Container{Layout: column{2}}
	return e
}

// objects are what stands below the settings of the section.
func (e *engineRows) objects() []fyne.CanvasObject {
	about := e.kit.note(tr("Asks one small real question and says what came back."), toneDim)
	try := &fyne.Container{Layout: column{6}, Objects: []fyne.CanvasObject{
		&fyne.Container{Layout: flow{e.kit.width, 6}, Objects: []fyne.CanvasObject{e.test}}, about.Container, e.result.Container, e.failed,
	}}
	return []fyne.CanvasObject{e.key, try}
}

// fit shows what matters to who answers now.
func (e *engineRows) fit() {
	if e == nil {
		return
	}
	service := e.rows["engine.kind"] == nil || e.rows["engine.kind"].is.Value != "offline"
	setVisible(e.key, service)
	for _, name := range []string{"engine.base_url", "engine.model"} {
		if r := e.rows[name]; r != nil {
			setVisible(r.Container, service)
		}
	}
	if r := e.rows["engine.base_url"]; r != nil {
		e.at(r.is.Value)
	}
}

// at shows the key of an address. What another one answered is no news of it.
func (e *engineRows) at(address string) {
	if address != e.shown {
		e.shown = address
		e.result.say("")
		e.ask(control.KeyArgs{})
	}
}

// ask asks for the key's state, or changes it.
func (e *engineRows) ask(args control.KeyArgs) {
	reply(e.clerk, control.VerbKey, args, func(s control.KeyState, p *control.Problem) {
		e.tell(s, p, args.Do != "")
	})
}

// tell says where the key is. That there is no keyring is no news to somebody
// who has no key.
func (e *engineRows) tell(s control.KeyState, p *control.Problem, asked bool) {
	e.wrong.Objects = nil
	if p != nil && asked {
		e.wrong.Objects = problemLines(e.kit.sheet, p, nil)
	}
	text := ""
	switch {
	case p != nil && !asked:
		text = sentence(trCore(p.Message))
	case p != nil:
	case s.Source == "environment":
		text = tr("The key comes from the environment (ASIDE_API_KEY).")
	case s.Source == "keyring":
		text = trf("A key is stored for %s.", plainOrigin(s.URL))
	default:
		text = trf("No key is stored for %s.", plainOrigin(s.URL))
	}
	if text != "" || p == nil {
		e.stored.say(text)
	}
	setVisible(e.delete, p == nil && s.Source == "keyring")
	e.kit.grown()
}

// plainOrigin leaves the usual ports out of an address.
func plainOrigin(o string) string {
	if rest, ok := strings.CutPrefix(o, "https://"); ok {
		return strings.TrimSuffix(rest, ":443")
	}
	return strings.TrimSuffix(strings.TrimPrefix(o, "http://"), ":80")
}

// store hands the key to the core, and forgets it.
func (e *engineRows) store(text string) {
	e.field.kept = ""
	e.field.SetText("")
	if strings.TrimSpace(text) != "" {
		e.ask(control.KeyArgs{Do: "set", Key: text})
	}
}

func (e *engineRows) remove() { e.ask(control.KeyArgs{Do: "delete"}) }

// try asks who answers, or calls that off.
func (e *engineRows) try() {
	if e.off != nil {
		e.off()
		e.end("", nil)
		return
	}
	e.test.set(tr("Stop"), true)
	e.failed.Objects = nil
	e.result.say(tr("Asking…"))
	e.kit.grown()
	e.off = reply(e.clerk, control.VerbTry, nil, func(t control.Tried, p *control.Problem) {
		if p != nil {
			e.end("", p)
			return
		}
		e.end(triedWords(t), nil)
	})
}

func (e *engineRows) end(text string, p *control.Problem) {
	e.off = nil
	e.test.set(tr("Try it"), false)
	e.result.say(text)
	if p != nil {
		e.failed.Objects = problemLines(e.kit.sheet, p, nil)
	}
	e.kit.grown()
}

// triedWords says what came of a try.
func triedWords(t control.Tried) string {
	switch {
	case t.Engine == "offline":
		return tr("The offline reader is complete. It reads the window and quotes; nothing leaves this machine.")
	case t.Host == "":
		return trf("%s on this machine answered after %s: “%s”", t.Model, seconds(t.MS), t.Said)
	}
	return trf("%s at %s answered after %s: “%s”", t.Model, t.Host, seconds(t.MS), t.Said)
}

// mostOffered bounds the models that are offered at once.
const mostOffered = 8

// modelRow is the model: a name, which the service's own list helps to type.
type modelRow struct {
	*row
	field *entry
	list  *fyne.Container
	names []string
	put   func(string)
}

func newModelRow(k *kit, c *clerk, s control.Setting, ask asker) *row {
	m := &modelRow{row: k.row(s, ask), list: &fyne.Container{Layout: flow{k.width, 6}}}
	m.put = func(v string) { ask(s.Name, &v, m.problem) }
	m.field = m.withEntry(m.put)
	m.field.live = m.offer
	list := k.knob(tr("List the service's models"), func() { m.ask(c) })
	m.below.Objects = append(m.below.Objects, m.list, &fyne.Container{Layout: flow{k.width, 6}, Objects: []fyne.CanvasObject{list}})
	m.list.Hide()
	return m.row
}

// ask asks the service for its models.
func (m *modelRow) ask(c *clerk) {
	reply(c, control.VerbModels, nil, func(got control.Models, p *control.Problem) {
		if p == nil && len(got.Names) == 0 {
			p = &control.Problem{Message: "The service names no models.", Hint: "Type the name as its documentation has it."}
		}
		m.names = got.Names
		m.problem(p)
		m.offer("")
	})
}

// offer offers the models whose name has text in it.
func (m *modelRow) offer(text string) {
	m.list.Objects = nil
	text = strings.ToLower(text)
	for _, name := range m.names {
		if !strings.Contains(strings.ToLower(name), text) {
			continue
		}
		if len(m.list.Objects) == mostOffered {
			m.list.Add(words(tr("type to see others"), m.kit.faint, sizeLabel))
			break
		}
		b := m.kit.knob(shorten(name, sizeLabel, m.kit.width-24), func() { m.put(name) })
		b.set(b.text.Text, name == m.is.Value)
		m.list.Add(b)
	}
	setVisible(m.list, len(m.list.Objects) > 0)
	m.kit.grown()
}

// newLanguageRow is the language that the user speaks: those that are spoken
// most by a click, any other by its tag.
func newLanguageRow(k *kit, s control.Setting, ask asker) *row {
	tags := []string{"", "en", "zh", "es", "de", "fr", "ja", "ko", "pt"}
	names := []string{tr("Find out"), "English", "中文", "Español", "Deutsch", "Français", "日本語", "한국어", "Português"}
	return k.open(s, ask, tags, func(tag string) string { return names[slices.Index(tags, tag)] }, tr("another, such as it or pt-BR"))
}

// newDisplayRow is the display that the panel stands on: by what it is, or by its
// name.
func newDisplayRow(k *kit, s control.Setting, ask asker) *row {
	return k.open(s, ask, []string{"edge", "active", "primary"}, func(v string) string { return choiceName(s.Name, v) }, tr("another, by its name, such as HDMI-1"))
}

// open makes a row of values to choose from, and a field for any other.
func (k *kit) open(s control.Setting, ask asker, values []string, name func(string) string, hint string) *row {
	r := k.row(s, ask)
	put := func(v string) { ask(s.Name, &v, r.problem) }
	r.withChoices(values, name, put)
	choices := r.shows
	e := r.withEntry(put)
	e.SetPlaceHolder(hint)
	r.shows = func(s control.Setting) {
		choices(s)
		if slices.Contains(values, s.Value) {
			s.Value = ""
		}
		e.show(s.Value)
	}
	return r
}
