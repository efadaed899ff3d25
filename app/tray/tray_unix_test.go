//go:build linux

package tray

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/introspect"
)

// recorder returns actions that write their names to done.
func recorder() (actions Actions, done chan string) {
	done = make(chan string, 16)
	act := func(name string) func() { return func() { done <- name } }
	return Actions{Talk: act("talk"), Look: act("look"), Stop: act("stop"),
		Panel: act("panel"), Settings: act("settings"), Quit: act("quit")}, done
}

func (p *panel) expect(done <-chan string, want string) {
	p.t.Helper()
	select {
	case got := <-done:
		if got != want {
			p.t.Errorf("did %s, want %s", got, want)
		}
	case <-time.After(5 * time.Second):
		p.t.Fatalf("%s was not done in 5 s", want)
	}
}

func open(t *testing.T, actions Actions) *Tray {
	t.Helper()
	tray, err := Open(t.Context(), actions)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tray.Close)
	return tray
}

func TestTheMenuDoesWhatItSays(t *testing.T) {
	p := newPanel(t, bus(t))
	actions, done := recorder()
	tray := open(t, actions)
	p.wait()
	if got := p.property("ItemIsMenu"); got != false {
		t.Errorf("ItemIsMenu is %v; a click on the icon would show the menu", got)
	}
	want := "(Ready) / Start talking / Ask about my screen / (Stop) / Show panel / Settings / Quit Aside"
	if got := p.labels(); got != want {
		t.Errorf("menu %q, want %q", got, want)
	}
	for label, action := range map[string]string{"Start talking": "talk", "Ask about my screen": "look",
		"Show panel": "panel", "Settings": "settings", "Quit Aside": "quit"} {
		p.click(label)
		p.expect(done, action)
	}
	if call := p.item.Call(itemInterface+".Activate", 0, int32(1), int32(1)); call.Err != nil {
		t.Error(call.Err)
	}
	p.expect(done, "panel")

	tray.Set(State{Phase: Speaking, Panel: true})
	want = "(Speaking) / Start talking / Ask about my screen / Stop / Hide panel / Settings / Quit Aside"
	p.until("the menu of speaking", func() bool { return p.labels() == want })
	p.click("Stop")
	p.expect(done, "stop")
	p.click("Hide panel")
	p.expect(done, "panel")
}

func TestTheMenuAnswersWhateverAPanelAsks(t *testing.T) {
	actions, done := recorder()
	m := menuMethods{newItem(actions)}

	if _, root, err := m.GetLayout(0, 0, nil); err != nil || len(root.Children) != 0 {
		t.Errorf("the root alone: %v, %v", root, err)
	}
	if _, l, err := m.GetLayout(22, -1, nil); err != nil || l.Properties["label"].Value() != "Quit Aside" {
		t.Errorf("line 22: %v, %v", l, err)
	}
	if _, _, err := m.GetLayout(99, -1, nil); err == nil {
		t.Error("line 99 has a layout")
	}
	if all, err := m.GetGroupProperties(nil, nil); err != nil || len(all) != 9 {
		t.Errorf("%d lines have properties, %v; want 9", len(all), err)
	}
	if some, err := m.GetGroupProperties([]int32{1, 12, 99}, nil); err != nil || len(some) != 2 {
		t.Errorf("%d of three lines have properties, %v; want 2", len(some), err)
	}
	if v, err := m.GetProperty(12, "enabled"); err != nil || v.Value() != false {
		t.Errorf("Stop is enabled: %v, %v", v, err)
	}
	if _, err := m.GetProperty(12, "icon-data"); err == nil {
		t.Error("Stop has an icon")
	}
	unknown, err := m.EventGroup([]menuEvent{{ID: 22, Kind: "hovered"}, {ID: 12, Kind: "clicked"}, {ID: 99, Kind: "clicked"}, {ID: 11, Kind: "clicked"}})
	if err != nil || !slices.Equal(unknown, []int32{99}) {
		t.Errorf("unknown lines %v, %v; want 99", unknown, err)
	}
	if got := len(m.it.clicks); got != 1 {
		t.Fatalf("%d actions were chosen, want Look only: Stop is disabled, Quit was not clicked", got)
	}
	(<-m.it.clicks)()
	if got := <-done; got != "look" {
		t.Errorf("did %s, want look", got)
	}
	for range 2 * maxClicks {
		_ = m.Event(11, "clicked", dbus.Variant{}, 0)
	}
	if got := len(m.it.clicks); got != maxClicks {
		t.Errorf("%d clicks wait, want at most %d", got, maxClicks)
	}
}

