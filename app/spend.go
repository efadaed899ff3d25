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
	if h == nil {
		return m
	}
	today := m.now().Format(history.DayForm)
	spent, err := h.Spent(ctx, today[:len("2026-11")], today)
	if err != nil {
		log.Error("read what was spent", "err", err)
	}
	for _, d := range spent {
		m.spent[expense{d.Day, d.Currency}] += d.Cost
	}
	return m
}

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
	if can.Host != "" { // what answers on this machine costs nothing
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
		u.Cost, u.Currency = c.meter.price(c.can, u)
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
			if c.can.Host == "" {
				d.Currency = c.meter.settings().Spending.Currency
			}
			c.meter.add(c.can, d)
		}
		if c.added || c.asked {
			c.meter.warn(c.can)
		}
	})
	return err
}

// price is what tokens cost, and in which currency: none if nobody knows.
func (m *meter) price(can engine.Capabilities, u engine.Usage) (cost float64, currency string) {
	s := m.settings()
	p := s.Spending
	if can.Host == "" {
		return 0, p.Currency
	}
	service, err := url.Parse(s.Engine.BaseURL)
	if err != nil || service.Host != can.Host || can.Model != s.Engine.Model || p.InputPrice == 0 || p.OutputPrice == 0 {
		return 0, ""
	}
	const million = 1e6
	return (float64(u.Input)*p.InputPrice + float64(u.Output)*p.OutputPrice) / million, p.Currency
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
			since = today[:len("2026-11")]
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
		if _, currency := m.price(can, engine.Usage{}); currency == "" {
			m.tell("unknown "+can.Host+can.Model, &turn.Problem{
				Code: "spend_unknown", Message: "The spending cap cannot be held: the price of this model is not known.",
				Hint: "Say it, for a million tokens: aside settings set spending.input_price AMOUNT, and spending.output_price",
			})
		}
	}
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
