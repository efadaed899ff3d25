package panel

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"aside/app/control"
)

// usageOf sums up the turns of a history.
func usageOf(f *fakeHistory) control.Usage {
	u := control.Usage{From: dayOf(pastDay.AddDate(0, 0, -29)), To: dayOf(pastDay), Caps: []control.Cap{
		{Of: "day", Most: 0.5, Spent: 0.006, Currency: "USD", State: "ok"},
		{Of: "month", Most: 0.1, Spent: 0.085, Currency: "USD", State: "near"},
	}}
	models := []control.ModelUsage{{Engine: "chat", Model: "gpt-4o"}, {Engine: "chat", Model: "qwen3-vl:8b"}}
	add := func(t *control.Tally, v control.View) {
		t.Turns++
		if v.Usage == nil {
			t.Unpriced++
			return
		}
		if t.Cost == nil {
			t.Cost = map[string]float64{}
		}
		t.Input, t.Output = t.Input+v.Usage.Input, t.Output+v.Usage.Output
		t.Cost["USD"] += v.Usage.Cost
	}
	for d := 29; d >= 0; d-- {
		day := control.DayUsage{Day: dayOf(pastDay.AddDate(0, 0, -d))}
		for _, v := range f.turns {
			if dayOf(v.Asked) != day.Day {
				continue
			}
			add(&day.Tally, v)
			add(&u.Total, v)
			for i := range models {
				if models[i].Model == v.Model {
					add(&models[i].Tally, v)
				}
			}
		}
		u.Days = append(u.Days, day)
	}
	u.Total.Stages = control.Stages{
		Request: control.Stage{Turns: 60, Median: 31, P95: 80}, Transcript: control.Stage{Turns: 40, Median: 310, P95: 720},
		FirstText: control.Stage{Turns: 60, Median: 880, P95: 1900}, FirstSound: control.Stage{Turns: 40, Median: 1240, P95: 2400},
		Done: control.Stage{Turns: 60, Median: 2300, P95: 5200},
	}
	models[0].Stages, models[1].Stages.FirstText = u.Total.Stages, control.Stage{Turns: 16, Median: 1500, P95: 3100}
	u.Models = models
	return u
}

// withUsage is a panel with the page of the usage open.
func withUsage(t *testing.T, theme string, u control.Usage) (*testPanel, *usagePage) {
	t.Helper()
	p := newTestPanel(t)
	p.o.Theme = theme
	p.o.App.Settings().SetTheme(look{theme})
	p.build()
	p.o.Window.SetPadded(false)
	p.o.Window.Resize(fyne.NewSize(400, 1000))
	p.core.answer(control.VerbUsage, replies(u))
	p.core.snapshots <- snapshot(t, `{"seq":1,"phase":"idle","engine":"chat","model":"gpt-4o"}`)
	p.says("Ready")
	p.body.pages.menued = append([]menuItem{{name: "Then", page: func(s *sheet) page {
		return newUsagePage(p.kit(s), p.clerk(), fixedNow)
	}}}, p.body.pages.menued...)
	p.openPage("Then")
	return p, p.body.pages.open.(*usagePage)
}

func TestUsageStandsInTheMenu(t *testing.T) {
	p := newTestPanel(t)
	p.core.answer(control.VerbUsage, replies(control.Usage{}))
	p.openPage("Usage")
	p.says("Nothing was asked in this time.")
}

func TestUsageTellsTurnsTokensMoneyModelsAndCaps(t *testing.T) {
	u := usageOf(newFakeHistory())
	p, _ := withUsage(t, "dark", u)
	for _, want := range []string{
		grouped(u.Total.Turns), grouped(u.Total.Input + u.Total.Output), money(u.Total.Cost["USD"], "USD"),
		"is unknown. Give the prices in Settings", "price unknown", "0.9 s / 1.9 s", "31 ms / 80 ms", "gpt-4o", "first words 1.5 s, P95 3.1 s",
		"$0.006 of $0.50", "Nearly all of it is spent.", "This month",
	} {
		p.says(want)
	}
	p.asks(`usage {"from":"2026-10-27"}`)
}

func TestAnotherSpanOfDaysIsAskedFor(t *testing.T) {
	p, page := withUsage(t, "dark", usageOf(newFakeHistory()))
	press(t, page.root, "7 days")
	p.asks(`usage {"from":"2026-11-19"}`)
	if !page.spans[0].selected || page.spans[1].selected {
		t.Error("it does not show which")
	}
}

func TestACapThatIsReachedSaysWhatStillAnswers(t *testing.T) {
	p, _ := withUsage(t, "dark", control.Usage{Caps: []control.Cap{{Of: "day", Most: 1, Spent: 1.2, Currency: "EUR", State: "reached"}}})
	p.says("€1.20 of €1.00")
	p.says("only what costs nothing answers")
}

func TestAPriceThatNobodyKnowsIsNotZero(t *testing.T) {
	for _, c := range []struct {
		t    control.Tally
		want string
	}{
		{control.Tally{Turns: 2, Unpriced: 2}, "price unknown"},
		{control.Tally{Turns: 2, Unpriced: 1, Cost: map[string]float64{"USD": 0.2}}, "$0.20 + price unknown"},
		{control.Tally{Turns: 2, Cost: map[string]float64{"USD": 0.2, "EUR": 1}}, "€1.00 + $0.20"},
		{control.Tally{Turns: 2, Cost: map[string]float64{"USD": 0}}, "0"},
		{control.Tally{Turns: 2}, ""},
	} {
		if got := costText(c.t); got != c.want {
			t.Errorf("%+v: %q, not %q", c.t, got, c.want)
		}
	}
}

func TestUsageThatCannotBeReadSaysWhy(t *testing.T) {
	p, page := withUsage(t, "dark", control.Usage{})
	p.core.answer(control.VerbUsage, refuses("history_unavailable", "The history cannot be opened.", "See: aside doctor"))
	press(t, page.root, "90 days")
	p.says("The history cannot be opened.")
}

func TestABarTellsItsDayUnderThePointer(t *testing.T) {
	b, _ := newTestBody(t)
	c := newBars(b.sheet, "Turns", barsOf{
		values: []float64{0, 4, 2}, total: 6, write: func(v float64) string { return grouped(int(v)) }, day: func(i int) string { return []string{"a", "b", "c"}[i] },
	})
	if got := c.all[1].Size().Height / c.all[2].Size().Height; got != 2 {
		t.Errorf("twice as much is %v times as high", got)
	}
	if c.all[0].Size().Height != 0 || c.said.Text != "6" {
		t.Errorf("nothing is %v high, the sum %q", c.all[0].Size().Height, c.said.Text)
	}
	e := &desktop.MouseEvent{}
	e.Position = fyne.NewPos(b.sheet.width/2, 30)
	c.MouseIn(e)
	if c.said.Text != "b · 4" {
		t.Errorf("it tells %q", c.said.Text)
	}
	c.MouseOut()
	if c.said.Text != "6" {
		t.Errorf("then it tells %q", c.said.Text)
	}
}

func TestUsageIsDrawnAsItWas(t *testing.T) {
	for _, theme := range []string{"dark", "light"} {
		t.Run(theme, func(t *testing.T) {
			p, _ := withUsage(t, theme, usageOf(newFakeHistory()))
			p.says("qwen3-vl:8b")
			portray(t, p.body, "usage-"+theme)
			if theme == "dark" {
				p.golden("usage")
			}
			p.body.pages.key(fyne.KeyEnd)
			portray(t, p.body, "usage-end-"+theme)
		})
	}
}
