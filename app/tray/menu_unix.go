//go:build linux || freebsd || openbsd || netbsd

package tray

import (
	"fmt"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Types of com.canonical.dbusmenu.
type (
	// layout is a line with those below it, which are layouts too.
	layout struct {
		ID         int32
		Properties map[string]dbus.Variant
		Children   []dbus.Variant
	}

	lineProperties struct {
		ID         int32
		Properties map[string]dbus.Variant
	}

	removedProperties struct {
		ID    int32
		Names []string
	}

	menuEvent struct {
		ID   int32
		Kind string
		Data dbus.Variant
		Time uint32
	}
)

// menuRevision is that of the layout, which never changes: the lines are
// only relabelled.
const menuRevision uint32 = 1

// properties describes the line to the bus.
func (l line) properties() map[string]dbus.Variant {
	if l.label == "" {
		return map[string]dbus.Variant{"type": dbus.MakeVariant("separator")}
	}
	return map[string]dbus.Variant{
		"label":   dbus.MakeVariant(strings.ReplaceAll(l.label, "_", "__")), // one underscore would mark a shortcut
		"enabled": dbus.MakeVariant(l.enabled),
	}
}

// changedProperties lists the lines that look different now.
func changedProperties(was, now []line) []lineProperties {
	var changed []lineProperties
	for i, l := range now {
		if l.label != was[i].label || l.enabled != was[i].enabled {
			changed = append(changed, lineProperties{l.id, l.properties()})
		}
	}
	return changed
}

func menuProperties() map[string]any {
	return map[string]any{
		"Version":       uint32(3),
		"TextDirection": "ltr",
		"Status":        "normal",
		"IconThemePath": []string{},
	}
}

// menuMethods are the methods of com.canonical.dbusmenu. Properties are always
// sent in full, whichever were asked for; the protocol allows that.
type menuMethods struct{ it *item }

// line finds a line by its ID. The root of the menu is 0 and is none.
func (m menuMethods) line(id int32) (line, *dbus.Error) {
	lines := m.it.shown().lines(m.it.actions)
	i := slices.IndexFunc(lines, func(l line) bool { return l.id == id })
	if i < 0 {
		return line{}, dbus.MakeFailedError(fmt.Errorf("the menu has no line %d", id))
	}
	return lines[i], nil
}

// GetLayout returns a line and those below it, depth levels deep; -1 means all.
func (m menuMethods) GetLayout(id, depth int32, _ []string) (uint32, layout, *dbus.Error) {
	if id != 0 {
		l, err := m.line(id)
		return menuRevision, layout{id, l.properties(), []dbus.Variant{}}, err
	}
	root := layout{
		Properties: map[string]dbus.Variant{"children-display": dbus.MakeVariant("submenu")},
		Children:   []dbus.Variant{},
	}
	if depth == 0 {
		return menuRevision, root, nil
	}
	for _, l := range m.it.shown().lines(m.it.actions) {
		root.Children = append(root.Children, dbus.MakeVariant(layout{l.id, l.properties(), []dbus.Variant{}}))
	}
	return menuRevision, root, nil
}

// GetGroupProperties returns the properties of some lines; without IDs, of all.
func (m menuMethods) GetGroupProperties(ids []int32, _ []string) ([]lineProperties, *dbus.Error) {
	found := []lineProperties{}
	for _, l := range m.it.shown().lines(m.it.actions) {
		if len(ids) == 0 || slices.Contains(ids, l.id) {
			found = append(found, lineProperties{l.id, l.properties()})
		}
	}
	return found, nil
}

// GetProperty returns one property of a line.
func (m menuMethods) GetProperty(id int32, name string) (dbus.Variant, *dbus.Error) {
	l, err := m.line(id)
	if err != nil {
		return dbus.Variant{}, err
	}
	value, ok := l.properties()[name]
	if !ok {
		return dbus.Variant{}, dbus.MakeFailedError(fmt.Errorf("line %d has no property %s", id, name))
	}
	return value, nil
}

// Event says that something was done to a line.
func (m menuMethods) Event(id int32, kind string, _ dbus.Variant, _ uint32) *dbus.Error {
	if kind != "clicked" {
		return nil
	}
	l, err := m.line(id)
	if err != nil {
		return err
	}
	if l.enabled {
		m.it.chosen(l.act)
	}
	return nil
}

// EventGroup is several Events. It returns the lines that there are not.
func (m menuMethods) EventGroup(events []menuEvent) ([]int32, *dbus.Error) {
	unknown := []int32{}
	for _, e := range events {
		if m.Event(e.ID, e.Kind, e.Data, e.Time) != nil {
			unknown = append(unknown, e.ID)
		}
	}
	return unknown, nil
}

// AboutToShow says that the menu is going to be shown; it is up to date.
func (m menuMethods) AboutToShow(int32) (bool, *dbus.Error) { return false, nil }

// AboutToShowGroup is several AboutToShows.
func (m menuMethods) AboutToShowGroup([]int32) (updated, unknown []int32, err *dbus.Error) {
	return []int32{}, []int32{}, nil
}
