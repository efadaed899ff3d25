package panel

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"aside/app/control"
)

// footer is where a question is typed, and what can be done now.
type footer struct {
	*fyne.Container
	sheet *sheet
	field *field
	chips *fyne.Container
	eye   *eye
	harder
	bag     *bag
	stop    *chip
	meter   *meter
	first   *fyne.Container   // back to the first steps
	line    *canvas.Rectangle // above all of it
	typing  *fyne.Container
	talking *canvas.Text
	resized func() // its height is another; nil before it has a place
}

// harder is thinking harder about the next question.
type harder struct {
	deep   *chip // asks for it
	deeper bool  // it will be
	quotes bool  // what answers only quotes, and does not think
}

// wishes is what the user can ask for in the footer, and in the header's menu.
type wishes struct {
	ask   func(text string, along []attachment)
	deep  func(on bool) // think harder about the next question
	paste func(text string)
	pick  func() // another model or voice
	stop  func()
	talk  func() // begins a conversation without hands
	eye   eyeWishes
	field fieldHost

	items  []menuItem      // where the header's menu leads
	recall func(id string) // opens an earlier turn
	first  func()          // goes on with the first steps
	pages  pageWishes
}

func newFooter(s *sheet, screen string, w wishes) *footer {
	f := &footer{sheet: s, eye: newEye(s, screen, w.eye)}
	f.field = newField(w.field, w.paste)
	f.field.OnSubmitted = func(text string) { f.submit(text, w.ask) }
	f.bag = newBag(s, f.packed)
	f.deep = newChip(s, tr("Think harder"), func() { w.deep(!f.deeper) })
	f.stop = newChip(s, tr("Stop"), w.stop)
	f.meter = newMeter(s, w.talk)
	f.chips = &fyne.Container{Layout: asHigh{flow{s.width, 8}, f.atRest}, Objects: []fyne.CanvasObject{f.eye.chip, f.eye.more, f.deep, f.meter.chip, f.stop}}
	f.first = &fyne.Container{Layout: flow{s.width, 0}, Objects: []fyne.CanvasObject{newChip(s, tr("First steps"), w.first)}}
	f.stop.Hide()
	f.first.Hide()

	f.typing = &fyne.Container{Layout: column{inside}, Objects: []fyne.CanvasObject{f.first, f.bag.Container, framedField(s, f.field), f.chips}}
	f.talking = words(tr("Let go to ask · Esc to discard"), s.dim, sizeLabel)
	f.talking.Alignment = fyne.TextAlignCenter
	f.talking.Hide()
	f.line = canvas.NewRectangle(s.line)
	f.line.SetMinSize(fyne.NewSize(0, 1))
	inner := &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{f.typing, f.talking}}
	pad := &fyne.Container{Layout: padded{margin, inside, margin, inside}, Objects: []fyne.CanvasObject{
		&fyne.Container{Layout: column{inside}, Objects: []fyne.CanvasObject{f.meter.Container, inner}},
	}}
	f.Container = &fyne.Container{Layout: column{}, Objects: []fyne.CanvasObject{f.line, pad}}
	return f
}

// submit asks what was typed, with what goes along.
func (f *footer) submit(text string, ask func(string, []attachment)) {
	text = strings.TrimSpace(text)
	if text == "" && len(f.bag.along) == 0 {
		return
	}
	f.field.SetText("")
	ask(text, f.bag.empty())
}

// grown makes room for what is shown now.
func (f *footer) grown() {
	if f.resized != nil {
		f.resized()
	}
}

// packed shows what goes along now, and makes room for it.
func (f *footer) packed() {
	f.eye.give(f.bag.picture())
	arrange(f.chips, f.sheet.width)
	f.grown()
}

// offer shows the way back to the first steps, or no longer.
func (f *footer) offer(first bool) {
	if setVisible(f.first, first) {
		f.grown()
	}
}

// tidy gives the chips their places, and makes room for another row of them.
func (f *footer) tidy() {
	before := f.chips.Size().Height
	arrange(f.chips, f.sheet.width)
	if f.chips.Size().Height != before {
		f.grown()
	}
}

// takeOver takes what was typed, and what goes along, from a footer in other
// colours.
func (f *footer) takeOver(old *footer) {
	f.field.SetText(old.field.Text)
	f.field.CursorColumn = old.field.CursorColumn
	f.bag.set(old.bag.along)
}

