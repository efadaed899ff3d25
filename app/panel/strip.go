package panel

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"aside/app/control"
)

// strip is the panel while it is narrow: the mark, and the word of the phase.
// A click opens the panel.
type strip struct {
	widget.BaseWidget
	sheet  *sheet
	mark   *mark
	words  *fyne.Container
	said   string
	tapped func()
}

var _ desktop.Cursorable = (*strip)(nil)

func newStrip(s *sheet, tapped func()) *strip {
	p := &strip{sheet: s, mark: newMark(s, 24), words: &fyne.Container{Layout: column{}}, tapped: tapped}
	p.ExtendBaseWidget(p)
	return p
}

// show shows a frame.
func (p *strip) show(f frame, now time.Time) {
	var s control.Snapshot
	if f.latest != nil {
		s = *f.latest
	}
	l := headlineOf(s, f.offline || f.latest == nil, now)
	if f.still {
		p.mark.set(l.mark, stillLevel, 0)
	} else {
		p.mark.set(l.mark, s.Level, turned(now))
	}
	if p.said != l.word {
		p.said = l.word
		p.words.Objects = nil
		for _, line := range stripLines(l.word) {
			t := words(line, p.sheet.dim, sizeSmall)
			t.Alignment = fyne.TextAlignCenter
			p.words.Add(t)
		}
	}
	p.Refresh()
}

// stripLines breaks what the header says into lines that fit a strip.
func stripLines(word string) []string {
	var lines []string
	for _, line := range wrap([]run{{word, style{size: sizeSmall}}}, stripWidth-4, measureRun) {
		text := ""
		for _, r := range line {
			text += r.text
		}
		lines = append(lines, shorten(strings.TrimSpace(text), sizeSmall, stripWidth-2))
	}
	return lines
}

// Tapped opens the panel.
func (p *strip) Tapped(*fyne.PointEvent) { p.tapped() }

// Cursor tells that it can be clicked.
func (p *strip) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (p *strip) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: stripLayout{}, Objects: []fyne.CanvasObject{
		canvas.NewRectangle(p.sheet.paper), p.mark.Container, p.words,
	}})
}

// stripLayout is the layout of a strip: ground, mark, words. The mark stands
// where the header of the open panel has it.
type stripLayout struct{}

func (stripLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(stripWidth) }

func (stripLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, size.Width, size.Height)
	put(objects[1], (size.Width-24)/2, (headerHeight-24)/2, 24, 24)
	put(objects[2], 0, headerHeight-4, size.Width, objects[2].MinSize().Height)
}

// fold lies over the mark of an open panel that may be a strip: a click folds
// the panel away, where one on the strip's mark has opened it.
type fold struct {
	widget.BaseWidget
	tapped func()
}

var _ desktop.Cursorable = (*fold)(nil)

func newFold() *fold {
	f := &fold{tapped: func() {}}
	f.ExtendBaseWidget(f)
	return f
}

// Tapped folds the panel away.
func (f *fold) Tapped(*fyne.PointEvent) { f.tapped() }

// Cursor tells that it can be clicked.
func (f *fold) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (f *fold) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: &fixed{}})
}

// opening decides when a panel that may be a strip is open: while a turn runs
// and as long as its answer takes to be read, and once the user has opened it.
type opening struct {
	byHand bool
	turn   string    // the newest turn
	folded string    // the turn during which the user folded the panel away
	until  time.Time // the answer is being read
	ran    bool      // a turn, when it was seen last
}

// How long an answer is left to be read.
const (
	leastReading = 15 * time.Second
	mostReading  = 3 * time.Minute
	perLetter    = 60 * time.Millisecond
)

// see takes news of the newest turn: whether it runs, and how long its answer
// is by now. It reports whether it has just begun.
func (o *opening) see(turn string, runs bool, letters int, now time.Time) (began bool) {
	began = runs && !o.ran
	o.turn, o.ran = turn, runs
	if runs {
		o.until = now.Add(min(leastReading+time.Duration(letters)*perLetter, mostReading))
	}
	return began
}

// open opens the panel by the user's hand.
func (o *opening) open() { o.byHand, o.folded = true, "" }

// shut folds the panel away by the user's hand, until the next turn.
func (o *opening) shut() { o.byHand, o.folded, o.until = false, o.turn, time.Time{} }

// left is how long the panel is still open by itself; it is open by the user's
// hand if that is 0 and open says so.
func (o *opening) left(now time.Time) time.Duration {
	if o.turn == o.folded && o.folded != "" {
		return 0
	}
	return max(o.until.Sub(now), 0)
}

// isOpen reports whether the panel is open. One that is used is.
func (o *opening) isOpen(inUse bool, now time.Time) bool {
	return o.byHand || inUse || o.left(now) > 0
}
