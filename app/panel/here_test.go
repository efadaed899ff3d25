package panel

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// fakeFront tells what is in front, whenever that changes.
type fakeFront struct {
	news    chan control.Here
	follows chan bool // true when the panel begins to follow, false when it ends
}

func newFakeFront(c *fakeCore) *fakeFront {
	f := &fakeFront{news: make(chan control.Here), follows: make(chan bool, 8)}
	c.answer(control.VerbHere, func(ctx context.Context, _ any, each func(json.RawMessage) error) error {
		f.follows <- true
		defer func() { f.follows <- false }()
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case h := <-f.news:
				if err := give(each, h); err != nil {
					return err
				}
			}
		}
	})
	return f
}

// following waits until the panel follows what is in front, or no longer.
func (p *testPanel) following(f *fakeFront, want bool) {
	p.Helper()
	p.until(fmt.Sprintf("following %v", want), func() bool {
		select {
		case got := <-f.follows:
			return got == want
		default:
			return false
		}
	})
}

func inFront(t *testing.T, history *fakeHistory) control.Here {
	t.Helper()
	return control.Here{App: "editor", Title: "server.go", Turns: []control.Hit{hitOf(history.turns[0], ""), hitOf(history.turns[1], ""), hitOf(history.turns[2], "")}}
}

// withFront is a panel in its ready view that has been told of earlier turns.
func withFront(t *testing.T, theme string) (*testPanel, *fakeHistory, *fakeFront) {
	t.Helper()
	p, history := newTestPanel(t), newFakeHistory()
	p.o.Theme = theme
	p.o.App.Settings().SetTheme(look{theme})
	p.build()
	p.o.Window.SetPadded(false)
	p.o.Window.Resize(fyne.NewSize(400, 800))
	f := newFakeFront(p.core)
	history.serve(p.core)
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","model":"gpt-4o"}`)
	p.says("Ready")
	p.following(f, true)
	f.news <- inFront(t, history)
	p.says("Earlier here · editor — server.go")
	return p, history, f
}

func TestTheReadyViewTellsTwoQuestionsOfTheWindowInFront(t *testing.T) {
	p, history, f := withFront(t, "dark")
	if got := read(p.body.earlier.Container); strings.Count(got, "“") != 2 || !strings.Contains(got, "“"+history.turns[0].Question+"”") {
		t.Errorf("it tells\n%s", got)
	}
	f.news <- control.Here{App: "browser", Title: "News"}
	p.until("nothing", func() bool { return read(p.body.earlier.Container) == "" })
	p.asks(`here {"limit":2,"follow":true}`)
}

func TestWhatIsInFrontIsOnlyFollowedWhileTheReadyViewCanBeSeen(t *testing.T) {
	p, history, f := withFront(t, "dark")
	p.core.snapshots <- snapshot(t, `{"seq":2,"phase":"listening","turn":{"id":"t2","outcome":"asked"}}`)
	p.following(f, false)
	if p.body.earlier.Visible() {
		t.Error("it is told while a turn runs")
	}
	p.core.snapshots <- snapshot(t, `{"seq":3,"phase":"idle","turn":{"id":"t2","question":"Why?","outcome":"answered","answer":"So."}}`)
	p.says("So.")
	p.core.snapshots <- snapshot(t, `{"seq":4,"phase":"idle"}`)
	p.core.snapshots <- snapshot(t, `{"seq":4,"phase":"idle"}`) // the panel watches anew when a turn is gone
	p.following(f, true)
	f.news <- inFront(t, history)
	p.says("Earlier here")
	p.Hide()
	p.following(f, false)
	p.Show()
	p.following(f, true)
}

func TestWhatIsInFrontStaysWhereNothingIsNew(t *testing.T) {
	p, history, f := withFront(t, "dark")
	before := p.body.earlier.rows.Objects
	f.news <- inFront(t, history)
	f.news <- control.Here{App: "editor", Title: "client.go", Turns: inFront(t, history).Turns}
	p.says("client.go")
	after := p.body.earlier.rows.Objects
	p.body.earlier.set(p.body.earlier.shown)
	if &p.body.earlier.rows.Objects[0] != &after[0] || &before[0] == &after[0] {
		t.Error("it is drawn anew though nothing is new, or not though something is")
	}
}

func TestAnEarlierQuestionOpensAndBackLeadsToTheReadyView(t *testing.T) {
	p, history, _ := withFront(t, "dark")
	press(t, p.body.earlier.Container, "“"+history.turns[0].Question+"”")
	p.until("the turn", func() bool {
		page, ok := p.body.pages.open.(*historyPage)
		return ok && page.open != nil && page.open.id == history.turns[0].ID
	})
	if c := p.o.Window.Canvas().Focused(); c != nil {
		t.Errorf("the keys are for %T", c)
	}
	p.o.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.body.pages.Visible() || !p.body.earlier.Visible() {
		t.Error("it does not lead back")
	}
}

func TestWhereWindowsCannotBeToldApartNothingIsTold(t *testing.T) {
	p := newTestPanel(t)
	p.core.answer(control.VerbHere, replies(control.Here{}))
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle"}`)
	p.says("Ready")
	p.asks(`here {"limit":2,"follow":true}`)
	for seq := range 3 {
		p.core.snapshots <- snapshot(t, fmt.Sprintf(`{"seq":%d,"phase":"idle","model":"m%d"}`, seq+2, seq))
		p.says(fmt.Sprintf("m%d", seq))
	}
	if n := strings.Count(strings.Join(p.core.did(), "\n"), "here "); n != 1 || read(p.body.earlier.Container) != "" {
		t.Errorf("it was asked for %d times and tells %q", n, read(p.body.earlier.Container))
	}
}

func TestEarlierHereIsDrawnAsItWas(t *testing.T) {
	for _, theme := range []string{"dark", "light"} {
		t.Run(theme, func(t *testing.T) {
			p, _, _ := withFront(t, theme)
			portray(t, p.body, "here-"+theme)
			if theme == "dark" {
				var got strings.Builder
				sketch(p.body.sheet.palette, p.body.earlier.Container, fyne.Position{}, &got)
				compare(t, filepath.Join("testdata", "golden", "here.txt"), got.String())
			}
		})
	}
}
