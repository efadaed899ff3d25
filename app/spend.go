package app

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"aside/app/control"
	"aside/app/engine"
	"aside/app/history"
	"aside/app/settings"
	"aside/app/turn"
)

// near is the part of a cap at which the user is warned.
const near = 0.8

// spendLimit bounds how long counting may take: the disk may be slow.
const spendLimit = 10 * time.Second

// meter counts what answers cost, of private questions as well, and refuses to
// ask once a cap is reached. It knows the words of the model only: services do
// not say what hearing and speaking cost.
type meter struct {
	settings func() settings.Settings
	history  *history.Store // nil without one: it counts while it runs
	report   func(*turn.Problem)
	log      *slog.Logger
	now      func() time.Time

	mu      sync.Mutex
	spent   map[expense]float64
	told    map[string]bool // warnings, by what they are about
	writing sync.WaitGroup
}

// expense is what money is counted by.
type expense struct{ day, currency string }

// newMeter goes on with what this month has cost.
func newMeter(ctx context.Context, s func() settings.Settings, h *history.Store, report func(*turn.Problem), log *slog.Logger) *meter {
	m := &meter{settings: s, history: h, report: report, log: log, now: time.Now, spent: map[expense]float64{}, told: map[string]bool{}}
	m.recall(ctx)
	return m
}

// recall reads what this month has cost so far.
func (m *meter) recall(ctx context.Context) {
	if m.history == nil || m.history.Upgrading() { // an older one does not know what was spent
		return
	}
	spent, err := spentIn(ctx, m.history, m.now())
	if err != nil {
		m.log.Error("read what was spent", "err", err)
		return
	}
	m.spent = spent
}

// spentIn is what the month of a day has cost, up to that day.
func spentIn(ctx context.Context, h *history.Store, now time.Time) (map[expense]float64, error) {
	today := now.Format(history.DayForm)
	all, err := h.Spent(ctx, monthOf(today), today)
	spent := map[expense]float64{}
	for _, d := range all {
		spent[expense{d.Day, d.Currency}] += d.Cost
	}
	return spent, err
}

// monthOf is what the days of a month begin with.
func monthOf(day string) string { return day[:len("2026-11")] }

func (m *meter) close() { m.writing.Wait() }

// over puts the meter on an engine.
func (m *meter) over(e engine.Engine) engine.Engine { return metered{e, m} }

type metered struct {
	engine.Engine
	meter *meter
}

// Start implements engine.Engine. The error is spend_cap when a cap is reached.
func (e metered) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	can := e.Capabilities()
	if !e.meter.rate(can).free() {
		if err := refusal(e.meter.caps()); err != nil {
			return nil, err
		}
	}
	x, err := e.Engine.Start(ctx, p)
	if err != nil {
		return nil, err
	}
	return &counted{Exchange: x, meter: e.meter, can: can}, nil
}

// counted is an exchange whose cost is counted.
type counted struct {
	engine.Exchange
	meter *meter
	can   engine.Capabilities

	mu    sync.Mutex
	asked bool // somebody was asked
	added bool // it is counted
	over  sync.Once
}

// Recv implements engine.Exchange.
func (c *counted) Recv(ctx context.Context) (engine.Event, error) {
	e, err := c.Exchange.Recv(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch u := e.(type) {
	case engine.Sent, engine.Text, engine.Done:
		c.asked = true
	case engine.Deeper:
		c.can.Model = u.Model
	case engine.Usage:
		if u.Counted {
			break
		}
		r := c.meter.rate(c.can)
		u.Cost, u.Currency = r.cost(u), r.currency
		d := history.Spending{Input: u.Input, Output: u.Output, Cost: u.Cost, Currency: u.Currency}
		if !c.added {
			d.Turns = 1
		}
		c.added = true
		c.meter.add(c.can, d)
		return u, err
	}
	return e, err
}

// Close implements engine.Exchange. A question that was cut off, or whose
// service says nothing of its tokens, has cost what nobody knows.
func (c *counted) Close() error {
	err := c.Exchange.Close()
	c.over.Do(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if !c.added && c.asked {
			d := history.Spending{Turns: 1}
			if r := c.meter.rate(c.can); r.free() {
				d.Currency = r.currency
			}
			c.meter.add(c.can, d)
		}
		if c.added || c.asked {
			c.meter.warn(c.can)
		}
	})
	return err
}

// rate is what a million tokens cost.
type rate struct {
	input, output float64
	currency      string // "" if nobody knows
}

func (r rate) free() bool { return r.currency != "" && r.input == 0 && r.output == 0 }

func (r rate) cost(u engine.Usage) float64 {
	const million = 1e6
	return (float64(u.Input)*r.input + float64(u.Output)*r.output) / million
}

// listMoney is the currency of engine.ListPrice.
const listMoney = "USD"

