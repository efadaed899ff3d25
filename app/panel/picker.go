package panel

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// picker is the page on which the model and the voice are chosen. A click holds
// at once, and is written into the settings.
type picker struct {
	sheet *sheet
	wish  pickerWishes
	rows  *fyne.Container
	model string // that answers now
	known offers
}

// pickerWishes is what the picker wants of the panel.
type pickerWishes struct {
	fetch func(take func(offers, error))
	set   func(name, value string, done func(error))
	grown func()
}

// offers is what can be chosen.
type offers struct {
	models control.Models
	voices control.Voices
	deep   string           // the model that thinks harder; "" is the one that answers, with more effort
	failed *control.Problem // why the service does not tell its models
	at     time.Time
}

// offersHold is how long what a service offers is not asked for again.
const offersHold = 5 * time.Minute

func newPicker(s *sheet, model string, known offers, w pickerWishes) *picker {
	return &picker{sheet: s, wish: w, model: model, known: known, rows: &fyne.Container{Layout: column{2}}}
}

func (p *picker) title() string { return tr("Model and voice") }

func (p *picker) content() fyne.CanvasObject {
	p.draw()
	return p.rows
}

func (p *picker) shown() {
	p.wish.fetch(func(o offers, err error) {
		if err != nil {
			problem := problemOf(err)
			o.failed = &problem
		}
		p.known = o
		p.draw()
	})
}

func (p *picker) hidden() {}

// turn tells which model answers now.
func (p *picker) turn(s control.Snapshot) (stay bool) {
	if s.Model != "" && s.Model != p.model {
		p.model = s.Model
		p.draw()
	}
	return false
}

// draw shows what can be chosen.
func (p *picker) draw() {
	p.rows.Objects = nil
	p.head(tr("Model"))
	switch {
	case p.known.failed != nil:
		for _, line := range problemLines(p.sheet, p.known.failed, nil) {
			p.rows.Add(line)
		}
	case p.known.at.IsZero():
		p.rows.Add(words(tr("Asking the service…"), p.sheet.faint, sizeLabel))
	}
	for _, name := range models(p.known.models.Names, p.model) {
		p.choice(name, name, name == p.model, "engine.model")
	}
	p.head(tr("To think harder"))
	p.choice(tr("The same model, with more effort"), "", p.known.deep == "", deepSetting)
	for _, name := range models(p.known.models.Names, p.known.deep) {
		p.choice(name, name, name == p.known.deep, deepSetting)
	}
	p.head(tr("Voice"))
	for _, name := range p.known.voices.Names {
		p.choice(name, name, name == p.known.voices.Now, "speak.voice")
	}
	arrange(p.rows, p.sheet.width)
	p.wish.grown()
}

// head writes the title of a group.
func (p *picker) head(text string) {
	p.rows.Add(&fyne.Container{Layout: padded{0, inside, 0, 4}, Objects: []fyne.CanvasObject{newTitle(text, p.sheet.ink).Container}})
}

// deepSetting is which model thinks harder.
const deepSetting = "engine.deep_model"

// choice is one that can be taken: a value for a setting.
func (p *picker) choice(text, value string, now bool, setting string) {
	c := newChip(p.sheet, shorten(text, sizeLabel, p.sheet.width-24), func() {
		p.wish.set(setting, value, func(err error) {
			switch {
			case err != nil:
				problem := problemOf(err)
				p.known.failed = &problem
			case setting == "engine.model":
				p.model = value
			case setting == deepSetting:
				p.known.deep = value
			default:
				p.known.voices.Now = value
			}
			p.draw()
		})
	})
	c.ground.StrokeWidth = 0
	c.set("", c.text.Text, now)
	p.rows.Add(&fyne.Container{Layout: leading{}, Objects: []fyne.CanvasObject{c}})
}

// models are those that can answer, the one that does first. Services list
// models that draw, speak or embed along with them.
func models(all []string, now string) []string {
	var names []string
	for _, name := range all {
		low := strings.ToLower(name)
		other := slices.ContainsFunc([]string{
			"embedding", "tts", "whisper", "transcribe", "dall-e", "image", "moderation", "realtime", "audio", "sora", "babbage", "davinci", "-instruct", "rerank",
		}, func(part string) bool { return strings.Contains(low, part) })
		if !other && name != now {
			names = append(names, name)
		}
	}
	if now != "" {
		names = append([]string{now}, names...)
	}
	return names
}

// leading is the layout of one object that keeps its width, at the left.
type leading struct{}

func (leading) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (leading) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	m := objects[0].MinSize()
	put(objects[0], 0, 0, m.Width, m.Height)
}

// pick opens the page of models and voices.
func (p *Panel) pick() {
	model := ""
	if p.last.latest != nil {
		model = p.last.latest.Model
	}
	p.body.pages.visit(menuItem{name: tr("Model and voice"), page: func(s *sheet) page {
		return newPicker(s, model, p.offers, pickerWishes{fetch: p.fetchOffers, set: p.setSetting, grown: p.body.pages.grown})
	}})
}

// fetchOffers asks what can be chosen, unless that is known.
func (p *Panel) fetchOffers(take func(offers, error)) {
	if time.Since(p.offers.at) < offersHold {
		take(p.offers, nil)
		return
	}
	p.calls.Go(func() {
		o := offers{at: time.Now()}
		_ = call(p.lifetime, p.o.Core, control.VerbVoices, &o.voices) // without them there are models to choose
		var s control.Settings
		_ = call(p.lifetime, p.o.Core, control.VerbSettings, &s) // likewise
		for _, one := range s.Settings {
			if one.Name == deepSetting {
				o.deep = one.Value
			}
		}
		err := call(p.lifetime, p.o.Core, control.VerbModels, &o.models)
		p.pump.do(func() {
			if err == nil {
				p.offers = o
			}
			take(o, err)
		})
	})
}

// setSetting changes a setting, at once and for good.
func (p *Panel) setSetting(name, value string, done func(error)) {
	p.calls.Go(func() {
		err := p.o.Core.Do(p.lifetime, control.VerbSet, control.SetArgs{Name: name, Value: value})
		p.pump.do(func() {
			switch {
			case err != nil:
			case name == "speak.voice":
				p.offers.voices.Now = value
			case name == deepSetting:
				p.offers.deep = value
			}
			done(err)
		})
	})
}

// call fills reply with what a verb brings.
func call(ctx context.Context, core Core, verb string, reply any) error {
	return core.Call(ctx, verb, nil, func(raw json.RawMessage) error { return json.Unmarshal(raw, reply) })
}
