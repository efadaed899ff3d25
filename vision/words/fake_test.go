//go:build linux || freebsd

package words

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/godbus/dbus/v5"

	"aside/app/desk"
)

const fakeRoot = "/org/a11y/atspi/accessible"

// thing is a node of a fake program.
type thing struct {
	role     role
	name     string
	text     string
	caret    int32
	place    [4]int32
	kids     []*thing
	focused  bool
	active   bool
	hidden   bool
	gone     bool   // answers that it is not there
	hangs    bool   // does not answer
	nameless bool   // does not say its name
	endless  bool   // has a child like itself, always
	then     func() // happens when it is asked
}

// fakeProgram answers like a program with a window, on the wire.
type fakeProgram struct {
	mu     sync.Mutex
	things map[dbus.ObjectPath]*thing
	paths  map[*thing]dbus.ObjectPath
	asked  map[*thing]int // questions
	self   string         // on the bus
	stop   chan struct{}  // closed at the end, for what hangs
}

// fakeState packs states for the wire.
func fakeState(on map[int]bool) []uint32 {
	bits := make([]uint32, 2)
	for bit, is := range on {
		if is {
			bits[bit/32] |= 1 << (bit % 32)
		}
	}
	return bits
}

// add gives the thing and all in it paths. One that is in itself is met once.
func (f *fakeProgram) add(t *thing) dbus.ObjectPath {
	if p, ok := f.paths[t]; ok {
		return p
	}
	p := dbus.ObjectPath(fmt.Sprintf("%s/%d", fakeRoot, len(f.paths)))
	f.paths[t], f.things[p] = p, t
	for _, kid := range t.kids {
		f.add(kid)
	}
	return p
}

// at returns the thing that is asked.
func (f *fakeProgram) at(p dbus.ObjectPath) (*thing, error) {
	f.mu.Lock()
	t := f.things[p]
	hangs := t != nil && t.hangs
	if t != nil {
		f.asked[t]++
		if t.then != nil {
			t.then()
		}
	}
	f.mu.Unlock()
	if hangs {
		<-f.stop
	}
	if t == nil || t.gone {
		return nil, dbus.MakeNoObjectError(p)
	}
	return t, nil
}

// answer is the program's. Only texts have Text.
func (f *fakeProgram) answer(p dbus.ObjectPath, method string, args []any) ([]any, error) {
	t, err := f.at(p)
	if err != nil {
		return nil, err
	}
	switch {
	case method == getRole:
		return []any{uint32(t.role)}, nil
	case method == getState:
		return []any{fakeState(map[int]bool{stateActive: t.active, stateFocused: t.focused, stateShowing: !t.hidden})}, nil
	case method == getChildren:
		return []any{f.children(t)}, nil
	case method == getExtents:
		return []any{struct{ X, Y, W, H int32 }{t.place[0], t.place[1], t.place[2], t.place[3]}}, nil
	case method == getText && t.text != "":
		whole := []rune(t.text)
		from, to := int(args[0].(int32)), int(args[1].(int32))
		return []any{string(whole[min(from, len(whole)):min(to, len(whole))])}, nil
	case method == getProperty && (!t.nameless || args[1] != "Name"):
		f.mu.Lock()
		defer f.mu.Unlock()
		return []any{dbus.MakeVariant(map[string]any{"Name": t.name, "ChildCount": int32(len(t.kids)), "CaretOffset": t.caret, "CharacterCount": int32(utf8.RuneCountInString(t.text))}[args[1].(string)])}, nil
	}
	return nil, dbus.MakeUnknownMethodError(method)
}

func (f *fakeProgram) children(t *thing) []ref {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t.endless {
		t.kids = []*thing{{role: t.role, name: t.name, endless: true}}
		f.add(t.kids[0])
	}
	refs := []ref{}
	for _, kid := range t.kids {
		refs = append(refs, ref{f.self, f.paths[kid]})
	}
	return refs
}

// hang lets the program answer nothing any more.
func (f *fakeProgram) hang() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.things {
		t.hangs = true
	}
}

// count returns how many questions the thing was asked, and how many things
// were asked any.
func (f *fakeProgram) count(t *thing) (of, all int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[t], len(f.asked)
}

// fakeBus says where the accessibility bus is, and what programs are on it.
type fakeBus struct {
	address  string
	hangs    chan struct{} // if set, GetAddress waits until it is closed
	mu       sync.Mutex
	programs []ref
}

// answer is that of org.a11y.Bus, and of the registry.
func (b *fakeBus) answer(_ dbus.ObjectPath, method string, _ []any) ([]any, error) {
	if b.hangs != nil {
		<-b.hangs
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case method == getChildren:
		return []any{append([]ref{}, b.programs...)}, nil
	case method == "org.a11y.Bus.GetAddress" && b.address != "":
		return []any{b.address}, nil
	}
	return nil, dbus.MakeUnknownMethodError(method)
}

// withBus starts a session whose accessibility bus is b.
func withBus(t testing.TB, b *fakeBus) *Reader {
	t.Helper()
	d := desk.Start(t, desk.Options{Bus: true})
	setenv(t, d.BusAddress)
	serve(t, d.BusAddress, "org.a11y.Bus", b.answer)
	return reader(t)
}

// setenv is T's for what may be a benchmark.
func setenv(t testing.TB, session string) {
	t.(interface{ Setenv(key, value string) }).Setenv("DBUS_SESSION_BUS_ADDRESS", session)
}

// reader is one that has all the time it may need on a busy machine.
func reader(t testing.TB) *Reader {
	r := New()
	r.limit = 10 * time.Second
	t.Cleanup(r.Close)
	return r
}

// registry starts an accessibility bus that has no programs yet, as a second
// bus, and lets b say where it is.
func (b *fakeBus) registry(t testing.TB) *desk.Desk {
	t.Helper()
	d := desk.Start(t, desk.Options{Bus: true})
	b.mu.Lock()
	b.address, b.programs = d.BusAddress, nil
	b.mu.Unlock()
	serve(t, d.BusAddress, "org.a11y.atspi.Registry", b.answer)
	return d
}

// run starts a program that has these windows.
func (b *fakeBus) run(t testing.TB, name string, windows ...*thing) *fakeProgram {
	t.Helper()
	f := &fakeProgram{
		things: map[dbus.ObjectPath]*thing{}, paths: map[*thing]dbus.ObjectPath{}, asked: map[*thing]int{},
		stop: make(chan struct{}),
	}
	t.Cleanup(func() { close(f.stop) })
	root := &thing{role: 75, name: name, kids: windows}
	at := f.add(root)
	self := serve(t, b.address, "", f.answer)
	f.mu.Lock()
	f.self = self
	f.mu.Unlock()
	b.mu.Lock()
	b.programs = append(b.programs, ref{self, at})
	b.mu.Unlock()
	return f
}

// withWindow starts a program of one active window, and returns a reader for
// it.
func withWindow(t testing.TB, in ...*thing) (*Reader, *fakeProgram) {
	t.Helper()
	b := &fakeBus{}
	r := withBus(t, b)
	b.registry(t)
	return r, b.run(t, "fake", &thing{role: roleFrame, name: "A window", active: true, kids: in})
}

// ours is the fake program's window.
func ours() Window { return Window{PID: uint32(os.Getpid())} }
