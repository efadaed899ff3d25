//go:build !windows && !darwin

package insert

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/jezek/xgb/xproto"
)

// pictureLimit is how long a picture may take to come.
const pictureLimit = 5 * time.Second

// fetchLong reads a selection in one form that may come in pieces, at most so
// many bytes.
func (b *board) fetchLong(ctx context.Context, selection, target xproto.Atom, most int) ([]byte, error) {
	b.drain()
	if !b.convert(ctx, selection, target) {
		return nil, ErrEmpty
	}
	b.drain() // the news of what is read now
	f, more, err := b.read(most)
	if err != nil || f.kind != b.incr {
		return f.data, tooLong(more, err)
	}
	var all []byte
	for { // reading has told the owner that the next piece may come
		select {
		case <-b.changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		f, more, err := b.read(most - len(all))
		if more || err != nil {
			return nil, tooLong(more, err)
		}
		if len(f.data) == 0 && f.kind == 0 {
			continue // news of a piece that was read already
		}
		if len(f.data) == 0 {
			return all, nil
		}
		if all = append(all, f.data...); len(all) > most {
			return nil, ErrTooLong
		}
	}
}

// drain forgets the news of pieces that have come.
func (b *board) drain() {
	for {
		select {
		case <-b.changed:
		default:
			return
		}
	}
}

func tooLong(more bool, err error) error {
	if more {
		return ErrTooLong
	}
	return err
}

// Picture returns the picture on the clipboard as PNG or JPEG, at most so many
// bytes. The error wraps ErrUnsupported, ErrEmpty or ErrTooLong.
func Picture(ctx context.Context, most int) ([]byte, error) {
	d, err := dial()
	if err != nil {
		return nil, err
	}
	b, err := newBoard(d)
	if err != nil {
		d.conn.Close()
		return nil, err
	}
	defer b.close()
	ctx, cancel := context.WithTimeout(ctx, pictureLimit)
	defer cancel()
	list, ok := b.fetch(ctx, b.clipboard, b.targets)
	if !ok {
		return nil, ErrEmpty
	}
	for _, kind := range []string{"image/png", "image/jpeg"} {
		a := b.atom(kind)
		for data := list.data; len(data) >= 4; data = data[4:] {
			if xproto.Atom(binary.LittleEndian.Uint32(data)) == a {
				return b.fetchLong(ctx, b.clipboard, a, most)
			}
		}
	}
	return nil, ErrEmpty
}
