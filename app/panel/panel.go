package panel

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
	"aside/app/settings"
)

// Core is what the panel asks of the core. control.Client is one. Its methods
// may be called at once.
type Core interface {
	Watch(ctx context.Context, see func(control.Snapshot)) error
	Ask(ctx context.Context, args control.AskArgs, see func(control.View)) (control.View, error)
	Shot(ctx context.Context, id string, picture int) (control.Shot, error)
	Do(ctx context.Context, verb string, args any) error
	Call(ctx context.Context, verb string, args any, each func(json.RawMessage) error) error
}

// Options says how the panel stands and looks.
type Options struct {
	App    fyne.App
	Core   Core
	Window fyne.Window // made but not shown
	Talk   string      // the talk key, such as Ctrl+Alt+Space
	Screen string      // what a question looks at unless the user says otherwise: window, display, none
	Places string      // the file of where the window was dragged to; "" for none
	Gone   func()      // called once, from any goroutine, when the core stays away

	settings.Panel // how it stands and looks

	// Quiet makes windows that are made from now on come without the keyboard
	// and above others, or no longer. Nil if the system has nothing like it.
	Quiet func(bool)
}

// Panel is the side panel. Show, Hide, Type, Configure, Do and Close may be
// called from any goroutine.
type Panel struct {
	o       Options
	dock    *dock
	pump    *pump
	watcher *watcher

	lifetime context.Context // ends with Close
	end      context.CancelFunc
	calls    sync.WaitGroup
	fetches  chan struct{} // a slot for each picture that is fetched at once

	// Only the window's goroutine touches what follows.
	body    *body
	strip   *strip
	fold    opening
	width   float32   // of the open panel, for which the body was made
	built   time.Time // when
	last    frame     // what was drawn last, for another theme
	seen    history
	chosen  control.Settings // as the core told them last
	steps   steps
	found   found
	offers  offers  // what can be picked, as the service told it last
	leaving func()  // stops noticing that the pointer leaves; nil before there is a window
	choice  *choice // nil while the user chooses nothing on the screen
	here    func()  // follows what is in front no longer; nil while it does not
}

// New fills the window. Nothing runs before Start.
func New(o Options) *Panel {
	p := &Panel{o: o, fetches: make(chan struct{}, 2)}
	p.lifetime, p.end = context.WithCancel(context.Background())
	setLanguage(o.Language)
	o.App.Settings().SetTheme(look{o.Theme})
	p.pump = newPump(p.draw, p.pace, func() { p.calls.Go(p.rest) })
	p.dock = newDock(o.Window, o.Panel, o.Places, o.Quiet, p.Do)
	p.dock.hook.width, p.dock.hook.fold.tapped = p.widened, p.shut
	p.watcher = newWatcher(o.Core, p.pump, o.Gone)
	p.build()
	o.Window.SetOnDropped(func(_ fyne.Position, items []fyne.URI) { p.drop(items) })
	o.Window.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			p.body.footer.eye.menu.Hide()
		}
		if !p.body.pages.key(e.Name) && e.Name == fyne.KeyEscape {
			p.giveKeyboard()
		}
	})
	return p
}

// dark reports whether the panel is dark now.
func (p *Panel) dark() bool { return isDark(p.o.Theme, p.o.App.Settings().ThemeVariant()) }

// build makes everything in the window, in the colours of the theme.
func (p *Panel) build() {
	var open menuItem
	var down fyne.Position
	before := p.body
	if p.body != nil {
		p.unattend()
		open, down = p.body.pages.at, p.body.pages.scroll.Offset
		p.body.pages.leave()
	}
	p.width, p.built = p.dock.width(), time.Now()
	s := &sheet{palette: colours(p.dark()), width: p.width - 2*margin}
	p.body = newBody(s, p.deeds(), wishes{
		ask:   p.ask,
		deep:  func(on bool) { p.call(control.VerbDeep, control.DeepArgs{On: on}) },
		paste: p.paste,
		pick:  p.whoOrWhat,
		stop:  func() { p.call(control.VerbCancel, nil) },
		talk:  func() { p.call(control.VerbTalk, control.TalkArgs{}) },
		eye:   eyeWishes{aim: p.aim, callOff: p.callOff, share: p.share},
		field: fieldHost{take: p.takeKeyboard, give: p.giveKeyboard},

		items: p.items(), recall: p.openEarlier, first: func() { p.body.pages.visit(p.firstSteps()) },
		pages: pageWishes{take: func() { p.takeKeyboard(nil) }, give: p.giveKeyboard},
	}, p.o.Talk, p.o.Screen, func() { p.call(control.VerbPanel, control.PanelArgs{}) })
	p.body.pages.opened = func() { p.body.pages.settings(p.chosen) }
	p.body.footer.offer(p.steps.due)
	typing := false
	if before != nil {
		p.body.footer.takeOver(before.footer)
		p.body.boxes = before.boxes
		typing = p.o.Window.Canvas().Focused() == fyne.Focusable(before.footer.field)
	}
	p.strip = newStrip(s, p.unfold)
	p.dock.hook.fill(p.body.Container, p.strip, s.line)
	if typing {
		p.o.Window.Canvas().Focus(p.body.footer.field)
	}
	if open.page != nil {
		p.body.pages.enter(open)
		p.body.pages.scroll.ScrollToOffset(down)
	}
}

