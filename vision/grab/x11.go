//go:build linux || freebsd

package grab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"net"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

// x11 looks at an X server over one connection that it keeps, as it keeps its
// piece of memory that both share.
type x11 struct {
	conn   *xgb.Conn
	socket net.Conn // under conn: to close it ends every wait
	root   xproto.Window
	layout layout
	depth  byte // of the root
	atoms  atoms
	mask   uint32 // what of a resource's number is not its client's

	randr   bool
	shape   bool
	segment *segment // nil without shared memory
}

func openX11(ctx context.Context) (source, error) {
	ctx, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	x, err := dialX11(ctx)
	if err != nil {
		return nil, err
	}
	defer x.closeAfter(ctx)()
	if shm.Init(x.conn) == nil {
		x.segment = &segment{conn: x.conn}
	}
	return x, nil
}

// dialX11 connects without shared memory.
func dialX11(ctx context.Context) (*x11, error) {
	conn, socket, err := connectX11(ctx)
	if err != nil {
		return nil, unreachable(err)
	}
	setup := xproto.Setup(conn)
	x := &x11{conn: conn, socket: socket, mask: setup.ResourceIdMask}
	if conn.DefaultScreen >= len(setup.Roots) {
		x.close()
		return nil, unreachable(errDisplay)
	}
	screen := setup.DefaultScreen(conn)
	x.root, x.depth = screen.Root, screen.RootDepth
	defer x.closeAfter(ctx)()
	if x.layout, err = layoutOf(setup, screen); err == nil {
		err = x.prepare()
	}
	if err != nil {
		x.close()
		return nil, err
	}
	return x, nil
}

// closeAfter ends the connection, and with it a grab of the server, when ctx
// ends. The server is not asked: it may be what hangs. The function it returns
// calls that off.
func (x *x11) closeAfter(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = x.socket.Close() })
}

func (x *x11) prepare() error {
	var err error
	if x.atoms, err = internAtoms(x.conn); err != nil {
		return gone(err)
	}
	x.randr = randr.Init(x.conn) == nil
	x.shape = shape.Init(x.conn) == nil
	return nil
}

// gone marks an error after which the connection is not used any more.
func gone(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errGone, err)
}

// layoutOf says how the root window keeps its pixels.
func layoutOf(setup *xproto.SetupInfo, screen *xproto.ScreenInfo) (layout, error) {
	l := layout{order: binary.LittleEndian}
	if setup.ImageByteOrder == xproto.ImageOrderMSBFirst {
		l.order = binary.BigEndian
	}
	for _, f := range setup.PixmapFormats {
		if f.Depth == screen.RootDepth {
			l.bytes, l.pad = int(f.BitsPerPixel)/8, int(f.ScanlinePad)/8
		}
	}
	for _, d := range screen.AllowedDepths {
		for _, v := range d.Visuals {
			if v.VisualId == screen.RootVisual && v.Class == xproto.VisualClassTrueColor {
				l.red, l.green, l.blue = v.RedMask, v.GreenMask, v.BlueMask
			}
		}
	}
	if l.bytes != 4 && l.bytes != 2 || l.pad == 0 || l.red == 0 {
		return l, fmt.Errorf("display of %d bits: %w", screen.RootDepth, vision.ErrUnsupported)
	}
	return l, nil
}

func (x *x11) describe() string {
	how := "shared memory"
	if x.segment == nil {
		how = "no shared memory"
	}
	return "X11, " + how
}

// close takes leave of the server and waits for the goroutines of the
// connection. A server that hangs is left without.
func (x *x11) close() {
	_ = x.socket.SetDeadline(time.Now().Add(closeLimit)) // it fails on what is closed already
	if x.segment != nil {
		x.segment.free()
	}
	x.conn.Close()
	for {
		if event, err := x.conn.WaitForEvent(); event == nil && err == nil {
			return
		}
	}
}

// take holds the server while it looks, so that windows and picture are of one
// moment. That takes a few milliseconds; if it takes longer, the end of the
// connection ends the hold.
func (x *x11) take(ctx context.Context, t vision.Target, r rules) (vision.Shot, error) {
	ctx, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	defer x.closeAfter(ctx)()
	x.forget()
	xproto.GrabServer(x.conn)
	v, raw, err := x.look(t, r)
	xproto.UngrabServer(x.conn)
	if err != nil {
		x.conn.Sync() // the hold ends now, not with the next request
		return vision.Shot{}, x.explain(ctx, err)
	}
	shot := v.shot
	if shot.Pixels == nil {
		shot.Pixels = x.layout.decode(raw, shot.Bounds)
		for _, area := range v.cover {
			paint(shot.Pixels, area)
		}
	}
	shot.Pixels.Rect = shot.Pixels.Rect.Sub(shot.Bounds.Min)
	if v.target != 0 {
		var s selected
		s, err = x.selection(ctx, v.target)
		shot.Selection, shot.Selected = s.text, s.ago
	}
	if err != nil {
		return vision.Shot{}, x.explain(ctx, err)
	}
	return shot, nil
}

