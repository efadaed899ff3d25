package grab

import (
	"image"
	"strings"
	"time"
	"unicode"
)

// When a change counts.
const (
	quietFor   = 120 * time.Millisecond // a window or a title that is left alone for so long is there
	stirLimit  = time.Second            // one that is not left alone is looked at nevertheless
	titleEvery = time.Second            // a title that ticks is no news more often
	restFor    = 300 * time.Millisecond // a pointer that stays for so long points at something
	restWithin = 6                      // pixels: a hand is never quite still
	restBeyond = 48                     // pixels: what is nearer to the last place is the same place
)

// gaze decides when what the user looks at has changed. It knows neither a
// display nor a clock: it is told what happens, and when. The zero gaze has
// seen nothing yet; what it sees first is no change.
type gaze struct {
	begun  bool
	window uint32    // that is in front; 0 if none is
	title  string    // its letters
	front  stir      // of what is in front
	titles stir      // of the title of that
	told   time.Time // when a window or a title was news last
	rest   rest
}

// activated says that something else may be in front.
func (g *gaze) activated(now time.Time) { g.front.note(now) }

// retitled says that what is in front may have another title.
func (g *gaze) retitled(now time.Time) { g.titles.note(now) }

// next says when to look at the window: at what is in front if front is true,
// or else at its title. It is the zero time if nothing has stirred.
func (g *gaze) next() (at time.Time, front bool) {
	if at = g.front.settled(); !at.IsZero() {
		return at, true // the title may be that of a window which is going
	}
	at = g.titles.settled()
	if again := g.told.Add(titleEvery); !at.IsZero() && at.Before(again) {
		at = again
	}
	return at, false
}

// passed says that what is in front is what was, or is none that counts.
func (g *gaze) passed() { g.begun, g.front = true, stir{} }

// saw takes what is in front, and reports whether that is news and since when.
func (g *gaze) saw(now time.Time, window uint32, title string) (since time.Time, news bool) {
	since = g.titles.first
	if window != g.window {
		since = g.front.first
	}
	title = letters(title)
	news = g.begun && (window != g.window || title != g.title)
	g.begun, g.window, g.title = true, window, title
	g.front, g.titles = stir{}, stir{}
	if news {
		g.told, g.rest.place = now, g.rest.here
	}
	return since, news
}

// pointed takes where the pointer is, and reports whether it has come to rest
// at another place and since when.
func (g *gaze) pointed(now time.Time, at image.Point) (since time.Time, news bool) {
	news = g.rest.at(now, at)
	return g.rest.since, news
}

// letters is what a title says: what turns or blinks in it says nothing.
func letters(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, title)
}

// stir is something that changes, and perhaps goes on changing. The zero stir
// is quiet.
type stir struct{ first, last time.Time }

func (s *stir) note(now time.Time) {
	if s.first.IsZero() {
		s.first = now
	}
	s.last = now
}

// settled is when it may be looked at, the zero time if there is nothing to
// look at.
func (s stir) settled() time.Time {
	if s.first.IsZero() {
		return time.Time{}
	}
	quiet, limit := s.last.Add(quietFor), s.first.Add(stirLimit)
	if limit.Before(quiet) {
		return limit
	}
	return quiet
}

// rest follows a pointer. The zero rest has not seen it yet.
type rest struct {
	place image.Point // where it was when there was news last
	here  image.Point // where it stays
	since time.Time   // the moment it came here
}

// at takes where the pointer is, and reports whether it rests at another place.
func (r *rest) at(now time.Time, p image.Point) bool {
	switch {
	case r.since.IsZero():
		*r = rest{p, p, now}
	case apart(p, r.here) > restWithin*restWithin:
		r.here, r.since = p, now
	}
	if now.Sub(r.since) < restFor || apart(r.here, r.place) < restBeyond*restBeyond {
		return false
	}
	r.place = r.here
	return true
}

// apart is the square of the distance of two points.
func apart(p, q image.Point) int {
	d := p.Sub(q)
	return d.X*d.X + d.Y*d.Y
}
