//go:build linux || freebsd

package grab

import (
	"bytes"
	"image"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// maxResources bounds what is read of the X resources.
const maxResources = 64 << 10 // bytes

// desktop is what is known about the screen at one moment.
type desktop struct {
	screen   image.Rectangle
	monitors []image.Rectangle // at least one
	pointer  image.Point
	density  float64 // 0 if nobody says
}

// elsewhere is a point that is on no screen.
func elsewhere() image.Point { return image.Pt(-1, -1) }

// deskQuestion is all that is asked about the screen, before the first answer is
// waited for.
type deskQuestion struct {
	geometry  xproto.GetGeometryCookie
	pointer   xproto.QueryPointerCookie
	resources xproto.GetPropertyCookie
	monitors  *randr.GetMonitorsCookie // nil if the server knows of none
}

func (x *x11) askDesktop() deskQuestion {
	q := deskQuestion{
		geometry:  xproto.GetGeometry(x.conn, xproto.Drawable(x.root)),
		pointer:   xproto.QueryPointer(x.conn, x.root),
		resources: xproto.GetProperty(x.conn, false, x.first, xproto.AtomResourceManager, xproto.AtomString, 0, maxResources/4),
	}
	if x.randr {
		asked := randr.GetMonitors(x.conn, x.root, true)
		q.monitors = &asked
	}
	return q
}

func (q deskQuestion) answer() (desktop, error) {
	root, err := q.geometry.Reply()
	if err != nil {
		return desktop{}, err
	}
	d := desktop{screen: image.Rect(0, 0, int(root.Width), int(root.Height)), pointer: elsewhere()}
	if at, err := q.pointer.Reply(); err == nil && at.SameScreen {
		d.pointer = image.Pt(int(at.RootX), int(at.RootY))
	}
	if said, err := q.resources.Reply(); err == nil {
		text := said.Value
		if said.BytesAfter > 0 { // its last line is not whole
			text = text[:bytes.LastIndexByte(text, '\n')+1]
		}
		d.density = density(string(text))
	}
	if q.monitors != nil {
		d.monitors = monitors(*q.monitors, d.screen)
	}
	if len(d.monitors) == 0 {
		d.monitors = []image.Rectangle{d.screen}
	}
	return d, nil
}

// display is the monitor under the pointer, or else the whole screen.
func (d desktop) display() image.Rectangle {
	for _, m := range d.monitors {
		if d.pointer.In(m) {
			return m
		}
	}
	return d.screen
}

// monitors are those that the server knows of, as far as they lie on the screen.
func monitors(asked randr.GetMonitorsCookie, screen image.Rectangle) []image.Rectangle {
	reply, err := asked.Reply()
	if err != nil {
		return nil
	}
	var all []image.Rectangle
	for _, m := range reply.Monitors {
		at := image.Pt(int(m.X), int(m.Y))
		r := image.Rectangle{at, at.Add(image.Pt(int(m.Width), int(m.Height)))}
		if r = r.Intersect(screen); !r.Empty() {
			all = append(all, r)
		}
	}
	return all
}
