package panel

import (
	"encoding/json"
	"time"

	"aside/app/control"
)

// steps is how far the user has got with the first steps.
type steps struct {
	at   int    // which is at hand
	due  bool   // they are neither done nor skipped
	lost string // the turn that has taken their place; "" for none
}

// greet shows the first steps if they are still to be taken. A turn that runs
// comes first.
func (p *Panel) greet() {
	for p.lifetime.Err() == nil {
		var w control.Welcome
		err := p.o.Core.Call(p.lifetime, control.VerbWelcome, control.WelcomeArgs{}, func(raw json.RawMessage) error { return json.Unmarshal(raw, &w) })
		if err == nil {
			if w.Due {
				p.pump.do(func() { p.welcome(w.Step) })
			}
			return
		}
		select {
		case <-p.lifetime.Done():
		case <-time.After(followPause):
		}
	}
}

// welcome shows the first steps at one of them, counted from 1; 0 is the first.
func (p *Panel) welcome(step int) {
	p.steps.due, p.steps.at = true, min(max(step-1, 0), firstSteps-1)
	p.body.footer.offer(true)
	if s := p.last.latest; s == nil || string(s.Phase) == "idle" {
		p.body.pages.enter(p.firstSteps())
	} else if s.Turn != nil {
		p.steps.lost = s.Turn.ID
	}
	p.redraw()
}

// takeFirstSteps goes to the first steps from the beginning, because the user
// wants to.
func (p *Panel) takeFirstSteps() {
	p.steps.at = 0
	p.body.pages.visit(p.firstSteps())
}

// firstSteps is the page of the first steps.
func (p *Panel) firstSteps() menuItem {
	return menuItem{name: tr("First steps"), page: func(s *sheet) page {
		k := p.kit(s)
		k.escape = p.giveKeyboard // out of a field, not out of the steps
		return newFirstPage(k, p.clerk(), p.steps.at, firstWay{
			at:   p.stepTo,
			done: func() { p.stepsDone(); p.body.pages.away() },
			look: func() {
				p.calls.Go(func() {
					_, err := p.o.Core.Ask(p.lifetime, control.AskArgs{Look: true, Speak: true}, nil)
					p.tell(err)
				})
			},
		})
	}}
}

// stepTo notes which step is at hand, for this panel and for the next.
func (p *Panel) stepTo(step int) {
	p.steps.at = step
	if p.steps.due {
		p.call(control.VerbWelcome, control.WelcomeArgs{Step: step + 1})
	}
}

// stepsDone notes that the first steps are done or skipped.
func (p *Panel) stepsDone() {
	p.steps = steps{}
	p.body.footer.offer(false)
	p.call(control.VerbWelcome, control.WelcomeArgs{Done: true})
}

// turned takes the news of a turn to the page that is open. One that takes the
// place of the first steps leaves it to them again when it comes to nothing, and
// ends them if it is the question that they lead to.
func (p *Panel) turned(s control.Snapshot) {
	_, first := p.body.pages.open.(*firstPage)
	p.body.pages.turn(s)
	if first && p.body.pages.open == nil && s.Turn != nil {
		p.steps.lost = s.Turn.ID
	}
	if p.steps.lost == "" {
		return
	}
	switch idle := string(s.Phase) == "idle"; {
	case !idle && s.Turn != nil && s.Turn.ID != p.steps.lost: // one after the other
		p.steps.lost = s.Turn.ID
	case s.Turn != nil && s.Turn.ID == p.steps.lost:
		if p.steps.at == firstSteps-1 && s.Turn.Answer != "" {
			p.stepsDone()
		} else if idle {
			p.steps.lost = ""
		}
	case idle:
		p.steps.lost = ""
		if p.body.pages.open == nil {
			p.body.pages.enter(p.firstSteps())
			p.body.pages.turn(s)
		}
	}
}
