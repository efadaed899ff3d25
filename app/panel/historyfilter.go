package panel

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// sought is what is looked for in the history.
type sought struct {
	filter control.FilterArgs // without days
	days   int                // that many up to today; 0 is all
	open   string             // the turn that is open; "" for none
	alone  bool               // it was opened from elsewhere, and back leads there
}

// args is what the core is asked for.
func (s *sought) args(now time.Time) control.FilterArgs {
	args := s.filter
	if s.days > 0 {
		args.From = dayOf(now.AddDate(0, 0, 1-s.days))
	}
	return args
}

// filters say which turns are listed: a row of chips, and below it what one of
// them can be.
type filters struct {
	*fyne.Container
	kit     *kit
	clerk   *clerk
	was     *sought
	now     func() time.Time
	changed func()

	app, day, model, pinned *knob
	choices                 *fyne.Container
	unfolded                *knob // whose choices are seen; nil for none
	off                     func()
}

const (
	sampled    = 500 // of so many turns the programs and models are offered
	maxChoices = 12
)

func newFilters(k *kit, c *clerk, was *sought, now func() time.Time, changed func()) *filters {
	f := &filters{kit: k, clerk: c, was: was, now: now, changed: changed, off: func() {}}
	f.app = k.knob("", func() {
		f.names(f.app, tr("Any app"), func(args *control.FilterArgs) *string { return &args.App }, func(h control.Hit) string { return h.App })
	})
	f.day = k.knob("", f.days)
	f.model = k.knob("", func() {
		f.names(f.model, tr("Any model"), func(args *control.FilterArgs) *string { return &args.Model }, func(h control.Hit) string { return h.Model })
	})
	f.pinned = k.knob("", func() { f.put(func() { was.filter.Pinned = !was.filter.Pinned }) })
	f.choices = &fyne.Container{Layout: flow{k.width, 6}}
	f.Container = &fyne.Container{Layout: column{8}, Objects: []fyne.CanvasObject{
		&fyne.Container{Layout: flow{k.width, 6}, Objects: []fyne.CanvasObject{f.day, f.app, f.model, f.pinned}}, f.choices,
	}}
	f.show()
	return f
}

// dayChoice is one of the times that are offered.
type dayChoice struct {
	days int
	name string
}

func dayChoices() []dayChoice {
	return []dayChoice{{0, tr("Any day")}, {1, tr("Today")}, {7, tr("7 days")}, {30, tr("30 days")}}
}

// show shows what is looked for.
func (f *filters) show() {
	const room = 140
	name := func(value, none string) string { return shorten(cmp.Or(value, none), sizeLabel, room) }
	is := f.was.filter
	f.app.set(name(is.App, tr("Any app")), is.App != "")
	f.model.set(name(is.Model, tr("Any model")), is.Model != "")
	f.pinned.set(tr("Pinned"), is.Pinned)
	for _, d := range dayChoices() {
		if d.days == f.was.days {
			f.day.set(d.name, d.days > 0)
		}
	}
	setVisible(f.choices, f.unfolded != nil)
	f.kit.grown()
}

// put changes what is looked for.
func (f *filters) put(change func()) {
	f.off()
	change()
	f.unfolded = nil
	f.show()
	f.changed()
}

// unfold shows what a chip can be, or no longer. It reports whether it is to be
// seen.
func (f *filters) unfold(k *knob) bool {
	f.off()
	f.choices.Objects = nil
	if f.unfolded == k {
		f.unfolded = nil
		f.show()
		return false
	}
	f.unfolded = k
	return true
}

func (f *filters) days() {
	if !f.unfold(f.day) {
		return
	}
	for _, d := range dayChoices() {
		k := f.kit.knob("", func() { f.put(func() { f.was.days = d.days }) })
		k.set(d.name, d.days == f.was.days)
		f.choices.Add(k)
	}
	f.show()
}

// names offers the names that turns have, whatever theirs is that is chosen
// now; the most frequent first.
func (f *filters) names(k *knob, none string, part func(*control.FilterArgs) *string, of func(control.Hit) string) {
	if !f.unfold(k) {
		return
	}
	args := f.was.args(f.now())
	*part(&args) = ""
	f.off = reply(f.clerk, control.VerbHistory, control.HistoryArgs{FilterArgs: args, Limit: sampled}, func(page control.HistoryPage, _ *control.Problem) {
		for i, name := range append([]string{""}, frequent(page.Turns, of)...) {
			choice := f.kit.knob("", func() { f.put(func() { *part(&f.was.filter) = name }) })
			text := none
			if i > 0 {
				text = shorten(name, sizeLabel, f.kit.width-24)
			}
			choice.set(text, name == *part(&f.was.filter))
			f.choices.Add(choice)
		}
		f.show()
	})
}

// frequent are the names that turns have, the most frequent first.
func frequent(turns []control.Hit, of func(control.Hit) string) []string {
	times := map[string]int{}
	for _, h := range turns {
		if name := of(h); name != "" {
			times[name]++
		}
	}
	names := slices.SortedFunc(maps.Keys(times), func(a, b string) int { return cmp.Or(times[b]-times[a], cmp.Compare(a, b)) })
	return names[:min(len(names), maxChoices)]
}
