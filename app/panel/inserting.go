package panel

import (
	"encoding/json"
	"errors"

	"aside/app/control"
)

// insertText puts text where the cursor is in the window that a question came
// from. Where the desktop does not let that happen the text is copied.
func (p *Panel) insertText(id, text string) {
	p.calls.Go(func() {
		var done control.Inserted
		err := p.o.Core.Call(p.lifetime, control.VerbInsert, control.InsertArgs{ID: id, Text: text}, func(raw json.RawMessage) error {
			return json.Unmarshal(raw, &done)
		})
		if f, ok := errors.AsType[*control.Failure](err); ok && f.Problem.Code == "insert_unsupported" {
			p.pump.do(func() {
				p.o.App.Clipboard().SetContent(text)
				p.body.hint(tr("Copied: paste it where you want it. This desktop lets no program paste into another."))
			})
			return
		}
		p.tell(err)
		if words := lostWords(done.Lost); err == nil && words != "" {
			p.pump.do(func() { p.body.hint(words) })
		}
	})
}

// lostWords says what an insertion has taken from the clipboard for good.
func lostWords(lost string) string {
	switch lost {
	case "":
		return ""
	case "picture":
		return tr("Inserted. The clipboard held a picture, which could not be put back.")
	}
	return tr("Inserted. What the clipboard held could not be put back.")
}
