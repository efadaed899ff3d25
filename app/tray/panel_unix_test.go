//go:build linux

package tray

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/app/desk"
)

// panel plays the desktop's panel: it shows the items that register.
type panel struct {
	t     *testing.T
	d     *desk.Desk
	conn  *dbus.Conn
	items chan dbus.BusObject // as they register
	item  dbus.BusObject
}

// RegisterStatusNotifierItem is called by the item, over the bus.
func (p *panel) RegisterStatusNotifierItem(path string, from dbus.Sender) *dbus.Error {
	p.items <- p.conn.Object(string(from), dbus.ObjectPath(path))
	return nil
}

// bus makes a private bus that of the environment.
func bus(t *testing.T) *desk.Desk {
	t.Helper()
	d := desk.Start(t, desk.Options{Bus: true})
	err := d.Until(t.Context(), "message bus", func() bool {
		conn, err := dbus.Connect(d.BusAddress)
		return err == nil && conn.Close() == nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", d.BusAddress)
	return d
}

func newPanel(t *testing.T, d *desk.Desk) *panel {
	t.Helper()
	p := &panel{t: t, d: d, items: make(chan dbus.BusObject, 8)}
	var err error
	if p.conn, err = dbus.Connect(d.BusAddress); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.quit)
	if err := p.conn.Export(p, "/StatusNotifierWatcher", watcher); err != nil {
		t.Fatal(err)
	}
	if reply, err := p.conn.RequestName(watcher, 0); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("own %s: %v, %v", watcher, reply, err)
	}
	return p
}

// tooltip waits for a tooltip.
func (p *panel) tooltip(want string) {
	p.t.Helper()
	p.until("the tooltip "+want, func() bool { return p.property("ToolTip").([]any)[2] == want })
}

func (p *panel) quit() { _ = p.conn.Close() }

// wait takes the next item that registers as the one to look at.
func (p *panel) wait() {
	p.t.Helper()
	select {
	case p.item = <-p.items:
	case <-time.After(5 * time.Second):
		p.t.Fatal("no item registered in 5 s")
	}
}

// until waits until ok holds.
func (p *panel) until(what string, ok func() bool) {
	p.t.Helper()
	if err := p.d.Until(p.t.Context(), what, ok); err != nil {
		p.t.Fatal(err)
	}
}

func (p *panel) property(name string) any {
	p.t.Helper()
	v, err := p.item.GetProperty(itemInterface + "." + name)
	if err != nil {
		p.t.Fatal(err)
	}
	return v.Value()
}

// icon returns the width of the icon and its pixels.
func (p *panel) icon() (int32, string) {
	p.t.Helper()
	all, ok := p.property("IconPixmap").([][]any)
	if !ok || len(all) != 1 {
		p.t.Fatalf("icon is %T, want one picture", p.property("IconPixmap"))
	}
	return all[0][0].(int32), string(all[0][2].([]byte))
}

// entry is a line of the menu as the panel gets it.
type entry struct {
	id      int32
	label   string
	enabled bool
}

// menu reads all lines but the separators.
func (p *panel) menu() []entry {
	p.t.Helper()
	var revision uint32
	var root layout
	call := p.object().Call(menuInterface+".GetLayout", 0, int32(0), int32(-1), []string{})
	if err := call.Store(&revision, &root); err != nil {
		p.t.Fatal(err)
	}
	var lines []entry
	for _, child := range root.Children {
		parts := child.Value().([]any)
		props := parts[1].(map[string]dbus.Variant)
		if props["type"].Value() == "separator" {
			continue
		}
		label, _ := props["label"].Value().(string)
		enabled, _ := props["enabled"].Value().(bool)
		lines = append(lines, entry{parts[0].(int32), label, enabled})
	}
	return lines
}

// object is the menu of the item.
func (p *panel) object() dbus.BusObject {
	return p.conn.Object(p.item.Destination(), p.property("Menu").(dbus.ObjectPath))
}

// labels joins the labels of the menu; those that cannot be chosen are in
// brackets.
func (p *panel) labels() string {
	var labels []string
	for _, e := range p.menu() {
		if !e.enabled {
			e.label = "(" + e.label + ")"
		}
		labels = append(labels, e.label)
	}
	return strings.Join(labels, " / ")
}

// click chooses a line of the menu.
func (p *panel) click(label string) {
	p.t.Helper()
	lines := p.menu()
	i := slices.IndexFunc(lines, func(e entry) bool { return e.label == label })
	if i < 0 {
		p.t.Fatalf("no line %q in %v", label, lines)
	}
	call := p.object().Call(menuInterface+".Event", 0, lines[i].id, "clicked", dbus.MakeVariant(""), uint32(0))
	if call.Err != nil {
		p.t.Fatal(call.Err)
	}
}

// silent returns a socket that takes connections and says nothing, until the
// test ends.
func silent(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return path
}
