package panel

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"aside/app/control"
)

// page is what can take the place of the conversation: the settings, the
// history. It is one column as wide as its sheet. Its methods belong to the
// window's goroutine.
type page interface {
	title() string
	content() fyne.CanvasObject // asked for once, before shown
	shown()                     // it can be seen from now on
	hidden()                    // no longer: whatever it does ends
}

// turning is a page that looks at turns itself. It says whether it stays open
// though one has begun.
type turning interface {
	page
	turn(s control.Snapshot) (stay bool)
}

// menuItem is an item of the header's menu: a page, or something to do at once.
type menuItem struct {
	name string
	page func(*sheet) page // makes it anew, whenever it is opened; nil for none
	do   func()
}

// pageWishes are what pages want of the window.
type pageWishes struct {
	take func() // the keyboard, because the user has clicked
	give func() // it back
}

// pages owns what is open in place of the conversation: one page or none. It
// lies over everything below the header.
type pages struct {
	*fyne.Container
	sheet  *sheet
	wish   pageWishes
	title  *title
	holder *fyne.Container // the column of the page
	scroll *container.Scroll
	menu   *menu
	menued []menuItem

	open page // nil for none
	at   menuItem
	last string // the turn that was drawn last

	opened  func()        // called with each page that has been opened; nil for nobody
	covered func(is bool) // called when what lies below is covered, or no longer
}

func newPages(s *sheet, items []menuItem, w pageWishes) *pages {
	p := &pages{sheet: s, wish: w, menued: items, menu: newMenu(s)}
	p.menu.rest.Layout = upperRight{margin, 4}
	p.title = newTitle("", s.ink)
	p.holder = &fyne.Container{Layout: stack{}}
	p.scroll = container.NewVScroll(&fyne.Container{Layout: padded{margin, inside, margin, 2 * margin}, Objects: []fyne.CanvasObject{p.holder}})
	back := newGlyphChip(s, "back", "", p.back)
	back.ground.StrokeWidth = 0
	line := canvas.NewRectangle(s.line)
	p.Container = &fyne.Container{Layout: pageLayout{}, Objects: []fyne.CanvasObject{
		canvas.NewRectangle(s.paper), back, p.title.Container, line, p.scroll,
	}}
	p.Hide()
	return p
}

// pageLayout is the layout of a page: ground, back arrow, title, line, column.
type pageLayout struct{}

func (pageLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (pageLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, size.Width, size.Height)
	back := objects[1].MinSize()
	put(objects[1], margin-10, (pageBar-back.Height)/2, back.Width, back.Height) // its drawing begins where the text does
	put(objects[2], margin+30, 0, size.Width-2*margin-30, pageBar-1)
	put(objects[3], 0, pageBar-1, size.Width, 1)
	put(objects[4], 0, pageBar, size.Width, max(size.Height-pageBar, 0))
}

// pageBar is the height of a page's own head.
const pageBar = 40

// offer shows or hides the menu.
func (p *pages) offer() {
	if p.menu.Visible() {
		p.menu.Hide()
		return
	}
	var rows []*chip
	for _, at := range p.menued {
		rows = append(rows, p.menu.word(at.name, func() { p.visit(at) }))
	}
	p.menu.show(rows)
}

// visit goes to a place.
func (p *pages) visit(at menuItem) {
	if at.do != nil {
		p.leave()
		at.do()
	}
	if at.page == nil {
		return
	}
	p.wish.take()
	p.enter(at)
}

// enter opens the page of a place.
func (p *pages) enter(at menuItem) {
	p.leave()
	p.at, p.open = at, at.page(p.sheet)
	p.title.set(p.open.title(), p.sheet.ink)
	p.holder.Objects = []fyne.CanvasObject{p.open.content()}
	p.scroll.Offset = fyne.Position{}
	p.Show()
	p.covered(true)
	p.grown()
	p.open.shown()
	if p.opened != nil {
		p.opened()
	}
}

// back goes one step back, at last to the conversation, because the user wants
// to.
func (p *pages) back() {
	if s, ok := p.open.(stepping); ok && s.back() {
		return
	}
	p.away()
}

// away goes to the conversation, however deep the page has led.
func (p *pages) away() {
	if p.leave() {
		p.wish.give()
	}
}

// leave closes the page. It reports whether there was one.
func (p *pages) leave() bool {
	p.menu.Hide()
	if p.open == nil {
		return false
	}
	was := p.open
	p.open, p.at = nil, menuItem{}
	was.hidden()
	p.holder.Objects = nil
	p.Hide()
	p.covered(false)
	return true
}

// grown lays the page out anew, because its height may have changed. What is
// read stays where it is.
func (p *pages) grown() {
	p.holder.Refresh()
	p.scroll.Refresh()
}

// reveal scrolls the page to an object on it.
func (p *pages) reveal(o fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(p.scroll).Y
	at, height := p.scroll.Offset.Y, p.scroll.Size().Height
	switch {
	case top < inside:
		at += top - inside
	case top+o.Size().Height > height-inside:
		at += top + o.Size().Height + inside - height
	}
	p.to(at)
}

// to scrolls the page, as a hand does.
func (p *pages) to(at float32) {
	p.scroll.ScrollToOffset(fyne.NewPos(0, min(max(at, 0), p.end())))
	if f := p.scroll.OnScrolled; f != nil {
		f(p.scroll.Offset)
	}
}

// turn takes the news of a turn. One that began after the page was opened has
// the window, unless the page tells of it.
func (p *pages) turn(s control.Snapshot) {
	before := p.last
	p.last = ""
	if s.Turn != nil {
		p.last = s.Turn.ID
	}
	if t, ok := p.open.(turning); ok && t.turn(s) {
		return
	}
	if p.last != before && string(s.Phase) != "idle" {
		p.away()
	}
}

// key lets the keyboard leave or scroll the page. It reports whether the key
// was for it.
func (p *pages) key(name fyne.KeyName) bool {
	if p.menu.Visible() && name == fyne.KeyEscape {
		p.menu.Hide()
		return true
	}
	if p.open == nil {
		return false
	}
	height := p.scroll.Size().Height
	by, known := map[fyne.KeyName]float32{
		fyne.KeyUp: -3 * lineText, fyne.KeyDown: 3 * lineText,
		fyne.KeyPageUp: lineText - height, fyne.KeyPageDown: height - lineText, fyne.KeySpace: height - lineText,
		fyne.KeyHome: -p.end(), fyne.KeyEnd: p.end(),
	}[name]
	switch {
	case name == fyne.KeyEscape:
		p.back()
	case known:
		p.to(p.scroll.Offset.Y + by)
	}
	return known || name == fyne.KeyEscape
}

// end is how far down the page can be scrolled.
func (p *pages) end() float32 {
	return max(p.scroll.Content.MinSize().Height-p.scroll.Size().Height, 0)
}

// word makes a choice of the menu without a drawing.
func (m *menu) word(text string, tapped func()) *chip {
	c := newChip(m.sheet, text, func() {
		m.Hide()
		tapped()
	})
	c.ground.StrokeWidth = 0
	return c
}

// upperRight is the layout of a surface, and of a card in its upper right
// corner.
type upperRight struct{ right, above float32 }

func (upperRight) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (l upperRight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, size.Width, size.Height)
	m := objects[1].MinSize()
	put(objects[1], size.Width-m.Width-l.right, l.above, m.Width, m.Height)
}
