package panel

import (
	"testing"

	"aside/app/control"
)

func TestInsertGoesToTheWindowOfItsTurn(t *testing.T) {
	p := newTestPanel(t)
	p.core.snapshots <- snapshot(t, answered)
	p.says("Because")
	p.core.brings(map[string]string{"insert": `{"lost":"picture"}`})
	press(t, p.body.turns["t1"].answer.Container, "Insert")
	p.asks(`insert {"id":"t1","text":"x := 1"}`)
	p.says("Inserted. The clipboard held a picture")
	p.core.setRefuse(control.Fail("insert_gone", "The window that the question came from is gone.", "Copy it."))
	p.insertText("t1", "x")
	p.says("insert_gone")
	if got := p.o.App.Clipboard().Content(); got != "" {
		t.Errorf("it was copied: %q", got)
	}
	p.core.setRefuse(control.Fail("insert_unsupported", "No.", ""))
	p.insertText("t1", "y := 2")
	p.says("Copied: paste it where you want it.")
	if got := p.o.App.Clipboard().Content(); got != "y := 2" {
		t.Errorf("the clipboard holds %q", got)
	}
}
