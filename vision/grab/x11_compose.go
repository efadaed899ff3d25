//go:build linux || freebsd

package grab

import (
	"errors"
	"image"
	"strconv"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"
)

// layer is a child of the root as it is drawn: all of it, or nothing but grey.
type layer struct {
	top     top
	unseen  bool
	private bool // the user keeps something in it private
	shaped  bool
}

// composited reports whether a compositing manager draws the screen. What it
// has drawn is late: a private window that has just moved is still where it
// was.
func (x *x11) composited() bool {
	if x.atoms.manager == 0 {
		name := "_NET_WM_CM_S" + strconv.Itoa(x.conn.DefaultScreen)
		atom, err := xproto.InternAtom(x.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return false // the connection is gone, as the next request will say
		}
		x.atoms.manager = atom.Atom
	}
	owner, err := xproto.GetSelectionOwner(x.conn, x.atoms.manager).Reply()
	return err == nil && owner.Owner != 0
}

// compose draws the part of the screen that v shows from what each window has
// drawn of itself, its target the lowest. Where there is none, the picture is
// black. It says how many private windows it has painted over.
func (x *x11) compose(s scene, v view) (p *image.RGBA, private int, err error) {
	p = x.spare.picture(v.shot.Bounds)
	fill(p, p.Rect, 0)
	layers := x.layers(s, v)
	for i, l := range layers {
		area := l.top.area.Intersect(p.Rect)
		switch {
		case hidden(area, layers[i+1:]):
		case l.unseen:
			paint(p, area)
			if l.private {
				private++
			}
		default:
			if err := x.draw(p, l, area); err != nil {
				x.spare.put(p)
				return nil, 0, err
			}
		}
	}
	return p, private, nil
}

// layers are what lies in the picture, the lowest first.
func (x *x11) layers(s scene, v view) []layer {
	var layers []layer
	for i := v.under; i < len(s.all); i++ {
		c := s.all[i]
		if !c.frame.Overlaps(v.shot.Bounds) || isProgram(c.window, frameClass) {
			continue
		}
		n := len(layers)
		if n == 0 || layers[n-1].top.id != c.top.id {
			layers = append(layers, layer{top: c.top})
			n++
		}
		if c.id != v.target {
			layers[n-1].unseen = layers[n-1].unseen || s.unseen[i]
			layers[n-1].private = layers[n-1].private || s.private[i]
		}
	}
	if !x.shape {
		return layers
	}
	asked := make([]shape.QueryExtentsCookie, len(layers))
	for i, l := range layers {
		asked[i] = shape.QueryExtents(x.conn, l.top.id)
	}
	for i, q := range asked {
		extents, err := q.Reply()
		layers[i].shaped = err == nil && extents.BoundingShaped
	}
	return layers
}

// hidden reports whether one of the layers above leaves nothing of an area.
func hidden(area image.Rectangle, above []layer) bool {
	for _, l := range above {
		if area.In(l.top.area) && (l.unseen || !l.shaped && l.top.depth != alphaDepth) {
			return true
		}
	}
	return false
}

// alphaDepth is the depth of windows that one can see through.
const alphaDepth = 32

// draw draws the part of a layer that lies in an area of the screen.
func (x *x11) draw(p *image.RGBA, l layer, area image.Rectangle) error {
	how := x.layout
	switch l.top.depth {
	case alphaDepth:
		how = bgrx()
	case x.depth:
	default:
		paint(p, area) // nothing draws so; it may not be read wrongly
		return nil
	}
	origin := l.top.area.Min.Add(image.Pt(l.top.border, l.top.border))
	parts := []image.Rectangle{area}
	if l.shaped {
		parts = x.parts(l.top.id, origin)
	}
	for strip := range how.strips(area) {
		raw, err := x.read(xproto.Drawable(l.top.id), strip.Sub(origin), how)
		if _, refused := errors.AsType[xgb.Error](err); refused {
			paint(p, area)
			return nil
		}
		if err != nil {
			return err
		}
		for _, part := range parts {
			how.place(p, raw, strip, part.Intersect(strip), l.top.depth == alphaDepth)
		}
	}
	return nil
}

// parts are the rectangles that a window with holes has.
func (x *x11) parts(w xproto.Window, origin image.Point) []image.Rectangle {
	reply, err := shape.GetRectangles(x.conn, w, shape.SkBounding).Reply()
	if err != nil {
		return nil
	}
	var all []image.Rectangle
	for _, r := range reply.Rectangles {
		at := origin.Add(image.Pt(int(r.X), int(r.Y)))
		all = append(all, image.Rectangle{at, at.Add(image.Pt(int(r.Width), int(r.Height)))})
	}
	return all
}
