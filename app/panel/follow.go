package panel

import (
	"context"
	"encoding/json"
	"time"

	"aside/app/control"
	"aside/app/settings"
)

// followPause is how long the panel waits before it asks again for the settings.
const followPause = 500 * time.Millisecond

// settled is a page that shows settings.
type settled interface {
	page
	settings(control.Settings)
}

// follow keeps what the panel knows of the settings up to date, until ctx ends.
func (p *Panel) follow(ctx context.Context) {
	for ctx.Err() == nil {
		_ = p.o.Core.Call(ctx, control.VerbSettings, control.SettingsArgs{Watch: true}, func(raw json.RawMessage) error { // however it ended, the core is away
			var s control.Settings
			if err := json.Unmarshal(raw, &s); err != nil {
				return err
			}
			p.pump.do(func() { p.apply(s) })
			return nil
		})
		select {
		case <-ctx.Done():
		case <-time.After(followPause):
		}
	}
}

// apply puts settings into effect as far as they concern the panel, and shows
// them on a page that shows settings.
func (p *Panel) apply(s control.Settings) {
	p.chosen = s
	now := settings.Default()
	for _, one := range s.Settings {
		_ = settings.Set(&now, one.Name, one.Value) // a core of another version may have others
	}
	p.configure(now)
	p.body.pages.settings(s)
}

// setTalk names another talk key.
func (b *body) setTalk(talk string) {
	b.idle.Objects = newIdle(b.sheet, talk).Objects
	b.idle.Refresh()
}

// setScreen says what a question looks at unless the user says otherwise.
func (f *footer) setScreen(screen string) {
	f.eye.setting = screen
	f.eye.menu.Hide()
	f.eye.show()
	arrange(f.chips, f.sheet.width)
}

// settings shows settings on the page that is open, if it shows any.
func (p *pages) settings(s control.Settings) {
	if open, ok := p.open.(settled); ok {
		open.settings(s)
	}
}

// greet shows the first steps if they are still to be taken and no turn runs.
func (p *Panel) greet() {
	for p.lifetime.Err() == nil {
		var w control.Welcome
		err := p.o.Core.Call(p.lifetime, control.VerbWelcome, control.WelcomeArgs{}, func(raw json.RawMessage) error { return json.Unmarshal(raw, &w) })
		if err == nil {
			if w.Due {
				p.pump.do(func() {
					if s := p.last.latest; s == nil || string(s.Phase) == "idle" {
						p.body.pages.enter(p.firstSteps())
						p.redraw()
					}
				})
			}
			return
		}
		select {
		case <-p.lifetime.Done():
		case <-time.After(followPause):
		}
	}
}

// takeFirstSteps goes to the first steps, because the user wants to.
func (p *Panel) takeFirstSteps() {
	p.step = 0
	p.body.pages.visit(p.firstSteps())
}

// firstSteps is the page of the first steps.
func (p *Panel) firstSteps() menuItem {
	return menuItem{name: tr("First steps"), page: func(s *sheet) page {
		return newFirstPage(p.kit(s), p.clerk(), &p.step, firstWay{
			done:  func() { p.call(control.VerbWelcome, control.WelcomeArgs{Done: true}) },
			leave: func() { p.body.pages.back() },
			look: func() {
				p.calls.Go(func() {
					_, err := p.o.Core.Ask(p.lifetime, control.AskArgs{Look: true, Speak: true}, nil)
					p.tell(err)
				})
			},
		})
	}}
}
