//go:build linux || freebsd

package words

import (
	"testing"

	"github.com/godbus/dbus/v5"
)

// served answers a method of an object, on the wire. godbus's own way of
// exporting is no use here: it is not made for objects that come while others
// are asked, and one that answers for whole subtrees is a data race.
type served func(path dbus.ObjectPath, method string, args []any) ([]any, error)

// servedMethod is one method, as it is looked up in three steps.
type servedMethod struct {
	answer served
	path   dbus.ObjectPath
	name   string
}

// LookupObject is dbus.Handler's.
func (s served) LookupObject(path dbus.ObjectPath) (dbus.ServerObject, bool) {
	return servedMethod{answer: s, path: path}, true
}

// LookupInterface is dbus.ServerObject's.
func (m servedMethod) LookupInterface(name string) (dbus.Interface, bool) {
	m.name = name
	return m, true
}

// LookupMethod is dbus.Interface's.
func (m servedMethod) LookupMethod(name string) (dbus.Method, bool) {
	m.name += "." + name
	return m, true
}

// Call is dbus.Method's.
func (m servedMethod) Call(args ...any) ([]any, error) { return m.answer(m.path, m.name, args) }

// DecodeArguments is dbus.ArgumentDecoder's.
func (m servedMethod) DecodeArguments(_ *dbus.Conn, _ string, msg *dbus.Message, _ []any) ([]any, error) {
	return msg.Body, nil
}

// NumArguments, NumReturns, ArgumentValue and ReturnValue are dbus.Method's.
func (servedMethod) NumArguments() int     { return 0 }
func (servedMethod) NumReturns() int       { return 0 }
func (servedMethod) ArgumentValue(int) any { return nil }
func (servedMethod) ReturnValue(int) any   { return nil }

// serve answers on a bus, under a name unless that is "". It returns its own.
func serve(t testing.TB, address, name string, answer served) string {
	t.Helper()
	bus, err := dbus.Connect(address, dbus.WithHandler(answer))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	if name != "" {
		if _, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
			t.Fatal(err)
		}
	}
	return bus.Names()[0]
}
