package words

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// What is asked, see the interfaces in at-spi2-core's xml folder.
const (
	accessible  = "org.a11y.atspi.Accessible"
	getChildren = accessible + ".GetChildren"
	getRole     = accessible + ".GetRole"
	getState    = accessible + ".GetState"
	textual     = "org.a11y.atspi.Text"
	getText     = textual + ".GetText"
	getExtents  = "org.a11y.atspi.Component.GetExtents"
	getProperty = "org.freedesktop.DBus.Properties.Get"
	getProcess  = "org.freedesktop.DBus.GetConnectionUnixProcessID"
)

// Bounds of the search for the window.
const (
	maxPrograms = 200
	maxWindows  = 50
	shares      = 4 // one of them is the time for what all programs are asked: one that hangs has no answer
)

// find returns the window's accessible and its title.
func find(ctx context.Context, bus *dbus.Conn, w Window) (ref, string, error) {
	programs, err := programsOn(ctx, bus)
	if err != nil {
		return ref{}, "", err
	}
	programs = ofProgram(ctx, bus, programs, w)
	if len(programs) == 0 {
		return ref{}, "", ErrSilent
	}
	windows := windowsOf(ctx, bus, programs, maxWindows)
	describe(ctx, bus, windows)
	if best := choose(windows, w.Title); best >= 0 {
		return windows[best].ref, windows[best].title, nil
	}
	if ctx.Err() != nil {
		return ref{}, "", ctx.Err()
	}
	return ref{}, "", fmt.Errorf("none of its windows is active: %w", ErrSilent)
}

// programsOn lists the programs on the bus. The registry is started by that.
func programsOn(ctx context.Context, bus *dbus.Conn) ([]ref, error) {
	root := ref{"org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"}
	var programs []ref
	if err := bus.Object(root.Name, root.Path).CallWithContext(ctx, getChildren, 0).Store(&programs); err != nil {
		return nil, fmt.Errorf("list programs: %w: %w", ErrUnavailable, err)
	}
	return programs[:min(len(programs), maxPrograms)], nil
}

// ofProgram returns those of the programs that may own the window. A sandbox
// gives programs other PIDs than the bus knows, hence the name.
func ofProgram(ctx context.Context, bus *dbus.Conn, programs []ref, w Window) []ref {
	var found []ref
	if w.PID != 0 {
		daemon := ref{"org.freedesktop.DBus", "/org/freedesktop/DBus"}
		gather(ctx, len(programs), func(ctx context.Context, i int, done chan *dbus.Call) *dbus.Call {
			return daemon.ask(ctx, bus, done, getProcess, programs[i].Name)
		}, func(i int, answer *dbus.Call) {
			var pid uint32
			if answer.Store(&pid) == nil && pid == w.PID {
				found = append(found, programs[i])
			}
		})
	}
	if len(found) > 0 || w.Program == "" {
		return found
	}
	ctx, cancel := share(ctx)
	defer cancel()
	gather(ctx, len(programs), func(ctx context.Context, i int, done chan *dbus.Call) *dbus.Call {
		return programs[i].ask(ctx, bus, done, getProperty, accessible, "Name")
	}, func(i int, answer *dbus.Call) {
		var name string
		if answer.Store(&name) == nil && strings.EqualFold(name, w.Program) {
			found = append(found, programs[i])
		}
	})
	return found
}

// share is a part of the time that is left.
func share(ctx context.Context) (context.Context, context.CancelFunc) {
	until, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(until)/shares)
}

// window is one of a program's, as it is told on the bus.
type window struct {
	ref
	title  string
	titled bool // it has said what its title is
	active bool
}

// windowsOf asks programs for their windows, of which it takes so many at most.
func windowsOf(ctx context.Context, bus *dbus.Conn, programs []ref, most int) []window {
	var all []window
	gather(ctx, len(programs), func(ctx context.Context, i int, done chan *dbus.Call) *dbus.Call {
		return programs[i].ask(ctx, bus, done, getChildren)
	}, func(_ int, answer *dbus.Call) {
		var refs []ref
		_ = answer.Store(&refs) // a program that tells of none has none
		for _, r := range refs {
			if r.Path != nobody && len(all) < most {
				all = append(all, window{ref: r})
			}
		}
	})
	return all
}

// describe asks each window for its states and its title.
func describe(ctx context.Context, bus *dbus.Conn, all []window) {
	gather(ctx, 2*len(all), func(ctx context.Context, i int, done chan *dbus.Call) *dbus.Call {
		if i%2 == 0 {
			return all[i/2].ask(ctx, bus, done, getState)
		}
		return all[i/2].ask(ctx, bus, done, getProperty, accessible, "Name")
	}, func(i int, answer *dbus.Call) {
		if i%2 == 1 {
			all[i/2].titled = answer.Store(&all[i/2].title) == nil // one without a title is none that was asked for
			return
		}
		var bits []uint32
		_ = answer.Store(&bits) // one without states is not active
		all[i/2].active = statesOf(bits).has(stateActive)
	})
}

// choose returns the index of the window of that title, or else of the active
// one, -1 if there is neither. Of several of the title the active one is meant;
// but none need be active, while a window of ours is.
func choose(windows []window, title string) int {
	best, most := -1, 0
	for i, w := range windows {
		fits := 0
		if title != "" && clean(w.title) == clean(title) {
			fits = 2
		}
		if w.active {
			fits++
		}
		if fits > most {
			best, most = i, fits
		}
	}
	return best
}

// gather asks n questions at once and hands the answers on as they come, until
// all have or ctx ends.
func gather(ctx context.Context, n int, ask func(context.Context, int, chan *dbus.Call) *dbus.Call, take func(int, *dbus.Call)) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()                   // what is not answered is not waited for
	done := make(chan *dbus.Call, n) // holds every answer: nobody may be left to take them
	asked := make(map[*dbus.Call]int, n)
	for i := range n {
		asked[ask(ctx, i, done)] = i
	}
	for range n {
		select {
		case answer := <-done:
			take(asked[answer], answer)
		case <-ctx.Done():
			return
		}
	}
}
