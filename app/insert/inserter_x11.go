//go:build !windows && !darwin

package insert

import (
	"context"
	"sync"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Inserter pastes into windows. The zero Inserter is ready; its methods may be
// called at once from anywhere.
type Inserter struct {
	one sync.Mutex // held by the insertion that runs

	mu   sync.Mutex
	last *board // holds what was on the clipboard, nil if nobody needs that
}

const (
	takeLimit = 1500 * time.Millisecond // how long a window may take to fetch the text
	elseLimit = 600 * time.Millisecond  // after which any program's fetching counts as the window's
	settle    = 150 * time.Millisecond  // between the last fetch and putting the clipboard back
)

// Insert puts text where the cursor is in w, and returns when the clipboard is
// as it was. lost says what was on the clipboard and could not be kept, "" for
// nothing: then the text stays there. The error wraps one of this package's.
func (i *Inserter) Insert(ctx context.Context, w Window, text string) (lost string, err error) {
	if len(text) > Longest {
		return "", ErrTooLong
	}
	i.one.Lock()
	defer i.one.Unlock()
	d, err := dial()
	if err != nil {
		return "", err
	}
	b, err := newBoard(d)
	if err != nil {
		d.conn.Close()
		return "", err
	}
	if err := d.bring(ctx, w); err != nil {
		b.close()
		return "", err
	}
	defer i.keep(b)
	how := pasteOf(w.class)
	places := []xproto.Atom{b.clipboard}
	if how.primary {
		places = []xproto.Atom{xproto.AtomPrimary, b.clipboard}
	}
	var before []content
	for _, p := range places {
		c, gone := b.save(ctx, p)
		before = append(before, c)
		if p == b.clipboard {
			lost = gone
		}
	}
	for _, p := range places {
		b.own(p, textContent(b, Clean(text, how.terminal)))
	}
	b.forget()
	if err = d.press(how.keys); err == nil {
		err = b.taken(ctx, xproto.Window(w.id))
	}
	for n, p := range places {
		if p != b.clipboard || lost == "" {
			b.own(p, before[n])
		}
	}
	return lost, err
}

// keep makes b the one that serves what was on the clipboard, as long as that
// is asked for.
func (i *Inserter) keep(b *board) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.last != nil {
		i.last.close()
	}
	i.last = b
}

// Close lets go of the clipboard.
func (i *Inserter) Close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.last != nil {
		i.last.close()
		i.last = nil
	}
}
