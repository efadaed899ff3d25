package words

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/godbus/dbus/v5"
)

// maxAnyWindows bounds the search for the active window among those of all
// programs.
const maxAnyWindows = 4 * maxWindows

// frames is a program of GNOME that draws the frames of other programs'
// windows, with their titles, and says that these are active, too.
const frames = "mutter-x11-frames"

// ReadActive reads the active window, whosever it is, for as long as
// Read does. It is for where nobody else says which window that is, as under
// Wayland. The text of any window might be private: so before anything in it is
// asked for, may is given the PID, if it is known, the program's name on the
// bus, and the title; and once more if that is another when all is read. If it
// refuses, the error wraps ErrUnwanted. When no window says that it is active,
// or several do, or the one does not say what it is, the error wraps ErrSilent:
// then nothing is known of what the user looks at.
func (r *Reader) ReadActive(ctx context.Context, may func(Window) bool) (Text, error) {
	asked := ctx
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	bus, err := r.connect(ctx)
	if err != nil {
		return Text{}, fmt.Errorf("connect to accessibility bus: %w", err)
	}
	top, w, err := active(ctx, bus)
	if errors.Is(asked.Err(), context.Canceled) {
		err = asked.Err()
	}
	if err != nil {
		return Text{}, fmt.Errorf("find active window: %w", err)
	}
	if !may(w) {
		return Text{}, fmt.Errorf("read active window: %w", ErrUnwanted)
	}
	t, err := r.read(ctx, asked, bus, top, w.Title)
	if err != nil {
		return Text{}, err
	}
	if t.Title != w.Title {
		if w.Title = t.Title; !may(w) {
			return Text{}, fmt.Errorf("read active window: it has changed: %w", ErrUnwanted)
		}
	}
	t.Program = w.Program
	return t, nil
}

// active finds the one window that says that it is active. A program that
// hangs does not say so, and holds nothing up.
func active(ctx context.Context, bus *dbus.Conn) (ref, Window, error) {
	programs, err := programsOn(ctx, bus)
	if err != nil {
		return ref{}, Window{}, err
	}
	inTime, cancel := share(ctx)
	windows := windowsOf(inTime, bus, programs, maxAnyWindows)
	cancel()
	inTime, cancel = share(ctx)
	describe(inTime, bus, windows)
	cancel()
	windows = slices.DeleteFunc(windows, func(w window) bool { return !w.active })
	owners := ownersOf(ctx, bus, programs, windows)
	if ctx.Err() != nil {
		return ref{}, Window{}, ctx.Err()
	}
	found := -1
	for i, o := range owners {
		switch {
		case o.Program == frames:
		case found >= 0:
			return ref{}, Window{}, fmt.Errorf("several windows are active: %w", ErrSilent)
		default:
			found = i
		}
	}
	if found < 0 {
		return ref{}, Window{}, fmt.Errorf("no window is active: %w", ErrSilent)
	}
	if !windows[found].titled || owners[found].Program == "" {
		return ref{}, Window{}, fmt.Errorf("the active window does not say what it is: %w", ErrSilent) // it may be private
	}
	return windows[found].ref, owners[found], nil
}

// ownersOf tells of each window what it is and whose.
func ownersOf(ctx context.Context, bus *dbus.Conn, programs []ref, windows []window) []Window {
	ctx, cancel := share(ctx)
	defer cancel()
	owners := make([]Window, len(windows))
	daemon := ref{"org.freedesktop.DBus", "/org/freedesktop/DBus"}
	gather(ctx, 2*len(windows), func(ctx context.Context, i int, done chan *dbus.Call) *dbus.Call {
		w := windows[i/2]
		if i%2 == 0 {
			return daemon.ask(ctx, bus, done, getProcess, w.Name)
		}
		p := slices.IndexFunc(programs, func(p ref) bool { return p.Name == w.Name })
		if p < 0 {
			return w.ask(ctx, bus, done, getProperty, accessible, "Name") // it is its own program
		}
		return programs[p].ask(ctx, bus, done, getProperty, accessible, "Name")
	}, func(i int, answer *dbus.Call) {
		if i%2 == 0 {
			_ = answer.Store(&owners[i/2].PID) // of a process that is gone it is not known
			return
		}
		_ = answer.Store(&owners[i/2].Program) // one without a name has none
	})
	for i, w := range windows {
		owners[i].Title, owners[i].Program = clean(w.title), clean(owners[i].Program)
	}
	return owners
}
