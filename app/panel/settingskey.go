package panel

import (
	"encoding/json"
	"strings"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// keyRow is a key combination, which is set by pressing it.
type keyRow struct {
	*row
	clerk  *clerk
	ask    asker
	caps   *fyne.Container
	change *knob
	said   *note
	off    func() // calls the capture off; nil while none runs
}

func newKeyRow(k *kit, c *clerk, s control.Setting, ask asker) *keyRow {
	r := &keyRow{row: k.row(s, ask), clerk: c, ask: ask, said: k.note("", toneInk)}
	r.caps = &fyne.Container{Layout: beside{4}}
	r.change = k.knob(tr("Change"), r.press)
	r.head.Objects = append(r.head.Objects, r.caps, r.change)
	r.below.Objects = append(r.below.Objects, r.said.Container)
	r.shows = func(s control.Setting) { r.holds(s.Value) }
	r.tidy()
	return r
}

// draw draws a combination as keys.
func (r *keyRow) draw(combo string) {
	r.caps.Objects = nil
	for part := range strings.SplitSeq(combo, "+") {
		if part != "" {
			r.caps.Add(newKeycap(r.kit.sheet, part))
		}
	}
	r.head.Refresh()
}

// holds draws the combination that holds, or that there is none.
func (r *keyRow) holds(combo string) {
	r.draw(combo)
	if combo == "" {
		r.caps.Add(words(tr("none"), r.kit.faint, sizeLabel))
		r.head.Refresh()
	}
}

// press begins to capture, or calls that off.
func (r *keyRow) press() {
	if r.off != nil {
		r.off()
		r.end(nil)
		return
	}
	r.problem(nil)
	r.change.set(tr("Cancel"), true)
	r.draw("")
	r.say(tr("Press the keys now. Esc leaves it as it is."))
	combo := ""
	r.off = r.clerk.send(control.VerbCapture, nil, func(raw json.RawMessage) {
		var c control.Captured
		_ = json.Unmarshal(raw, &c)
		combo = c.Combo
		r.held(c)
	}, func(p *control.Problem) { r.took(combo, p) })
}

// held shows what is held so far.
func (r *keyRow) held(c control.Captured) {
	if c.Combo != "" {
		r.draw(c.Combo)
		return
	}
	r.draw(c.Held)
	if c.Wrong != "" {
		r.say(sentence(trCore(c.Wrong)))
	}
}

// took asks the core for the combination. One that cannot be had changes
// nothing, and the core says why.
func (r *keyRow) took(combo string, p *control.Problem) {
	switch {
	case p != nil && p.Code == "capture_off":
		r.end(nil)
	case p != nil:
		r.end(p)
	default:
		r.off = nil
		r.say("")
		r.ask(r.is.Name, &combo, r.end)
	}
}

// end shows the combination that holds.
func (r *keyRow) end(p *control.Problem) {
	r.off = nil
	r.change.set(tr("Change"), false)
	r.holds(r.is.Value)
	r.said.say("")
	r.problem(p)
}

func (r *keyRow) say(text string) {
	r.said.say(text)
	r.kit.grown()
}

// capOf is what stands on a key.
func capOf(name string) string {
	sign, ok := map[string]string{
		"Minus": "−", "Plus": "+", "Equal": "=", "Comma": ",", "Period": ".", "Slash": "/", "Backslash": `\`, "Semicolon": ";",
		"Quote": "'", "Backquote": "`", "BracketLeft": "[", "BracketRight": "]", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓",
	}[name]
	if !ok {
		return name
	}
	return sign
}
