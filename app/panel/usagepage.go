package panel

import (
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// usagePage shows what turns took and cost.
type usagePage struct {
	kit   *kit
	clerk *clerk
	now   func() time.Time
	days  int // up to today
	off   func()

	spans []*knob
	root  *fyne.Container
	below *fyne.Container
}

// usageSpans are the times that are offered, in days.
func usageSpans() []int { return []int{7, 30, 90} }

func newUsagePage(k *kit, c *clerk, now func() time.Time) *usagePage {
	p := &usagePage{kit: k, clerk: c, now: now, days: 30, off: func() {}}
	row := &fyne.Container{Layout: flow{k.width, 6}}
	for _, days := range usageSpans() {
		one := k.knob("", func() { p.span(days) })
		p.spans = append(p.spans, one)
		row.Add(one)
	}
	p.below = &fyne.Container{Layout: column{inside}}
	p.root = &fyne.Container{Layout: column{inside}, Objects: []fyne.CanvasObject{row, p.below}}
	return p
}

func (p *usagePage) title() string { return tr("Usage") }

func (p *usagePage) content() fyne.CanvasObject { return p.root }

func (p *usagePage) shown() {
	p.clerk.open()
	p.span(p.days)
}

func (p *usagePage) hidden() { p.clerk.close() }

// span shows the last days.
func (p *usagePage) span(days int) {
	p.days = days
	for i, d := range usageSpans() {
		p.spans[i].set(strings.ReplaceAll(tr("%n days"), "%n", grouped(d)), d == days)
	}
	p.off()
	args := control.UsageArgs{From: dayOf(p.now().AddDate(0, 0, 1-days))}
	p.off = reply(p.clerk, control.VerbUsage, args, func(u control.Usage, problem *control.Problem) {
		p.below.Objects = nil
		if problem != nil {
			p.below.Objects = problemLines(p.kit.sheet, problem, nil)
		} else {
			p.show(u)
		}
		p.kit.grown()
	})
}

func (p *usagePage) show(u control.Usage) {
	p.below.Objects = append(p.below.Objects, p.caps(u.Caps)...)
	if u.Total.Turns == 0 {
		p.below.Add(p.kit.note(tr("Nothing was asked in this time."), toneDim).Container)
		return
	}
	p.below.Objects = append(p.below.Objects, p.charts(u)...)
	p.below.Objects = append(p.below.Objects, p.stages(u.Total.Stages)...)
	p.below.Objects = append(p.below.Objects, p.models(u.Models)...)
}

// charts draw turns, tokens and money a day.
func (p *usagePage) charts(u control.Usage) []fyne.CanvasObject {
	chart := func(name string, of func(control.Tally) float64, write func(float64) string) fyne.CanvasObject {
		values := make([]float64, len(u.Days))
		for i, d := range u.Days {
			values[i] = of(d.Tally)
		}
		return newBars(p.kit.sheet, name, barsOf{values: values, total: of(u.Total), write: write, day: func(i int) string { return p.dayName(u.Days[i].Day) }})
	}
	whole := func(v float64) string { return grouped(int(v)) }
	all := []fyne.CanvasObject{
		chart(tr("Turns"), func(t control.Tally) float64 { return float64(t.Turns) }, whole),
		chart(tr("Tokens"), func(t control.Tally) float64 { return float64(t.Input + t.Output) }, whole),
	}
	for _, currency := range currencies(u.Total) {
		all = append(all, chart(tr("Cost"), func(t control.Tally) float64 { return t.Cost[currency] }, func(v float64) string { return sumText(v, currency) }))
	}
	if u.Total.Unpriced > 0 {
		text := tr("What %turns cost is unknown. Give the prices in Settings › Spending.")
		all = append(all, p.kit.note(strings.ReplaceAll(text, "%turns", turnsText(u.Total.Unpriced)), toneDim).Container)
	}
	return all
}

// dayName writes a day of the core for people.
func (p *usagePage) dayName(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, time.Local)
	if err != nil {
		return day
	}
	return dayName(t, p.now())
}

