package panel

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// luminance and contrast are those of WCAG 2.1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestEveryTextCanBeReadOnItsGround(t *testing.T) {
	for _, dark := range []bool{true, false} {
		p := colours(dark)
		for _, c := range []struct {
			name         string
			text, ground color.NRGBA
			least        float64
		}{
			{"ink on paper", p.ink, p.paper, 12},
			{"ink on raised", p.ink, p.raised, 4.5},
			{"ink on code", p.ink, p.code, 4.5},
			{"ink on spoken", p.ink, p.spoken, 4.5},
			{"dim on paper", p.dim, p.paper, 5},
			{"dim on raised", p.dim, p.raised, 4.5},
			{"dim on code", p.dim, p.code, 4.5},
			{"dim on spoken", p.dim, p.spoken, 4.5},
			{"faint on paper", p.faint, p.paper, 4.5},
			{"faint on raised", p.faint, p.raised, 4.5},
			{"faint on code", p.faint, p.code, 4.5},
		} {
			if got := contrast(c.text, c.ground); got < c.least {
				t.Errorf("dark %v: %s has a contrast of %.2f, want %.1f", dark, c.name, got, c.least)
			}
		}
	}
}

func TestThemeFollowsTheChoiceAndElseTheDesktop(t *testing.T) {
	for _, c := range []struct {
		choice  string
		desktop fyne.ThemeVariant
		dark    bool
	}{
		{"dark", theme.VariantLight, true},
		{"light", theme.VariantDark, false},
		{"auto", theme.VariantLight, false},
		{"auto", theme.VariantDark, true},
	} {
		want := colours(c.dark).paper
		if got := (look{c.choice}).Color(theme.ColorNameBackground, c.desktop); got != want {
			t.Errorf("%s on desktop variant %d: background %v, want %v", c.choice, c.desktop, got, want)
		}
	}
}

func TestFaintWordsOfASentenceBeingSaidCanBeRead(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(snapshot(t, `{"phase":"speaking","turn":{"id":"t1","question":"Why?","outcome":"asked","answer":"See [the docs](https://go.dev/doc) now.","sentence":"See the docs now."}}`))
	_, text := textAt(t, b.turns["t1"].answer.Container, " (go.dev)")
	if got := contrast(text.Color.(color.NRGBA), b.sheet.spoken); got < 4.5 {
		t.Errorf("where the link leads has a contrast of %.2f", got)
	}
}
