package panel

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"aside/app/control"
)

// offered is which tools of a turn can be seen.
func (b *body) offered(id string) string {
	return strings.ReplaceAll(read(b.turns[id].tools.Container), "\n", " ")
}

func TestToolsOfATurnComeWithThePointerAnywhereOverIt(t *testing.T) {
	b, d := newTestBody(t)
	b.showing(snapshot(t, answered))
	turn := b.turns["t1"]
	if got := b.offered("t1"); got != "" {
		t.Fatalf("without the pointer it offers %s", got)
	}
	if got, want := turn.over.Size(), turn.Size(); got != want {
		t.Errorf("the pointer is noticed on %v of %v", got, want)
	}
	visible(b.Container, func(o fyne.CanvasObject) {
		if h, ok := o.(*hover); ok {
			h.MouseIn(nil)
		}
	})
	for _, tool := range []string{"Forget", "Again", "Hide"} {
		press(t, b.Container, tool)
	}
	press(t, turn.answer.Container, "Copy")
	turn.shot.words.Tapped(nil)
	if want := []string{"thumb 0 of t1", "forget t1", "say again", "hide", "copy x := 1", "picture 0 of t1"}; !slices.Equal(d.all, want) {
		t.Errorf("%q, want %q", d.all, want)
	}
	turn.over.MouseOut()
	if got := b.offered("t1"); got != "" {
		t.Errorf("after the pointer has left it offers %s", got)
	}
}

func TestToolsStayWhileThePointerIsOnAButtonOfTheTurn(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(snapshot(t, `{"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"failed","retry":true}}`))
	b.turns["t1"].over.MouseIn(nil)
	b.turns["t1"].over.MouseOut() // as Fyne does on the way to what lies over it
	visible(b.turns["t1"].problem, func(o fyne.CanvasObject) {
		if c, ok := o.(*chip); ok {
			c.MouseIn(nil)
		}
	})
	if got := b.offered("t1"); got != "Forget" {
		t.Errorf("it offers %q", got)
	}
}

func TestOnlyTheNewestAnswerIsSaidAgain(t *testing.T) {
	b, _ := newTestBody(t)
	turn := func(id, answer string) control.View {
		return control.View{ID: id, Question: "Why?", Outcome: "answered", Answer: answer, Timings: control.Timings{FirstSound: 900}}
	}
	silent := turn("d", "So.")
	silent.Timings.FirstSound = 0
	show := func(turns ...control.View) (all []string) {
		b.set(turns, frame{latest: &control.Snapshot{Phase: "idle", Turn: &turns[len(turns)-1]}}, turns[0].Asked)
		for _, v := range turns {
			b.turns[v.ID].over.MouseIn(nil)
			all = append(all, b.offered(v.ID))
		}
		return all
	}
	for _, c := range []struct {
		name  string
		turns []control.View
		want  []string
	}{
		{"one", []control.View{turn("a", "So.")}, []string{"Copy Insert Again Think harder Forget"}},
		{"another", []control.View{turn("a", "So."), turn("b", "So.")}, []string{"Copy Insert Think harder Forget", "Copy Insert Again Think harder Forget"}},
		{"it is forgotten", []control.View{turn("a", "So.")}, []string{"Copy Insert Again Think harder Forget"}},
		{"one that was not spoken", []control.View{turn("a", "So."), silent}, []string{"Copy Insert Think harder Forget", "Copy Insert Think harder Forget"}},
		{"one without an answer", []control.View{turn("a", "So."), turn("c", "")}, []string{"Copy Insert Think harder Forget", "Forget"}},
	} {
		if got := show(c.turns...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestKeyboardFindsAndPressesTheTools(t *testing.T) {
	b, d := newTestBody(t)
	b.showing(snapshot(t, answered))
	c := fyne.CurrentApp().Driver().CanvasForObject(b.Container)
	var found []string
	c.Focus(b.footer.field)
	for range 7 {
		c.FocusPrevious()
		if f, ok := c.Focused().(*tool); ok {
			found = append(found, f.text.Text)
			f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			if f.row != nil && b.offered("t1") != "Copy Insert Again Think harder Forget" {
				t.Errorf("with the keyboard on %s it offers %q", f.text.Text, b.offered("t1"))
			}
		}
	}
	if want := []string{"Forget", "Think harder", "Again", "Insert", "Copy", "Insert", "Copy"}; !slices.Equal(found, want) {
		t.Errorf("it finds %q, want %q", found, want)
	}
	if want := []string{"forget t1", "deeper t1", "say again", "insert Because **so**.\n\n```go\nx := 1\n``` of t1", "copy Because **so**.\n\n```go\nx := 1\n```", "insert x := 1 of t1", "copy x := 1"}; !slices.Equal(d.all[1:], want) {
		t.Errorf("it did %q, want %q", d.all[1:], want)
	}
	if got := b.offered("t1"); got != "" {
		t.Errorf("with the keyboard elsewhere it offers %s", got)
	}
	escaped := false
	c.SetOnTypedKey(func(*fyne.KeyEvent) { escaped = true })
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if c.Focused() != nil || !escaped {
		t.Error("Escape does not let go of the keyboard")
	}
}

func TestStopTakesThePlaceOfTalkAndNothingMoves(t *testing.T) {
	for _, width := range []float32{400, 320, 240} {
		b, _ := newWideBody(t, "dark", width)
		b.showing(snapshot(t, `{"phase":"idle","engine":"chat","model":"gpt-4o"}`))
		rest, before := b.footer.chips.Size().Height, read(b.footer.Container)
		b.showing(snapshot(t, `{"phase":"thinking","engine":"chat","model":"gpt-4o","turn":{"id":"t1","question":"Why?","outcome":"asked"}}`))
		if got := b.footer.chips.Size().Height; got != rest {
			t.Errorf("%v wide: the chips are %v high while it thinks, %v before", width, got, rest)
		}
		after := read(b.footer.Container)
		for text, offers := range map[string][2]bool{"Talk": {true, false}, "Stop": {false, true}, "Think harder": {true, true}} {
			if strings.Contains(before, text) != offers[0] || strings.Contains(after, text) != offers[1] {
				t.Errorf("%v wide it offers %s, then %s", width, before, after)
			}
		}
	}
}
