package panel

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// eye says what the next question looks at, spoken or typed, and lets the user
// change that for this one question: a click closes it, or opens it again; a
// menu has the rest.
type eye struct {
	sheet *sheet
	wish  eyeWishes
	chip  *chip
	more  *chip
	menu  *menu

	setting  string // what a question looks at unless the user says otherwise
	next     string // what they said, "" for nothing
	choosing string // region or pick, while the user draws or picks
	live     bool   // who answers can look along
	shares   bool   // and does
	given    bool   // a picture goes along with what is typed, which then looks at nothing else
}

// eyeWishes is what the user can ask for with the eye.
type eyeWishes struct {
	aim     func(screen string) // what the next question looks at; "" for the setting
	callOff func()              // of drawing and picking
	share   func(on bool)       // lets the live voice look along, or no longer
}

// sights are all that can be looked at, as the menu offers it, as the setting
// has it, and as the user has chosen it.
func sights() []struct{ value, offer, set, chosen string } {
	return []struct{ value, offer, set, chosen string }{
		{"window", "This window", "This window", "Next question: this window"},
		{"display", "Whole display", "Whole display", "Next question: whole display"},
		{"region", "Draw a region…", "", "Next question: a region you drew"},
		{"pick", "Pick a window…", "", "Next question: a window you picked"},
		{"none", "No screen", "No screen", "Next question: no screen"},
	}
}

func newEye(s *sheet, setting string, w eyeWishes) *eye {
	e := &eye{sheet: s, wish: w, setting: setting, menu: newMenu(s)}
	e.chip = newGlyphChip(s, setting, "", func() { e.tapped() })
	e.more = newGlyphChip(s, "more", "", func() { e.open() })
	e.show()
	return e
}

// set takes what the next question looks at, if the user has said so, and what
// they are choosing now. It reports whether anything is new.
func (e *eye) set(next, choosing string) bool {
	if e.next == next && e.choosing == choosing {
		return false
	}
	e.next, e.choosing = next, choosing
	e.menu.Hide()
	return e.show()
}

// offer says whether the live voice can look along, and whether it does.
func (e *eye) offer(live, shares bool) {
	if e.live != live || e.shares != shares {
		e.live, e.shares = live, shares
		e.menu.Hide()
	}
}

// give says whether a picture goes along with the next question that is typed.
func (e *eye) give(picture bool) {
	if e.given != picture {
		e.given = picture
		e.show()
	}
}

// show draws the state.
func (e *eye) show() bool {
	shape, text, selected := e.setting, "", false
	switch {
	case e.choosing == "region":
		shape, text, selected = "region", tr("Draw with the mouse · Esc calls it off"), true
	case e.choosing != "":
		shape, text, selected = e.choosing, tr("Click on a window · Esc calls it off"), true
	case e.next != "":
		shape, selected = e.next, true
	}
	for _, s := range sights() {
		if s.value == shape && text == "" {
			text = tr(s.set)
			if selected {
				text = tr(s.chosen)
			}
		}
	}
	if e.given && e.choosing == "" {
		text = trf("%s · typed: the picture", e.spoken(text))
	}
	const around = 40 // the text: the drawing and the ends of the chip
	return e.chip.set(shape, shorten(text, sizeLabel, e.sheet.width-around), selected)
}

// spoken says in a few words what a spoken question looks at, which text says in
// more.
func (e *eye) spoken(text string) string {
	for _, s := range sights() {
		if s.value == e.next && s.set != "" {
			return tr(s.set)
		}
	}
	switch e.next {
	case "region":
		return tr("the region you drew")
	case "pick":
		return tr("the window you picked")
	}
	return text
}

// tapped is the one wish that needs no menu: not to be seen this time. The way
// back is the same. While the user chooses, it calls that off.
func (e *eye) tapped() {
	e.menu.Hide()
	switch {
	case e.choosing != "":
		e.wish.callOff()
	case e.next == "none" || e.setting == "none" && e.next != "":
		e.wish.aim("")
	case e.setting == "none":
		e.wish.aim("window")
	default:
		e.wish.aim("none")
	}
}

