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
	f.tidy()
}

// settings shows settings on the page that is open, if it shows any.
func (p *pages) settings(s control.Settings) {
	if open, ok := p.open.(settled); ok {
		open.settings(s)
	}
}
