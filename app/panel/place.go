package panel

import (
	"fmt"

	"aside/app/settings"
)

// area is a part of the desktop in pixels.
type area struct{ x, y, w, h int }

func (a area) right() int  { return a.x + a.w }
func (a area) bottom() int { return a.y + a.h }

// with is what two areas have in common, of no size if that is nothing.
func (a area) with(b area) area {
	left, top := max(a.x, b.x), max(a.y, b.y)
	return area{left, top, max(min(a.right(), b.right())-left, 0), max(min(a.bottom(), b.bottom())-top, 0)}
}

// around is what holds two areas.
func (a area) around(b area) area {
	left, top := min(a.x, b.x), min(a.y, b.y)
	return area{left, top, max(a.right(), b.right()) - left, max(a.bottom(), b.bottom()) - top}
}

func (a area) empty() bool { return a.w <= 0 || a.h <= 0 }

// inside is a, made smaller and moved so that b holds it.
func (a area) inside(b area) area {
	a.w, a.h = min(a.w, b.w), min(a.h, b.h)
	a.x, a.y = min(max(a.x, b.x), b.right()-a.w), min(max(a.y, b.y), b.bottom()-a.h)
	return a
}

// display is one of the user's displays.
type display struct {
	name    string // such as HDMI-1
	whole   area
	free    area // what the bars of the desktop leave of it
	primary bool
}

// key names the display in the file of what was dragged. Another mode is
// another display: what fitted there need not fit here.
func (d display) key() string { return fmt.Sprintf("%s %dx%d", d.name, d.whole.w, d.whole.h) }

// screen is all displays, as the window system has told last.
type screen struct {
	displays []display // none if it does not tell
	desktop  area      // around all of them
	active   area      // of the active window, empty for none
}

// choose is the display at which a panel with these settings stands. There is
// one always, if only an empty one: where a wish cannot be met any more the
// panel goes to what is there.
func (s screen) choose(wish, edge string) display {
	var best display
	for i, d := range s.displays {
		common, most := d.whole.with(s.active), best.whole.with(s.active)
		switch {
		case d.name == wish:
			return d
		case i == 0, wish == "primary" && d.primary,
			wish == "active" && common.w*common.h > most.w*most.h,
			wish != "primary" && (wish != "active" || s.active.empty()) && nearer(d.whole, best.whole, edge):
			best = d
		}
	}
	return best
}

// at is the display with a key.
func (s screen) at(key string) (display, bool) {
	for _, d := range s.displays {
		if d.key() == key {
			return d, true
		}
	}
	return display{}, false
}

// around is the display that shows most of a window.
func (s screen) around(a area) display {
	s.active = a
	return s.choose("active", "")
}

// nearer reports whether a is further out at an edge of the desktop than b.
func nearer(a, b area, edge string) bool {
	if edge == "left" {
		return a.x < b.x
	}
	return a.right() > b.right()
}

// The sizes of the window, in Fyne's units.
const (
	stripWidth  = 56
	stripHeight = 96 // when it floats; otherwise it is as high as the display
	leastWidth  = 240
	mostWidth   = 1200
	leastHeight = 240
)

// panelWidth is how wide the open panel is on a display.
func panelWidth(p settings.Panel, k kept) float32 {
	if k.Width > 0 && k.Of == p.Width {
		return k.Width
	}
	return float32(p.Width)
}

// standing is where a panel stands on a display whose scale is known, in pixels;
// narrow if it is but a strip.
func standing(p settings.Panel, narrow bool, d display, k kept, scale float32) area {
	px := func(units float32) int { return int(units*scale + 0.5) }
	at := area{d.free.x, d.free.y, px(panelWidth(p, k)), d.free.h}
	if p.Edge != "left" {
		at.x = d.free.right() - at.w
	}
	if p.Mode == "floating" {
		at = floating(at, p, d, k, px)
	}
	at = at.inside(d.free)
	if !narrow {
		return at
	}
	w := min(px(stripWidth), at.w)
	if p.Edge != "left" {
		at.x += at.w - w
	}
	at.w = w
	if p.Mode == "floating" {
		at.h = min(px(stripHeight), at.h)
	}
	return at
}

// floating is where the user has dragged a panel to, or a place near its edge.
func floating(at area, p settings.Panel, d display, k kept, px func(float32) int) area {
	if k.Height > 0 {
		return area{d.free.x + px(k.X), d.free.y + px(k.Y), at.w, px(k.Height)}
	}
	at.y += px(margin)
	at.h = max(d.free.h*3/5, min(px(leastHeight), d.free.h))
	if p.Edge == "left" {
		at.x += px(margin)
	} else {
		at.x -= px(margin)
	}
	return at
}

// strut is the part of the desktop's left or right side that other windows are
// asked to leave free, in pixels. The zero strut is none.
type strut struct {
	left     bool
	depth    int
	from, to int // rows, the last one included
}

// reserved is what a panel reserves that stands at an area of a display. There
// is no way to say so where two displays meet.
func reserved(p settings.Panel, at area, d display, desktop area) strut {
	switch {
	case !p.Reserve || !p.Above || p.Mode == "floating" || at.empty():
		return strut{}
	case p.Edge == "left" && d.whole.x == desktop.x:
		return strut{true, at.right() - desktop.x, at.y, at.bottom() - 1}
	case p.Edge != "left" && d.whole.right() == desktop.right():
		return strut{false, desktop.right() - at.x, at.y, at.bottom() - 1}
	}
	return strut{}
}