// open shows or hides the menu.
func (e *eye) open() {
	if e.menu.Visible() {
		e.menu.Hide()
		return
	}
	var rows []*chip
	for _, s := range sights() {
		wish := s.value
		if wish == e.setting {
			wish = "" // that is what holds anyway
		}
		row := e.menu.row(s.value, tr(s.offer), func() { e.wish.aim(wish) })
		now := e.next
		if now == "" {
			now = e.setting
		}
		row.set(s.value, tr(s.offer), s.value == now)
		rows = append(rows, row)
		if s.value == e.setting && e.next != "" {
			row.set(s.value, trf("%s · as set", tr(s.offer)), false)
		}
	}
	e.menu.show(append(rows, e.shareRows()...))
}

// shareRows is the choice to let the live voice look along, where there is one
// that can, or the way out.
func (e *eye) shareRows() []*chip {
	text := tr("Look with me")
	switch {
	case e.shares:
		text = tr("Stop looking with me")
	case !e.live:
		return nil
	}
	shares := e.shares
	row := e.menu.row("share", text, func() { e.wish.share(!shares) })
	row.set("share", text, shares)
	return []*chip{row}
}

// menu is a list of choices that lies over the window until one is taken, or a
// click goes elsewhere. It never has the keyboard.
type menu struct {
	*overlay
	sheet *sheet
	rows  *fyne.Container
}

func newMenu(s *sheet) *menu {
	m := &menu{sheet: s, rows: &fyne.Container{Layout: column{2}}}
	ground := canvas.NewRectangle(s.paper)
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = s.line, 1, radiusField
	inner := &fyne.Container{Layout: padded{6, 6, 6, 6}, Objects: []fyne.CanvasObject{m.rows}}
	card := &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{ground, inner}}
	m.overlay = newOverlay(lowerLeft{margin, 8}, newElsewhere(func() { m.Hide() }), card)
	return m
}

// row makes a choice of the menu.
func (m *menu) row(shape, text string, tapped func()) *chip {
	c := newGlyphChip(m.sheet, shape, text, func() {
		m.Hide()
		tapped()
	})
	c.ground.StrokeWidth = 0
	return c
}

func (m *menu) show(rows []*chip) {
	m.rows.Objects = nil
	for _, r := range rows {
		m.rows.Add(r)
	}
	m.Show()
}

// overlay is what lies over the window now and then. Fyne draws a frame because
// of what it has drawn lately, and of nothing else: so the surface is always
// there, with nothing on it, and asks for the frame that shows the rest.
type overlay struct {
	*fyne.Container
	rest *fyne.Container
}

func newOverlay(layout fyne.Layout, objects ...fyne.CanvasObject) *overlay {
	o := &overlay{rest: &fyne.Container{Layout: layout, Objects: objects}}
	o.rest.Hide()
	o.Container = &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{o.rest}}
	return o
}

// Visible reports whether there is anything.
func (o *overlay) Visible() bool { return o.rest.Visible() }

// Show shows it, laid out anew.
func (o *overlay) Show() {
	o.rest.Show()
	o.Refresh()
}

// Hide hides all but the surface.
func (o *overlay) Hide() { o.rest.Hide() }

// lowerLeft is the layout of a surface, and of a card in its lower left corner.
type lowerLeft struct{ left, below float32 }

func (lowerLeft) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l lowerLeft) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, size.Width, size.Height)
	m := objects[1].MinSize()
	put(objects[1], l.left, size.Height-m.Height-l.below, m.Width, m.Height)
}

// elsewhere is the surface around a menu.
type elsewhere struct {
	widget.BaseWidget
	tapped func()
}

func newElsewhere(tapped func()) *elsewhere {
	e := &elsewhere{tapped: tapped}
	e.ExtendBaseWidget(e)
	return e
}

func (e *elsewhere) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: &fixed{}})
}

func (e *elsewhere) Tapped(*fyne.PointEvent) { e.tapped() }
