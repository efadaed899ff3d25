package key

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

// reachable reports whether there is a session bus to ask. Without one the
// library would start a bus of its own, on which there is no keyring, and
// leave it running.
func reachable() bool {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return !strings.HasPrefix(address, "autolaunch:")
	}
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(fmt.Sprintf("/run/user/%d/%s", os.Getuid(), name)); err == nil {
			return true
		}
	}
	return false
}

// isLocked reports whether err is that of a keyring that stayed locked: the
// user refused, or could not be asked.
func isLocked(err error) bool {
	if e, ok := errors.AsType[dbus.Error](err); ok {
		return e.Name == "org.freedesktop.Secret.Error.IsLocked"
	}
	// The library has no name for this one.
	return strings.Contains(err.Error(), "unlock correct collection")
}

// nothingStored reports whether the keyring, locked or not, has no such entry.
// To read one would ask the user to unlock it, which makes no sense to somebody
// who never stored anything. See SearchItems in the Secret Service's
// specification.
func nothingStored(service, user string) bool {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return false
	}
	defer func() { _ = bus.Close() }() // it only asked
	attributes := map[string]string{"service": service, "username": user}
	var unlocked, locked []dbus.ObjectPath
	err = bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").
		Call("org.freedesktop.Secret.Service.SearchItems", 0, attributes).Store(&unlocked, &locked)
	return err == nil && len(unlocked)+len(locked) == 0
}
