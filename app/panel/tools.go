package panel

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// tool is a small button without a border, beside what it works on.
type tool struct {
	widget.BaseWidget
	text   *canvas.Text
	tapped func()
	row    *toolRow // nil for none
}

var (
	_ desktop.Cursorable = (*tool)(nil)
	_ fyne.Focusable     = (*tool)(nil)
)

func newTool(s *sheet, text string, tapped func()) *tool {
	t := &tool{text: words(text, s.dim, sizeSmall), tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

func (t *tool) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: padded{4, 2, 4, 2}, Objects: []fyne.CanvasObject{t.text}})
}

func (t *tool) Tapped(*fyne.PointEvent) { t.tapped() }

func (t *tool) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained shows that the keyboard works on the tool.
func (t *tool) FocusGained() { t.focus(true) }

// FocusLost shows that it does so no longer.
func (t *tool) FocusLost() { t.focus(false) }

func (t *tool) focus(focused bool) {
	t.text.TextStyle.Underline = focused
	t.text.Refresh()
	if t.row != nil {
		t.row.focused = focused
		t.row.show()
	}
}

// TypedRune has nothing to do: a tool has no letters.
func (t *tool) TypedRune(rune) {}

// TypedKey lets the keyboard press the tool, or leave it.
func (t *tool) TypedKey(e *fyne.KeyEvent) { pressed(t, e, t.tapped) }

// pressed is what a key does to a button that has the keyboard: it presses it,
// or leaves it to the window.
func pressed(o fyne.CanvasObject, e *fyne.KeyEvent, tapped func()) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		tapped()
	case fyne.KeyEscape:
		c := fyne.CurrentApp().Driver().CanvasForObject(o)
		if c == nil {
			return
		}
		c.Unfocus()
		if typed := c.OnTypedKey(); typed != nil {
			typed(e)
		}
	}
}

// toolRow shows tools only while the pointer is over what they work on, or one
// of them has the keyboard. They are always there, so that the keyboard finds
// them.
type toolRow struct {
	*fyne.Container
	tools   []*tool
	over    bool // the pointer is
	focused bool

	plain, detail fyne.CanvasObject // what the other takes the place of while the tools are seen; nil for none
}

func newToolRow(s *sheet, tools ...*tool) *toolRow {
	r := &toolRow{Container: &fyne.Container{Layout: flow{s.width, 4}}, tools: tools}
	for _, t := range tools {
		t.row = r
		r.Add(t)
	}
	r.show()
	return r
}

func (r *toolRow) show() {
	seen := r.over || r.focused
	for _, t := range r.tools {
		if setVisible(t.text, seen) {
			t.text.Refresh() // a text that is shown is not drawn by itself
		}
	}
	if r.detail != nil && setVisible(r.detail, seen) {
		setVisible(r.plain, !seen)
		r.detail.Refresh()
		r.plain.Refresh()
	}
}

// hover returns a surface that shows the tools while the pointer is over it.
func (r *toolRow) hover() *hover {
	set := func(over bool) func() { return func() { r.over = over; r.show() } }
	return newHover(set(true), set(false))
}

// hover is an invisible surface that notices the pointer. What lies over it
// must not be hoverable itself: the pointer would seem to have left.
type hover struct {
	widget.BaseWidget
	in, out func()
	inside  bool // the pointer is
}

var _ desktop.Hoverable = (*hover)(nil)

func newHover(in, out func()) *hover {
	h := &hover{in: in, out: out}
	h.ExtendBaseWidget(h)
	return h
}

func (h *hover) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: &fixed{}})
}

func (h *hover) MouseIn(*desktop.MouseEvent) {
	h.inside = true
	h.in()
}

// MouseMoved is MouseIn for a pointer that has been outside the window: Fyne
// has not noticed that.
func (h *hover) MouseMoved(e *desktop.MouseEvent) {
	if !h.inside {
		h.MouseIn(e)
	}
}

func (h *hover) MouseOut() {
	h.inside = false
	h.out()
}
