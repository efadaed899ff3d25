package panel

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// listed is what can be done with all that is listed: export and delete it.
type listed struct {
	*fyne.Container
	kit    *kit
	clerk  *clerk
	args   func() control.FilterArgs
	now    func() time.Time
	erased func()

	below  *fyne.Container // nothing until one of them is pressed
	said   *note
	wrong  *fyne.Container
	file   *entry
	format string // of the export
	asked  string // what is asked below: export, delete; "" for nothing
	off    func() // calls off what runs
}

// endingOf is how the name of a file ends, by the format of an export.
func endingOf(format string) string {
	if format == "markdown" {
		return ".md"
	}
	return "." + format
}

func newListed(k *kit, c *clerk, args func() control.FilterArgs, now func() time.Time, erased func()) *listed {
	l := &listed{kit: k, clerk: c, args: args, now: now, erased: erased, format: "markdown", said: k.note("", toneInk), off: func() {}}
	l.below = &fyne.Container{Layout: column{8}}
	l.wrong = &fyne.Container{Layout: column{2}}
	tools := &fyne.Container{Layout: flow{k.width, 4}, Objects: []fyne.CanvasObject{
		newTool(k.sheet, tr("Export these…"), l.offer), newTool(k.sheet, tr("Delete these…"), l.count),
	}}
	l.Container = &fyne.Container{Layout: column{8}, Objects: []fyne.CanvasObject{
		&fyne.Container{Layout: padded{left: -4}, Objects: []fyne.CanvasObject{tools}}, l.below, l.said.Container, l.wrong,
	}}
	l.show("", nil)
	return l
}

// fold takes back what was asked for: something else is listed.
func (l *listed) fold() {
	l.off()
	l.show("", nil)
}

// show shows controls, what there is to say and what went wrong.
func (l *listed) show(said string, p *control.Problem, controls ...fyne.CanvasObject) {
	l.below.Objects, l.wrong.Objects = controls, nil
	if len(controls) == 0 {
		l.asked = ""
	}
	if p != nil {
		l.wrong.Objects = problemLines(l.kit.sheet, p, nil)
	}
	setVisible(l.below, len(controls) > 0)
	setVisible(l.wrong, p != nil)
	l.said.say(said)
	l.kit.grown()
}

// again folds what is asked below, if that is what. It reports whether it was.
func (l *listed) again(what string) bool {
	was := l.asked == what
	l.fold()
	if !was {
		l.asked = what
	}
	return was
}

// offer asks for the file of an export, or no longer.
func (l *listed) offer() {
	if l.again("export") {
		return
	}
	l.file = l.kit.entry("", func(string) {})
	l.file.show(filepath.Join(documents(), "aside-"+dayOf(l.now())+endingOf(l.format)))
	l.form(nil)
}

// form shows the controls of an export.
func (l *listed) form(p *control.Problem) {
	markdown := l.kit.knob("", func() { l.as("markdown") })
	markdown.set(tr("Markdown"), l.format == "markdown")
	raw := l.kit.knob("", func() { l.as("json") })
	raw.set(tr("JSON"), l.format == "json")
	save := l.kit.knob(tr("Save"), l.save)
	l.show("", p, l.kit.framed(l.file), &fyne.Container{Layout: flow{l.kit.width, 6}, Objects: []fyne.CanvasObject{markdown, raw, save}})
}

// as chooses a format; the file's name goes with it.
func (l *listed) as(format string) {
	name := strings.TrimSuffix(l.file.Text, endingOf(l.format))
	if name != l.file.Text {
		l.file.kept = name + endingOf(format)
		l.file.SetText(l.file.kept)
	}
	l.format = format
	l.form(nil)
}

// save writes the file.
func (l *listed) save() {
	path := l.file.Text
	l.off = l.clerk.save(control.ExportArgs{FilterArgs: l.args(), Format: l.format}, path, func(p *control.Problem) {
		if p != nil {
			l.form(p)
			return
		}
		l.show(strings.ReplaceAll(tr("Saved in %file"), "%file", home(path)), nil)
	})
}

// eraseArgs mean what is listed.
func (l *listed) eraseArgs(count bool) control.EraseArgs {
	args := l.args()
	return control.EraseArgs{FilterArgs: args, All: args == control.FilterArgs{}, Count: count}
}

