package panel

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/fonts"
)

// warmGap is between the readings of two fonts, so that the window is drawn in
// between.
const warmGap = 60 * time.Millisecond

// warm reads the fonts of answers while nobody waits for one: each takes some
// 100 milliseconds when it is first needed, which would be seen as a stop. So
// does the search for one that has Chinese letters.
func (p *Panel) warm() {
	_ = hasChinese()
	for _, s := range []style{
		{size: sizeText}, {size: sizeText, bold: true}, {size: sizeCode, mono: true}, {size: sizeText, italic: true},
	} {
		select {
		case <-p.lifetime.Done():
			return
		case <-time.After(warmGap):
		}
		p.pump.do(func() {
			for _, text := range []string{"x", caret, "→", "²"} { // some are in fonts that help out
				measureRun(run{text, s})
			}
		})
	}
}

// hasChinese reports whether Chinese text can be drawn. The disk is read once.
var hasChinese = sync.OnceValue(fonts.Chinese) //nolint:gochecknoglobals // a machine has its fonts

// fontAdvice says what to install for Chinese text, if that is needed.
func fontAdvice(k *kit, there bool) []fyne.CanvasObject {
	if there {
		return nil
	}
	return []fyne.CanvasObject{k.note(fonts.Advice, toneInk).Container}
}