// rate is the price that the user has set for the model in the settings, else
// that of the list. What else answers on this machine costs nothing.
func (m *meter) rate(can engine.Capabilities) rate {
	s := m.settings()
	service, err := url.Parse(s.Engine.BaseURL)
	set := err == nil && can.Model == s.Engine.Model && (can.Host == service.Host || can.Host == "") &&
		s.Spending.InputPrice > 0 && s.Spending.OutputPrice > 0
	switch {
	case set:
		return rate{s.Spending.InputPrice, s.Spending.OutputPrice, s.Spending.Currency}
	case can.Host == "":
		return rate{currency: s.Spending.Currency}
	}
	if input, output, known := engine.ListPrice(can.Host, can.Model); known {
		return rate{input, output, listMoney}
	}
	return rate{}
}

func (m *meter) add(can engine.Capabilities, d history.Spending) {
	d.Day, d.Engine, d.Model = m.now().Format(history.DayForm), can.Name, can.Model
	m.mu.Lock()
	m.spent[expense{d.Day, d.Currency}] += d.Cost
	m.mu.Unlock()
	if m.history == nil {
		return
	}
	m.writing.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), spendLimit)
		defer cancel()
		if err := m.history.Spend(ctx, d); err != nil {
			m.log.Error("count what is spent", "err", err)
		}
	})
}

// caps says how the caps that are set stand.
func (m *meter) caps() []control.Cap {
	m.mu.Lock()
	defer m.mu.Unlock()
	return caps(m.settings().Spending, m.now(), m.spent)
}

// caps is how the caps that are set stand on a day.
func caps(s settings.Spending, now time.Time, spent map[expense]float64) []control.Cap {
	today, all := now.Format(history.DayForm), []control.Cap{}
	for _, c := range []control.Cap{
		{Of: "day", Most: s.DayCap, Currency: s.Currency},
		{Of: "month", Most: s.MonthCap, Currency: s.Currency},
	} {
		since := today
		if c.Of == "month" {
			since = monthOf(today)
		}
		for e, cost := range spent {
			if e.currency == s.Currency && strings.HasPrefix(e.day, since) {
				c.Spent += cost
			}
		}
		switch {
		case c.Most == 0:
			continue
		case c.Spent >= c.Most:
			c.State = "reached"
		case c.Spent >= near*c.Most:
			c.State = "near"
		default:
			c.State = "ok"
		}
		all = append(all, c)
	}
	return all
}

// refusal is the error of a question that would go beyond a cap.
func refusal(caps []control.Cap) error {
	for _, c := range caps {
		if c.State == "reached" {
			p := capReached(c)
			return &engine.Error{Code: p.Code, Message: p.Message, Hint: p.Hint}
		}
	}
	return nil
}

func capReached(c control.Cap) *turn.Problem {
	return &turn.Problem{
		Code: "spend_cap", Message: "This " + c.Of + "'s spending cap is reached: nothing more is sent.",
		Hint: "Raise it: aside settings set spending." + c.Of + "_cap AMOUNT. Or let this machine answer: aside settings set engine.kind offline",
	}
}

// warn tells the user, once, that a cap is near or reached, or cannot be held.
func (m *meter) warn(can engine.Capabilities) {
	m.warnOfCaps()
	for _, c := range m.caps() {
		if m.rate(can).currency != c.Currency { // caps are in the currency of the settings alone
			m.tell("unknown "+can.Host+can.Model, &turn.Problem{
				Code: "spend_unknown", Message: "The spending cap cannot be held: the price of this model is not known.",
				Hint: "Say it, for a million tokens: aside settings set spending.input_price AMOUNT, and spending.output_price",
			})
		}
	}
}

// warnOfCaps tells the user, once, that a cap is near or reached.
func (m *meter) warnOfCaps() {
	today := m.now().Format(history.DayForm)
	for _, c := range m.caps() {
		switch c.State {
		case "near":
			m.tell(c.Of+today+"near", &turn.Problem{
				Code: "spend_near", Message: "More than 80 % of this " + c.Of + "'s spending cap is spent.",
				Hint: "See: aside usage",
			})
		case "reached":
			m.tell(c.Of+today+"reached", capReached(c))
		}
	}
}

// review takes back what was told of the caps, and tells what is true of those
// that are set now.
func (m *meter) review(retract func(code string)) {
	m.mu.Lock()
	clear(m.told)
	m.mu.Unlock()
	for _, code := range []string{"spend_cap", "spend_near", "spend_unknown"} {
		retract(code)
	}
	m.warnOfCaps()
}

func (m *meter) tell(about string, p *turn.Problem) {
	m.mu.Lock()
	news := !m.told[about]
	m.told[about] = true
	m.mu.Unlock()
	if news {
		m.report(p)
	}
}
