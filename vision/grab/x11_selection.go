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

// selection returns the text that is selected in the program of window w, ""
// if there is none. What another program has selected is not what the user
// looks at, and stays there.
func (x *x11) selection(ctx context.Context, w xproto.Window) (string, error) {
	owner, err := xproto.GetSelectionOwner(x.conn, xproto.AtomPrimary).Reply()
	if err != nil {
		return "", err
	}
	if owner.Owner == 0 || uint32(owner.Owner)&^x.mask != uint32(w)&^x.mask {
		return "", nil
	}
	// A window for this question alone: a late answer to another is no answer.
	helper, err := xproto.NewWindowId(x.conn)
	if err != nil {
		return "", err
	}
	xproto.CreateWindow(x.conn, 0, helper, x.root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil)
	defer xproto.DestroyWindow(x.conn, helper)
	xproto.ConvertSelection(x.conn, helper, xproto.AtomPrimary, x.atoms.utf8, x.atoms.shelf, xproto.TimeCurrentTime)
	ctx, cancel := context.WithTimeout(ctx, selectionLimit)
	defer cancel()
	tick := time.NewTicker(selectionPoll)
	defer tick.Stop()
	for {
		for {
			event, err := x.conn.PollForEvent()
			if event == nil && err == nil {
				break
			}
			if told, ok := event.(xproto.SelectionNotifyEvent); ok && told.Requestor == helper {
				return x.shelf(helper, told.Property)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", nil // its owner hangs; that must not hold the question up
		}
	}
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
