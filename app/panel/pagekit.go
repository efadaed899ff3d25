package panel

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"aside/app/control"
)

// kit is what the controls of a page are made with.
type kit struct {
	*sheet
	take   func(fyne.Focusable)    // the keyboard, for a field that was clicked on
	escape func()                  // of a control that has nothing to call off
	reveal func(fyne.CanvasObject) // scrolls to what has the keyboard
	grown  func()                  // the height of something has changed
	scroll func(*fyne.ScrollEvent) // scrolls the page
	seen   *found
}

// found is what the core told last of this machine, so that a page that is made
// anew is as high as it was.
type found struct {
	sound  control.SoundDevices
	voices control.Voices
}

// note is a paragraph of a page. Its words can be changed.
type note struct {
	*prose
	style style
	text  string
}

func (k *kit) note(text string, t tone) *note {
	n := &note{prose: newProse(k.sheet, k.width, 17, nil), style: style{size: sizeLabel, tone: t}}
	n.whole = true
	n.say(text)
	return n
}

// say shows other words; "" shows nothing.
func (n *note) say(text string) {
	if n.text != text || text == "" {
		n.text = text
		n.set([]run{{text, n.style}})
	}
	setVisible(n.Container, text != "")
}

// heading is the title of a section.
func (k *kit) heading(text string) fyne.CanvasObject {
	return &fyne.Container{Layout: padded{0, inside, 0, 0}, Objects: []fyne.CanvasObject{newTitle(text, k.ink).Container}}
}

// knob is a button of a page: a verb, or one of several choices. The keyboard
// can press it.
type knob struct {
	widget.BaseWidget
	kit      *kit
	text     *canvas.Text
	ground   *canvas.Rectangle
	tapped   func()
	selected bool
	hovered  bool
	focused  bool
}

var (
	_ desktop.Cursorable = (*knob)(nil)
	_ desktop.Hoverable  = (*knob)(nil)
	_ fyne.Focusable     = (*knob)(nil)
)

func (k *kit) knob(text string, tapped func()) *knob {
	b := &knob{kit: k, text: words(text, k.dim, sizeLabel), ground: canvas.NewRectangle(k.paper), tapped: tapped}
	b.ground.StrokeWidth = 1
	b.ExtendBaseWidget(b)
	b.paint()
	return b
}

// set changes what the knob says, and whether it is the one that is chosen.
func (b *knob) set(text string, selected bool) {
	if b.text.Text == text && b.selected == selected {
		return
	}
	wider := b.text.Text != text
	b.text.Text, b.selected = text, selected
	b.paint()
	if wider {
		b.Refresh()
	}
}

func (b *knob) paint() {
	b.text.Color, b.ground.FillColor, b.ground.StrokeColor = b.kit.dim, b.kit.paper, b.kit.line
	if b.selected || b.hovered || b.focused {
		b.text.Color = b.kit.ink
	}
	if b.selected {
		b.ground.FillColor, b.ground.StrokeColor = b.kit.raised, b.kit.faint
	}
	if b.focused {
		b.ground.StrokeColor = b.kit.ink
	}
	b.text.Refresh()
	b.ground.Refresh()
}

func (b *knob) CreateRenderer() fyne.WidgetRenderer {
	inner := &fyne.Container{Layout: padded{10, 4, 10, 4}, Objects: []fyne.CanvasObject{b.text}}
	b.ground.CornerRadius = inner.MinSize().Height / 2
	return widget.NewSimpleRenderer(&fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{b.ground, inner}})
}

func (b *knob) Tapped(*fyne.PointEvent) { b.tapped() }

func (b *knob) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (b *knob) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.paint() }

func (b *knob) MouseMoved(*desktop.MouseEvent) {}

func (b *knob) MouseOut() { b.hovered = false; b.paint() }

// FocusGained shows that the keyboard works on the knob.
func (b *knob) FocusGained() {
	b.focused = true
	b.paint()
	b.kit.reveal(b)
}

// FocusLost shows that it does so no longer.
func (b *knob) FocusLost() { b.focused = false; b.paint() }

// TypedRune has nothing to do: a knob has no letters.
func (b *knob) TypedRune(rune) {}

// TypedKey lets the keyboard press the knob, or leave the page.
func (b *knob) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.tapped()
	case fyne.KeyEscape:
		b.kit.escape()
	}
}

// toggle is a switch: a knob that slides.
type toggle struct {
	knob
	on    bool
	thumb *canvas.Circle
}

const (
	toggleWidth  = 30
	toggleHeight = 18
)

func (k *kit) toggle(changed func(on bool)) *toggle {
	t := &toggle{thumb: canvas.NewCircle(k.dim)}
	t.kit, t.text, t.ground = k, words("", k.dim, sizeLabel), canvas.NewRectangle(k.paper)
	t.ground.StrokeWidth, t.ground.CornerRadius = 1, toggleHeight/2
	t.tapped = func() { changed(!t.on) }
	t.ExtendBaseWidget(t)
	t.turn(false)
	return t
}

// turn shows it on or off.
func (t *toggle) turn(on bool) {
	t.on, t.selected = on, on
	t.paint()
	t.thumb.FillColor = t.kit.faint
	x := float32(3)
	if on {
		t.thumb.FillColor, x = t.kit.ink, toggleWidth-toggleHeight+3
	}
	put(t.thumb, x, 3, toggleHeight-6, toggleHeight-6)
	t.thumb.Refresh()
}