// count says how much would be deleted, and asks; or no longer.
func (l *listed) count() {
	if l.again("delete") {
		return
	}
	l.off = reply(l.clerk, control.VerbErase, l.eraseArgs(true), func(n control.Erased, p *control.Problem) {
		switch {
		case p != nil:
			l.show("", p)
		case n.Turns == 0:
			l.show(tr("There is nothing to delete."), nil)
		default:
			l.sure(n.Turns)
		}
	})
}

func (l *listed) sure(n int) {
	about := tr("%turns go, everywhere, pinned or not. This cannot be undone.")
	meant := l.eraseArgs(false)
	erase := l.kit.knob(strings.ReplaceAll(tr("Delete %turns"), "%turns", turnsText(n)), func() { l.erase(meant) })
	keep := l.kit.knob(tr("Keep them"), l.fold)
	l.show("", nil, l.kit.note(strings.ReplaceAll(about, "%turns", turnsText(n)), toneInk).Container,
		&fyne.Container{Layout: flow{l.kit.width, 6}, Objects: []fyne.CanvasObject{erase, keep}})
}

func (l *listed) erase(args control.EraseArgs) {
	l.show(tr("Deleting…"), nil)
	l.off = reply(l.clerk, control.VerbErase, args, func(n control.Erased, p *control.Problem) {
		l.erased()
		if p != nil {
			l.show("", p)
			return
		}
		l.show(strings.ReplaceAll(tr("%turns deleted."), "%turns", turnsText(n.Turns)), nil)
	})
}

// save writes an export into a new file, away from the window's goroutine. What
// is not whole does not stay.
func (c *clerk) save(args control.ExportArgs, path string, done func(*control.Problem)) (off func()) {
	if c.until == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(c.until)
	c.run(func() {
		err := export(ctx, c.core, args, homed(path))
		c.post(func() {
			if ctx.Err() == nil {
				cancel()
				done(fileProblem(err))
			}
		})
	})
	return cancel
}

// export writes an export into a new file, which only the user may read.
func export(ctx context.Context, core Core, args control.ExportArgs, path string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(path) // it is half of it
		}
	}()
	err = core.Call(ctx, control.VerbExport, args, func(raw json.RawMessage) error {
		var part control.ExportPart
		if err := json.Unmarshal(raw, &part); err != nil {
			return err
		}
		_, err := f.WriteString(part.Text)
		return err
	})
	return errors.Join(err, f.Close())
}

// fileProblem says why a file could not be written.
func fileProblem(err error) *control.Problem {
	switch {
	case errors.Is(err, fs.ErrExist):
		return &control.Problem{Code: "file_exists", Message: tr("There is such a file already."), Hint: tr("Give it another name.")}
	case errors.Is(err, fs.ErrNotExist):
		return &control.Problem{Code: "folder_none", Message: tr("There is no such folder."), Hint: tr("Name one that is there.")}
	case errors.Is(err, fs.ErrPermission):
		return &control.Problem{Code: "file_denied", Message: tr("The file may not be written there."), Hint: tr("Name another folder.")}
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return &control.Problem{Code: "file_failed", Message: tr("The file could not be written."), Hint: tr("Is there room on the disk?")}
	}
	return problemFor(err)
}

// documents is the user's folder for documents, or else their home.
func documents() string {
	at, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return at
	}
	folder := filepath.Join(at, "Documents")
	text, _ := os.ReadFile(filepath.Join(config, "user-dirs.dirs")) // most desktops write it
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "XDG_DOCUMENTS_DIR="); ok {
			folder = strings.ReplaceAll(strings.Trim(value, `"`), "$HOME", at)
		}
	}
	if s, err := os.Stat(folder); err != nil || !s.IsDir() {
		return at
	}
	return folder
}

// home writes a path with ~ for the user's home.
func home(path string) string {
	at, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, at+string(filepath.Separator)); ok && err == nil {
		return filepath.Join("~", rest)
	}
	return path
}

// homed is home the other way round.
func homed(path string) string {
	at, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator)); ok && err == nil {
		return filepath.Join(at, rest)
	}
	return path
}
