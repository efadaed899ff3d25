package panel

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// tip is a card in the lower left corner of the conversation that says where a
// link leads while the pointer or the keyboard is on it. Nothing moves for it.
type tip struct {
	*overlay
	sheet *sheet
	text  *prose
}

func newTip(s *sheet) *tip {
	t := &tip{sheet: s, text: newProse(s, s.width-2*inside, 17, nil)}
	ground := canvas.NewRectangle(s.raised)
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = s.line, 1, radiusCode
	pad := &fyne.Container{Layout: padded{inside, 6, inside, 6}, Objects: []fyne.CanvasObject{t.text.Container}}
	card := &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{ground, pad}}
	t.overlay = newOverlay(lowerLeft{margin, 8}, &fyne.Container{Layout: &fixed{}}, card)
	return t
}

// longestTip bounds how much of an address is shown, in characters.
const longestTip = 400

// show says where a link leads; "" says nothing any more.
func (t *tip) show(target string) {
	if target == "" {
		t.Hide()
		return
	}
	t.text.set([]run{{clip(harmless(target, true), longestTip), style{size: sizeSmall, mono: true}}})
	t.Show()
}
