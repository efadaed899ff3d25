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