// framedField draws the ground and the border of a field.
func framedField(s *sheet, f *field) fyne.CanvasObject {
	ground := canvas.NewRectangle(s.raised)
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = s.line, 1, radiusField
	return &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{ground, f}}
}

// set shows what can be done in the state of s; choosing is what the user draws
// or picks now.
func (f *footer) set(s control.Snapshot, offline bool, choosing string, now time.Time) {
	if offline {
		s.Talk = nil
	}
	if f.meter.set(s.Talk, now) {
		f.grown()
	}
	f.give(s, offline)
	busy := string(s.Phase) == "thinking" || string(s.Phase) == "speaking" || s.Sharing != nil || s.Talk != nil
	f.setChips(s, busy && !offline, choosing)
}

// setChips shows the chips below the field; stops says that there is something
// to stop, which has the place of what begins a conversation.
func (f *footer) setChips(s control.Snapshot, stops bool, choosing string) {
	f.deeper = s.Deep
	f.quotes = s.Engine == "offline"
	looks := f.deep.set("", f.deep.text.Text, s.Deep)
	looks = f.eye.set(s.Next, choosing) || looks
	f.eye.offer(s.Engine == "realtime", s.Sharing != nil)
	looks = setVisible(f.stop, stops) || looks
	looks = setVisible(f.meter.chip, !stops) || looks
	if setVisible(f.deep, !f.quotes) || looks {
		f.tidy()
	}
}

// give gives the place to what is typed, or to what the key does while the user
// speaks.
func (f *footer) give(s control.Snapshot, offline bool) {
	listening := string(s.Phase) == "listening" && !offline && !waits(s)
	text := tr("Let go to ask · Esc to discard")
	if s.Latched {
		text = tr("Press again to ask · Esc to discard")
	}
	setText(f.talking, text, f.sheet.dim)
	setVisible(f.talking, listening && s.Talk == nil)
	setVisible(f.line, !offline)
	setVisible(f.typing, !listening && !offline) // what was typed is kept until the core is back
	if listening || offline {
		f.eye.menu.Hide()
	}
	hint := tr("Type instead…")
	if s.Turn != nil {
		hint = tr("Ask a follow-up…")
	}
	if f.field.PlaceHolder != hint {
		f.field.SetPlaceHolder(hint)
	}
}

// atRest is what stands below the field, with room for Stop. It is as high
// whether that is there or not: nothing moves when a turn begins or ends.
func (f *footer) atRest() []fyne.CanvasObject {
	all := []fyne.CanvasObject{f.eye.chip, f.eye.more}
	if !f.quotes {
		all = append(all, roomOf(f.deep))
	}
	return append(all, roomOf(f.stop))
}

// fieldHost is the window around the field: the keyboard comes only when the
// user clicks, and goes back where it was.
type fieldHost struct {
	take func(f fyne.Focusable)
	give func()
}

// field is where a question is typed.
type field struct {
	widget.Entry
	host  fieldHost
	paste func(string) // takes what is too long for the line; "" is no text
}

var _ desktop.Mouseable = (*field)(nil)

func newField(host fieldHost, paste func(string)) *field {
	f := &field{host: host, paste: paste}
	f.ExtendBaseWidget(f)
	return f
}

// TypedShortcut takes a long text that is pasted, and a picture, for something
// that goes along with the question.
func (f *field) TypedShortcut(s fyne.Shortcut) {
	if p, ok := s.(*fyne.ShortcutPaste); ok {
		if text := p.Clipboard.Content(); text == "" || longPaste(text) {
			f.paste(text)
			return
		}
	}
	f.Entry.TypedShortcut(s)
}

// putBack puts a question that was not asked back, with what went along.
func (f *footer) putBack(text string, along []attachment) {
	f.field.putBack(text)
	for _, a := range f.bag.along { // what has come since
		if all, err := with(along, a); err == nil {
			along = all
		}
	}
	f.bag.set(along)
}

// putBack puts a question that was not asked back, before what was typed since.
func (f *field) putBack(text string) {
	if f.Text != "" {
		text += " " + f.Text
	}
	f.SetText(text)
}

// MouseDown takes the keyboard, which a docked window does not get by itself.
func (f *field) MouseDown(e *desktop.MouseEvent) {
	f.host.take(f)
	f.Entry.MouseDown(e)
}

// TypedKey lets Escape discard what was typed and give the keyboard back.
func (f *field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		f.SetText("")
		f.host.give()
		return
	}
	f.Entry.TypedKey(e)
}
