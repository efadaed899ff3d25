package panel

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"aside/app/control"
)

// placesOf are the texts with words in o, and where they stand.
func placesOf(o fyne.CanvasObject, words string) (all []fyne.Position) {
	visible(o, func(o fyne.CanvasObject) {
		if c, ok := o.(*canvas.Text); ok && strings.Contains(c.Text, words) {
			all = append(all, fyne.CurrentApp().Driver().AbsolutePositionForObject(c))
		}
	})
	return all
}

func TestLettersOfAnotherFontStandInTheMiddleOfTheirLineAndAreBoldWhereTheyAreToBe(t *testing.T) {
	if !hasChinese() {
		t.Skip("no font here has Chinese letters")
	}
	b, _ := newTestBody(t)
	v := scripts()["zh-Hans"].asked(func(v *control.View) { v.Shots, v.Outcome, v.Answer = nil, "answered", "x **粗体** 文字" })
	b.showing(control.Snapshot{Phase: "idle", Turn: v})
	o := b.turns["t2"].answer.Container
	ours := placesOf(o, "x")[0]
	for _, c := range []struct {
		words string
		style fyne.TextStyle
	}{{"粗体", fyne.TextStyle{Bold: true}}, {"文字", fyne.TextStyle{}}} {
		h, all := helperOf(c.style), placesOf(o, c.words)
		if got, want := all[0].Y, ours.Y-h.low*sizeText; got < want-0.1 || got > want+0.1 {
			t.Errorf("%s stands at %v, want %v", c.words, got, want)
		}
		if want := map[bool]int{true: 2, false: 1}[h.thin]; len(all) != want {
			t.Errorf("%s is drawn %d times, want %d", c.words, len(all), want)
		}
	}
}

func TestATitleInChineseIsAsBoldAsOthers(t *testing.T) {
	if !hasChinese() {
		t.Skip("no font here has Chinese letters")
	}
	newTestBody(t)
	for text, want := range map[string]bool{"Ready": false, "就绪": helperOf(fyne.TextStyle{Bold: true}).thin} {
		one := newTitle("", colours(true).ink)
		one.set(text, colours(true).ink)
		if got := one.again.Text != ""; got != want {
			t.Errorf("%s is drawn twice: %v", text, got)
		}
	}
}

func TestLettersThatAreDrawnBoldAreSeenToBe(t *testing.T) {
	newTestBody(t)
	if h := helperOf(fyne.TextStyle{Bold: true}); h.low < -0.5 || h.low > 0.5 {
		t.Errorf("letters stand %v of their size below ours", h.low)
	}
	bold, plain := inkOf("H", fyne.TextStyle{Bold: true}), inkOf("H", fyne.TextStyle{})
	if bold.Bounds().Dx() <= plain.Bounds().Dx() || plain.Bounds().Dy() < probeSize/2 {
		t.Errorf("a bold letter is %v, another %v", bold.Bounds(), plain.Bounds())
	}
}
