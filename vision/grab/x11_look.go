//go:build linux || freebsd

package grab

import (
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

// view is what a shot will show.
type view struct {
	shot   vision.Shot
	target xproto.Window     // 0 for a display or a region
	mute   bool              // the selection of its program does not go along
	under  int               // windows up to here lie under the target, which hides them
	cover  []image.Rectangle // on the screen: what must not be seen
	rest   func()            // what is still to be done to the picture, and need not hold the server up; may be nil
}

// look finds what to look at, and looks.
func (x *x11) look(t vision.Target, r rules) (view, error) {
	asked := x.askDesktop()
	s, err := x.scene()
	if err != nil {
		return view{}, err
	}
	d, err := asked.answer()
	if err != nil {
		return view{}, err
	}
	if slices.ContainsFunc(s.all, func(w client) bool { return locks(w.window, d.monitors) }) {
		return view{}, vision.ErrLocked
	}
	s.private = s.spread(r.private)
	v, err := s.view(t, r, d)
	if err != nil {
		return view{}, err
	}
	v.shot.Bounds = within(v.shot.Bounds, d.pointer)
	s.unseen = x.unseen(s, r)
	v.mute = v.target == 0 || x.secretive(s, v.target)
	v.shot.Pointer, v.shot.Density = d.pointer, d.density
	v.shot.Taken = time.Now()
	if x.composited() {
		v.shot.Pixels, v.shot.Covered, err = x.compose(s, v)
		return v, err
	}
	v.cover, v.shot.Covered = x.cover(s, v)
	v.shot.Pixels, v.rest, err = x.screen(v.shot.Bounds)
	return v, err
}

// finish does what is left to be done to the picture.
func (v view) finish() vision.Shot {
	if v.rest != nil {
		v.rest()
	}
	for _, area := range v.cover {
		paint(v.shot.Pixels, area)
	}
	v.shot.Pixels.Rect = v.shot.Pixels.Rect.Sub(v.shot.Bounds.Min)
	return v.shot
}

// view says what a target is at this moment.
func (s scene) view(t vision.Target, r rules, d desktop) (view, error) {
	switch i := s.target(r); {
	case t.Capture == vision.CaptureRegion:
		area := t.Bounds.Intersect(d.screen)
		if area.Empty() {
			return view{}, fmt.Errorf("the region lies beside the screen: %w", vision.ErrUnchosen)
		}
		return s.part(vision.CaptureRegion, area, r), nil
	case t.Capture == vision.CapturePick:
		return s.picked(xproto.Window(t.Window), r, d)
	case t.Capture == vision.CaptureWindow && i >= 0:
		if v, err := s.window(vision.CaptureWindow, i, d); err != nil || !v.shot.Bounds.Empty() {
			return v, err
		}
	}
	return s.part(vision.CaptureDisplay, d.display(), r), nil
}

// picked is a view of the window that the user has picked. There is none in its
// place: the user meant that one.
func (s scene) picked(id xproto.Window, r rules, d desktop) (view, error) {
	gone := fmt.Errorf("the picked window is not on the screen: %w", vision.ErrUnchosen)
	i := s.index(id)
	if i < 0 || s.all[i].hidden || r.ours(s.all[i].window) {
		return view{}, gone
	}
	v, err := s.window(vision.CapturePick, i, d)
	if err == nil && v.shot.Bounds.Empty() {
		return view{}, gone
	}
	return v, err
}

// window is a view of one window. It is empty if the window lies beside the
// screen.
func (s scene) window(c vision.Capture, i int, d desktop) (view, error) {
	if s.private[i] {
		return view{}, vision.ErrExcluded
	}
	v := view{target: s.all[i].id, under: i}
	v.shot = s.shot(i)
	v.shot.Capture, v.shot.Window, v.shot.Bounds = c, uint32(v.target), s.all[i].bounds.Intersect(d.screen)
	return v, nil
}

// part is a view of a part of the screen. It is named by the window that the
// user looks at, if that is in it and not private.
func (s scene) part(c vision.Capture, area image.Rectangle, r rules) view {
	var v view
	if i := s.target(r); i >= 0 && !s.private[i] && !s.all[i].hidden && s.all[i].bounds.Overlaps(area) {
		v.shot = s.shot(i)
	}
	v.shot.Capture, v.shot.Bounds = c, area
	return v
}

// shot says of which window a shot is.
func (s scene) shot(i int) vision.Shot {
	w := s.all[i]
	return vision.Shot{Title: w.title, Program: w.program(), PID: w.pid}
}

// cover is what must be painted over in a shot, and how many private windows
// are. Its target hides what lies under it.
func (x *x11) cover(s scene, v view) (areas []image.Rectangle, private int) {
	var counted xproto.Window // a frame with two windows in it is seen as one
	for i, w := range s.all {
		if !s.unseen[i] || w.id == v.target || !w.frame.Overlaps(v.shot.Bounds) || i < v.under && !x.seeThrough(v.target) {
			continue
		}
		areas = append(areas, w.frame)
		if s.private[i] && w.top.id != counted {
			private, counted = private+1, w.top.id
		}
	}
	return areas, private
}

// seeThrough reports whether what lies under a window may be seen in it: it has
// holes, or a compositing manager fades it.
func (x *x11) seeThrough(w xproto.Window) bool {
	if len(x.property(w, x.atoms.opacity, xproto.AtomCardinal).bytes()) > 0 {
		return true
	}
	if !x.shape {
		return false
	}
	holes, err := shape.QueryExtents(x.conn, w).Reply()
	return err != nil || holes.BoundingShaped
}
