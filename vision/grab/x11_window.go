//go:build linux || freebsd

package grab

import (
	"encoding/binary"
	"image"
	"slices"
	"strings"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// maxProperty bounds what other programs say about themselves.
const maxProperty = 4096 // bytes

// atoms are the names we use, see the EWMH specification.
type atoms struct {
	active, stacking, check, state, hidden, kind, dock, desktop, pid, shadow xproto.Atom
	opacity, name, utf8, shelf, stamp, stampShelf                            xproto.Atom
	manager                                                                  xproto.Atom // of the compositing kind; 0 until it is wanted
}

func internAtoms(conn *xgb.Conn) (atoms, error) {
	var a atoms
	names := []struct {
		name string
		atom *xproto.Atom
	}{
		{"_NET_ACTIVE_WINDOW", &a.active},
		{"_NET_CLIENT_LIST_STACKING", &a.stacking},
		{"_NET_SUPPORTING_WM_CHECK", &a.check},
		{"_NET_WM_STATE", &a.state},
		{"_NET_WM_STATE_HIDDEN", &a.hidden},
		{"_NET_WM_WINDOW_TYPE", &a.kind},
		{"_NET_WM_WINDOW_TYPE_DOCK", &a.dock},
		{"_NET_WM_WINDOW_TYPE_DESKTOP", &a.desktop},
		{"_NET_WM_PID", &a.pid},
		{"_GTK_FRAME_EXTENTS", &a.shadow},
		{"_NET_WM_WINDOW_OPACITY", &a.opacity},
		{"_NET_WM_NAME", &a.name},
		{"UTF8_STRING", &a.utf8},
		{"ASIDE_SELECTION", &a.shelf},
		{"TIMESTAMP", &a.stamp},
		{"ASIDE_SELECTION_TIME", &a.stampShelf},
	}
	asked := make([]xproto.InternAtomCookie, len(names))
	for i, n := range names {
		asked[i] = xproto.InternAtom(conn, false, uint16(len(n.name)), n.name)
	}
	for i, n := range names {
		reply, err := asked[i].Reply()
		if err != nil {
			return a, err
		}
		*n.atom = reply.Atom
	}
	return a, nil
}

// client is a window with its number.
type client struct {
	window
	id    xproto.Window
	top   top           // what it is in
	owner xproto.Window // what it is a dialog or a menu of, 0 if it does not say
	free  bool          // override-redirect: the window manager leaves it alone
}

func windowIDs(b []byte) []xproto.Window {
	var ids []xproto.Window
	for ; len(b) >= 4; b = b[4:] {
		ids = append(ids, xproto.Window(binary.LittleEndian.Uint32(b)))
	}
	return ids
}

// answer of the server to a question about a property; a failure is an empty
// one, since the window may have gone.
type answer struct{ cookie xproto.GetPropertyCookie }

func (x *x11) property(w xproto.Window, name, kind xproto.Atom) answer {
	return answer{xproto.GetProperty(x.conn, false, w, name, kind, 0, maxProperty/4)}
}

func (a answer) bytes() []byte {
	reply, err := a.cookie.Reply()
	if err != nil || reply == nil {
		return nil
	}
	return reply.Value
}

// question is all that is asked about a window, before the first answer is
// waited for.
type question struct {
	id         xproto.Window
	attributes xproto.GetWindowAttributesCookie
	geometry   xproto.GetGeometryCookie
	corner     xproto.TranslateCoordinatesCookie
	class      answer
	name, old  answer
	state      answer
	kind, pid  answer
	gtk, owner answer
}

func (x *x11) ask(w xproto.Window) question {
	return question{
		id:         w,
		attributes: xproto.GetWindowAttributes(x.conn, w),
		geometry:   xproto.GetGeometry(x.conn, xproto.Drawable(w)),
		corner:     xproto.TranslateCoordinates(x.conn, w, x.root, 0, 0),
		class:      x.property(w, xproto.AtomWmClass, xproto.AtomString),
		name:       x.property(w, x.atoms.name, x.atoms.utf8),
		old:        x.property(w, xproto.AtomWmName, xproto.AtomAny),
		state:      x.property(w, x.atoms.state, xproto.AtomAtom),
		kind:       x.property(w, x.atoms.kind, xproto.AtomAtom),
		pid:        x.property(w, x.atoms.pid, xproto.AtomCardinal),
		gtk:        x.property(w, x.atoms.shadow, xproto.AtomCardinal),
		owner:      x.property(w, xproto.AtomWmTransientFor, xproto.AtomWindow),
	}
}

// answer waits for the answers. There is none for a window that has gone.
func (q question) answer(a atoms) (client, bool) {
	attributes, err := q.attributes.Reply()
	geometry, err2 := q.geometry.Reply()
	corner, err3 := q.corner.Reply()
	c := client{id: q.id}
	c.title = clean(string(q.name.bytes()))
	if old := q.old.bytes(); c.title == "" {
		c.title = clean(latin1(old))
	}
	pid := numbers(q.pid.bytes())
	c.programs = programs(string(q.class.bytes()), pid)
	if len(pid) == 1 {
		c.pid = pid[0]
	}
	states, kinds := numbers(q.state.bytes()), numbers(q.kind.bytes())
	shadow := numbers(q.gtk.bytes())
	if owner := windowIDs(q.owner.bytes()); len(owner) > 0 {
		c.owner = owner[0]
	}
	if err != nil || err2 != nil || err3 != nil {
		return client{}, false
	}
	c.hidden = attributes.MapState != xproto.MapStateViewable || slices.Contains(states, uint32(a.hidden))
	c.aid = slices.Contains(kinds, uint32(a.dock)) || slices.Contains(kinds, uint32(a.desktop))
	min := image.Pt(int(corner.DstX), int(corner.DstY))
	whole := image.Rectangle{min, min.Add(image.Pt(int(geometry.Width), int(geometry.Height)))}
	c.bounds = shrink(whole, shadow)
	return c, true
}

// shrink moves the sides of a rectangle inwards by left, right, top and bottom.
func shrink(r image.Rectangle, by []uint32) image.Rectangle {
	const most = 512 // what is more is no shadow
	if len(by) != 4 || slices.Max(by) > most {
		return r
	}
	return image.Rect(r.Min.X+int(by[0]), r.Min.Y+int(by[2]), r.Max.X-int(by[1]), r.Max.Y-int(by[3]))
}

// programs names a window's program: class, instance, process.
func programs(class string, pid []uint32) []string {
	instance, rest, _ := strings.Cut(class, "\x00")
	group, _, _ := strings.Cut(rest, "\x00")
	var names []string
	add := func(name string) {
		if name = clean(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(pid) == 1 {
		add(processName(pid[0]))
	}
	add(group)
	add(instance)
	return names
}

// numbers reads 32-bit values. xgb hands them on in little-endian order.
func numbers(b []byte) []uint32 {
	var all []uint32
	for ; len(b) >= 4; b = b[4:] {
		all = append(all, binary.LittleEndian.Uint32(b))
	}
	return all
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// clean makes a line of what other programs say about themselves.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "�")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
