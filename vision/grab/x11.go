//go:build linux || freebsd

package grab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jezek/xgb"
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
	depth  byte          // of the root
	first  xproto.Window // the root of the first screen, which has the resources
	atoms  atoms
	mask   uint32 // what of a resource's number is not its client's

	randr   bool
	shape   bool
	segment *segment // nil without shared memory
	spare   *spare   // where pictures come from
}

func openX11(ctx context.Context, pixels *spare) (source, error) {
	ctx, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	x, err := dialX11(ctx)
	if err != nil {
		return nil, err
	}
	x.spare = pixels
	defer x.closeAfter(ctx)()
	if x.enable("MIT-SHM") {
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
	x := &x11{conn: conn, socket: socket, mask: setup.ResourceIdMask, spare: new(spare)}
	if conn.DefaultScreen >= len(setup.Roots) {
		x.close()
		return nil, unreachable(errDisplay)
	}
	screen := setup.DefaultScreen(conn)
	x.root, x.depth = screen.Root, screen.RootDepth
	x.first = setup.Roots[0].Root
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
	x.randr, x.shape = x.enable("RANDR"), x.enable("SHAPE")
	return nil
}

// enable reports whether the server has an extension, which can be used then.
// xgb's own way to say so writes to maps that every other connection reads
// from, and that ends the program. What it writes are the extension's events,
// which we want none of, and the errors of its own, which we cannot cause.
func (x *x11) enable(extension string) bool {
	reply, err := xproto.QueryExtension(x.conn, uint16(len(extension)), extension).Reply()
	if err != nil || !reply.Present {
		return false
	}
	x.conn.ExtLock.Lock()
	defer x.conn.ExtLock.Unlock()
	x.conn.Extensions[extension] = reply.MajorOpcode
	return true
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
	stop := x.closeAfter(ctx)
	defer stop()
	x.forget()
	xproto.GrabServer(x.conn)
	v, err := x.look(t, r)
	xproto.UngrabServer(x.conn)
	if err != nil {
		x.conn.Sync() // the hold ends now, not with the next request
		return vision.Shot{}, x.explain(ctx, err)
	}
	if !v.mute {
		var s selected
		s, err = x.selection(ctx, v.target)
		v.shot.Selection, v.shot.Selected = s.text, s.ago
	}
	if err != nil {
		x.spare.put(v.shot.Pixels)
		return vision.Shot{}, x.explain(ctx, err)
	}
	stop() // the server is not what the rest may take long for
	return v.finish(), nil
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
	_, refused := errors.AsType[xgb.Error](err)
	if refused || errors.Is(err, vision.ErrExcluded) || errors.Is(err, vision.ErrLocked) || errors.Is(err, vision.ErrUnchosen) {
		return err
	}
	return gone(err)
}