// forget drops what the server has told since the last time: it tells
// everybody when a keyboard changes.
func (x *x11) forget() {
	for {
		if event, err := x.conn.PollForEvent(); event == nil && err == nil {
			return
		}
	}
}

// explain tells the end of ctx from that of the server.
func (x *x11) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return gone(ctx.Err()) // it closed the connection
	}
	if _, refused := errors.AsType[xgb.Error](err); refused || errors.Is(err, vision.ErrExcluded) || errors.Is(err, vision.ErrLocked) {
		return err
	}
	return gone(err)
}

// view is what a shot will show.
type view struct {
	shot   vision.Shot
	target xproto.Window     // whose selection goes along; 0 for a display
	cover  []image.Rectangle // on the screen: what must not be seen
}

// look finds what to look at, and looks. The bytes are valid until the next
// call.
func (x *x11) look(t vision.Target, r rules) (view, []byte, error) {
	s, err := x.scene()
	if err != nil {
		return view{}, nil, err
	}
	root, err := xproto.GetGeometry(x.conn, xproto.Drawable(x.root)).Reply()
	if err != nil {
		return view{}, nil, err
	}
	screen := image.Rect(0, 0, int(root.Width), int(root.Height))
	monitors := x.monitors(screen)
	if slices.ContainsFunc(s.all, func(w client) bool { return locks(w.window, monitors) }) {
		return view{}, nil, vision.ErrLocked
	}
	v := view{shot: vision.Shot{Capture: vision.CaptureDisplay}}
	under := 0 // windows up to here lie under the target, which hides them
	if i := s.target(r); t.Capture == vision.CaptureWindow && i >= 0 {
		w := s.all[i]
		if r.private(w.window) {
			return view{}, nil, vision.ErrExcluded
		}
		v.shot = vision.Shot{Capture: t.Capture, Title: w.title, Program: w.program(), PID: w.pid, Bounds: w.bounds.Intersect(screen)}
		v.target, under = w.id, i
	}
	if v.shot.Bounds.Empty() {
		v = view{shot: vision.Shot{Capture: vision.CaptureDisplay, Bounds: x.display(screen, monitors)}}
		under = 0
	}
	unseen := x.unseen(s, r)
	v.shot.Taken = time.Now()
	if x.composited() {
		v.shot.Pixels, err = x.compose(s, unseen, v, under)
		return v, nil, err
	}
	v.cover = x.cover(s, unseen, v, under)
	raw, err := x.read(xproto.Drawable(x.root), v.shot.Bounds, x.layout)
	return v, raw, err
}

// cover is what must be painted over in a shot. Its target hides the windows
// up to under.
func (x *x11) cover(s scene, unseen []bool, v view, under int) []image.Rectangle {
	var areas []image.Rectangle
	for i, w := range s.all {
		if unseen[i] && w.id != v.target && w.frame.Overlaps(v.shot.Bounds) && (i >= under || x.seeThrough(v.target)) {
			areas = append(areas, w.frame)
		}
	}
	return areas
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

// read reads a part of the screen, or of a window.
func (x *x11) read(from xproto.Drawable, r image.Rectangle, how layout) ([]byte, error) {
	if x.segment != nil {
		raw, err := x.segment.pixels(from, r, how.stride(r.Dx())*r.Dy())
		if err == nil {
			return raw, nil
		}
		_, refused := errors.AsType[xgb.Error](err)
		if !errors.Is(err, errNoMemory) && (!refused || from != xproto.Drawable(x.root)) {
			return nil, err
		}
		x.segment.free() // a server on another machine, or in another container
		x.segment = nil
	}
	reply, err := xproto.GetImage(x.conn, xproto.ImageFormatZPixmap, from,
		int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), ^uint32(0)).Reply()
	if err != nil {
		return nil, err
	}
	return reply.Data, nil
}

// display is the monitor under the pointer, or else the whole screen.
func (x *x11) display(screen image.Rectangle, monitors []image.Rectangle) image.Rectangle {
	pointer, err := xproto.QueryPointer(x.conn, x.root).Reply()
	if err != nil {
		return screen
	}
	at := image.Pt(int(pointer.RootX), int(pointer.RootY))
	for _, m := range monitors {
		if at.In(m) {
			return m
		}
	}
	return screen
}

// monitors returns the monitors, or else the whole screen as one.
func (x *x11) monitors(screen image.Rectangle) []image.Rectangle {
	if !x.randr {
		return []image.Rectangle{screen}
	}
	reply, err := randr.GetMonitors(x.conn, x.root, true).Reply()
	if err != nil {
		return []image.Rectangle{screen}
	}
	var all []image.Rectangle
	for _, m := range reply.Monitors {
		at := image.Pt(int(m.X), int(m.Y))
		r := image.Rectangle{at, at.Add(image.Pt(int(m.Width), int(m.Height)))}
		if r = r.Intersect(screen); !r.Empty() {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return []image.Rectangle{screen}
	}
	return all
}
