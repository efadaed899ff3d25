//go:build !windows && !darwin

package panel

import (
	"context"
	"io"
	"log"
	"strconv"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xinerama"
	"github.com/jezek/xgb/xproto"
)

// report is an event of an extension. Only RANDR's are asked for: a display has
// come, gone or changed. What it says is looked up.
type report []byte

func (r report) Bytes() []byte  { return r }
func (r report) String() string { return "report" }

// xgb throws events away that it cannot read, and which number RANDR's have is
// known only once its reader runs. So all numbers of extensions are made
// readable before there is any connection. It also reports each one that ends.
var _ = prepareXGB()

func prepareXGB() struct{} {
	xgb.Logger = log.New(io.Discard, "", 0)
	for n := 64; n < 127; n++ {
		xgb.NewEventFuncs[n] = func(b []byte) xgb.Event { return report(b) }
	}
	return struct{}{}
}

// listen asks the server to tell what may move the window.
func (x *x11) listen() {
	xproto.ChangeWindowAttributes(x.conn, x.root, xproto.CwEventMask,
		[]uint32{xproto.EventMaskPropertyChange | xproto.EventMaskStructureNotify})
	if x.has("RANDR") {
		randr.SelectInput(x.conn, x.root, randr.NotifyMaskScreenChange|randr.NotifyMaskCrtcChange|randr.NotifyMaskOutputChange)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.last = x.active()
}

// settling is how long the displays must have been left alone before the window
// moves: they change in several steps.
const settling = 60 * time.Millisecond

// follow hears what the server tells until the connection ends.
func (x *x11) follow() {
	defer close(x.done)
	events := make(chan xgb.Event)
	go func() {
		defer close(events)
		for {
			e, err := x.conn.WaitForEvent()
			if e == nil && err == nil {
				return
			}
			if e != nil {
				events <- e
			}
		}
	}()
	var settled <-chan time.Time
	for {
		select {
		case e, ok := <-events:
			switch {
			case !ok:
				return
			case x.matters(e):
				settled = time.After(settling)
			}
		case <-settled:
			settled = nil
			x.check()
		}
	}
}

// matters reports whether the window may have to move after an event.
func (x *x11) matters(e xgb.Event) bool {
	switch e := e.(type) {
	case report:
		return true
	case xproto.ConfigureNotifyEvent:
		return true
	case xproto.PropertyNotifyEvent:
		if e.Atom == x.atoms["_NET_ACTIVE_WINDOW"] {
			x.within(x.noteActive)
		}
		return e.Window == x.root && e.Atom == x.atoms["_NET_WORKAREA"]
	}
	return false
}

// check tells if the displays have changed, or the window is not where it was
// put.
func (x *x11) check() {
	x.within(func() {
		seen := x.look()
		x.mu.Lock()
		ours, asked := x.ours, x.asked
		same := sameScreen(seen, x.seen)
		x.seen = seen
		x.mu.Unlock()
		at, mapped := x.at(ours)
		if !same || mapped && at != asked {
			x.changed()
		}
	})
}

func sameScreen(a, b screen) bool {
	if a.desktop != b.desktop || len(a.displays) != len(b.displays) {
		return false
	}
	for i := range a.displays {
		if a.displays[i] != b.displays[i] {
			return false
		}
	}
	return true
}

// at is where a window is, and whether it can be seen.
func (x *x11) at(w xproto.Window) (area, bool) {
	if w == 0 {
		return area{}, false
	}
	size, place := xproto.GetGeometry(x.conn, xproto.Drawable(w)), xproto.TranslateCoordinates(x.conn, w, x.root, 0, 0)
	looks := xproto.GetWindowAttributes(x.conn, w)
	s, err1 := size.Reply()
	p, err2 := place.Reply()
	l, err3 := looks.Reply()
	if err1 != nil || err2 != nil || err3 != nil {
		return area{}, false
	}
	return area{int(p.DstX), int(p.DstY), int(s.Width), int(s.Height)}, l.MapState == xproto.MapStateViewable
}

func (x *x11) screen(active bool) screen {
	x.mu.Lock()
	s, last := x.seen, x.last
	x.mu.Unlock()
	if !active {
		return s
	}
	var at area
	if x.within(func() { at, _ = x.at(last) }) {
		s.active = at
	}
	return s
}

// look asks for all displays and for what is free of them.
func (x *x11) look() screen {
	root := xproto.GetGeometry(x.conn, xproto.Drawable(x.root))
	work, clients := x.ask(x.root, "_NET_WORKAREA", 4), x.ask(x.root, "_NET_CLIENT_LIST", 4096)
	s := screen{displays: x.monitors()}
	if heads := x.heads(); len(heads) > len(s.displays) { // a server that joins its screens without RANDR
		s.displays = heads
	}
	if g, err := root.Reply(); err == nil {
		s.desktop = area{0, 0, int(g.Width), int(g.Height)}
	}
	if len(s.displays) == 0 {
		s.displays = []display{{whole: s.desktop, primary: true}}
	}
	for i := range s.displays {
		s.displays[i].free = s.displays[i].whole
		s.desktop = s.desktop.around(s.displays[i].whole)
	}
	x.mu.Lock()
	ours := x.ours
	x.mu.Unlock()
	own, bars := x.bars(values(clients), ours)
	for _, bar := range bars {
		for i, d := range s.displays {
			s.displays[i].free = without(d.free, d.whole, s.desktop, bar)
		}
	}
	// What it leaves out besides, as margins that the user has set, is known only
	// where there is one display and nothing of it is ours.
	if v := values(work); len(s.displays) == 1 && !own && len(v) == 4 {
		free := s.displays[0].free.with(area{int(int32(v[0])), int(int32(v[1])), int(v[2]), int(v[3])})
		if !free.empty() {
			s.displays[0].free = free
		}
	}
	return s
}

// bars are what other windows reserve, as twelve values each; own reports
// whether ours does too.
func (x *x11) bars(clients []uint32, ours xproto.Window) (own bool, all [][]uint32) {
	asked := make([]xproto.GetPropertyCookie, len(clients))
	for i, c := range clients {
		asked[i] = x.ask(xproto.Window(c), "_NET_WM_STRUT_PARTIAL", 12)
	}
	for i, c := range clients {
		v := values(asked[i])
		switch {
		case len(v) != 12:
		case xproto.Window(c) == ours:
			own = true
		default:
			all = append(all, v)
		}
	}
	return own, all
}

// without is free, the free part of a display, less what a bar reserves.
func without(free, whole, desktop area, bar []uint32) area {
	span := func(i int) (from, length int) { return int(bar[i]), int(bar[i+1]) - int(bar[i]) + 1 }
	left, right, top, bottom := int(bar[0]), int(bar[1]), int(bar[2]), int(bar[3])
	cut := func(taken area, less func(common area) area) {
		common := taken.with(whole)
		if !common.empty() && common != whole {
			if rest := less(common).with(free); !rest.empty() {
				free = rest
			}
		}
	}
	y, h := span(4)
	cut(area{desktop.x, y, left, h}, func(c area) area { return area{c.right(), whole.y, whole.right() - c.right(), whole.h} })
	y, h = span(6)
	cut(area{desktop.right() - right, y, right, h}, func(c area) area { return area{whole.x, whole.y, c.x - whole.x, whole.h} })
	x, w := span(8)
	cut(area{x, desktop.y, w, top}, func(c area) area { return area{whole.x, c.bottom(), whole.w, whole.bottom() - c.bottom()} })
	x, w = span(10)
	cut(area{x, desktop.bottom() - bottom, w, bottom}, func(c area) area { return area{whole.x, whole.y, whole.w, c.y - whole.y} })
	return free
}

// monitors are all displays, none if the server does not tell.
func (x *x11) monitors() []display {
	if !x.has("RANDR") {
		return nil
	}
	reply, err := randr.GetMonitors(x.conn, x.root, true).Reply()
	if err != nil {
		return nil
	}
	asked := make([]xproto.GetAtomNameCookie, len(reply.Monitors))
	for i, m := range reply.Monitors {
		asked[i] = xproto.GetAtomName(x.conn, m.Name)
	}
	var all []display
	for i, m := range reply.Monitors {
		d := display{whole: area{int(m.X), int(m.Y), int(m.Width), int(m.Height)}, primary: m.Primary}
		if name, err := asked[i].Reply(); err == nil {
			d.name = name.Name
		}
		if !d.whole.empty() {
			all = append(all, d)
		}
	}
	return all
}

// heads are all displays as Xinerama tells of them, which has no names for them.
func (x *x11) heads() []display {
	if !x.has("XINERAMA") {
		return nil
	}
	reply, err := xinerama.QueryScreens(x.conn).Reply()
	if err != nil {
		return nil
	}
	var all []display
	for i, h := range reply.ScreenInfo {
		all = append(all, display{name: strconv.Itoa(i), whole: area{int(h.XOrg), int(h.YOrg), int(h.Width), int(h.Height)}, primary: i == 0})
	}
	return all
}

// pointing is how often the pointer is asked for while the window is dragged.
const pointing = 16 * time.Millisecond

func (x *x11) track(ctx context.Context, at func(x, y int)) {
	for ctx.Err() == nil {
		var now *xproto.QueryPointerReply
		if !x.within(func() { now, _ = xproto.QueryPointer(x.conn, x.root).Reply() }) || now == nil {
			return
		}
		at(int(now.RootX), int(now.RootY))
		if now.Mask&xproto.ButtonMask1 == 0 {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(pointing):
		}
	}
}
