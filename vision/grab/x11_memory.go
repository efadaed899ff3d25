//go:build linux || freebsd

package grab

import (
	"errors"
	"fmt"
	"image"

	"github.com/gen2brain/shm"
	"github.com/jezek/xgb"
	xshm "github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"
)

// errNoMemory means that there is no shared memory to be had.
var errNoMemory = errors.New("no shared memory")

// segment is memory that we share with the X server. It grows as needed and is
// removed by the kernel when both have let go of it.
type segment struct {
	conn *xgb.Conn
	id   xshm.Seg
	data []byte
}

// pixels reads a part of a drawable. The bytes are valid until the next call.
func (s *segment) pixels(from xproto.Drawable, r image.Rectangle, size int) ([]byte, error) {
	if err := s.reserve(size); err != nil {
		return nil, err
	}
	_, err := xshm.GetImage(s.conn, from, int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()),
		^uint32(0), xproto.ImageFormatZPixmap, s.id, 0).Reply()
	if err != nil {
		return nil, err
	}
	return s.data[:size], nil
}

func (s *segment) reserve(size int) error {
	if len(s.data) >= size {
		return nil
	}
	s.free()
	key, err := shm.Get(shm.IPC_PRIVATE, size, shm.IPC_CREAT|0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoMemory, err)
	}
	data, err := shm.At(key, 0, 0)
	if err != nil {
		_ = shm.Rm(key) // the reason is known
		return fmt.Errorf("%w: %w", errNoMemory, err)
	}
	id, err := xshm.NewSegId(s.conn)
	if err == nil {
		err = xshm.AttachChecked(s.conn, id, uint32(key), false).Check()
		if _, refused := errors.AsType[xgb.Error](err); refused {
			err = fmt.Errorf("%w: %w", errNoMemory, err)
		}
	}
	// From here on it is there only for those who hold it.
	if removed := shm.Rm(key); err == nil && removed != nil {
		err = fmt.Errorf("%w: %w", errNoMemory, removed)
	}
	s.id, s.data = id, data
	if err != nil {
		s.free()
	}
	return err
}

func (s *segment) free() {
	if s.data == nil {
		return
	}
	xshm.Detach(s.conn, s.id)
	_ = shm.Dt(s.data) // it is ours: this cannot fail
	s.data = nil
}

// screen reads a part of the screen. What is left of it to be done later needs
// no server.
func (x *x11) screen(area image.Rectangle) (p *image.RGBA, rest func(), err error) {
	p = x.spare.picture(area)
	for strip := range x.layout.strips(area) {
		raw, err := x.read(xproto.Drawable(x.root), strip, x.layout)
		if err != nil {
			x.spare.put(p)
			return nil, nil, err
		}
		rest = func() { x.layout.place(p, raw, strip, strip, false) }
		if strip.Max.Y < area.Max.Y {
			rest()
		}
	}
	return p, rest, nil
}

// read reads a part of the screen, or of a window. The bytes are valid until
// the next call.
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
