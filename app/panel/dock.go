package panel

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/driver/desktop"

	"aside/app/settings"
)

// dock keeps the window where the user wants it, above others and without the
// keyboard.
//
// Fyne makes and maps a window in one step, and what a window is must be said
// in between: Fyne asks the content for its smallest size there, and that is
// the moment that the hook waits for. Window managers forget part of it when
// the window is hidden, so it is said again before each show.
//
// All its methods belong to the window's goroutine, but close.
type dock struct {
	window fyne.Window
	stand  settings.Panel
	quiet  func(bool)
	system windowSystem
	post   func(func()) // runs a function on the window's goroutine, later
	hook   *hook

	path  string // of the file of what was dragged; "" for none
	kept  places
	saves sync.WaitGroup

	handle uintptr        // of the native window, 0 before there is one
	native atomic.Uintptr // the same, for other goroutines
	wanted bool
	shown  bool // once at least
	narrow bool // it is a strip now
	stood  stood
}

// stood is where the window was told to stand, and how often in vain.
type stood struct {
	on       display
	at       area
	scale    float32
	strut    strut
	tries    int
	dragging bool
}

// windowSystem is how a window system is told where and what the window is. handle
// is the window. Its methods wait for the system for a moment at most.
type windowSystem interface {
	keyboard
	placer
	// screen is what the system tells of its displays; of the active window only
	// if that is asked for.
	screen(active bool) screen
	// track tells where on the desktop the pointer is, in pixels, until its button
	// is let go or ctx ends.
	track(ctx context.Context, at func(x, y int))
	close()
}

// placer is how a window is put somewhere.
type placer interface {
	// declare says what the window is, before it is mapped.
	declare(handle uintptr, above bool, s strut)
	// place moves it. It reports whether the system lets it be moved.
	place(handle uintptr, at area, s strut) bool
	// lift holds one that others may cover over them, until the user turns to
	// another of them.
	lift(handle uintptr)
}

// keyboard is how the keyboard is got and given back.
type keyboard interface {
	// take asks for the keyboard, and keeps in mind who had it. It reports
	// whether the system has a way to ask that is better than Fyne's.
	take(handle uintptr) bool
	// holds reports whether the window has the keyboard.
	holds(handle uintptr) bool
	// restore gives it back to who had it.
	restore(ctx context.Context)
}

// newDock readies the window, which stands as p says. path is the file of what
// was dragged. post runs a function on the window's goroutine.
func newDock(w fyne.Window, p settings.Panel, path string, quiet func(bool), post func(func())) *dock {
	d := &dock{window: w, stand: p, quiet: quiet, post: post, path: path, kept: readPlaces(path)}
	d.narrow = p.Strip
	d.system = openSystem(func() { d.post(d.settle) })
	d.hook = newHook(d)
	w.SetPadded(false)
	w.SetContent(d.hook)
	return d
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
			d.native.Store(d.handle)
			d.system.declare(d.handle, d.stand.Above, d.stood.strut)
		}
	})
}

// show shows the window where it belongs.
func (d *dock) show() {
	d.wanted = true
	was, first := d.stood.at, !d.shown
	d.shown = true
	d.aim()
	if at := d.stood.at; at != was || at.empty() {
		d.window.Resize(d.units(at))
		if w, ok := d.window.(desktop.Window); ok && (d.handle != 0 || first) && !at.empty() {
			w.RequestPosition(at.x, at.y)
		}
	}
	if d.handle != 0 {
		d.system.declare(d.handle, d.stand.Above, d.stood.strut)
	} else if d.quiet != nil {
		d.quiet(true)
		defer d.quiet(false)
	}
	d.window.Show()
	if d.scale() != d.stood.scale { // which a window has once it is there
		d.aim()
	}
	d.move()
}

