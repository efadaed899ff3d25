package panel

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

// longTurn is a turn with n paragraphs of answer.
func longTurn(id string, n int) control.View {
	v := control.View{ID: id, Question: "Why?", Outcome: "asked"}
	for i := range n {
		v.Answer += fmt.Sprintf("Paragraph %d of the answer.\n\n", i)
	}
	return v
}

// talking draws turns of which the last one is running.
func (b *body) talking(turns ...control.View) {
	last := turns[len(turns)-1]
	b.set(turns, frame{latest: &control.Snapshot{Phase: "speaking", Turn: &last}}, last.Asked)
}

// at is how far down the view is scrolled.
func (b *body) at() float32 { return b.scroll.Offset.Y }

func TestNewestQuestionComesToTheTopAndStaysThere(t *testing.T) {
	b, _ := newTestBody(t)
	before := longTurn("t1", 40)
	b.talking(before, longTurn("t2", 1))
	if at, end := b.at(), b.reading.end(); at != end || end <= 0 {
		t.Fatalf("with little below the question it stands at %v of %v", at, end)
	}
	for _, n := range []int{30, 60, 90} {
		b.talking(before, longTurn("t2", n))
		if at, top := b.at(), b.turns["t2"].Position().Y; at != top || top <= 0 || at >= b.reading.end() {
			t.Errorf("with %d paragraphs it stands at %v, the question at %v", n, at, top)
		}
	}
	b.talking(before, longTurn("t2", 90), longTurn("t3", 1))
	if at, end := b.at(), b.reading.end(); at != end {
		t.Errorf("another question is out of view: %v of %v", at, end)
	}
}

func TestViewStaysWhereTheUserScrolledIt(t *testing.T) {
	b, _ := newTestBody(t)
	scroll := func(dy float32) { b.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, dy)}) }
	b.talking(longTurn("t1", 60))
	scroll(-300)
	at := b.at()
	v := longTurn("t1", 80)
	v.Sentence = "Paragraph 70 of the answer."
	b.talking(v)
	if got := b.at(); got != at || at <= 0 {
		t.Errorf("it jumped from %v to %v while the user was reading", at, got)
	}
	scroll(-9000)
	b.talking(longTurn("t1", 100))
	if at, end := b.at(), b.reading.end(); at != end {
		t.Errorf("at the end it does not follow: %v of %v", at, end)
	}
	scroll(9000)
	b.talking(longTurn("t1", 120))
	if got := b.at(); got != 0 {
		t.Errorf("it jumped to %v from the beginning", got)
	}
	b.talking(longTurn("t1", 120), longTurn("t2", 60))
	if at, top := b.at(), b.turns["t2"].Position().Y; at != top {
		t.Errorf("it stands at %v, the new question at %v", at, top)
	}
}

func TestNoticeThatComesAndGoesDoesNotCountAsScrolling(t *testing.T) {
	b, _ := newTestBody(t)
	turns := []control.View{longTurn("t1", 40), longTurn("t2", 1)}
	b.set(turns, frame{latest: &control.Snapshot{Phase: "idle", Turn: &turns[1], Hint: strings.Repeat("Nothing heard. ", 30)}}, turns[1].Asked)
	b.set(turns, frame{latest: &control.Snapshot{Phase: "idle", Turn: &turns[1]}}, turns[1].Asked)
	b.talking(turns[0], longTurn("t2", 60))
	if at, top := b.at(), b.turns["t2"].Position().Y; at != top {
		t.Errorf("it stands at %v, the question at %v", at, top)
	}
}

func TestForgettingTheNewestTurnLeavesTheViewAlone(t *testing.T) {
	b, _ := newTestBody(t)
	first, second := longTurn("t1", 60), longTurn("t2", 5)
	b.talking(first)
	b.talking(first, second)
	b.talking(first)
	if at, end := b.at(), b.reading.end(); at != end {
		t.Errorf("it jumped to %v, though %v is left", at, end)
	}
}

func TestSpokenSentenceComesIntoViewOnceForManyDeltas(t *testing.T) {
	b, _ := newTestBody(t)
	places := map[float32]bool{}
	for i := range 60 {
		v := longTurn("t1", 80+i/3)
		v.Sentence = fmt.Sprintf("Paragraph %d of the answer.", i)
		b.talking(v)
		places[b.at()] = true
		top, bottom, ok := b.turns["t1"].answer.saying()
		base := margin + b.turns["t1"].answer.Position().Y - b.at()
		if !ok || base+top < 0 || base+bottom > b.scroll.Size().Height {
			t.Fatalf("sentence %d stands at %v…%v of a view of %v", i, base+top, base+bottom, b.scroll.Size().Height)
		}
	}
	if n := len(places); n < 3 || n > 6 {
		t.Errorf("the view stood in %d places", n)
	}
	v := longTurn("t1", 100)
	v.Sentence = "Paragraph 0 of the answer."
	b.talking(v)
	if got := b.at(); got != 0 {
		t.Errorf("said again from the beginning, the view stands at %v", got)
	}
}

