package turn

import (
	"testing"
	"time"
)

func TestALookIsSharedOnceASecondAndWithinTheBudgetOfAMinute(t *testing.T) {
	type spent struct {
		ago    time.Duration
		tokens int
	}
	for name, c := range map[string]struct {
		before []spent
		tokens int
		want   time.Duration
	}{
		"the first":                               {nil, 400, 0},
		"half a second after the last":            {[]spent{{500 * time.Millisecond, 100}}, 100, 500 * time.Millisecond},
		"a second after the last":                 {[]spent{{time.Second, 100}}, 100, 0},
		"while half of the budget is left":        {[]spent{{20 * time.Second, 200}, {time.Second, 200}}, 100, 0},
		"in the second half it is spread":         {[]spent{{20 * time.Second, 300}, {time.Second, 200}}, 100, 11 * time.Second},
		"when a large one has left the minute":    {[]spent{{50 * time.Second, 800}, {40 * time.Second, 100}}, 300, 10 * time.Second},
		"when two have left the minute":           {[]spent{{50 * time.Second, 400}, {40 * time.Second, 400}}, 900, 20 * time.Second},
		"what was more than a minute ago is past": {[]spent{{time.Minute, 1000}}, 1000, 0},
	} {
		now := time.Now()
		p := pace{budget: 1000}
		for _, s := range c.before {
			p.spend(now.Add(-s.ago), s.tokens)
		}
		if got := p.wait(now, c.tokens); got != c.want {
			t.Errorf("%s: it waits for %v, want %v", name, got, c.want)
		}
	}
}

func TestNoMinuteCostsMoreThanTheBudget(t *testing.T) {
	for _, tokens := range []int{70, 100, 333, 501, 1000} {
		p := pace{budget: 1000}
		start := time.Now()
		var all []expense
		for at := time.Duration(0); at < 5*time.Minute; at += 250 * time.Millisecond {
			if now := start.Add(at); p.wait(now, tokens) == 0 {
				p.spend(now, tokens)
				all = append(all, expense{now, tokens})
			}
		}
		for i, from := range all {
			sum := 0
			for _, e := range all[i:] {
				if e.at.Sub(from.at) < time.Minute {
					sum += e.tokens
				}
			}
			if sum > p.budget {
				t.Errorf("%d tokens each: %d in a minute", tokens, sum)
			}
			if i > 0 && from.at.Sub(all[i-1].at) < shareGap {
				t.Errorf("%d tokens each: %v after the one before", tokens, from.at.Sub(all[i-1].at))
			}
		}
		if got, most := len(all), 5*(1000/tokens); got < most*3/4 {
			t.Errorf("%d tokens each: %d in five minutes, and %d would be within the budget", tokens, got, most)
		}
	}
}
