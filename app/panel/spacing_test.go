package panel

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
)

// textAt is where the text stands that begins with words, and its colour.
func textAt(t *testing.T, o fyne.CanvasObject, words string) (at fyne.Position, text *canvas.Text) {
	t.Helper()
	visible(o, func(o fyne.CanvasObject) {
		if c, ok := o.(*canvas.Text); ok && text == nil && strings.HasPrefix(c.Text, words) {
			at, text = fyne.CurrentApp().Driver().AbsolutePositionForObject(c), c
		}
	})
	if text == nil {
		t.Fatalf("nothing says %q:\n%s", words, read(o))
	}
	return at, text
}

func TestTurnsThatFailedStandAsCloseAsOthers(t *testing.T) {
	b, _ := newTestBody(t)
	wrong := &control.Problem{Code: "net_dns", Message: "It cannot be found.", Hint: "Check the network."}
	var turns []control.View
	for _, id := range []string{"t1", "t2", "t3"} {
		turns = append(turns, control.View{ID: id, Question: "Why " + id + "?", Outcome: "failed", Problem: wrong, Retry: id == "t2"})
	}
	b.set(turns, frame{latest: &control.Snapshot{Phase: "idle"}}, fixedNow())
	code, _ := textAt(t, b.turns["t1"].problem, "net_dns")
	second, _ := textAt(t, b.turns["t2"].Container, "Why t2?")
	if gap := second.Y - code.Y; gap > 19+between+4 {
		t.Errorf("the second question stands %v below the code", gap)
	}
	code, _ = textAt(t, b.turns["t2"].problem, "net_dns")
	again, _ := textAt(t, b.turns["t2"].problem, "Retry")
	if gap := again.Y - code.Y; gap < 19+inside {
		t.Errorf("Retry stands %v below the code", gap)
	}
	third, _ := textAt(t, b.turns["t3"].Container, "Why t3?")
	if gap := third.Y - again.Y; gap > 24+between {
		t.Errorf("the third question stands %v below Retry", gap)
	}
}

func TestCodeThatNobodyHeardIsFaint(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(control.Snapshot{Phase: "idle", Turn: &control.View{
		ID: "t1", Outcome: "interrupted", Heard: "This is what was heard.",
		Answer: "This is what was heard.\n\n```go\nreturn nil\n```\n\n| a | b |\n|---|---|\n| c | d |\n",
	}})
	for _, words := range []string{"return", "c "} {
		if _, text := textAt(t, b.turns["t1"].answer.Container, words); text.Color != b.sheet.faint {
			t.Errorf("%q is %v", text.Text, b.sheet.token(text.Color))
		}
	}
}

func TestAListWithinAListStandsAsCloseAsItsItems(t *testing.T) {
	for text, want := range map[string]string{"- a\n- b\n  1. c\n  2. d\n- e": "fttt" + "t", "- a\n\n- b\n  1. c\n  2. d": "fff" + "t"} {
		got := ""
		for _, b := range blocks(part{text: text}, 46) {
			got += map[bool]string{true: "t", false: "f"}[b.tight]
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
