// Command bare shows a window with nothing of ours in it: the floor of what the
// panel costs.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.NewWithID("app.aside.bare").NewWindow("bare")
	w.SetContent(widget.NewLabel(w.Title()))
	w.Resize(fyne.NewSize(400, 800))
	w.ShowAndRun()
}
