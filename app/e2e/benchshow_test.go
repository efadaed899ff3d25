package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/app/control"
)

// BenchmarkShow is from a hidden window to one that can be seen: the panel, from
// the command on; and a terminal that another program maps, which is what the
// display and the window manager take by themselves.
func BenchmarkShow(b *testing.B) {
	c := offline(b, whole())
	c.ready()
	d := c.display()
	panel := d.panel()
	b.Run("panel", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			c.tellPanel(control.PanelArgs{})
			d.seen(panel, false)
			time.Sleep(200 * time.Millisecond) // until it rests
			b.StartTimer()
			c.tellPanel(control.PanelArgs{Show: true})
			d.seen(panel, true)
		}
	})
	c.terminal("notes", c.file("page.txt", page))
	xterm := xproto.Window(c.front())
	b.Run("xterm", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			xproto.UnmapWindow(d.conn, xterm)
			d.seen(xterm, false)
			time.Sleep(200 * time.Millisecond)
			b.StartTimer()
			xproto.MapWindow(d.conn, xterm)
			d.seen(xterm, true)
		}
	})
}

func (c *core) tellPanel(args control.PanelArgs) {
	c.Helper()
	if err := c.Do(context.WithoutCancel(c.ctx), control.VerbPanel, args); err != nil {
		c.Fatal(err)
	}
}

// seen waits until a window can be seen, or no longer.
func (d *display) seen(w xproto.Window, want bool) {
	d.c.Helper()
	for began := time.Now(); ; time.Sleep(100 * time.Microsecond) {
		a, err := xproto.GetWindowAttributes(d.conn, w).Reply()
		switch {
		case err != nil:
			d.c.Fatal(err)
		case a.MapState == xproto.MapStateViewable == want:
			return
		case time.Since(began) > 10*time.Second:
			d.c.Fatalf("window %d does not change", w)
		}
	}
}