// kit is what pages on s are made with.
func (p *Panel) kit(s *sheet) *kit {
	return &kit{
		sheet: s, take: p.takeKeyboard, escape: func() { p.o.Window.Canvas().Unfocus(); p.body.pages.back() },
		reveal: func(o fyne.CanvasObject) { p.body.pages.reveal(o) }, grown: func() { p.body.pages.grown() }, seen: &p.found,
		scroll: func(e *fyne.ScrollEvent) { p.body.pages.scroll.Scrolled(e) },
	}
}

// clerk sends the commands of a page.
func (p *Panel) clerk() *clerk {
	return &clerk{core: p.o.Core, life: p.lifetime, run: p.calls.Go, post: p.pump.do}
}

// answers says who answers now.
func (p *Panel) answers() (engine, model, host string) {
	if s := p.last.latest; s != nil {
		return s.Engine, s.Model, s.Host
	}
	return "", "", ""
}

// items are where the header's menu leads, in its order.
func (p *Panel) items() []menuItem {
	return []menuItem{
		{name: tr("History"), page: p.recall(&sought{})},
		{name: tr("Usage"), page: func(s *sheet) page { return newUsagePage(p.kit(s), p.clerk(), time.Now) }},
		{name: tr("Settings"), page: func(s *sheet) page {
			return newSettingsPage(p.kit(s), p.clerk(), settingsWay{first: p.takeFirstSteps, model: p.answers})
		}},
		{name: tr("New topic"), do: func() { p.call(control.VerbNew, nil) }},
	}
}

// Start begins to watch the core and to draw. Call it once, on the window's
// goroutine.
func (p *Panel) Start() {
	dark := p.dark()
	p.o.App.Settings().AddListener(func(fyne.Settings) {
		if now := p.dark(); now != dark {
			dark = now
			p.rebuild()
		}
	})
	p.pump.start()
	p.watcher.start()
	p.calls.Go(func() { p.follow(p.lifetime) })
	p.calls.Go(p.greet)
	p.calls.Go(p.warm)
}

// Close ends, after Start, the watch and every command that still runs, and
// waits for them. It may be called twice.
func (p *Panel) Close() {
	p.end()
	p.watcher.close()
	p.pump.close()
	p.calls.Wait()
	if p.leaving != nil {
		p.leaving()
	}
	p.dock.close()
}

// Stuck reports whether the window should be there and is not, because the
// system could not make it. Call it on the window's goroutine.
func (p *Panel) Stuck() bool { return p.dock.stuck() }

// Do runs f on the window's goroutine.
func (p *Panel) Do(f func()) { p.pump.do(f) }

// draw shows a frame.
func (p *Panel) draw(f frame) {
	p.seen.add(f)
	p.last = f.over(p.last)
	p.redraw()
}

func (p *Panel) redraw() {
	defer p.attend()
	p.last.still, p.last.choosing = !p.o.App.Settings().ShowAnimations(), ""
	if p.choice != nil {
		p.last.choosing = p.choice.screen
	}
	now := time.Now()
	if p.folds(now); p.dock.narrow {
		p.strip.show(p.last, now)
		return
	}
	p.watchPointer()
	p.body.set(p.seen.turns, p.last, now)
	if p.last.latest != nil {
		p.turned(*p.last.latest)
	}
}

// over is f on top of an older frame: a frame without news keeps the snapshot.
func (f frame) over(old frame) frame {
	if f.latest == nil {
		f.latest = old.latest
	}
	return f
}

// Pace of what moves without news.
const (
	paceThinking  = 160 * time.Millisecond
	paceListening = 500 * time.Millisecond
	paceSharing   = time.Second
)

// pace says when to draw again though nothing is new.
func (p *Panel) pace(frame) time.Duration {
	if p.body.behind() && !p.dock.narrow {
		return frameGap
	}
	if p.last.latest == nil || p.last.offline {
		return 0
	}
	if p.last.latest.Sharing != nil && string(p.last.latest.Phase) == "idle" {
		return paceSharing
	}
	if string(p.last.latest.Phase) == "idle" && !p.dock.narrow {
		return p.fold.left(time.Now())
	}
	switch string(p.last.latest.Phase) {
	case "listening":
		return paceListening
	case "thinking":
		if p.o.App.Settings().ShowAnimations() {
			return paceThinking
		}
	}
	if p.last.latest.Talk != nil { // its time goes on
		return paceListening
	}
	return 0
}

// keepTurns bounds the turns that are shown.
const keepTurns = 30

// history is the turns of the conversation, oldest first.
type history struct{ turns []control.View }

// add takes what a frame brings.
func (h *history) add(f frame) {
	if f.latest == nil {
		return
	}
	if f.fresh {
		h.turns = append([]control.View(nil), f.latest.Earlier...)
	}
	for _, s := range append(f.passed, *f.latest) {
		if s.Turn == nil {
			h.turns = nil
			if f.fresh {
				h.turns = append(h.turns, f.latest.Earlier...)
			}
			continue
		}
		h.put(*s.Turn)
	}
	h.turns = h.turns[max(0, len(h.turns)-keepTurns):]
}

// put replaces the turn with v's ID, or adds v. A later one that has not ended
// has come to nothing: it was a wish for the voice that says v.
func (h *history) put(v control.View) {
	h.turns = slices.DeleteFunc(h.turns, func(t control.View) bool { return t.ID > v.ID && t.Outcome == "asked" })
	for i := range h.turns {
		if h.turns[i].ID == v.ID {
			h.turns[i] = v
			return
		}
	}
	h.turns = append(h.turns, v)
}