func TestThePropertiesAreReadOnlyAndDescribed(t *testing.T) {
	p := newPanel(t, bus(t))
	open(t, Actions{})
	p.wait()
	if err := p.item.SetProperty(itemInterface+".Title", dbus.MakeVariant("x")); err == nil {
		t.Error("the title can be set")
	}
	if _, err := p.item.GetProperty(itemInterface + ".Nothing"); err == nil {
		t.Error("there is a property Nothing")
	}
	var all map[string]dbus.Variant
	if err := p.item.Call("org.freedesktop.DBus.Properties.GetAll", 0, itemInterface).Store(&all); err != nil || len(all) != 11 {
		t.Errorf("%d properties, %v; want 11", len(all), err)
	}
	node, err := introspect.Call(p.object())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(node.Interfaces, func(i introspect.Interface) bool { return i.Name == menuInterface })
	if i < 0 || len(node.Interfaces[i].Methods) != 7 || len(node.Interfaces[i].Properties) != 4 {
		t.Errorf("the menu describes itself as %+v", node.Interfaces)
	}
	// The protocol's own types, or panels understand nothing.
	for _, m := range node.Interfaces[i].Methods {
		var types string
		for _, a := range m.Args {
			types += a.Type + " "
		}
		want := map[string]string{"GetLayout": "i i as u (ia{sv}av) ", "GetGroupProperties": "ai as a(ia{sv}) ", "GetProperty": "i s v ",
			"Event": "i s v u ", "EventGroup": "a(isvu) ai ", "AboutToShow": "i b ", "AboutToShowGroup": "ai ai ai "}[m.Name]
		if types != want {
			t.Errorf("%s has the types %q, want %q", m.Name, types, want)
		}
	}
	if got := dbus.SignatureOf(newItem(Actions{}).properties()["IconPixmap"]).String(); got != "a(iiay)" {
		t.Errorf("the icon has the type %s", got)
	}
	if got := dbus.SignatureOf(newItem(Actions{}).properties()["ToolTip"]).String(); got != "(sa(iiay)ss)" {
		t.Errorf("the tooltip has the type %s", got)
	}
}

func TestAClickDuringAnActionIsKept(t *testing.T) {
	p := newPanel(t, bus(t))
	actions, done := recorder()
	began, goOn := make(chan struct{}), make(chan struct{})
	actions.Look = func() { close(began); <-goOn }
	open(t, actions)
	p.wait()
	p.click("Ask about my screen")
	<-began
	p.click("Quit Aside")
	close(goOn)
	p.expect(done, "quit")
}

func TestEveryPhaseHasAnIconAndATooltip(t *testing.T) {
	p := newPanel(t, bus(t))
	tray := open(t, Actions{})
	p.wait()
	if got := p.property("Title"); got != "Aside" {
		t.Errorf("title %q, want Aside", got)
	}
	seen := make(map[string]Phase)
	for _, phase := range []Phase{Ready, Listening, Thinking, Speaking, Offline, Problem} {
		tray.Set(State{Phase: phase, Note: "a_note"})
		want := State{Phase: phase, Note: "a_note"}.face().line
		p.tooltip("Aside · " + want)
		p.until("the icon of "+string(phase), func() bool {
			width, pixels := p.icon()
			return width == 64 && len(pixels) == 64*64*4 && (seen[pixels] == "" || seen[pixels] == phase)
		})
		_, pixels := p.icon()
		seen[pixels] = phase
		if got, want := p.menu()[0].label, strings.ReplaceAll(want, "_", "__"); got != want {
			t.Errorf("first line %q, want %q", got, want)
		}
	}
	if got := len(p.menu()); got != 1 {
		t.Errorf("%d lines without actions, want the phase only", got)
	}
}

func TestTheItemComesBackWithThePanel(t *testing.T) {
	d := bus(t)
	actions, done := recorder()
	open(t, actions) // nothing shows it yet
	for range 2 {
		p := newPanel(t, d)
		p.wait()
		p.click("Show panel")
		p.expect(done, "panel")
		p.quit()
	}
}

func TestCloseTakesTheItemAway(t *testing.T) {
	p := newPanel(t, bus(t))
	tray := open(t, Actions{})
	p.wait()
	tray.Close()
	tray.Close()
	p.until("the item's end", func() bool {
		return p.item.Call(itemInterface+".Activate", 0, int32(1), int32(1)).Err != nil
	})
	tray.Set(State{Phase: Listening})

	actions, done := recorder()
	open(t, actions)
	p.wait()
	p.click("Quit Aside")
	p.expect(done, "quit")
}

func TestABusThatGoesAwayIsNoHarm(t *testing.T) {
	d := bus(t)
	p := newPanel(t, d)
	tray := open(t, Actions{})
	p.wait()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, phase := range []Phase{Listening, Thinking, Speaking, Ready} {
		tray.Set(State{Phase: phase})
	}
	select {
	case <-tray.done:
	case <-time.After(5 * time.Second):
		t.Error("the tray did not notice in 5 s")
	}
	tray.Close()
}

func TestOpenWithoutABusStartsNone(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("PATH", "")
	if tray, err := Open(t.Context(), Actions{}); tray != nil || !errors.Is(err, ErrNoBus) {
		t.Errorf("open: %v, %v; want ErrNoBus", tray, err)
	}
}

func TestOpenGivesUpOnABusThatDoesNotAnswer(t *testing.T) {
	dead := silent(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+dead)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if tray, err := Open(ctx, Actions{}); tray != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("open: %v, %v; want the deadline", tray, err)
	}
}
