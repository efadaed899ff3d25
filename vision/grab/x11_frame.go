//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"image"
	"os"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/vision"
)

// edgesX11 are an outline on a connection of its own: with that it goes.
type edgesX11 struct {
	x       *x11
	outline outline
}

func openEdges(ctx context.Context) (edges, error) {
	switch {
	case wayland():
		return nil, vision.ErrUnsupported
	case os.Getenv("DISPLAY") == "":
		return nil, vision.ErrNoDisplay
	}
	ctx, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	x, err := dialX11(ctx)
	if errors.Is(err, errGone) {
		err = unreachable(err)
	}
	if err != nil {
		return nil, err
	}
	e := &edgesX11{x: x}
	if e.outline, err = newOutline(x, frameClass, frameWidth); err != nil {
		x.close()
		return nil, unreachable(err)
	}
	return e, nil
}

// surround implements edges. Only while it asks does the connection have a
// deadline: between two calls a server may be silent.
func (e *edgesX11) surround(window uint32, raise bool) error {
	_ = e.x.socket.SetDeadline(time.Now().Add(takeLimit)) // it fails on what is closed already
	e.x.forget()
	e.outline.surround(e.bounds(xproto.Window(window)))
	if raise {
		e.outline.raise()
	}
	if _, err := xproto.GetInputFocus(e.x.conn).Reply(); err != nil { // all of it is done
		return unreachable(err)
	}
	_ = e.x.socket.SetDeadline(time.Time{}) // likewise
	return nil
}

// bounds is where a window is on the screen, empty if it is not there.
func (e *edgesX11) bounds(window xproto.Window) image.Rectangle {
	if window == 0 {
		return image.Rectangle{}
	}
	c, there := e.x.ask(window).answer(e.x.atoms)
	if !there || c.hidden {
		return image.Rectangle{}
	}
	return c.bounds.Intersect(e.outline.screen)
}

// close implements edges.
func (e *edgesX11) close() {
	e.x.hurry()
	e.outline.destroy()
	_, _ = xproto.GetInputFocus(e.x.conn).Reply() // what has not gone by now goes with the connection
	e.x.close()
}
