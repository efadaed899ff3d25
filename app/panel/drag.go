package panel

import (
	"context"

	"fyne.io/fyne/v2"
)

// drag follows the pointer, which has taken hold of the window at a place in it,
// until its button is let go. pull says where the window stands when the pointer
// has moved by dx and dy from there.
//
// The window is moved from another goroutine meanwhile; nothing else moves it.
func (d *dock) drag(at fyne.Position, pull func(from area, dx, dy int) area) {
	if d.stood.dragging || d.handle == 0 || d.stood.at.empty() {
		return
	}
	d.stood.dragging = true
	from, handle := d.stood.at, d.handle
	hold := area{x: from.x + int(at.X*d.scale()), y: from.y + int(at.Y*d.scale())}
	limits := pullLimits{d.system.screen(false), d.scale(), d.stood.on.free}
	d.saves.Go(func() {
		at := from
		d.system.track(context.Background(), func(x, y int) {
			if next := limits.hold(from, pull(from, x-hold.x, y-hold.y)); next != at {
				at = next
				d.system.place(handle, at, strut{})
			}
		})
		d.post(func() { d.drop(at) })
	})
}

// carry moves the window.
func (d *dock) carry(from area, dx, dy int) area {
	from.x += dx
	from.y += dy
	return from
}

// widen moves the inner edge.
func (d *dock) widen(from area, dx, _ int) area {
	if d.stand.Edge == "left" {
		from.w += dx
		return from
	}
	from.x += dx
	from.w -= dx
	return from
}

// heighten moves the lower edge.
func (d *dock) heighten(from area, _, dy int) area {
	from.h += dy
	return from
}

// pullLimits are the limits of a window that is dragged.
type pullLimits struct {
	screen screen
	scale  float32
	free   area
}

// hold keeps a window that was dragged from one place to another on a display,
// and not smaller than it may be.
func (l pullLimits) hold(from, at area) area {
	if at.w == from.w && at.h == from.h {
		return at.inside(l.screen.around(at).free)
	}
	least, most := int(leastWidth*l.scale), min(int(mostWidth*l.scale), l.free.w)
	w := min(max(at.w, least), most)
	if at.x != from.x { // its right edge stays
		at.x = from.right() - w
	}
	at.w = w
	at.h = min(max(at.h, min(int(leastHeight*l.scale), from.h)), l.free.bottom()-at.y)
	return at
}

// drop keeps in mind where the window was let go.
func (d *dock) drop(at area) {
	from, scale := d.stood.at, d.scale()
	d.stood.dragging = false
	defer d.hook.Refresh()
	if at == from {
		return
	}
	s := d.system.screen(false)
	on := s.around(at)
	k := d.kept.Kept[on.key()]
	if at.w != from.w {
		k.Width, k.Of = min(max(float32(at.w)/scale, leastWidth), mostWidth), d.stand.Width
	}
	if d.stand.Mode == "floating" {
		full := standing(d.stand, false, d.stood.on, d.kept.Kept[d.stood.on.key()], scale)
		x := at.x
		if d.narrow { // the strip was carried; the panel opens where its outer edge is
			at.h = full.h
			if d.stand.Edge != "left" {
				x -= full.w - at.w
			}
		}
		k.X, k.Y, k.Height = float32(x-on.free.x)/scale, float32(at.y-on.free.y)/scale, max(float32(at.h)/scale, leastHeight)
		d.kept.On, d.kept.Of = on.key(), d.stand.Display
	}
	d.keep(on, k)
	d.aimAt(s, on)
	d.move()
}
