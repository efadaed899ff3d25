package panel

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// reading keeps the view of the conversation where the user reads: it moves by
// itself only until he scrolls.
type reading struct {
	scroll *container.Scroll
	newest *turnBox // nil before the first turn
	stands stands
	least  float32 // how far down the voice has brought the view
	moved  func()  // the view is elsewhere, or what is in it
}

// stands is where the view stands.
type stands uint8

const (
	atTurn stands = iota // the newest question is at its top as soon as enough is below it
	atEnd                // at the end, where the user went: it follows the answer
	stays                // elsewhere, where the user went
)

func newReading(s *container.Scroll, moved func()) *reading {
	r := &reading{scroll: s, moved: moved}
	s.OnScrolled = r.scrolled
	return r
}

// follow makes t the newest turn; fresh says that it has just come.
func (r *reading) follow(t *turnBox, fresh bool) {
	switch {
	case fresh:
		r.stands, r.least = atTurn, 0
	case t != r.newest: // the one below it was forgotten
		r.stands = stays
	}
	r.newest = t
}

// scrolled takes the news that the scroller has moved.
func (r *reading) scrolled(at fyne.Position) {
	switch {
	case r.stands == atTurn && at.Y == r.wanted(): // by itself, in a window of another height
	case at.Y >= r.end()-lineText:
		r.stands = atEnd
	default:
		r.stands = stays
	}
	r.moved()
}

// keep moves the view to where it should be.
func (r *reading) keep() {
	if !r.scroll.Visible() {
		return
	}
	r.hear()
	at, content := r.wanted(), r.scroll.Content
	if size := content.MinSize().Max(r.scroll.Size()); size != content.Size() {
		content.Resize(size)       // the scroller does so only when it is drawn,
		r.scroll.Offset.Y = at - 1 // and measures its bar only when it is moved
	}
	r.scroll.ScrollToOffset(fyne.NewPos(0, at))
	r.moved()
}

// end is how far down the conversation can be scrolled.
func (r *reading) end() float32 {
	return max(r.scroll.Content.MinSize().Height-r.scroll.Size().Height, 0)
}

// wanted is how far down the view should be scrolled.
func (r *reading) wanted() float32 {
	switch {
	case r.stands == atEnd:
		return r.end()
	case r.stands == atTurn && r.newest != nil:
		return min(max(r.newest.Position().Y, r.least), r.end())
	}
	return min(r.scroll.Offset.Y, r.end())
}

// hear brings the sentence that is being said into a view that the user has
// left alone: below the question if it fits there, else to the top, so that the
// view need not move again soon.
func (r *reading) hear() {
	if r.stands != atTurn || r.newest == nil {
		return
	}
	top, bottom, ok := r.newest.answer.saying()
	question, height := r.newest.Position().Y, r.scroll.Size().Height
	above := margin + question + r.newest.answer.Position().Y
	at := r.wanted()
	switch {
	case !ok || above+top >= at && above+bottom <= at+height:
	case above+bottom <= question+height:
		r.least = 0
	default:
		r.least = min(above+top-margin, r.end())
	}
}