// places are where every text in the middle of the body stands that has not
// changed in between.
func (b *body) places() map[string]fyne.Position {
	all := map[string]fyne.Position{}
	var walk func(o fyne.CanvasObject, at fyne.Position)
	walk = func(o fyne.CanvasObject, at fyne.Position) {
		if !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		switch o := o.(type) {
		case *canvas.Text:
			all[o.Text] = at
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, at)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c, at)
			}
		}
	}
	walk(b.Objects[1], fyne.Position{})
	delete(all, caret)
	return all
}

func TestNothingMovesWhenAnAnswerEnds(t *testing.T) {
	everyLanguage(t, func(t *testing.T, _ string) {
		for _, width := range []float32{240, 320, 400, 560} {
			for _, above := range [][]control.View{nil, {longTurn("t0", 30)}} { // below one it stands at the end
				b, _ := newWideBody(t, "dark", width)
				for length := range 30 { // so that some end where a line does
					v := longTurn("t1", 1)
					v.Engine, v.Model, v.Host = "chat", "gpt-4o", "api.openai.com"
					v.Answer += "```go\nx := 1\n```\n\nThe end " + strings.Repeat("字", length) + strings.Repeat(" x", length)
					v.Timings = control.Timings{Request: 20, FirstText: 900}
					b.talking(append(above, v)...)
					before := b.places()
					v.Outcome, v.Timings.Done, v.Usage = "answered", 2000, &control.TurnUsage{Input: 1000, Output: 284}
					b.set(append(above, v), frame{latest: &control.Snapshot{Phase: "idle", Turn: &v}}, v.Asked)
					after := b.places()
					for text, at := range before {
						if now, ok := after[text]; ok && now != at {
							t.Fatalf("%v wide, below %d, %d letters: %q goes from %v to %v", width, len(above), length, text, at, now)
						}
					}
				}
			}
		}
	})
}

// in is how many objects are in the window.
func (b *body) in() (n int) {
	visible(b.Container, func(fyne.CanvasObject) { n++ })
	return n
}

func TestOfALongAnswerOnlyWhatIsNearTheViewIsInTheWindow(t *testing.T) {
	for _, c := range []struct{ name, answer, first, last string }{
		{"paragraphs", longTurn("t1", 4_000).Answer, "Paragraph 0 ", "Paragraph 3999 "},
		{"one paragraph", "First of all. " + strings.Repeat("It goes on. ", 10_000) + "That is the end.", "First of all.", "end."},
		{"code", "```\nfirst\n" + strings.Repeat("x := 1\n", 15_000) + "last\n```\n", "first", "last"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, heard := range []string{"", "It was cut off here."} {
				b, _ := newTestBody(t)
				v := control.View{ID: "t1", Question: "Why?", Outcome: "answered", Answer: c.answer, Heard: heard}
				frames := 0
				for b.talked(v); b.behind(); b.talked(v) {
					if n := b.in(); n > 3000 {
						t.Fatalf("in frame %d there are %d objects in the window", frames, n)
					}
					frames++
				}
				if least := len(c.answer) / mostAtOnce / 2; frames < least {
					t.Errorf("it was drawn in %d frames", frames)
				}
				shows := func(at string, want string) {
					if n := b.in(); n > 3000 {
						t.Errorf("%s there are %d objects in the window", at, n)
					}
					if got := read(b.turns["t1"].answer.Container); !strings.Contains(got, want) {
						t.Errorf("%s it does not show %q", at, want)
					}
				}
				shows("at the beginning", c.first)
				b.scroll.ScrollToBottom()
				shows("at the end", c.last)
				if strings.Contains(read(b.turns["t1"].answer.Container), c.first) {
					t.Error("at the end the beginning is still there")
				}
				b.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 1e7)})
				shows("at the beginning again", c.first)
			}
		})
	}
}

// talked draws a turn that is over.
func (b *body) talked(v control.View) {
	b.set([]control.View{v}, frame{latest: &control.Snapshot{Phase: "idle", Turn: &v}}, v.Asked)
}

func TestThePanelGoesOnDrawingWhatIsLeftOfAnAnswer(t *testing.T) {
	p := newTestPanel(t)
	one := snapshot(t, `{"seq":1,"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"answered"}}`)
	one.Turn.Answer = longTurn("t1", 2000).Answer
	p.core.snapshots <- one
	p.says("Paragraph 0 of")
	p.until("the rest", func() bool { return p.body.turns["t1"] != nil && !p.body.behind() })
	p.body.scroll.ScrollToBottom()
	p.says("Paragraph 1999 of")
}
