package turn

import (
	"slices"
	"time"
)

// shareGap is the least time between two looks that are shared.
const shareGap = time.Second

// pace says when another look may be shared: after a second at the earliest,
// and never more tokens in a minute than the budget. The first half of that is
// spent as it comes; the rest is spread over the minute.
type pace struct {
	budget int
	spent  []expense // in the last minute, the oldest first
}

type expense struct {
	at     time.Time
	tokens int
}

// wait is how long a look of so many tokens has to wait yet. One that is dearer
// than the budget waits for ever; see cheapened.
func (p *pace) wait(now time.Time, tokens int) time.Duration {
	p.spent = slices.DeleteFunc(p.spent, func(e expense) bool { return now.Sub(e.at) >= time.Minute })
	if len(p.spent) == 0 {
		return 0
	}
	used := tokens
	for _, e := range p.spent {
		used += e.tokens
	}
	last := p.spent[len(p.spent)-1]
	gap := shareGap
	if used > p.budget/2 {
		gap = max(gap, time.Duration(float64(time.Minute)*float64(last.tokens)/float64(p.budget)))
	}
	from := last.at.Add(gap)
	for _, e := range p.spent { // until enough of it is a minute ago
		if used <= p.budget {
			break
		}
		used -= e.tokens
		if at := e.at.Add(time.Minute); at.After(from) {
			from = at
		}
	}
	return max(0, from.Sub(now))
}

// spend notes a look that is shared.
func (p *pace) spend(now time.Time, tokens int) { p.spent = append(p.spent, expense{now, tokens}) }
