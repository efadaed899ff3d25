package panel

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// openPicture shows exactly what was sent, in a window of its own.
func openPicture(app fyne.App, title string, p picture) {
	w := app.NewWindow(title)
	img := canvas.NewImageFromImage(p.full)
	img.FillMode = canvas.ImageFillOriginal
	img.ScaleMode = canvas.ImageScalePixels
	w.SetPadded(false)
	w.SetContent(container.NewScroll(img))
	b := p.full.Bounds()
	scale := max(w.Canvas().Scale(), 0.1)
	w.Resize(fyne.NewSize(min(float32(b.Dx())/scale, 1200), min(float32(b.Dy())/scale, 800)))
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			w.Close()
		}
	})
	w.Show()
}
