package panel

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// palette is the colours of one theme, by what they are for.
type palette struct {
	paper, raised, line color.NRGBA // background; fields and the selected chip; the only borders
	ink, dim, faint     color.NRGBA // the answer; the question and labels; figures and hints
	code, spoken        color.NRGBA // the ground of code, and of the sentence being said

	keyword, text, number color.NRGBA // in code; comments are faint

	listening, thinking, speaking color.NRGBA // the phases and nothing else
	understanding                 color.NRGBA // a stage of the receipt
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// colours returns the palette of a variant.
func colours(dark bool) palette {
	p := palette{
		listening: rgb(0xe5484d), thinking: rgb(0xf5a524), speaking: rgb(0x12a594),
		understanding: rgb(0x5b82c4),
	}
	if dark {
		p.paper, p.raised, p.line = rgb(0x15171c), rgb(0x1d2027), rgb(0x2a2e37)
		p.ink, p.dim, p.faint = rgb(0xe9e7e2), rgb(0x9aa0ab), rgb(0x858c9a)
		p.code, p.spoken = rgb(0x111318), rgb(0x1b3a37)
		p.keyword, p.text, p.number = rgb(0xc4a1f0), rgb(0x9ac587), rgb(0xdcb17a)
		return p
	}
	p.paper, p.raised, p.line = rgb(0xfbfaf7), rgb(0xf2f0eb), rgb(0xe3e0d8)
	p.ink, p.dim, p.faint = rgb(0x1c1e22), rgb(0x5f6570), rgb(0x676c75)
	p.code, p.spoken = rgb(0xf0eee8), rgb(0xd8efe9)
	p.keyword, p.text, p.number = rgb(0x7340b3), rgb(0x2f6b2f), rgb(0x8a4b08)
	return p
}

// The sizes of everything, in Fyne's units. Space lies on a grid of four.
const (
	sizeHeard = 19   // the words just heard
	sizeText  = 14   // the answer
	sizeAsked = 13   // the question
	sizeLabel = 12   // labels
	sizeSmall = 11   // figures
	sizeCode  = 12.5 // monospace

	lineText = 21 // the height of a line of the answer

	margin  = 16 // at the sides
	between = 20 // between turns
	inside  = 12 // inside a turn

	radiusThumb = 4
	radiusCode  = 6
	radiusField = 8
)

// look is Aside's theme for Fyne's own widgets, of which the panel has few.
type look struct{ choice string }

// isDark decides what a wish for dark, light or auto means on a desktop that
// prefers variant.
func isDark(choice string, variant fyne.ThemeVariant) bool {
	return choice == "dark" || choice != "light" && variant != theme.VariantLight
}

func (l look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	dark := isDark(l.choice, variant)
	p := colours(dark)
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return p.paper
	case theme.ColorNameButton, theme.ColorNameHover, theme.ColorNamePressed:
		return p.raised
	case theme.ColorNameSeparator, theme.ColorNameScrollBar:
		return p.line
	case theme.ColorNameForeground, theme.ColorNameHyperlink:
		return p.ink
	case theme.ColorNamePrimary:
		return p.dim
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return p.faint
	case theme.ColorNameSelection:
		return p.spoken
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder: // the footer draws them
		return color.Transparent
	case theme.ColorNameShadow, theme.ColorNameScrollBarBackground, theme.ColorNameFocus:
		return color.Transparent
	}
	if dark {
		return theme.DefaultTheme().Color(name, theme.VariantDark)
	}
	return theme.DefaultTheme().Color(name, theme.VariantLight)
}

func (look) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

func (look) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

func (look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return sizeAsked
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return radiusField
	case theme.SizeNameInputBorder:
		return 1
	case theme.SizeNameScrollBar:
		return 8
	}
	return theme.DefaultTheme().Size(name)
}

// sheet is what the parts of the panel are drawn with and on.
type sheet struct {
	palette
	width float32 // between the margins
}
