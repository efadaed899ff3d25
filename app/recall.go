package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"aside/app/control"
	"aside/app/history"
	"aside/app/settings"
	"aside/app/turn"
	"aside/vision/grab"
)

// Verbs about earlier turns.

const (
	pageSize  = 50      // turns of a list, unless it says otherwise
	hereSize  = 5       // earlier turns of a place, likewise
	partSize  = 1 << 16 // bytes of a part of an export
	forgotten = 500     // how many of the turns that are erased may be in memory, too
)

// Filter makes what is asked for into what the history takes. Turns about
// programs that the user keeps private are hidden. The error has the code
// day_invalid.
func Filter(args control.FilterArgs, s settings.Screen) (history.Filter, error) {
	private := grab.Options{Exclude: s.Exclude}.Privacy()
	f := history.Filter{
		Text: args.Text, App: args.App, Engine: args.Engine, Model: args.Model,
		Conversation: args.Conversation, Pinned: args.Pinned,
		Hidden: func(app string) bool { return private(app, "") },
	}
	var err error
	if f.From, err = day(args.From); err != nil {
		return f, err
	}
	if f.To, err = day(args.To); err != nil || f.To.IsZero() {
		return f, err
	}
	f.To = f.To.AddDate(0, 0, 1) // to its end
	return f, nil
}

// day reads a day of the user's calendar; "" is the zero time.
func day(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(history.DayForm, text, time.Local)
	if err != nil {
		return t, control.Fail("day_invalid", "The day cannot be read.", "Write it as in 2026-11-25.")
	}
	return t, nil
}

// Meant checks that what is to be erased is meant: everything only if that is
// said.
func Meant(args control.EraseArgs) error {
	if none := args.FilterArgs == (control.FilterArgs{}); none != args.All {
		return control.Fail("erase_unsure", "It is not clear what to delete.", "Say which turns, or that it is all of them, not both.")
	}
	return nil
}

// recalled is the history, if there is one.
func (a *App) recalled() (*history.Store, error) {
	if a.history == nil {
		return nil, control.Fail("history_unavailable", "The history cannot be opened.", "See: aside doctor")
	}
	return a.history, nil
}

// filtered makes a verb of what takes arguments with a filter.
func filtered[T any](a *App, part func(T) control.FilterArgs, do func(context.Context, *history.Store, T, history.Filter, func(any) error) error) verb {
	return func(ctx context.Context, raw json.RawMessage, send func(any) error) error {
		args, err := arguments[T](raw)
		if err != nil {
			return err
		}
		f, err := Filter(part(args), a.settings().Screen)
		if err != nil {
			return err
		}
		store, err := a.recalled()
		if err != nil {
			return err
		}
		return do(ctx, store, args, f, send)
	}
}

// recallTable are the verbs about earlier turns.
func (a *App) recallTable() map[string]verb {
	return map[string]verb{
		control.VerbHistory: filtered(a, func(args control.HistoryArgs) control.FilterArgs { return args.FilterArgs }, find),
		control.VerbOpen:    filtered(a, func(control.IDArgs) (none control.FilterArgs) { return none }, open),
		control.VerbExport:  filtered(a, func(args control.ExportArgs) control.FilterArgs { return args.FilterArgs }, export),
		control.VerbErase:   filtered(a, func(args control.EraseArgs) control.FilterArgs { return args.FilterArgs }, a.erase),
		control.VerbPin:     filtered(a, func(control.PinArgs) (none control.FilterArgs) { return none }, pin),
		control.VerbHere:    filtered(a, func(control.HereArgs) (none control.FilterArgs) { return none }, a.here),
		control.VerbUsage:   a.usage,
	}
}

func find(ctx context.Context, store *history.Store, args control.HistoryArgs, f history.Filter, send func(any) error) error {
	page, err := store.Find(ctx, f, cmp.Or(args.Limit, pageSize), args.Cursor)
	if err != nil {
		return err
	}
	return send(page)
}

func open(ctx context.Context, store *history.Store, args control.IDArgs, f history.Filter, send func(any) error) error {
	opened, err := store.Open(ctx, args.ID, f)
	if err != nil {
		return err
	}
	return send(opened)
}

func export(ctx context.Context, store *history.Store, args control.ExportArgs, f history.Filter, send func(any) error) error {
	parts := &parts{send: send}
	if err := store.Export(ctx, parts, args.Format, f); err != nil {
		return err
	}
	return parts.flush()
}

// parts sends what is written in parts of whole letters.
type parts struct {
	send func(any) error
	text []byte
}

func (p *parts) Write(b []byte) (int, error) {
	p.text = append(p.text, b...)
	for len(p.text) > partSize {
		end := partSize
		for end > partSize-4 && p.text[end]&0xc0 == 0x80 { // within a letter
			end--
		}
		if err := p.send(control.ExportPart{Text: string(p.text[:end])}); err != nil {
			return 0, err
		}
		p.text = p.text[end:]
	}
	return len(b), nil
}

