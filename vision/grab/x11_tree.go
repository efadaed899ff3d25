//go:build linux || freebsd

package grab

import (
	"image"
	"slices"

	"github.com/jezek/xgb/xproto"
)

// maxDepth is how far below the root a window manager may put a client: in its
// frame, and in that once or twice more.
const maxDepth = 4

// scene is what stands on the screen at one moment.
type scene struct {
	all    []client // the lowest first
	active xproto.Window
	keeper uint32 // the window manager, as the owner of windows; 0 if there is none

	// By the index in all; nil until the rules are known.
	private []bool // the user keeps it private, or what it belongs to
	unseen  []bool // it must not be seen
}

// top is a child of the root: a window, or the frame of one. Only the server's
// own list of them tells what lies over what: a window manager's is late when
// it has just shown, raised or lowered a window.
type top struct {
	id      xproto.Window
	area    image.Rectangle // with the border
	border  int             // its width
	depth   byte
	free    bool            // override-redirect
	clients []xproto.Window // the window manager's
	inside  []xproto.Window // what is in it that no window manager has listed
}

// scene looks at all windows. Those that vanish meanwhile are left out.
func (x *x11) scene() (scene, error) {
	active := x.property(x.root, x.atoms.active, xproto.AtomWindow)
	listed := x.property(x.root, x.atoms.stacking, xproto.AtomWindow)
	keeper := x.property(x.root, x.atoms.check, xproto.AtomWindow)
	tree, err := xproto.QueryTree(x.conn, x.root).Reply()
	if err != nil {
		return scene{}, err
	}
	var s scene
	if w := windowIDs(active.bytes()); len(w) > 0 {
		s.active = w[0]
	}
	if w := windowIDs(keeper.bytes()); len(w) > 0 {
		s.keeper = x.owner(w[0])
	}
	tops := x.tops(tree.Children)
	x.claim(tops, windowIDs(listed.bytes()))
	x.enter(tops)
	s.all = x.clients(tops)
	return s, nil
}

// owner is the program that made a window, as the server numbers them.
func (x *x11) owner(w xproto.Window) uint32 { return uint32(w) &^ x.mask }

// tops returns those children of the root that have pixels on the screen.
func (x *x11) tops(children []xproto.Window) []top {
	type asked struct {
		attributes xproto.GetWindowAttributesCookie
		geometry   xproto.GetGeometryCookie
		name       answer
	}
	questions := make([]asked, len(children))
	for i, id := range children {
		questions[i] = asked{
			xproto.GetWindowAttributes(x.conn, id), xproto.GetGeometry(x.conn, xproto.Drawable(id)),
			x.property(id, xproto.AtomWmName, xproto.AtomAny),
		}
	}
	var tops []top
	for i, q := range questions {
		attributes, err := q.attributes.Reply()
		g, err2 := q.geometry.Reply()
		name := string(q.name.bytes())
		if err != nil || err2 != nil || attributes.MapState != xproto.MapStateViewable {
			continue
		}
		if attributes.Class == xproto.WindowClassInputOnly {
			// A compositing manager keeps windows that are iconified or on
			// another desktop under a window of this name.
			if name == "mutter guard window" || name == "muffin guard window" {
				tops = nil
			}
			continue
		}
		if x.owner(children[i]) == x.owner(x.root) {
			continue // what a compositing manager draws on: it shows the others
		}
		tops = append(tops, top{
			id: children[i], area: covered(g), border: int(g.BorderWidth), depth: g.Depth, free: attributes.OverrideRedirect,
		})
	}
	return tops
}

// covered is what a child of the root covers.
func covered(g *xproto.GetGeometryReply) image.Rectangle {
	at := image.Pt(int(g.X), int(g.Y))
	return image.Rectangle{at, at.Add(image.Pt(int(g.Width)+2*int(g.BorderWidth), int(g.Height)+2*int(g.BorderWidth)))}
}

// claim finds the frame of each window that the window manager has listed.
func (x *x11) claim(tops []top, listed []xproto.Window) {
	at := slices.Clone(listed)
	for range maxDepth {
		asked := map[int]xproto.QueryTreeCookie{}
		for i, id := range at {
			j := slices.IndexFunc(tops, func(t top) bool { return t.id == id })
			switch {
			case j >= 0:
				tops[j].clients = append(tops[j].clients, listed[i])
				at[i] = x.root // it is found
			case id != x.root:
				asked[i] = xproto.QueryTree(x.conn, id)
			}
		}
		for i, q := range asked {
			at[i] = x.root
			if tree, err := q.Reply(); err == nil {
				at[i] = tree.Parent
			}
		}
	}
}

// enter looks into what no listed window is in: it may be the frame of one that
// the window manager has not listed yet.
func (x *x11) enter(tops []top) {
	level := map[xproto.Window]*top{}
	for i := range tops {
		if len(tops[i].clients) == 0 {
			level[tops[i].id] = &tops[i]
		}
	}
	for range maxDepth - 2 {
		asked := map[xproto.Window]xproto.QueryTreeCookie{}
		for id := range level {
			asked[id] = xproto.QueryTree(x.conn, id)
		}
		next := map[xproto.Window]*top{}
		classes := map[xproto.Window]answer{}
		for id, q := range asked {
			tree, err := q.Reply()
			if err != nil {
				continue
			}
			for _, child := range tree.Children {
				next[child], classes[child] = level[id], x.property(child, xproto.AtomWmClass, xproto.AtomString)
			}
		}
		for child, class := range classes {
			if len(class.bytes()) > 0 {
				next[child].inside = append(next[child].inside, child)
			}
		}
		level = next
	}
}

// clients asks about the windows in all frames.
func (x *x11) clients(tops []top) []client {
	var asked []question
	var in []*top
	for i := range tops {
		t := &tops[i]
		ids := t.clients
		if len(ids) == 0 {
			ids = append(t.inside, t.id)
		}
		for _, id := range ids {
			asked, in = append(asked, x.ask(id)), append(in, t)
		}
	}
	var all []client
	for i, q := range asked {
		c, ok := q.answer(x.atoms)
		// A frame is known by what is in it.
		if !ok || q.id == in[i].id && !c.known() && len(in[i].inside) > 0 {
			continue
		}
		c.top = *in[i]
		c.frame, c.bounds = in[i].area, c.bounds.Intersect(in[i].area)
		c.free = in[i].free && q.id == in[i].id
		c.aid = c.aid || c.free
		all = append(all, c)
	}
	return all
}
