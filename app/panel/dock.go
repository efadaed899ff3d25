package panel

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/widget"
)

// dock keeps the window at the edge of the display, above others and without
// the keyboard.
//
// Fyne makes and maps a window in one step, and what a window is must be said
// in between: Fyne asks the content for its smallest size there, and that is
// the moment that the hook waits for. Window managers forget part of it when
// the window is hidden, so it is said again before each show.
//
// All methods but giveBack and close belong to the window's goroutine.
type dock struct {
	window fyne.Window
	edge   string
	width  float32
	quiet  func(bool)
	system windowSystem // how this system is told

	wanted bool
	handle uintptr // of the native window, 0 before there is one
}

// windowSystem is how a window system is told where and what the window is. handle
// is the window.
type windowSystem interface {
	// declare says what the window is, before it is mapped.
	declare(handle uintptr)
	// place moves it to the edge; width is in pixels.
	place(handle uintptr, edge string, width int)
	// height is that of the part of the display at the edge that is free for
	// windows, in pixels, 0 if unknown.
	height(edge string) int
	// remember keeps in mind who has the keyboard, restore gives it back.
	remember(handle uintptr)
	restore(ctx context.Context)
	close()
}

func newDock(w fyne.Window, edge string, width float32, quiet func(bool)) *dock {
	return &dock{window: w, edge: edge, width: width, quiet: quiet, system: openSystem()}
}

// setContent fills the window.
func (d *dock) setContent(content fyne.CanvasObject) {
	h := &hook{inner: content, look: d.look}
	h.ExtendBaseWidget(h)
	d.window.SetPadded(false)
	d.window.SetContent(h)
}

// look finds the native window as soon as there is one.
func (d *dock) look() {
	native, ok := d.window.(driver.NativeWindow)
	if d.handle != 0 || !d.wanted || !ok {
		return
	}
	native.RunNative(func(c any) {
		if x, ok := c.(driver.X11WindowContext); ok && x.WindowHandle != 0 {
			d.handle = x.WindowHandle
			d.system.declare(d.handle)
		}
	})
}

func (d *dock) show() {
	d.wanted = true
	height := float32(800)
	if h := d.system.height(d.edge); h > 0 {
		height = float32(h) / d.scale()
	}
	d.window.Resize(fyne.NewSize(d.width, height))
	if d.handle != 0 {
		d.system.declare(d.handle)
	} else if d.quiet != nil {
		d.quiet(true)
		defer d.quiet(false)
	}
	d.window.Show()
	if d.handle != 0 {
		d.system.place(d.handle, d.edge, int(d.width*d.scale()+0.5))
	}
}

func (d *dock) scale() float32 { return max(d.window.Canvas().Scale(), 0.1) }

func (d *dock) hide() {
	d.wanted = false
	d.window.Hide()
}

// stuck reports that the window should be there but was not made.
func (d *dock) stuck() bool {
	native, ok := d.window.(driver.NativeWindow)
	if !d.wanted || !ok {
		return false
	}
	made := true
	native.RunNative(func(c any) {
		if x, ok := c.(driver.X11WindowContext); ok {
			made = x.WindowHandle != 0
		}
	})
	return !made
}

// takeKeyboard asks for the keyboard, because the user has clicked.
func (d *dock) takeKeyboard() {
	d.system.remember(d.handle)
	d.window.RequestFocus()
}

// giveBack gives the keyboard back to who had it, and waits, for a moment,
// until it has it.
func (d *dock) giveBack(ctx context.Context) { d.system.restore(ctx) }

func (d *dock) close() { d.system.close() }

// hook is the content of the window; being measured tells it that the window
// has just been made.
type hook struct {
	widget.BaseWidget
	inner fyne.CanvasObject
	look  func()
}

func (h *hook) MinSize() fyne.Size {
	h.look()
	return h.BaseWidget.MinSize()
}

func (h *hook) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(h.inner) }
