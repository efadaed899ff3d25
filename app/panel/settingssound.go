package panel

import (
	"encoding/json"

	"fyne.io/fyne/v2"

	"aside/app/control"
	"aside/assets"
)

// newDeviceRow is a microphone or a loudspeaker, chosen by name.
func newDeviceRow(k *kit, c *clerk, s control.Setting, ask asker) *row {
	r := k.row(s, ask)
	list := &fyne.Container{Layout: column{6}}
	r.below.Objects = append(r.below.Objects, list)
	put := func(v string) { ask(s.Name, &v, r.problem) }
	draw := func() {
		devices := k.seen.sound.Microphones
		if s.Name == "sound.loudspeaker" {
			devices = k.seen.sound.Loudspeakers
		}
		list.Objects = deviceKnobs(k, r.is, devices, put)
		r.tidy()
		list.Refresh()
	}
	asked := false
	r.shows = func(control.Setting) {
		draw()
		if asked {
			return
		}
		asked = true
		reply(c, control.VerbSound, nil, func(found control.SoundDevices, p *control.Problem) {
			k.seen.sound = found
			draw()
			r.problem(p)
		})
	}
	return r
}

// deviceKnobs offers the system's default, all devices, and the one that is set
// though it is not there.
func deviceKnobs(k *kit, s control.Setting, devices []control.SoundDevice, put func(string)) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	found := s.Value == ""
	add := func(text, value string, chosen bool) {
		b := k.knob(shorten(text, sizeLabel, k.width-24), func() { put(value) })
		b.set(b.text.Text, chosen)
		rows = append(rows, &fyne.Container{Layout: flow{k.width, 0}, Objects: []fyne.CanvasObject{b}})
	}
	system := tr("As the system has it")
	for _, d := range devices {
		if d.Default {
			system += " · " + d.Description
		}
	}
	add(system, "", s.Value == "")
	for _, d := range devices {
		is := s.Value == d.Name || s.Value == d.Description
		found = found || is
		text := d.Description
		if d.Muted {
			text = trf("%s · muted", text)
		}
		add(text, d.Name, is)
	}
	if !found {
		add(trf("%s · not there", s.Value), s.Value, true)
	}
	return rows
}

// listenMS is how long a try of the microphone listens, in milliseconds.
const listenMS = 4000

// soundRows are a try of the microphone.
type soundRows struct {
	kit   *kit
	clerk *clerk
	test  *knob
	dot   *mark
	said  *note
	waves *waves
	wrong *fyne.Container
	off   func() // closes the microphone; nil while it is closed
}

func newSoundRows(k *kit, c *clerk) *soundRows {
	r := &soundRows{kit: k, clerk: c, said: k.note("", toneInk), waves: newWaves(k.sheet), wrong: &fyne.Container{Layout: column{2}}}
	r.test = k.knob(tr("Say something"), r.press)
	r.dot = newMark(k.sheet, 16)
	r.dot.set(assets.Listening, 0, 0)
	r.open(false)
	return r
}

func (r *soundRows) objects() []fyne.CanvasObject {
	about := r.kit.note(tr("Opens the microphone for four seconds, shows how loud you are, and plays it back. Nothing is kept."), toneDim)
	return []fyne.CanvasObject{&fyne.Container{Layout: column{6}, Objects: []fyne.CanvasObject{
		&fyne.Container{Layout: beside{8}, Objects: []fyne.CanvasObject{r.test, r.dot.Container}},
		r.waves.Container, r.said.Container, about.Container, r.wrong,
	}}}
}

// press opens the microphone, or closes it.
func (r *soundRows) press() {
	if r.off != nil {
		r.off()
		r.end("", nil)
		return
	}
	r.test.set(tr("Close the microphone"), true)
	r.wrong.Objects = nil
	r.waves.clear()
	r.say(tr("Opening the microphone…"))
	spoke := false
	r.off = r.clerk.send(control.VerbListen, control.ListenArgs{MS: listenMS, Play: true}, func(raw json.RawMessage) {
		var h control.Heard
		_ = json.Unmarshal(raw, &h)
		spoke = h.Speech
		r.heard(h)
	}, func(p *control.Problem) {
		text := tr("You were heard well.")
		if !spoke {
			text = tr("Nobody was heard. Speak louder, or choose another microphone.")
		}
		if p != nil {
			text = ""
		}
		r.end(text, p)
	})
}

// heard shows what the microphone hears.
func (r *soundRows) heard(h control.Heard) {
	switch h.State {
	case "open":
		r.open(true)
		r.say(tr("The microphone is open: say something."))
		r.waves.add(h.Level)
		r.dot.set(assets.Listening, h.Level, 0)
		r.waves.bars[0].Refresh() // anything on the canvas will do
	case "playing":
		r.test.set(tr("Stop"), true)
		r.open(false)
		r.say(tr("The microphone is closed. This was heard:"))
	}
}

// open shows whether the microphone is open: by the mark of Listening, and by
// how loud it is.
func (r *soundRows) open(open bool) {
	setVisible(r.dot.Container, open)
	setVisible(r.waves.Container, open)
}

func (r *soundRows) end(text string, p *control.Problem) {
	r.off = nil
	r.test.set(tr("Say something"), false)
	r.open(false)
	if p != nil {
		r.wrong.Objects = problemLines(r.kit.sheet, p, nil)
	}
	r.said.say(text)
	r.kit.grown()
}

func (r *soundRows) say(text string) {
	if r.said.text != text {
		r.said.say(text)
		r.kit.grown()
	}
}

// newVoiceRow is the voice: those that are known by a click, any other by name,
// and a sample.
func newVoiceRow(k *kit, c *clerk, s control.Setting, ask asker) *row {
	r := k.row(s, ask)
	put := func(v string) { ask(s.Name, &v, r.problem) }
	list := &fyne.Container{Layout: flow{k.width, 6}}
	voices := &k.seen.voices
	draw := func() {
		list.Objects = nil
		for _, name := range voices.Names {
			b := k.knob(name, func() { put(name) })
			b.set(name, name == r.is.Value || r.is.Value == r.is.Default && name == voices.Now)
			list.Add(b)
		}
		r.kit.grown()
	}
	r.below.Objects = append(r.below.Objects, list)
	e := r.withEntry(put)
	e.SetPlaceHolder(tr("another, by its name"))
	sample := newSampleKnob(k, c, r)
	r.below.Objects = append(r.below.Objects, &fyne.Container{Layout: flow{k.width, 6}, Objects: []fyne.CanvasObject{sample}})
	name := func() {
		if r.is.Value == r.is.Default && voices.Now != "" && voices.Now != r.is.Value {
			e.show("") // who speaks does not know it
			return
		}
		e.show(r.is.Value)
	}
	r.shows = func(control.Setting) {
		name()
		draw()
		reply(c, control.VerbVoices, nil, func(got control.Voices, p *control.Problem) {
			if p == nil {
				*voices = got
				name()
				draw()
			}
		})
	}
	return r
}

// newSampleKnob speaks a sentence in the voice.
func newSampleKnob(k *kit, c *clerk, r *row) *knob {
	var off func()
	var b *knob
	end := func(p *control.Problem) {
		off = nil
		b.set(tr("Hear a sample"), false)
		r.problem(p)
	}
	b = k.knob(tr("Hear a sample"), func() {
		if off != nil {
			off()
			end(nil)
			return
		}
		b.set(tr("Stop"), true)
		off = c.send(control.VerbSample, control.SampleArgs{Text: tr("This is how an answer sounds.")}, nil, end)
	})
	return b
}
