package grab

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"
)

// happening is what a display would tell.
type happening struct {
	at    int // milliseconds
	every int // and again so often, until until; 0 for once
	until int

	window uint32      // comes to the front; 0 for none that does
	title  string      // "#" becomes a number that counts
	moved  image.Point // the pointer is here from now on
}

// play tells a gaze what happens and says what it made of that: "700 window
// 500" is a window that was news at 700 ms and had come at 500.
func play(all []happening) string {
	var g gaze
	var told []string
	start := time.Unix(1, 0)
	window, title, pointer, count := uint32(1), "first", image.Pt(100, 100), 0
	g.saw(start, window, title)
	for ms := 0; ms <= 6000; ms += 10 {
		now := start.Add(time.Duration(ms) * time.Millisecond)
		for _, h := range all {
			if ms != h.at && (h.every == 0 || ms < h.at || ms > h.until || (ms-h.at)%h.every != 0) {
				continue
			}
			if h.window != 0 {
				window = h.window
				g.activated(now)
			}
			if h.title != "" {
				count++
				title = strings.ReplaceAll(h.title, "#", fmt.Sprint(count))
				g.retitled(now)
			}
			pointer = pointer.Add(h.moved)
		}
		tell := func(what string, since time.Time, news bool) {
			if news {
				told = append(told, fmt.Sprint(ms, " ", what, " ", since.Sub(start).Milliseconds()))
			}
		}
		if at, _ := g.next(); !at.IsZero() && !now.Before(at) {
			since, news := g.saw(now, window, title)
			tell("window", since, news)
		}
		if ms%100 == 0 {
			since, news := g.pointed(now, pointer)
			tell("pointer", since, news)
		}
	}
	return strings.Join(told, ", ")
}

func TestAGazeThatHasChangedHasSettled(t *testing.T) {
	right := func(n int) image.Point { return image.Pt(n, 0) }
	for name, c := range map[string]struct {
		happens []happening
		want    string
	}{
		"nothing happens":                 {nil, ""},
		"another window":                  {[]happening{{at: 500, window: 2}}, "620 window 500"},
		"a window and its title":          {[]happening{{at: 500, window: 2, title: "second"}}, "620 window 500"},
		"the same window again":           {[]happening{{at: 500, window: 1}}, ""},
		"there and back":                  {[]happening{{at: 500, window: 2}, {at: 580, window: 1}}, ""},
		"through windows to one":          {[]happening{{at: 500, window: 2}, {at: 600, window: 3}, {at: 700, window: 4}}, "820 window 500"},
		"windows that change for ever":    {[]happening{{at: 500, window: 2, every: 50, until: 1490}}, "1500 window 500"},
		"another title":                   {[]happening{{at: 500, title: "second"}}, "620 window 500"},
		"the same title again":            {[]happening{{at: 500, title: "first"}}, ""},
		"a title that is corrected":       {[]happening{{at: 500, title: "second"}, {at: 600, title: "first"}}, ""},
		"a title that ticks":              {[]happening{{at: 500, title: "tick #", every: 50, until: 3300}}, "1500 window 500, 2550 window 1550, 3550 window 2600"},
		"a title that ticks slowly":       {[]happening{{at: 500, title: "tick #", every: 400, until: 2500}}, "620 window 500, 1620 window 900, 2620 window 1700"},
		"a title that turns":              {[]happening{{at: 500, title: "| first", every: 100, until: 3000}, {at: 550, title: "/ first", every: 100, until: 3000}}, ""},
		"a window while a title ticks":    {[]happening{{at: 500, title: "tick #", every: 50, until: 3000}, {at: 800, window: 2}}, "920 window 800, 1950 window 950, 3000 window 2000"},
		"a title soon after its window":   {[]happening{{at: 500, window: 2}, {at: 700, title: "loaded"}}, "620 window 500, 1620 window 700"},
		"the pointer rests":               {[]happening{{at: 510, moved: right(48)}}, "900 pointer 600"},
		"the pointer trembles":            {[]happening{{at: 510, moved: right(48)}, {at: 610, moved: right(6)}, {at: 710, moved: right(-6)}}, "900 pointer 600"},
		"the pointer rests nearby":        {[]happening{{at: 510, moved: right(47)}}, ""},
		"the pointer goes on":             {[]happening{{at: 510, moved: right(60), every: 200, until: 2000}}, "2300 pointer 2000"},
		"the pointer comes back":          {[]happening{{at: 510, moved: right(100)}, {at: 710, moved: right(-100)}}, ""},
		"the pointer creeps away":         {[]happening{{at: 510, moved: right(2), every: 100, until: 3010}}, "3200 pointer 2900"},
		"a second rest":                   {[]happening{{at: 510, moved: right(60)}, {at: 2010, moved: right(60)}}, "900 pointer 600, 2400 pointer 2100"},
		"the pointer goes to a window":    {[]happening{{at: 510, moved: right(200)}, {at: 610, window: 2}}, "730 window 610"},
		"the pointer goes on in a window": {[]happening{{at: 510, window: 2}, {at: 710, moved: right(200)}}, "630 window 510, 1100 pointer 800"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := play(c.happens); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
