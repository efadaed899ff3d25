//go:build linux || freebsd || openbsd || netbsd

package tray

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/introspect"
)

// Where the item and its menu are, and what they speak.
const (
	itemPath      dbus.ObjectPath = "/StatusNotifierItem"
	menuPath      dbus.ObjectPath = "/StatusNotifierItem/menu"
	itemInterface                 = "org.kde.StatusNotifierItem"
	menuInterface                 = "com.canonical.dbusmenu"
)

// item is what stands on the bus. The bus asks it on goroutines of its own;
// what they read is behind mu.
type item struct {
	actions Actions
	clicks  chan func() // actions that were chosen and are not done yet

	mu   sync.Mutex
	face face
}

// maxClicks bounds how many choices wait for an action that takes its time.
const maxClicks = 8

func newItem(a Actions) *item {
	return &item{actions: a, clicks: make(chan func(), maxClicks), face: State{}.face()}
}

// chosen has an action done, in its turn.
func (it *item) chosen(act func()) {
	if act == nil {
		return
	}
	select {
	case it.clicks <- act:
	default: // nobody clicks that often
	}
}

func (it *item) shown() face {
	it.mu.Lock()
	defer it.mu.Unlock()
	return it.face
}

// show changes the face and says what is different. An error means that the
// bus is gone.
func (it *item) show(conn *dbus.Conn, f face) error {
	it.mu.Lock()
	was := it.face
	it.face = f
	it.mu.Unlock()
	if changed := changedProperties(was.lines(it.actions), f.lines(it.actions)); len(changed) > 0 {
		if err := conn.Emit(menuPath, menuInterface+".ItemsPropertiesUpdated", changed, []removedProperties{}); err != nil {
			return err
		}
	}
	if was.line != f.line {
		if err := conn.Emit(itemPath, itemInterface+".NewToolTip"); err != nil {
			return err
		}
	}
	if was.mark != f.mark {
		return conn.Emit(itemPath, itemInterface+".NewIcon")
	}
	return nil
}

// export makes the item and its menu answer on the bus.
func (it *item) export(conn *dbus.Conn) error {
	for _, object := range []struct {
		path       dbus.ObjectPath
		name       string
		methods    any
		properties properties
		signals    []introspect.Signal
	}{
		{itemPath, itemInterface, itemMethods{it}, it.properties, []introspect.Signal{{Name: "NewIcon"}, {Name: "NewToolTip"}}},
		{menuPath, menuInterface, menuMethods{it}, menuProperties, []introspect.Signal{{Name: "ItemsPropertiesUpdated", Args: []introspect.Arg{
			{Name: "updated", Type: "a(ia{sv})"}, {Name: "removed", Type: "a(ias)"}}}}},
	} {
		described := introspect.NewIntrospectable(&introspect.Node{Name: string(object.path), Interfaces: []introspect.Interface{{
			Name:       object.name,
			Methods:    introspect.Methods(object.methods),
			Properties: object.properties.describe(),
			Signals:    object.signals,
		}}})
		for name, value := range map[string]any{
			object.name:                           object.methods,
			"org.freedesktop.DBus.Properties":     propertyMethods{object.name, object.properties},
			"org.freedesktop.DBus.Introspectable": described,
		} {
			if err := conn.Export(value, object.path, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// itemMethods are the methods of org.kde.StatusNotifierItem.
type itemMethods struct{ it *item }

// Activate is a click on the icon.
func (m itemMethods) Activate(_, _ int32) *dbus.Error {
	m.it.chosen(m.it.actions.Panel)
	return nil
}

// SecondaryActivate is a click with the middle button.
func (m itemMethods) SecondaryActivate(_, _ int32) *dbus.Error { return nil }

// ContextMenu is for items that draw their own menu.
func (m itemMethods) ContextMenu(_, _ int32) *dbus.Error { return nil }

// Scroll is the wheel over the icon.
func (m itemMethods) Scroll(_ int32, _ string) *dbus.Error { return nil }

// pixmap is a picture: rows of pixels, each a byte of alpha, red, green, blue.
type pixmap struct {
	Width, Height int32
	ARGB          []byte
}

// tooltip is a text with an icon; we give no icon.
type tooltip struct {
	Icon   string
	Pixmap []pixmap
	Title  string
	Text   string
}

func (it *item) properties() map[string]any {
	f := it.shown()
	return map[string]any{
		"Category":      "ApplicationStatus",
		"Id":            "aside",
		"Title":         "Aside",
		"Status":        "Active",
		"WindowId":      int32(0),
		"IconName":      "",
		"IconPixmap":    picture(f.mark.PNG()),
		"IconThemePath": "",
		"ToolTip":       tooltip{Pixmap: []pixmap{}, Title: "Aside · " + f.line},
		"ItemIsMenu":    it.actions.Panel == nil,
		"Menu":          menuPath,
	}
}

// picture turns a PNG into what the bus wants. It is empty for what is no PNG.
func picture(data []byte) []pixmap {
	src, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return []pixmap{}
	}
	img := image.NewNRGBA(src.Bounds())
	draw.Draw(img, img.Bounds(), src, src.Bounds().Min, draw.Src)
	argb := make([]byte, len(img.Pix))
	for i := 0; i < len(argb); i += 4 {
		argb[i] = img.Pix[i+3]
		copy(argb[i+1:i+4], img.Pix[i:i+3])
	}
	size := img.Bounds().Size()
	return []pixmap{{int32(size.X), int32(size.Y), argb}}
}

// properties returns all properties of an object as they are now. None can be
// set.
type properties func() map[string]any

func (p properties) describe() []introspect.Property {
	var all []introspect.Property
	for name, value := range p() {
		all = append(all, introspect.Property{Name: name, Type: dbus.SignatureOf(value).String(), Access: "read"})
	}
	return all
}

// propertyMethods are the methods of org.freedesktop.DBus.Properties, for an
// object with one interface.
type propertyMethods struct {
	name string
	all  properties
}

// Get returns one property.
func (m propertyMethods) Get(name, property string) (dbus.Variant, *dbus.Error) {
	value, ok := m.all()[property]
	if name != m.name || !ok {
		return dbus.Variant{}, dbus.MakeFailedError(fmt.Errorf("no property %s.%s", name, property))
	}
	return dbus.MakeVariant(value), nil
}

// GetAll returns all properties.
func (m propertyMethods) GetAll(name string) (map[string]dbus.Variant, *dbus.Error) {
	all := make(map[string]dbus.Variant)
	if name != m.name {
		return all, nil
	}
	for property, value := range m.all() {
		all[property] = dbus.MakeVariant(value)
	}
	return all, nil
}

// Set refuses.
func (m propertyMethods) Set(_, property string, _ dbus.Variant) *dbus.Error {
	return dbus.MakeFailedError(fmt.Errorf("property %s is read-only", property))
}
