package panel

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
)

// meter tells how a conversation without hands stands, and how to end it.
type meter struct {
	*fyne.Container
	sheet *sheet
	chip  *chip // begins one
	sum   *canvas.Text
	way   *canvas.Text
}

func newMeter(s *sheet, talk func()) *meter {
	m := &meter{sheet: s, sum: words("", s.dim, sizeLabel), way: words(tr("Tap the key or say goodbye to end"), s.faint, sizeSmall)}
	m.chip = newChip(s, tr("Talk"), talk)
	m.sum.Alignment, m.way.Alignment = fyne.TextAlignCenter, fyne.TextAlignCenter
	m.Container = &fyne.Container{Layout: column{2}, Objects: []fyne.CanvasObject{m.sum, m.way}}
	m.Hide()
	return m
}

// set shows a conversation, nil for none. It reports whether its height is
// another.
func (m *meter) set(t *control.Talk, now time.Time) bool {
	if t != nil {
		setText(m.sum, shorten(meterText(*t, now), sizeLabel, m.sheet.width), m.sheet.dim)
	}
	return setVisible(m.Container, t != nil)
}

// meterText is how long a conversation has lasted, how many questions it has
// had and what they have cost.
func meterText(t control.Talk, now time.Time) string {
	parts := []string{elapsed(int(now.Sub(t.Since).Seconds()))}
	if t.Turns > 0 {
		parts = append(parts, trn(t.Turns, "1 question", "%s questions"))
	}
	switch u := t.Usage; {
	case u == nil:
	case u.Cost > 0 && u.Currency != "":
		parts = append(parts, money(u.Cost, u.Currency))
	case u.Input+u.Output > 0:
		parts = append(parts, tokensText(u.Input+u.Output))
	}
	return strings.Join(parts, " · ")
}

// waits reports whether a microphone is open for somebody to speak: nothing is
// asked yet.
func waits(s control.Snapshot) bool { return s.Talk != nil && s.Talk.Waits }
