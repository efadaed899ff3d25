package app

import (
	"errors"
	"fmt"
	"testing"

	"aside/app/control"
	"aside/app/insert"
)

func TestATurnKeepsTheWindowThatItWasAskedFrom(t *testing.T) {
	editor, panel := insert.WindowOf(7, "Editor"), insert.WindowOf(9, "aside-panel")
	var i inserts
	i.remember("a", panel, panel.Ours())
	if i.origin("a").Known() {
		t.Error("the panel is taken for the origin of a question")
	}
	i.remember("b", editor, editor.Ours())
	i.remember("c", panel, panel.Ours())
	if i.origin("b") != editor || i.origin("c") != editor || i.origin("z").Known() || !i.knows("c") {
		t.Errorf("got %+v", i.asked)
	}
	for n := range 2 * maxAsked {
		i.remember(fmt.Sprint(n), editor, false)
	}
	if len(i.asked) != maxAsked || i.knows("b") {
		t.Errorf("%d are remembered", len(i.asked))
	}
}

func TestWhatWasNotInsertedIsToldWithItsCode(t *testing.T) {
	for cause, code := range map[error]string{
		insert.ErrUnsupported: "insert_unsupported", insert.ErrGone: "insert_gone", insert.ErrBehind: "insert_behind",
		insert.ErrUntaken: "insert_untaken", insert.ErrTooLong: "insert_too_long",
	} {
		f, ok := errors.AsType[*control.Failure](notInserted(fmt.Errorf("insert: %w", cause)))
		if !ok || f.Problem.Code != code || f.Problem.Hint == "" {
			t.Errorf("%v is told as %+v", cause, f)
		}
	}
}
