package panel

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

const (
	stepList   = 18 // how far a level of a list is moved in
	stepQuote  = 12 // likewise of a quote
	gapBlock   = 8  // above a block
	gapTight   = 3  // above an item of a tight list
	lineCode   = 18 // the height of a line of code
	hangCode   = 16 // how far a line of code that goes on is moved in
	insideCode = 10 // between code and its border
)

// draw makes the objects of a view.
func (a *answer) draw(v *view) {
	left := float32(v.level*stepList + v.quotes*stepQuote)
	width := a.sheet.width - left
	var inner fyne.CanvasObject
	switch v.kind {
	case blockCode, blockTable, blockRows:
		v.box = newCodeBox(a.sheet, width, v.block, a.act)
		inner = v.box.Container
	case blockRule:
		r := canvas.NewRectangle(a.sheet.line)
		r.SetMinSize(fyne.NewSize(width, 1))
		inner = r
	default:
		v.prose = newProse(a.sheet, width, lineText, a.act.open)
		v.prose.points = a.act.points
		v.prose.set(v.runs)
		v.speech = newSpeech(v.prose, a.act.voiced, a.act.from)
		inner = &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{v.speech, v.prose.Container}}
	}
	v.object = a.frame(v.block, inner, left)
}

// frame puts a block where its list or quote has it.
func (a *answer) frame(b block, inner fyne.CanvasObject, left float32) fyne.CanvasObject {
	gap := float32(gapBlock)
	if b.tight {
		gap = gapTight
	}
	objects := []fyne.CanvasObject{inner}
	if b.marker != "" {
		objects = append(objects, words(b.marker, a.sheet.dim, sizeText))
	}
	for range b.quotes {
		objects = append(objects, canvas.NewRectangle(a.sheet.line))
	}
	return &fyne.Container{Layout: framed{left, gap, b.marker != "", b.joined}, Objects: objects}
}

// framed is the layout of a block: the block, its marker, its quotes' bars.
type framed struct {
	left, gap float32
	marked    bool
	joined    bool // to the quote above
}

func (f framed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(f.left, f.gap)
}

func (f framed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], f.left, f.gap, size.Width-f.left, size.Height-f.gap)
	rest := objects[1:]
	if f.marked {
		m := rest[0].MinSize()
		put(rest[0], f.left-m.Width-6, f.gap, m.Width, lineText)
		rest = rest[1:]
	}
	top := f.gap
	if f.joined {
		top = 0
	}
	for i, bar := range rest {
		put(bar, float32(i*stepQuote), top, 2, size.Height-top)
	}
}

// heardRule is the line below what was heard before an answer was cut off.
func heardRule(s *sheet) fyne.CanvasObject {
	const height = 24
	text := words(tr("heard up to here"), s.faint, sizeSmall)
	m := text.MinSize()
	side := (s.width - m.Width - 24) / 2
	left, right := canvas.NewRectangle(s.line), canvas.NewRectangle(s.line)
	for i, r := range []*canvas.Rectangle{left, right} {
		put(r, float32(i)*(s.width-side), height/2, side, 1)
	}
	put(text, side+12, (height-m.Height)/2, m.Width, m.Height)
	return &fyne.Container{Layout: &fixed{fyne.NewSize(s.width, height)}, Objects: []fyne.CanvasObject{left, text, right}}
}

// codeBox shows code with its language and a way to copy it. A long block is
// drawn in parts, of which only the last may change.
type codeBox struct {
	*fyne.Container
	sheet   *sheet
	width   float32
	lines   *group
	grammar *grammar // nil if it is not coloured
	tone    tone     // of what is not
	grid    bool     // every letter stands in its column
	parts   []string
	drawn   []*prose // one for each part
	open    []lexing // what is open where each part begins
	fixed   int      // how many parts no longer change
}

func newCodeBox(s *sheet, width float32, b block, act actions) *codeBox {
	c := &codeBox{sheet: s, width: width - 2*insideCode, lines: newGroup(), fixed: 1, open: make([]lexing, 1)}
	ground := canvas.NewRectangle(s.code)
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = s.line, 1, radiusCode
	if b.faint {
		c.tone = toneFaint
	}
	c.grid = b.kind == blockTable
	inner := []fyne.CanvasObject{c.lines.Container}
	if b.kind == blockCode {
		if !b.faint {
			c.grammar = grammarOf(b.lang)
		}
		tools := &fyne.Container{Layout: beside{}, Objects: []fyne.CanvasObject{
			newTool(s, tr("Copy"), func() { act.copy(c.text()) }),
			newTool(s, tr("Insert"), func() { act.insert(c.text()) }),
		}}
		head := &fyne.Container{Layout: ends{}, Objects: []fyne.CanvasObject{words(b.lang, s.faint, sizeSmall), tools}}
		inner = []fyne.CanvasObject{head, c.lines.Container}
	}
	body := &fyne.Container{Layout: column{4}, Objects: inner}
	pad := &fyne.Container{Layout: padded{insideCode, 6, insideCode, insideCode}, Objects: []fyne.CanvasObject{body}}
	c.Container = &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{ground, pad}}
	c.put(0, b.code)
	return c
}

// set replaces the first part.
func (c *codeBox) set(text string) { c.put(0, text) }

// setTail replaces what comes after the parts that no longer change.
func (c *codeBox) setTail(text string) { c.put(c.fixed, text) }

// add settles what comes after the parts that no longer change.
func (c *codeBox) add(text string) {
	c.put(c.fixed, text)
	c.fixed++
}

func (c *codeBox) put(i int, text string) {
	if i == len(c.parts) {
		p := newProse(c.sheet, c.width, lineCode, nil)
		p.hang, p.grid = hangCode, c.grid
		c.parts, c.drawn, c.open = append(c.parts, ""), append(c.drawn, p), append(c.open, lexing{})
		c.lines.all = append(c.lines.all, p.Container)
	}
	c.parts[i] = text
	shown := strings.TrimSuffix(text, "\n")
	runs := []run{{strings.ReplaceAll(shown, "\t", "    "), style{size: sizeCode, tone: c.tone, mono: true}}}
	if c.grammar != nil {
		runs, c.open[i+1] = c.grammar.colour(runs[0].text, runs[0].style, c.open[i])
	}
	c.drawn[i].set(runs)
	setVisible(c.drawn[i].Container, shown != "" || i == 0)
	c.lines.place(c.width)
}

// text is the code as the model wrote it.
func (c *codeBox) text() string { return strings.TrimSuffix(strings.Join(c.parts, ""), "\n") }

// ends is the layout of two objects at the ends of a line.
type ends struct{}

func (ends) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(a.Width+b.Width, max(a.Height, b.Height))
}

func (ends) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, o := range objects {
		m := o.MinSize()
		put(o, float32(i)*(size.Width-m.Width), (size.Height-m.Height)/2, m.Width, m.Height)
	}
}
