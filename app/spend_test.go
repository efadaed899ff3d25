package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/history"
	"aside/app/settings"
	"aside/app/turn"
)

// scripted is an engine whose replies are these events.
type scripted struct {
	engine.Engine
	can    engine.Capabilities
	events []engine.Event
}

func (s *scripted) Capabilities() engine.Capabilities { return s.can }

func (s *scripted) Start(context.Context, engine.Prompt) (engine.Exchange, error) {
	return &reply{events: s.events}, nil
}

type reply struct {
	engine.Exchange
	events []engine.Event
}

func (r *reply) Recv(context.Context) (engine.Event, error) {
	if len(r.events) == 0 {
		return nil, io.EOF
	}
	e := r.events[0]
	r.events = r.events[1:]
	return e, nil
}

func (r *reply) Close() error { return nil }

// till is a meter with a price, a store and a clock of the test's own.
type till struct {
	*meter
	s    settings.Settings
	told []string
}

func newTill(t *testing.T, store *history.Store, now time.Time) *till {
	t.Helper()
	k := &till{s: settings.Default()}
	k.s.Spending = settings.Spending{Currency: "EUR", InputPrice: 2, OutputPrice: 10, DayCap: 1, MonthCap: 3}
	k.meter = &meter{
		settings: func() settings.Settings { return k.s }, history: store, log: slog.New(slog.DiscardHandler),
		report: func(p *turn.Problem) { k.told = append(k.told, p.Code) },
		now:    func() time.Time { return now }, spent: map[expense]float64{}, told: map[string]bool{},
	}
	return k
}

