//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// lockLimit bounds how long the desktop may take to say whether the screen is
// locked. Who is there and does not say is taken for one that has locked it;
// where nobody is, nobody has.
const lockLimit = 250 * time.Millisecond

// Who locks a screen says so in one of two places: the desktops' own lockers,
// and by name those that took their interface, on the session bus; and the
// login manager, which most other lockers tell, on the system's.
const (
	lockerMethod = ".GetActive"
	loginName    = "org.freedesktop.login1"
	loginPath    = "/org/freedesktop/login1/session/auto" // the caller's, or else the one with the display
	systemBus    = "unix:path=/run/dbus/system_bus_socket"
)

func lockerNames() []string {
	return []string{
		"org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver",
		"org.xfce.ScreenSaver",
	}
}

// lock knows whether the screen is locked. The zero lock is ready for use, by
// one goroutine at a time. It keeps its connections.
type lock struct{ session, system *dbus.Conn }

// connect connects to what can be reached.
func (l *lock) connect(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lockLimit)
	defer cancel()
	l.session = reach(ctx, l.session, sessionBus())
	system := os.Getenv("DBUS_SYSTEM_BUS_ADDRESS")
	if system == "" {
		system = systemBus
	}
	l.system = reach(ctx, l.system, system)
}

// sessionBus is where the session's bus is, "" if there is none: to ask the
// library would start one.
func sessionBus() string {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "autolaunch:" {
		return a
	}
	socket := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")
	if _, err := os.Stat(socket); err != nil || !filepath.IsAbs(socket) {
		return ""
	}
	return "unix:path=" + socket
}

// reach returns a connection to a bus: the one there is if it still works, nil
// if there is none to be had before ctx ends.
func reach(ctx context.Context, bus *dbus.Conn, address string) *dbus.Conn {
	if bus != nil && bus.Connected() || address == "" {
		return bus
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, end) // that ends the wait
	bus, err := dbus.Connect(address, dbus.WithContext(life))
	if called := !stop(); called || err != nil {
		end()
		return nil
	}
	return bus
}

// locked reports whether anybody says that the screen is locked. All are asked
// at once; nobody is started for it.
func (l *lock) locked(caller context.Context) bool {
	l.connect(caller)
	ctx, cancel := context.WithTimeout(caller, lockLimit)
	defer cancel()
	names := lockerNames()
	told := make(chan *dbus.Call, len(names)+1)
	asked := 0
	ask := func(bus *dbus.Conn, name, path, method string, args ...any) {
		if bus != nil {
			bus.Object(name, dbus.ObjectPath(path)).GoWithContext(ctx, method, dbus.FlagNoAutoStart, told, args...)
			asked++
		}
	}
	for _, name := range names {
		ask(l.session, name, "/"+strings.ReplaceAll(name, ".", "/"), name+lockerMethod)
	}
	ask(l.system, loginName, loginPath, "org.freedesktop.DBus.Properties.Get", loginName+".Session", "LockedHint")
	for range asked {
		if call := <-told; saysYes(call) || caller.Err() == nil && errors.Is(call.Err, context.DeadlineExceeded) {
			return true
		}
	}
	return false
}

// saysYes reads an answer. Who is not there answers with an error.
func saysYes(call *dbus.Call) bool {
	if call.Err != nil || len(call.Body) != 1 {
		return false
	}
	yes := call.Body[0]
	if v, ok := yes.(dbus.Variant); ok {
		yes = v.Value()
	}
	return yes == true
}

func (l *lock) close() {
	for _, bus := range []*dbus.Conn{l.session, l.system} {
		if bus != nil {
			_ = bus.Close() // nothing is lost with it
		}
	}
	*l = lock{}
}
