package panel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"aside/app/control"
)

// attachment is a picture or a text that goes along with the next question,
// because the user has dropped or pasted it.
type attachment struct {
	name  string
	image []byte // nil for a text
	text  string
}

// readAttachment reads what was dropped. The error is a *control.Failure.
func readAttachment(name string, r io.Reader) (attachment, error) {
	data, err := io.ReadAll(io.LimitReader(r, control.MaxImage+1))
	if err != nil {
		return attachment{}, control.Fail("attach_unreadable", "What was dropped cannot be read.", "Is it a file of yours?")
	}
	switch kind := http.DetectContentType(data); {
	case kind == "image/png", kind == "image/jpeg", kind == "image/gif":
		if len(data) > control.MaxImage {
			return attachment{}, control.Fail("too_large", "The picture is larger than 5 MB.", "Save it smaller, or as JPEG.")
		}
		return attachment{name: name, image: data}, nil
	case len(data) == 0:
		return attachment{}, control.Fail("attach_empty", "The file is empty.", "")
	case strings.HasPrefix(kind, "text/") && utf8.Valid(data):
		return textAttachment(name, string(data))
	}
	return attachment{}, control.Fail("attach_unknown", "This is neither a picture nor text.", "PNG, JPEG and GIF can go along with a question, and text.")
}

// textAttachment is a text to go along. The error is a *control.Failure.
func textAttachment(name, text string) (attachment, error) {
	if len(text) > control.MaxAlong {
		return attachment{}, control.Fail("along_too_long", "The text is longer than 64 KB.", "Give a part of it.")
	}
	return attachment{name: name, text: text}, nil
}

// dropped reads a file that was dropped on the window.
func dropped(u fyne.URI) (attachment, error) {
	r, err := storage.Reader(u)
	if err != nil {
		return attachment{}, control.Fail("attach_unreadable", "What was dropped cannot be read.", "Is it a file of yours?")
	}
	defer func() { _ = r.Close() }() // it was only read
	return readAttachment(u.Name(), r)
}

// errFull means that no more text fits along.
var errFull = errors.New("no more fits")

// with adds an attachment to those that there are. Only one picture goes along:
// the newest.
func with(all []attachment, a attachment) ([]attachment, error) {
	size := len(a.text)
	var kept []attachment
	for _, old := range all {
		if a.image != nil && old.image != nil {
			continue
		}
		size += len(old.text)
		kept = append(kept, old)
	}
	if size > control.MaxAlong {
		return all, errFull
	}
	return append(kept, a), nil
}

// askArgs is a typed question with what goes along. The answer is spoken if
// aloud.
func askArgs(text string, along []attachment, aloud bool) control.AskArgs {
	args := control.AskArgs{Text: text, Speak: aloud}
	var texts []string
	for _, a := range along {
		if a.image != nil {
			args.Image = a.image
			continue
		}
		texts = append(texts, a.text)
	}
	args.Along = strings.Join(texts, "\n\n")
	if args.Text == "" {
		args.Text = tr("What is this?")
	}
	return args
}

// label is what the chip of an attachment says.
func (a attachment) label() string {
	if a.image != nil {
		return fmt.Sprintf("%s · %s", a.name, kilobytes(len(a.image)))
	}
	return fmt.Sprintf("%s · %s", a.name, trn(strings.Count(a.text, "\n")+1, "1 line", "%s lines"))
}

// bag shows what goes along with the next question, each with a mark that takes
// it away.
type bag struct {
	*fyne.Container
	sheet   *sheet
	changed func() // its height is another
	along   []attachment
}

func newBag(s *sheet, changed func()) *bag {
	b := &bag{Container: &fyne.Container{Layout: flow{s.width, 6}}, sheet: s, changed: changed}
	b.Hide()
	return b
}

// add takes an attachment. It reports whether that fits.
func (b *bag) add(a attachment) bool {
	all, err := with(b.along, a)
	if err != nil {
		return false
	}
	b.set(all)
	return true
}

// set shows all.
func (b *bag) set(all []attachment) {
	b.along = all
	b.Objects = nil
	for i, a := range all {
		const around = 48
		shape := "text"
		if a.image != nil {
			shape = "picture"
		}
		c := newGlyphChip(b.sheet, shape, shorten(a.label(), sizeLabel, b.sheet.width-around)+"  ×", func() { b.remove(i) })
		c.set(shape, c.text.Text, true)
		b.Add(c)
	}
	setVisible(b.Container, len(all) > 0)
	b.changed()
}

func (b *bag) remove(i int) {
	all := append([]attachment(nil), b.along[:i]...)
	b.set(append(all, b.along[i+1:]...))
}

// picture reports whether a picture goes along.
func (b *bag) picture() bool {
	return slices.ContainsFunc(b.along, func(a attachment) bool { return a.image != nil })
}

// empty takes everything out.
func (b *bag) empty() []attachment {
	all := b.along
	if len(all) > 0 {
		b.set(nil)
	}
	return all
}

// longPaste is what is pasted into the field and is too much for a line: it
// goes along as a text.
func longPaste(text string) bool {
	return strings.Count(strings.TrimSpace(text), "\n") > 0 || utf8.RuneCountInString(text) > 400
}

// drop takes files that were dropped on the window along with the next question.
// A text that is dragged there never comes here: of what can be dragged, GLFW
// takes lists of files alone.
func (p *Panel) drop(items []fyne.URI) {
	p.calls.Go(func() {
		for _, u := range items {
			a, err := dropped(u)
			if err != nil {
				p.tell(err)
				return
			}
			p.pump.do(func() { p.attach(a) })
		}
	})
}

// paste takes a long text along with the next question, or, if there is no text
// on the clipboard, the picture.
func (p *Panel) paste(text string) {
	if text == "" {
		p.pastePicture()
		return
	}
	a, err := textAttachment(tr("Pasted text"), text)
	if err != nil {
		p.tell(err)
		return
	}
	p.attach(a)
}

// pastePicture takes the picture on the clipboard along with the next question.
// Fyne knows no pictures there: the core does.
func (p *Panel) pastePicture() {
	p.calls.Go(func() {
		var clip control.Clip
		if err := call(p.lifetime, p.o.Core, control.VerbClip, &clip); err != nil {
			p.tell(err)
			return
		}
		a, err := readAttachment(tr("Pasted picture"), bytes.NewReader(clip.Image))
		if err != nil {
			p.tell(err)
			return
		}
		p.pump.do(func() { p.attach(a) })
	})
}

// attach takes an attachment along with the next question, or says why not.
func (p *Panel) attach(a attachment) {
	p.body.accept()
	if !p.body.footer.bag.add(a) {
		p.tell(control.Fail("along_too_long", "All texts together are longer than 64 KB.", "Take one away, or give a part of it."))
	}
}