// FocusGained shows that the keyboard works on the switch.
func (t *toggle) FocusGained() {
	t.focused = true
	t.paint()
	t.kit.reveal(t)
}

func (t *toggle) CreateRenderer() fyne.WidgetRenderer {
	put(t.ground, 0, 0, toggleWidth, toggleHeight)
	return widget.NewSimpleRenderer(&fyne.Container{
		Layout: &fixed{fyne.NewSize(toggleWidth, toggleHeight)}, Objects: []fyne.CanvasObject{t.ground, t.thumb},
	})
}

// entry is a line of text of a page, which the keyboard reaches after a click.
type entry struct {
	widget.Entry
	kit  *kit
	kept string            // what Escape brings back
	done func(text string) // with Enter, and when the keyboard goes elsewhere
	live func(text string) // with every letter; nil for nobody
	has  bool              // the keyboard
	only bool              // Enter takes what was typed, and nothing else does
}

var _ desktop.Mouseable = (*entry)(nil)

func (k *kit) entry(hint string, done func(string)) *entry {
	e := &entry{kit: k, done: done}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(hint)
	e.OnSubmitted = func(text string) { e.finish(text) }
	e.OnChanged = func(text string) {
		if e.live != nil && e.has {
			e.live(text)
		}
	}
	return e
}

// CreateRenderer lays a surface over the field that gives the wheel to the page:
// Fyne's field keeps it, and the page would stand still wherever one comes under
// the pointer.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	return &entryRenderer{e.Entry.CreateRenderer(), newWheel(e.kit)}
}

type entryRenderer struct {
	fyne.WidgetRenderer
	wheel *wheel
}

func (r *entryRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clone(r.WidgetRenderer.Objects()), r.wheel)
}

func (r *entryRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.wheel.Resize(size)
}

// wheel is a surface that takes the wheel of the mouse, and nothing else.
type wheel struct {
	widget.BaseWidget
	kit *kit
}

func newWheel(k *kit) *wheel {
	w := &wheel{kit: k}
	w.ExtendBaseWidget(w)
	return w
}

func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: &fixed{}})
}

// Scrolled scrolls the page.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) { w.kit.scroll(e) }

func (e *entry) finish(text string) {
	if text != e.kept {
		e.kept = text
		e.done(text)
	}
}

// show shows what holds now, unless the user is typing something else.
func (e *entry) show(text string) {
	if e.has && e.Text != e.kept {
		return
	}
	e.kept = text
	if e.Text != text {
		e.SetText(text)
	}
}

// MouseDown takes the keyboard, which a docked window does not get by itself.
func (e *entry) MouseDown(m *desktop.MouseEvent) {
	e.kit.take(e)
	e.Entry.MouseDown(m)
}

// FocusGained notes that the user may type.
func (e *entry) FocusGained() {
	e.has = true
	e.Entry.FocusGained()
	e.kit.reveal(e)
}

// FocusLost takes what was typed.
func (e *entry) FocusLost() {
	e.has = false
	e.Entry.FocusLost()
	if !e.only {
		e.finish(e.Text)
	}
}

// TypedKey lets Escape bring back what was there, or leave the page.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if k.Name != fyne.KeyEscape {
		e.Entry.TypedKey(k)
		return
	}
	if e.Text == e.kept {
		e.kit.escape()
		return
	}
	e.SetText(e.kept)
}

// framed draws the ground and the border of a field.
func (k *kit) framed(o fyne.CanvasObject) fyne.CanvasObject {
	ground := canvas.NewRectangle(k.raised)
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = k.line, 1, radiusField
	return &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{ground, o}}
}

// sides is the layout of a row: the first object at its left, the others at its
// right, all in the middle of its height. Where they do not fit beside one
// another the others stand below, at the left.
type sides struct{ width, gap float32 }

// others are the visible objects after the first, with their width and height.
func (l sides) others(objects []fyne.CanvasObject) (all []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects[1:] {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		size.Width += l.gap + m.Width
		size.Height = max(size.Height, m.Height)
		all = append(all, o)
	}
	return all, size
}

func (l sides) MinSize(objects []fyne.CanvasObject) fyne.Size {
	first := objects[0].MinSize()
	_, rest := l.others(objects)
	if first.Width+rest.Width > l.width {
		return fyne.NewSize(l.width, first.Height+4+flow(l).MinSize(objects[1:]).Height)
	}
	return fyne.NewSize(l.width, max(first.Height, rest.Height))
}

func (l sides) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	first := objects[0].MinSize()
	all, rest := l.others(objects)
	if first.Width+rest.Width > l.width {
		put(objects[0], 0, 0, first.Width, first.Height)
		flow(l).place(objects[1:], func(o fyne.CanvasObject, at fyne.Position) {
			put(o, at.X, first.Height+4+at.Y, o.MinSize().Width, o.MinSize().Height)
		})
		return
	}
	x := size.Width - rest.Width + l.gap
	for _, o := range all {
		m := o.MinSize()
		put(o, x, (size.Height-m.Height)/2, m.Width, m.Height)
		x += m.Width + l.gap
	}
	put(objects[0], 0, (size.Height-first.Height)/2, first.Width, first.Height)
}