// ask asks once and returns the code of a refusal, and the usage that came.
func (k *till) ask(t *testing.T, can engine.Capabilities, events ...engine.Event) (code string, u engine.Usage) {
	t.Helper()
	x, err := k.over(&scripted{can: can, events: events}).Start(t.Context(), engine.Prompt{})
	if err != nil {
		return engine.Code(err), u
	}
	for {
		e, err := x.Recv(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if got, ok := e.(engine.Usage); ok {
			u = got
		}
	}
	for range 2 { // it may be called twice
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return "", u
}

// priced is the service in the settings.
func priced() engine.Capabilities {
	return engine.Capabilities{Name: "chat", Model: settings.Default().Engine.Model, Host: "api.openai.com"}
}

func TestWhatWasToldOfACapIsTakenBackWhenItIsRaised(t *testing.T) {
	k := newTill(t, nil, time.Date(2026, 11, 25, 23, 0, 0, 0, time.Local))
	k.ask(t, priced(), engine.Sent{}, engine.Usage{Input: 600_000}) // 1.2
	var taken []string
	for _, c := range []struct {
		cap  float64
		told string
	}{{1.1, "spend_cap"}, {1.3, "spend_near"}, {9, ""}, {1, "spend_cap"}} {
		k.told, taken = nil, nil
		k.s.Spending.DayCap = c.cap
		k.review(func(code string) { taken = append(taken, code) })
		if got := strings.Join(k.told, " "); got != c.told || !slices.Contains(taken, "spend_cap") || !slices.Contains(taken, "spend_near") {
			t.Errorf("with a cap of %v it is told %q, and taken back %q", c.cap, got, taken)
		}
	}
}

func TestCapsWarnAndThenRefuse(t *testing.T) {
	k := newTill(t, nil, time.Date(2026, 11, 25, 23, 0, 0, 0, time.Local))
	third := engine.Usage{Input: 100_000, Output: 20_000} // 0.4
	_, u := k.ask(t, priced(), engine.Sent{}, third)
	if u.Cost != 0.4 || u.Currency != "EUR" || len(k.told) != 0 {
		t.Fatalf("it cost %v %s, told %q", u.Cost, u.Currency, k.told)
	}
	k.ask(t, priced(), engine.Sent{}, third)
	k.ask(t, priced(), engine.Sent{}, engine.Usage{Input: 1})
	if got := strings.Join(k.told, " "); got != "spend_near" {
		t.Errorf("at 80 %% it is told %q", got)
	}
	k.ask(t, priced(), engine.Sent{}, third)
	if got := strings.Join(k.told, " "); got != "spend_near spend_cap" {
		t.Errorf("at the cap it is told %q", got)
	}
	if code, _ := k.ask(t, priced(), engine.Sent{}, third); code != "spend_cap" {
		t.Errorf("beyond the cap: %q", code)
	}
	err := refusal(k.caps())
	if e, ok := errors.AsType[*engine.Error](err); !ok || !strings.Contains(e.Hint, "spending.day_cap") || !strings.Contains(e.Hint, "engine.kind offline") {
		t.Errorf("the refusal is %+v", err)
	}
	offline := engine.Capabilities{Name: "offline", Model: "reader"}
	if code, _ := k.ask(t, offline, engine.Text{Delta: "x"}, engine.Done{}); code != "" {
		t.Errorf("the offline engine: %q", code)
	}
	k.now = func() time.Time { return time.Date(2026, 11, 26, 1, 0, 0, 0, time.Local) }
	if code, _ := k.ask(t, priced(), engine.Sent{}, third); code != "" {
		t.Errorf("the next day: %q", code)
	}
	k.s.Spending.MonthCap = 1.5
	if code, _ := k.ask(t, priced(), engine.Sent{}, third); code != "spend_cap" {
		t.Errorf("beyond the cap of the month: %q", code)
	}
	k.now = func() time.Time { return time.Date(2026, 12, 1, 1, 0, 0, 0, time.Local) }
	if code, _ := k.ask(t, priced(), engine.Sent{}, third); code != "" {
		t.Errorf("the next month: %q", code)
	}
}

func TestAPriceThatNobodyKnowsIsNotInvented(t *testing.T) {
	other, local, deep := priced(), priced(), priced()
	deep.Model = "gpt-5"
	other.Model, local.Model, local.Host = "another", "llava", ""
	elsewhere := priced()
	elsewhere.Host = "models.example"
	mine := priced()
	mine.Host = "" // a service on this machine that the user has given a price
	for name, c := range map[string]struct {
		can      engine.Capabilities
		prices   [2]float64
		cap      string // the currency of the caps
		currency string
		told     string
	}{
		"the model of the settings": {priced(), [2]float64{2, 10}, "EUR", "EUR", ""},
		"by the list":               {priced(), [2]float64{}, "USD", "USD", ""},
		"half a price":              {priced(), [2]float64{2, 0}, "USD", "USD", ""},
		"a cap in other money":      {priced(), [2]float64{}, "EUR", "USD", "spend_unknown"},
		"another of the list":       {deep, [2]float64{2, 10}, "USD", "USD", ""},
		"another model":             {other, [2]float64{2, 10}, "EUR", "", "spend_unknown"},
		"another service":           {elsewhere, [2]float64{2, 10}, "EUR", "", "spend_unknown"},
		"on this machine":           {local, [2]float64{2, 10}, "EUR", "EUR", ""},
		"here, for money":           {mine, [2]float64{2, 10}, "EUR", "EUR", ""},
	} {
		k := newTill(t, nil, time.Now())
		k.s.Spending.InputPrice, k.s.Spending.OutputPrice, k.s.Spending.Currency = c.prices[0], c.prices[1], c.cap
		code, u := k.ask(t, c.can, engine.Sent{}, engine.Usage{Input: 1000, Output: 100})
		k.ask(t, c.can, engine.Sent{}, engine.Usage{Input: 1000, Output: 100})
		if code != "" || u.Currency != c.currency || strings.Join(k.told, " ") != c.told {
			t.Errorf("%s: %q, in %q, told %q", name, code, u.Currency, k.told)
		}
		if free := name == "on this machine"; (u.Cost == 0) != (free || c.currency == "") {
			t.Errorf("%s: it cost %v", name, u.Cost)
		}
	}
}

func TestEveryQuestionThatWasSentIsCounted(t *testing.T) {
	store, err := history.Open(t.Context(), filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.Local)
	k := newTill(t, store, now)
	k.ask(t, priced(), engine.Sent{}, engine.Text{Delta: "x"}, engine.Usage{Input: 100, Output: 10}, engine.Done{})
	k.ask(t, priced(), engine.Sent{}, engine.Usage{Input: 50}, engine.Usage{Input: 50, Output: 10}, engine.Done{}) // in two parts
	k.ask(t, priced(), engine.Sent{}, engine.Text{Delta: "cut off"})
	k.ask(t, priced()) // nothing was sent
	k.ask(t, engine.Capabilities{Name: "offline", Model: "reader"}, engine.Text{Delta: "x"}, engine.Done{})
	k.close()
	u, err := store.Usage(t.Context(), now, now)
	if err != nil || u.Total.Turns != 4 || u.Total.Unpriced != 1 || u.Total.Input != 200 || u.Total.Output != 20 || len(u.Models) != 2 {
		t.Errorf("usage %+v, %v", u, err)
	}
	again := newTill(t, store, now)
	again.recall(t.Context())
	if got := again.spent[expense{"2026-11-25", "EUR"}]; got < 0.00059 || got > 0.00061 {
		t.Errorf("after the restart %v is spent", got)
	}
}