// aim decides where the window belongs now.
func (d *dock) aim() {
	s := d.system.screen(d.stand.Display == "active")
	on := s.choose(d.stand.Display, d.stand.Edge)
	if dropped, ok := s.at(d.kept.On); ok && d.kept.Of == d.stand.Display && d.stand.Mode == "floating" {
		on = dropped
	}
	d.aimAt(s, on)
}

// aimAt decides where the window belongs on a display.
func (d *dock) aimAt(s screen, on display) {
	before, scale := d.stood, d.scale()
	k := d.kept.Kept[on.key()]
	at := standing(d.stand, d.narrow, on, k, scale)
	reserve := at
	if d.stand.Strip {
		reserve = standing(d.stand, true, on, k, scale)
	}
	d.stood = stood{on: on, at: at, scale: scale, strut: reserved(d.stand, reserve, on, s.desktop), tries: before.tries}
	if before.at != at {
		d.stood.tries = 0
	}
}

// move puts the window where it was aimed at.
func (d *dock) move() {
	if d.handle == 0 || d.stood.at.empty() || !d.system.place(d.handle, d.stood.at, d.stood.strut) {
		d.window.Resize(d.units(d.stood.at))
	}
}

// vain is how often a window that does not stand where it was put is put there
// again: there are window managers that know better.
const vain = 3

// settle looks whether the window still stands where it belongs: displays come
// and go, and their scale changes. It stays on its display as long as there is
// one.
func (d *dock) settle() {
	if !d.wanted || d.stood.dragging {
		return
	}
	before := d.stood
	if s := d.system.screen(false); d.stand.Display == "active" {
		on, ok := s.at(before.on.key())
		if !ok {
			on = s.choose("edge", d.stand.Edge)
		}
		d.aimAt(s, on)
	} else {
		d.aim()
	}
	if d.stood.tries < vain {
		d.stood.tries++
		d.move()
	}
}

// units is the size of an area in Fyne's units.
func (d *dock) units(a area) fyne.Size {
	switch {
	case a.empty() && d.narrow:
		return fyne.NewSize(stripWidth, 800)
	case a.empty():
		return fyne.NewSize(d.width(), 800)
	}
	return fyne.NewSize(float32(a.w)/d.scale(), float32(a.h)/d.scale())
}

func (d *dock) scale() float32 { return max(d.window.Canvas().Scale(), 0.1) }

// width is how wide the open panel is on its display, in Fyne's units.
func (d *dock) width() float32 {
	if d.stood.dragging && !d.narrow {
		return d.hook.Size().Width
	}
	w := panelWidth(d.stand, d.kept.Kept[d.stood.on.key()])
	if free := d.stood.on.free.w; free > 0 {
		w = min(w, float32(free)/d.scale())
	}
	return w
}

func (d *dock) hide() {
	d.wanted = false
	d.window.Hide()
}

// follow goes to the display of the active window, if that is wanted.
func (d *dock) follow() {
	if d.wanted && d.stand.Display == "active" && !d.stood.dragging {
		d.aim()
		d.move()
	}
}

// setNarrow makes the window a strip, or as wide as it is.
func (d *dock) setNarrow(narrow bool) {
	if d.narrow == narrow {
		return
	}
	d.narrow, d.stood.tries = narrow, 0
	d.settle()
}

// configure makes the window stand as p says from now on.
func (d *dock) configure(p settings.Panel) {
	before := d.stand
	d.stand = p
	if d.wanted && before.Above != p.Above && d.handle != 0 {
		d.window.Hide() // what a window is counts when it is mapped
		d.show()
		return
	}
	d.stood.tries = 0
	if before.Display != p.Display && d.wanted {
		d.aim()
	}
	d.settle()
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

// keep writes down what was dragged.
func (d *dock) keep(on display, k kept) {
	d.kept.put(on.key(), k)
	if d.path == "" {
		return
	}
	now := d.kept
	now.Kept = maps.Clone(d.kept.Kept)
	d.saves.Go(func() { _ = now.write(d.path) }) // at worst it stands elsewhere the next time
}

func (d *dock) close() {
	d.system.close()
	d.saves.Wait()
}
