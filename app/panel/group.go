package panel

import "fyne.io/fyne/v2"

// group is a stretch of objects under one another. Their places in it are found
// once, so that a long one is laid out as fast as a short one.
type group struct {
	*fyne.Container // of those that are near the view
	size            *fixed
	all             []fyne.CanvasObject
	near            *stretch // nil for all
}

func newGroup() *group {
	size := &fixed{}
	return &group{Container: &fyne.Container{Layout: size}, size: size}
}

// place puts the objects under one another.
func (g *group) place(width float32) {
	g.size.size = fyne.NewSize(width, column{}.MinSize(g.all).Height)
	column{}.Layout(g.all, g.size.size)
	g.Objects = g.all
	if g.near != nil {
		g.see(*g.near)
	}
}

// see leaves in the window what is near the view.
func (g *group) see(near stretch) {
	g.near = &near
	g.Objects = nil
	if !near.meets(0, g.size.size.Height) {
		return
	}
	for _, o := range g.all {
		if near.meets(o.Position().Y, o.Size().Height) {
			g.Objects = append(g.Objects, o)
		}
	}
}

// stretch is what lies between two heights.
type stretch struct{ top, bottom float32 }

// from is the stretch as seen from a height.
func (s stretch) from(y float32) stretch { return stretch{s.top - y, s.bottom - y} }

// meets reports whether something of that height at y lies in it.
func (s stretch) meets(y, height float32) bool { return y+height >= s.top && y <= s.bottom }
