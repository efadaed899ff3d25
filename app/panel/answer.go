package panel

import (
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// answer draws an answer as it grows. What no longer changes is parsed and
// drawn once, so that a delta costs no more in a long answer than in a short
// one.
type answer struct {
	*fyne.Container
	sheet *sheet
	act   actions

	text    string
	cutter  cutter
	settled []*view
	groups  []*group // of what has settled
	tail    []*view
	said    string // the sentence that is marked, or looked for
	marked  *view
	behind  bool     // there is more than was drawn at once
	cut     *group   // everything, where it was cut off; else nil
	near    *stretch // what is near the view; nil for all
}

// actions is what can be done with an answer.
type actions struct {
	open   func(*url.URL)
	copy   func(string)
	insert func(string) // where the cursor is in the window that the question came from
	from   func(string) // says the answer again, from that sentence on
	voiced func() bool  // from can do that

	// points tells where the link leads on which the pointer or the keyboard is;
	// "" for none.
	points func(target string, e *desktop.MouseEvent)
}

// groupSize is how many blocks are in a group.
const groupSize = 48

// mostAtOnce bounds how much of an answer is drawn in one frame, in bytes: the
// window must not stop for one that comes as a whole.
const mostAtOnce = 16 << 10

// view is a block and what shows it.
type view struct {
	block
	object fyne.CanvasObject
	group  *group   // in which it stands; nil while it may change
	prose  *prose   // of prose
	speech *speech  // below it
	box    *codeBox // of code and tables
}

// caret stands where the answer still grows. It takes no room: no word goes to
// another line with it.
const caret = "▍"

func newAnswer(s *sheet, act actions) *answer {
	return &answer{Container: &fyne.Container{Layout: column{}}, sheet: s, act: act}
}

// set shows text, with a caret while it grows.
func (a *answer) set(text string, grows bool) {
	if !strings.HasPrefix(text, a.text[:min(a.cutter.offset, len(a.text))]) {
		a.settled, a.groups, a.tail, a.marked, a.cutter, a.said = nil, nil, nil, nil, cutter{}, ""
	}
	a.text, a.behind = text, false
	for began := a.cutter.offset; ; {
		if a.cutter.offset-began > mostAtOnce {
			a.behind = true
			break
		}
		p, ok := a.cutter.next(text)
		if !ok {
			break
		}
		for _, b := range blocks(p, a.columns()) {
			a.settle(b)
		}
	}
	var rest []block
	if p, ok := a.cutter.tail(text); ok && !a.behind {
		rest = blocks(p, a.columns())
	}
	a.showTail(rest, grows)
	a.stack()
}

// columns is how many letters of code there is room for beside one another.
func (a *answer) columns() int {
	return int((a.sheet.width - 2*insideCode) / measureRun(run{"0", style{size: sizeCode, mono: true}}))
}

// settle adds a block that no longer changes. It takes over what showed it
// while it did.
func (a *answer) settle(b block) {
	var old *view
	if len(a.tail) > 0 {
		old, a.tail = a.tail[0], a.tail[1:]
	}
	if code := a.openCode(); b.goes && code != nil {
		code.add(b.code)
		return
	}
	if len(a.settled)%groupSize == 0 {
		if n := len(a.groups); n > 0 {
			a.groups[n-1].place(a.sheet.width)
		}
		a.groups = append(a.groups, newGroup())
	}
	v := a.show(b, old)
	v.group = a.groups[len(a.groups)-1]
	v.group.all = append(v.group.all, v.object)
	a.settled = append(a.settled, v)
}

// openCode is the code block at the end of what has settled.
func (a *answer) openCode() *codeBox {
	if n := len(a.settled); n > 0 {
		return a.settled[n-1].box
	}
	return nil
}

func (a *answer) showTail(rest []block, grows bool) {
	old := a.tail
	a.tail = nil
	for i, b := range rest {
		if code := a.openCode(); b.goes && code != nil {
			code.setTail(b.code)
			continue
		}
		if grows && i == len(rest)-1 && b.kind == blockProse {
			b.runs = append(b.runs, run{caret, style{size: sizeText, caret: true}})
		}
		var v *view
		if i < len(old) {
			v = old[i]
		}
		a.tail = append(a.tail, a.show(b, v))
	}
}

// show draws a block, with what showed old if that fits.
func (a *answer) show(b block, old *view) *view {
	if old != nil && old.kind == b.kind && old.lang == b.lang && old.sameFrame(b) {
		old.block = b
		switch {
		case old.prose != nil:
			old.prose.set(a.markedRuns(old))
		case old.box != nil:
			old.box.set(b.code)
		}
		return old
	}
	v := &view{block: b}
	a.draw(v)
	return v
}

func (v *view) sameFrame(b block) bool {
	return v.level == b.level && v.quotes == b.quotes && v.marker == b.marker && v.tight == b.tight && v.joined == b.joined
}

// stack puts all blocks under one another.
func (a *answer) stack() {
	objects := make([]fyne.CanvasObject, 0, len(a.groups)+len(a.tail))
	for i, g := range a.groups {
		if i == len(a.groups)-1 { // the others no longer change
			g.place(a.sheet.width)
		}
		objects = append(objects, g.Container)
	}
	for _, v := range a.tail {
		objects = append(objects, v.object)
	}
	a.Objects, a.cut = objects, nil
	arrange(a.Container, a.sheet.width)
	a.see(a.near)
}

// see keeps what is far from the view out of the window: Fyne goes through all
// that is there for every frame.
func (a *answer) see(near *stretch) {
	a.near = near
	if near == nil {
		return
	}
	if a.cut != nil {
		a.cut.see(*near)
		return
	}
	for _, g := range a.groups {
		g.see(near.from(g.Position().Y))
	}
	for i := range len(a.settled) + len(a.tail) {
		v := a.view(i)
		if v.box == nil {
			continue
		}
		top := v.object.Position().Y
		if v.group != nil {
			top += v.group.Position().Y
		}
		v.box.lines.see(near.from(top))
	}
}

func (a *answer) view(i int) *view {
	if i < len(a.settled) {
		return a.settled[i]
	}
	return a.tail[i-len(a.settled)]
}

// say marks the sentence that is being said.
func (a *answer) say(sentence string) {
	from := len(a.settled)
	if sentence != a.said {
		from = a.unmark()
		a.said = sentence
	}
	if a.said == "" || a.marked != nil {
		return
	}
	n := len(a.settled) + len(a.tail)
	for i := range n { // from the last sentence on, then from the beginning
		v := a.view((from + i) % n)
		if v.prose == nil {
			continue
		}
		if _, _, ok := find(audible(v.runs), sentence); ok {
			a.marked = v
			v.prose.set(a.markedRuns(v))
			return
		}
	}
}

// unmark takes the mark away and returns where it was.
func (a *answer) unmark() int {
	old := a.marked
	if old == nil {
		return 0
	}
	a.marked = nil
	old.prose.set(old.runs)
	for i := range len(a.settled) + len(a.tail) {
		if a.view(i) == old {
			return i
		}
	}
	return 0
}

// saying is between which heights the sentence stands that is being said.
func (a *answer) saying() (top, bottom float32, ok bool) {
	if a.marked == nil {
		return 0, 0, false
	}
	p := a.marked.prose
	base := a.marked.object.Position().Y + p.Position().Y
	if g := a.marked.group; g != nil {
		base += g.Position().Y
	}
	for _, d := range p.drawn {
		if !d.spoken {
			continue
		}
		if !ok {
			top, ok = base+d.y, true
		}
		bottom = base + d.y + p.height
	}
	return top, bottom, ok
}

// markedRuns is the runs of a view with what is being said.
func (a *answer) markedRuns(v *view) []run {
	if a.marked != v {
		return v.runs
	}
	from, to, ok := find(audible(v.runs), a.said)
	if !ok {
		a.marked = nil
		return v.runs
	}
	return restyle(v.runs, from, to, func(s *style) { s.spoken = true })
}

// cutAt shows how far the answer was heard before it was cut off: a line after
// the last word, and the rest faint.
func (a *answer) cutAt(heard string) {
	a.say("")
	var all []string
	n := len(a.settled) + len(a.tail)
	for i := range n {
		words := ""
		if v := a.view(i); v.prose != nil {
			words = audible(v.runs)
		}
		all = append(all, words)
	}
	at, end, ok := lastHeard(all, heard)
	if !ok {
		return
	}
	var objects []fyne.CanvasObject
	for i := range n {
		v := a.view(i)
		switch {
		case i < at:
			objects = append(objects, v.object)
		case i > at:
			objects = append(objects, a.faint(v, 0))
		default:
			before := v.block
			before.runs = slice(v.runs, 0, end)
			objects = append(objects, a.show(before, nil).object, heardRule(a.sheet))
			if strings.TrimSpace(all[i][end:]) != "" {
				objects = append(objects, a.faint(v, end))
			}
		}
	}
	a.cut = newGroup()
	a.cut.all = objects
	a.cut.place(a.sheet.width)
	a.Objects = []fyne.CanvasObject{a.cut.Container}
	arrange(a.Container, a.sheet.width)
	a.see(a.near)
}

// faint draws the part of a block from an offset on that nobody has heard.
func (a *answer) faint(v *view, from int) fyne.CanvasObject {
	b := v.block
	switch {
	case v.box != nil:
		b.code, b.faint = v.box.text(), true
		return a.show(b, nil).object
	case v.prose == nil:
		return v.object
	}
	text := plain(b.runs)
	size := len(text)
	if from > 0 {
		from = size - len(strings.TrimLeft(text[from:], " \n"))
	}
	b.runs = restyle(slice(b.runs, from, size), 0, size, func(s *style) { s.tone = toneFaint })
	if from > 0 {
		b.marker = ""
	}
	return a.show(b, nil).object
}
