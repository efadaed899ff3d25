package panel

import (
	"time"

	"fyne.io/fyne/v2"

	"aside/app/settings"
)

// Show shows the window; it does not take the keyboard.
func (p *Panel) Show() { p.pump.do(p.show) }

func (p *Panel) show() {
	if !p.dock.wanted {
		p.dock.show()
		if p.width != p.dock.width() {
			p.rebuild()
		}
	} else if !p.o.Above && p.dock.handle != 0 {
		p.dock.system.lift(p.dock.handle)
	}
	p.pump.setVisible(true)
}

// Hide hides the window. Nothing is drawn until Show. A keyboard that is in the
// window goes back first.
func (p *Panel) Hide() {
	p.pump.do(func() { // all of it, or a Show that still waits would have the last word
		p.pump.setVisible(false)
		p.o.Window.Canvas().Unfocus()
		p.dock.wanted = false
		p.unattend()
		p.calls.Go(func() {
			p.dock.system.restore(p.lifetime)
			p.pump.do(func() {
				if !p.dock.wanted { // nobody has shown it meanwhile
					p.dock.hide()
				}
			})
		})
	})
}

// Type shows the window and puts the keyboard into its field, over which nothing
// stays open; or, if the window has the keyboard, gives it back.
func (p *Panel) Type() {
	p.calls.Go(func() {
		holds := p.dock.system.holds(p.dock.native.Load())
		p.pump.do(func() {
			if holds {
				p.giveKeyboard()
				return
			}
			p.show()
			p.unfold()
			p.body.pages.leave()
			p.body.footer.eye.menu.Hide()
			p.takeKeyboard(p.body.footer.field)
		})
	})
}

// takeKeyboard puts the keyboard into f, because the user wants to type there;
// nil for the window alone.
func (p *Panel) takeKeyboard(f fyne.Focusable) {
	if f != nil {
		p.o.Window.Canvas().Focus(f)
	}
	handle := p.dock.handle
	p.calls.Go(func() {
		if !p.dock.system.take(handle) {
			p.pump.do(p.o.Window.RequestFocus)
		}
	})
}

func (p *Panel) giveKeyboard() {
	p.o.Window.Canvas().Unfocus()
	p.calls.Go(func() { p.dock.system.restore(p.lifetime) })
}

// Configure puts settings into effect.
func (p *Panel) Configure(s settings.Settings) { p.pump.do(func() { p.configure(s) }) }

func (p *Panel) configure(s settings.Settings) {
	before := p.o
	p.o.Panel, p.o.Talk, p.o.Screen = s.Panel, s.Hotkey.Talk, s.Screen.Capture
	if p.o.Talk != before.Talk {
		p.body.setTalk(p.o.Talk)
	}
	if p.o.Screen != before.Screen {
		p.body.footer.setScreen(p.o.Screen)
	}
	if p.o.Panel == before.Panel {
		return
	}
	if s.Panel.Strip && !before.Strip {
		p.fold.shut()
	}
	p.dock.configure(s.Panel)
	setLanguage(s.Panel.Language)
	if s.Panel.Theme != before.Theme {
		p.o.App.Settings().SetTheme(look{s.Panel.Theme})
	}
	p.rebuild()
}

// rebuild makes everything in the window anew, as it was.
func (p *Panel) rebuild() {
	p.build()
	p.redraw()
}

// widening is how often at most the panel is made anew while it is being pulled
// wider.
const widening = 100 * time.Millisecond

// widened makes the panel as wide as the window has become.
func (p *Panel) widened(width float32) {
	if d := width - p.width; d < 1 && d > -1 { // pixels are not divided evenly
		return
	}
	p.pump.do(func() {
		dragged := p.dock.stood.dragging
		if p.width != p.dock.width() && (!dragged || time.Since(p.built) > widening) {
			p.rebuild()
		}
	})
}

// typing reports whether the keyboard is in the field.
func (p *Panel) typing() bool {
	return p.o.Window.Canvas().Focused() == fyne.Focusable(p.body.footer.field)
}

// inUse reports whether the user works in the window, or reads a page.
func (p *Panel) inUse() bool {
	return p.body.pages.open != nil || p.o.Window.Canvas().Focused() != nil || p.body.footer.field.Text != ""
}

// unfold opens the strip, because the user wants it open.
func (p *Panel) unfold() {
	p.fold.open()
	p.redraw()
}

// shut folds the panel away to a strip.
func (p *Panel) shut() {
	p.fold.shut()
	p.giveKeyboard()
	p.redraw()
}

// folds opens the strip for a turn, and folds the panel away when that has been
// read.
func (p *Panel) folds(now time.Time) {
	if s := p.last.latest; s != nil {
		turn, letters := "", 0
		if s.Turn != nil {
			turn, letters = s.Turn.ID, len(s.Turn.Answer)
		}
		if p.fold.see(turn, string(s.Phase) != "idle" && !waits(*s), letters, now) {
			p.dock.follow()
		}
	}
	p.dock.setNarrow(p.o.Strip && !p.fold.isOpen(p.inUse(), now))
}