func (p *parts) flush() error {
	if len(p.text) == 0 {
		return nil
	}
	return p.send(control.ExportPart{Text: string(p.text)})
}

func pin(ctx context.Context, store *history.Store, args control.PinArgs, _ history.Filter, _ func(any) error) error {
	return store.Pin(ctx, args.ID, args.Pinned)
}

// erase deletes turns everywhere: from memory first, so that nothing that still
// runs writes them anew.
func (a *App) erase(ctx context.Context, store *history.Store, args control.EraseArgs, f history.Filter, send func(any) error) error {
	if err := Meant(args); err != nil {
		return err
	}
	f.Hidden = nil // what is hidden is deleted, too
	if args.Count {
		n, err := store.Count(ctx, f)
		if err != nil {
			return err
		}
		return send(control.Erased{Turns: n})
	}
	if err := send(control.Erased{}); err != nil { // it may take a while
		return err
	}
	if err := a.forgetAll(ctx, store, args.All, f); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // what was begun is done, even if nobody waits
	var n int
	var err error
	if args.All {
		n, err = store.Clear(ctx)
	} else {
		n, err = store.Erase(ctx, f, func(n int) { _ = send(control.Erased{Turns: n}) })
	}
	if err != nil {
		return err
	}
	return send(control.Erased{Turns: n})
}

// forgetAll removes from memory what is to be deleted. Only the latest turns
// are there.
func (a *App) forgetAll(ctx context.Context, store *history.Store, all bool, f history.Filter) error {
	meant, err := store.Find(ctx, f, forgotten, "")
	if err != nil {
		return err
	}
	known := a.remembered(ctx)
	for i, h := range meant.Turns {
		if known[h.ID] || i < pageSize { // of a failed one only its question is there
			a.loop.Forget(h.ID)
			delete(known, h.ID)
		}
	}
	for id := range known {
		if all {
			a.loop.Forget(id)
		}
	}
	return nil
}

// remembered are the IDs of the turns that the loop shows.
func (a *App) remembered(ctx context.Context) map[string]bool {
	known := map[string]bool{}
	enough := errors.New("seen the first")
	_ = a.loop.Watch(ctx, func(s turn.Snapshot) error { // the first snapshot has all of them
		if s.Turn != nil {
			known[s.Turn.ID] = true
		}
		for _, v := range s.Earlier {
			known[v.ID] = true
		}
		return enough
	})
	return known
}

// here tells which earlier turns are about what the window in front shows.
func (a *App) here(ctx context.Context, store *history.Store, args control.HereArgs, f history.Filter, send func(any) error) error {
	tell := func() error {
		now := control.Here{Turns: []control.Hit{}}
		program, title, err := a.sight.front(ctx)
		if err != nil {
			a.log.Debug("see what is in front", "cause", turn.Cause(err))
			return send(now)
		}
		turns, err := store.Here(ctx, program, title, f, cmp.Or(args.Limit, hereSize))
		if err != nil {
			return err
		}
		return send(struct {
			App   string        `json:"app"`
			Title string        `json:"title"`
			Turns []history.Hit `json:"turns"`
		}{program, title, turns})
	}
	if err := tell(); err != nil || !args.Follow {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := a.sight.watchFront(ctx, func() {
		if err := tell(); err != nil {
			cancel(err)
		}
	})
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if err != nil {
		a.log.Debug("watch what is in front", "cause", turn.Cause(err))
	}
	return nil
}

func (a *App) usage(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.UsageArgs](raw)
	if err != nil {
		return err
	}
	store, err := a.recalled()
	if err != nil {
		return err
	}
	u, err := UsageOf(ctx, store, args, a.settings().Spending)
	if err != nil {
		return err
	}
	return send(u)
}

// Usage is a control.Usage before it travels.
type Usage struct {
	history.Usage
	Caps []control.Cap `json:"caps"`
}

// UsageOf sums up what a time took and cost, and how the caps stand. The error
// has the code day_invalid or is the history's.
func UsageOf(ctx context.Context, store *history.Store, args control.UsageArgs, s settings.Spending) (u Usage, err error) {
	now := time.Now()
	to, err := day(cmp.Or(args.To, now.Format(history.DayForm)))
	if err != nil {
		return u, err
	}
	from, err := day(cmp.Or(args.From, to.AddDate(0, 0, -29).Format(history.DayForm)))
	if err != nil {
		return u, err
	}
	if u.Usage, err = store.Usage(ctx, from, to); err != nil {
		return u, err
	}
	spent, err := spentIn(ctx, store, now)
	if err != nil {
		return u, err
	}
	u.Caps = caps(s, now, spent)
	return u, nil
}
