package panel

import (
	"encoding/json"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// excludeRow is the list of what is never looked at.
type excludeRow struct {
	*row
	clerk *clerk
	ask   asker
	list  *fyne.Container
	field *entry
	pick  *knob
	off   func() // calls the picking off; nil while none runs
}

func newExcludeRow(k *kit, c *clerk, s control.Setting, ask asker) *row {
	r := &excludeRow{row: k.row(s, ask), clerk: c, ask: ask, list: &fyne.Container{Layout: column{2}}}
	r.field = k.entry(tr("a program, or part of a title"), r.add)
	r.field.only = true
	r.pick = k.knob(tr("Pick a window…"), r.choose)
	r.below.Objects = append(r.below.Objects, r.list, k.framed(r.field),
		&fyne.Container{Layout: flow{k.width, 6}, Objects: []fyne.CanvasObject{r.pick}})
	r.shows = func(s control.Setting) { r.draw(s.Items) }
	r.tidy()
	return r.row
}

// draw lists what is excluded, each with a way out.
func (r *excludeRow) draw(items []string) {
	r.list.Objects = nil
	for _, item := range items {
		name := words(shorten(item, sizeAsked, r.kit.width-80), r.kit.ink, sizeAsked)
		remove := newTool(r.kit.sheet, tr("Remove"), func() {
			r.put(slices.DeleteFunc(slices.Clone(r.is.Items), func(one string) bool { return one == item }))
		})
		r.list.Add(&fyne.Container{Layout: sides{r.kit.width, 8}, Objects: []fyne.CanvasObject{name, remove}})
	}
	setVisible(r.list, len(items) > 0)
}

// add excludes one more.
func (r *excludeRow) add(item string) {
	r.field.kept = ""
	r.field.SetText("")
	if item = strings.TrimSpace(item); item != "" && !slices.Contains(r.is.Items, item) {
		r.put(append(slices.Clone(r.is.Items), item))
	}
}

// put asks for another list, written so that a comma in a title is none
// between items.
func (r *excludeRow) put(items []string) {
	value := tomlList(items)
	r.ask(r.is.Name, &value, r.problem)
}

// tomlList writes a list as in the file. JSON's strings are TOML's too, as far
// as settings may hold them.
func tomlList(items []string) string {
	var quoted []string
	for _, item := range items {
		b, err := json.Marshal(item)
		if err != nil {
			continue // no string fails
		}
		quoted = append(quoted, string(b))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// choose lets the user click on a window, whose program is excluded then.
func (r *excludeRow) choose() {
	if r.off != nil {
		r.off()
		r.end(nil)
		return
	}
	r.pick.set(tr("Click on the window · Esc calls it off"), true)
	r.kit.grown()
	r.off = reply(r.clerk, control.VerbPick, nil, func(w control.Picked, p *control.Problem) {
		r.end(p)
		if p == nil {
			r.add(firstOf(w.Program, w.Title))
		}
	})
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (r *excludeRow) end(p *control.Problem) {
	r.off = nil
	r.pick.set(tr("Pick a window…"), false)
	r.problem(p)
}

// privacyRows say what leaves and what is kept, and delete it.
type privacyRows struct {
	kit   *kit
	clerk *clerk
	now   func() (engine, model, host string)
	leave *note
	erase *knob
	sure  bool // the next press deletes
	said  *note
	wrong *fyne.Container
}

func newPrivacyRows(k *kit, c *clerk, now func() (engine, model, host string)) *privacyRows {
	r := &privacyRows{kit: k, clerk: c, now: now, said: k.note("", toneInk), wrong: &fyne.Container{Layout: column{2}}}
	r.erase = k.knob(tr("Delete everything that is kept"), r.press)
	r.leave = k.note(r.leaves(), toneDim)
	return r
}

// leaves says what leaves this machine, and where it goes.
func (r *privacyRows) leaves() string {
	_, _, host := r.now()
	if host == "" {
		return tr("Nothing leaves this machine now.")
	}
	return trf("With a question, what you say and the picture and text of what you looked at go to %s. Nothing goes anywhere else, and nothing between questions.", host)
}

func (r *privacyRows) objects() []fyne.CanvasObject {
	kept := r.kit.note(tr("Questions and answers are kept on this machine, for you alone. Sound, pictures and titles of windows are never written to disk."), toneDim)
	return []fyne.CanvasObject{&fyne.Container{Layout: column{8}, Objects: []fyne.CanvasObject{
		r.leave.Container, kept.Container,
		&fyne.Container{Layout: flow{r.kit.width, 6}, Objects: []fyne.CanvasObject{r.erase}}, r.said.Container, r.wrong,
	}}}
}

// press deletes everything, when it is pressed twice.
func (r *privacyRows) press() {
	r.wrong.Objects = nil
	if !r.sure {
		r.sure = true
		r.erase.set(tr("Press again to delete everything"), true)
		r.said.say(tr("All questions and answers go, in every file. This cannot be undone."))
		r.kit.grown()
		return
	}
	r.sure = false
	r.erase.set(tr("Delete everything that is kept"), false)
	r.said.say("")
	r.clerk.send(control.VerbErase, control.EraseArgs{All: true}, nil, func(p *control.Problem) {
		if p != nil {
			r.wrong.Objects = problemLines(r.kit.sheet, p, nil)
		} else {
			r.said.say(tr("Everything is deleted."))
		}
		r.kit.grown()
	})
}
