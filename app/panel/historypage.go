package panel

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aside/app/control"
)

// searchPause is how long the user must not type before it is searched.
const searchPause = 80 * time.Millisecond

// historyWay is what the page of the history needs of the panel.
type historyWay struct {
	deeds   deeds                    // what can be done from within a turn
	tip     func(string)             // tells where a link leads
	scroll  func() *container.Scroll // in which the page lies
	dropped func(id string)          // a turn has been deleted
	now     func() time.Time
	canvas  fyne.Canvas // on which the page is drawn
}

// stepping is a page that leads deeper. back goes one step back; it reports
// whether there was one.
type stepping interface {
	page
	back() bool
}

// historyPage finds earlier turns and opens them in place.
type historyPage struct {
	kit   *kit
	clerk *clerk
	way   historyWay
	was   *sought

	root   *fyne.Container // what can be seen: the list, or one conversation
	list   *fyne.Container
	field  *entry
	filter *filters
	listed *listed
	hits   *hits

	open *openedTurn // nil while the list can be seen
	down float32     // how far down the list was when it was left
	wait func()      // calls off the search for which the user still types

	found string // the text that was searched last
}

// newHistoryPage makes the page. was is what was looked for when it was open
// before; the page keeps it up to date.
func newHistoryPage(k *kit, c *clerk, was *sought, w historyWay) *historyPage {
	p := &historyPage{kit: k, clerk: c, way: w, was: was, wait: func() {}}
	p.field = k.entry(tr("Search"), func(text string) {
		if text != p.found { // otherwise a click on a row would only list them anew
			p.search()
		}
	})
	p.field.SetText(was.filter.Text)
	p.field.kept = was.filter.Text
	p.field.live = p.typed
	p.filter = newFilters(k, c, was, w.now, p.search)
	p.listed = newListed(k, c, p.args, w.now, p.search)
	p.hits = newHits(k, c, w.now, p.visit)
	p.list = &fyne.Container{Layout: column{inside}, Objects: []fyne.CanvasObject{
		&fyne.Container{Layout: column{8}, Objects: []fyne.CanvasObject{k.framed(p.field), p.filter.Container, p.listed.Container}},
		p.hits.Container,
	}}
	p.root = &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{p.list}}
	return p
}

func (p *historyPage) title() string { return tr("History") }

func (p *historyPage) content() fyne.CanvasObject { return p.root }

// shown finds what was looked for before, and lets the user type.
func (p *historyPage) shown() {
	p.clerk.open()
	p.way.scroll().OnScrolled = func(fyne.Position) { p.reach() }
	p.way.canvas.Focus(p.field)
	if p.was.open != "" {
		p.visit(p.was.open)
	}
	p.search()
}

func (p *historyPage) hidden() {
	p.way.scroll().OnScrolled = nil
	p.clerk.close()
}

// args are the turns that are looked for.
func (p *historyPage) args() control.FilterArgs { return p.was.args(p.way.now()) }

// typed searches once the user pauses.
func (p *historyPage) typed(text string) {
	p.was.filter.Text = text
	p.wait()
	p.wait = p.clerk.later(searchPause, p.search)
}

// search finds anew. What is listed stays until something else is found.
func (p *historyPage) search() {
	p.wait()
	p.was.filter.Text, p.found = p.field.Text, p.field.Text
	p.listed.fold()
	p.hits.find(p.args(), p.reach)
}

// reach fetches more when the end of the list comes into sight.
func (p *historyPage) reach() {
	const ahead = 600
	s := p.way.scroll()
	if p.open == nil && s.Content.MinSize().Height-s.Offset.Y-s.Size().Height < ahead {
		p.hits.more()
	}
}

// visit opens a turn, with its conversation.
func (p *historyPage) visit(id string) {
	reply(p.clerk, control.VerbOpen, control.IDArgs{ID: id}, func(o control.Opened, problem *control.Problem) {
		if problem != nil {
			p.was.open = ""
			p.hits.refused(problem)
			return
		}
		if p.open == nil {
			p.down = p.way.scroll().Offset.Y
		}
		p.was.open = id
		p.way.canvas.Unfocus() // the keys are for the page
		p.open = newOpenedTurn(p.kit, p.clerk, o, p.way, p.gone)
		p.root.Objects = []fyne.CanvasObject{p.open.Container}
		p.kit.grown()
		p.to(p.open.top())
	})
}

// to scrolls to a place of the page.
func (p *historyPage) to(y float32) {
	s := p.way.scroll()
	s.ScrollToOffset(fyne.NewPos(0, min(max(y, 0), max(s.Content.MinSize().Height-s.Size().Height, 0))))
}

// back goes from a turn to the list. A search ends with the page.
func (p *historyPage) back() bool {
	if p.open == nil || p.was.alone {
		*p.was = sought{}
		return false
	}
	p.open, p.was.open = nil, ""
	p.root.Objects = []fyne.CanvasObject{p.list}
	p.kit.grown()
	p.to(p.down)
	return true
}

// gone takes note that a turn has been deleted.
func (p *historyPage) gone(id string) {
	p.way.dropped(id)
	switch {
	case p.open != nil && p.open.id == id && p.was.alone:
		p.kit.escape()
		return
	case p.open != nil && p.open.id == id:
		p.back()
	}
	p.search()
}

// later runs f on the window's goroutine after a pause, unless the page is
// closed before or the function that it returns is called.
func (c *clerk) later(pause time.Duration, f func()) (off func()) {
	if c.until == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(c.until)
	c.run(func() {
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			c.post(func() {
				if ctx.Err() == nil {
					cancel()
					f()
				}
			})
		}
	})
	return cancel
}

// dayOf is the day of the user's calendar, as the core takes it.
func dayOf(t time.Time) string { return t.Local().Format(time.DateOnly) }

// dayName writes a day for people.
func dayName(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	switch dayOf(t) {
	case dayOf(now):
		return tr("Today")
	case dayOf(now.AddDate(0, 0, -1)):
		return tr("Yesterday")
	}
	form := tr("Monday, 2 January")
	if t.Year() != now.Year() {
		form = tr("2 January 2006")
	}
	return t.Format(form)
}

// turnsText writes how many turns there are.
func turnsText(n int) string {
	if n == 1 {
		return tr("1 turn")
	}
	return strings.ReplaceAll(tr("%n turns"), "%n", grouped(n))
}

// recall makes the page of the history, which goes on with what was looked for.
func (p *Panel) recall(was *sought) func(*sheet) page {
	return func(s *sheet) page {
		return newHistoryPage(p.kit(s), p.clerk(), was, historyWay{
			deeds:  p.deeds(),
			tip:    func(target string) { p.body.tip.show(target) },
			scroll: func() *container.Scroll { return p.body.pages.scroll },
			dropped: func(id string) {
				p.seen.drop(id)
				p.unattend()
				p.redraw()
			},
			now:    time.Now,
			canvas: p.o.Window.Canvas(),
		})
	}
}
