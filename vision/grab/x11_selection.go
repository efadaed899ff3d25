//go:build linux || freebsd

package grab

import (
	"context"
	"strings"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Bounds of the selection.
const (
	maxSelection   = 16 << 10 // bytes
	selectionLimit = 50 * time.Millisecond
	selectionPoll  = time.Millisecond
)

// selected is what the user has selected.
type selected struct {
	text string
	ago  time.Duration // 0 if its owner does not say
}

// selection returns what is selected in the program of window w; no text if
// there is none. What another program has selected is not what the user looks
// at, and stays there.
func (x *x11) selection(ctx context.Context, w xproto.Window) (selected, error) {
	owner, err := xproto.GetSelectionOwner(x.conn, xproto.AtomPrimary).Reply()
	if err != nil {
		return selected{}, err
	}
	if owner.Owner == 0 || uint32(owner.Owner)&^x.mask != uint32(w)&^x.mask {
		return selected{}, nil
	}
	// A window for this question alone: a late answer to another is no answer.
	helper, err := xproto.NewWindowId(x.conn)
	if err != nil {
		return selected{}, err
	}
	xproto.CreateWindow(x.conn, 0, helper, x.root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
	defer xproto.DestroyWindow(x.conn, helper)
	xproto.ConvertSelection(x.conn, helper, xproto.AtomPrimary, x.atoms.stamp, x.atoms.stampShelf, xproto.TimeCurrentTime)
	xproto.ConvertSelection(x.conn, helper, xproto.AtomPrimary, x.atoms.utf8, x.atoms.shelf, xproto.TimeCurrentTime)
	ctx, cancel := context.WithTimeout(ctx, selectionLimit)
	defer cancel()
	return x.handedOver(ctx, helper)
}

// handedOver waits until the owner of the selection has put it on the shelf.
// It answers in the order in which it is asked.
func (x *x11) handedOver(ctx context.Context, helper xproto.Window) (selected, error) {
	var now, then uint32 // as the server counts milliseconds
	tick := time.NewTicker(selectionPoll)
	defer tick.Stop()
	for {
		for {
			event, err := x.conn.PollForEvent()
			if event == nil && err == nil {
				break
			}
			switch e := event.(type) {
			case xproto.PropertyNotifyEvent:
				if e.Window == helper && e.State == xproto.PropertyNewValue {
					now = uint32(e.Time)
				}
			case xproto.SelectionNotifyEvent:
				switch {
				case e.Requestor != helper:
				case e.Target == x.atoms.stamp:
					then = x.stamp(helper, e.Property)
				default:
					text, err := x.shelf(helper, e.Property)
					return selected{text, since(then, now)}, err
				}
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return selected{}, nil // its owner hangs; that must not hold the question up
		}
	}
}

// since is how long after then now is; 0 if either is unknown. The server's
// clock begins again every 49 days.
func since(then, now uint32) time.Duration {
	if then == 0 || now == 0 || now-then > 1<<31 {
		return 0
	}
	return max(1, time.Duration(now-then)*time.Millisecond)
}

// stamp reads when the selection was made.
func (x *x11) stamp(helper xproto.Window, at xproto.Atom) uint32 {
	if at == xproto.AtomNone {
		return 0
	}
	reply, err := xproto.GetProperty(x.conn, true, helper, at, xproto.AtomAny, 0, 1).Reply()
	if err != nil {
		return 0
	}
	if n := numbers(reply.Value); len(n) == 1 && reply.Format == 32 {
		return n[0]
	}
	return 0
}

// shelf reads the selection where its owner has put it. A large one comes in
// pieces, for which there is no time.
func (x *x11) shelf(helper xproto.Window, at xproto.Atom) (string, error) {
	if at == xproto.AtomNone {
		return "", nil
	}
	reply, err := xproto.GetProperty(x.conn, true, helper, at, xproto.AtomAny, 0, maxSelection/4).Reply()
	if err != nil {
		return "", err
	}
	if reply.Type != x.atoms.utf8 {
		return "", nil
	}
	return strings.ToValidUTF8(string(reply.Value), ""), nil
}