// currencies are those in which something cost, in a fixed order.
func currencies(t control.Tally) []string { return slices.Sorted(maps.Keys(t.Cost)) }

// sumText is money that may be nothing.
func sumText(sum float64, currency string) string {
	if sum == 0 {
		return "0"
	}
	return money(sum, currency)
}

// costText says what turns cost, as far as somebody knows.
func costText(t control.Tally) string {
	var parts []string
	for _, currency := range currencies(t) {
		parts = append(parts, sumText(t.Cost[currency], currency))
	}
	if t.Unpriced > 0 {
		parts = append(parts, tr("price unknown"))
	}
	return strings.Join(parts, " + ")
}

// stages draw how long it took to each stage.
func (p *usagePage) stages(s control.Stages) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	most := max(s.Request.P95, s.Transcript.P95, s.FirstText.P95, s.FirstSound.P95, s.Done.P95)
	for _, one := range []struct {
		name string
		control.Stage
	}{
		{"sent", s.Request}, {"understood", s.Transcript}, {"first words", s.FirstText}, {"first sound", s.FirstSound}, {"answered", s.Done},
	} {
		if one.Turns > 0 {
			rows = append(rows, p.kit.stageRow(one.name, one.Stage, most))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	about := p.kit.note(tr("From key-up on: the median, and behind it what 95 of 100 turns stay below."), toneDim)
	return []fyne.CanvasObject{p.kit.heading(tr("Latency")), &fyne.Container{Layout: column{4}, Objects: rows}, about.Container}
}

// models say who answered, and what that took and cost.
func (p *usagePage) models(all []control.ModelUsage) []fyne.CanvasObject {
	if len(all) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{p.kit.heading(tr("Models"))}
	for _, m := range all {
		name := m.Model
		if m.Engine == "offline" || name == "" {
			name = tr("read on this machine")
		}
		price := words(costText(m.Tally), p.kit.dim, sizeLabel)
		figures := []string{turnsText(m.Turns)}
		if n := m.Input + m.Output; n > 0 {
			figures = append(figures, tokensText(n))
		}
		if s := m.Stages.FirstText; s.Turns > 0 {
			figures = append(figures, strings.NewReplacer("%median", duration(s.Median), "%p95", duration(s.P95)).Replace(tr("first words %median, P95 %p95")))
		}
		rows = append(rows, &fyne.Container{Layout: column{2}, Objects: []fyne.CanvasObject{
			&fyne.Container{Layout: sides{p.kit.width, 8}, Objects: []fyne.CanvasObject{
				words(shorten(name, sizeAsked, p.kit.width-price.MinSize().Width-16), p.kit.ink, sizeAsked), price,
			}},
			p.kit.note(strings.Join(figures, " · "), toneDim).Container,
		}})
	}
	return rows
}

// caps say how much may be spent, and how much of that is.
func (p *usagePage) caps(all []control.Cap) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, c := range all {
		name, state := tr("Today"), ""
		if c.Of == "month" {
			name = tr("This month")
		}
		switch c.State {
		case "near":
			state = tr("Nearly all of it is spent.")
		case "reached":
			state = tr("It is spent: only what costs nothing answers. Settings › Spending.")
		}
		of := strings.NewReplacer("%spent", sumText(c.Spent, c.Currency), "%most", money(c.Most, c.Currency)).Replace(tr("%spent of %most"))
		rows = append(rows, &fyne.Container{Layout: column{4}, Objects: []fyne.CanvasObject{
			&fyne.Container{Layout: sides{p.kit.width, 8}, Objects: []fyne.CanvasObject{words(name, p.kit.ink, sizeAsked), words(of, p.kit.dim, sizeLabel)}},
			p.kit.meter(c.Spent / max(c.Most, 1e-9)), p.kit.note(state, toneInk).Container,
		}})
	}
	return rows
}
