package panel

import "fyne.io/fyne/v2/lang"

// tr is text, written in English, in the language of the interface.
func tr(text string) string { return lang.L(text) }
