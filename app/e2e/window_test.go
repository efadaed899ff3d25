package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
)

// managers are the window managers in which the panel must behave.
var managers = []string{"openbox", "xfwm4", "metacity"}

// managed is a whole desk with a window manager.
func managed(wm string) desk.Options {
	o := whole()
	o.WM = wm
	return o
}

// place is where the panel's window is, in pixels of the display.
func (d *display) place() (x, y, w, h int) {
	d.c.Helper()
	window := d.panel()
	if window == 0 {
		return 0, 0, 0, 0
	}
	g, err := xproto.GetGeometry(d.conn, xproto.Drawable(window)).Reply()
	if err != nil {
		d.c.Fatal(err)
	}
	at, err := xproto.TranslateCoordinates(d.conn, window, d.root, 0, 0).Reply()
	if err != nil {
		d.c.Fatal(err)
	}
	return int(at.DstX), int(at.DstY), int(g.Width), int(g.Height)
}

// panel is the panel's window, 0 if it cannot be seen.
func (d *display) panel() xproto.Window {
	d.c.Helper()
	var id xproto.Window
	if text := d.c.panelWindow(); text != "" {
		if _, err := fmt.Sscan(text, &id); err != nil {
			d.c.Fatal(err)
		}
	}
	return id
}

// stands waits until the panel's window is somewhere.
func (d *display) stands(what string, x, y, w, h int) {
	d.c.Helper()
	var got [4]int
	d.c.within(5*time.Second, fmt.Sprintf("%s, at %v", what, [4]int{x, y, w, h}), func() bool {
		got[0], got[1], got[2], got[3] = d.place()
		return got == [4]int{x, y, w, h}
	})
	if d.c.Failed() {
		d.c.Fatalf("it stands at %v", got)
	}
}

// set changes settings of the core that runs by their file, as an editor would.
func (c *core) set(lines ...string) {
	c.Helper()
	c.file(filepath.Join("config", "aside", "settings.toml"), c.settings+strings.Join(lines, "\n")+"\n")
}

func TestTheWindowNeverTakesTheKeyboardByItself(t *testing.T) {
	for _, wm := range managers {
		for _, above := range []string{"true", "false"} {
			t.Run(wm+" above="+above, func(t *testing.T) {
				s := enginetest.Start(t)
				c := prepare(t, managed(wm), "")
				c.settings = fmt.Sprintf("[engine]\nkind = \"chat\"\nbase_url = %q\n[panel]\nabove = %s\n", s.URL, above)
				c.set()
				c.terminal("notes", c.file("page.txt", page))
				window := c.front()
				g := c.guardFocus()
				c.start([]string{"ASIDE_API_KEY=" + secret})
				c.ready()
				d := c.display()
				d.stands("the panel", 880, 0, 400, 800)

				s.Script(enginetest.Chat, hundredUpdates())
				c.answered("--screen", "none", "a long one")
				for range 2 {
					c.wantVerb("panel", "hide")
					c.until("no panel", func() bool { return c.panelWindow() == "" })
					c.wantVerb("panel", "toggle")
					c.until("the panel", func() bool { return c.panelWindow() != "" })
				}
				if above == "false" {
					c.xdotool("windowmove", fmt.Sprint(window), "700", "100", "windowraise", fmt.Sprint(window))
					c.until("the window above the panel", func() bool { return d.uppermost() == xproto.Window(window) })
					c.wantVerb("panel", "show")
					c.until("the panel above the window", func() bool { return d.uppermost() == d.panel() })
					c.xdotool("windowmove", fmt.Sprint(window), "30", "30")
				}
				c.set("strip = true")
				c.within(20*time.Second, "a strip", func() bool { x, _, w, _ := d.place(); return x == 1224 && w == 56 })
				gate := make(chan struct{})
				s.Script(enginetest.Chat, enginetest.All(enginetest.Text("Wait "), enginetest.Wait(gate), enginetest.Cut()))
				asked := make(chan struct{})
				go func() { defer close(asked); _, _ = c.aside("ask", "--screen", "none", "one that fails") }()
				d.stands("open for a turn", 880, 0, 400, 800)
				close(gate)
				<-asked
				failed := c.watch("the failure", func(s control.Snapshot) bool { return s.Turn != nil && s.Turn.Retry }).Turn
				s.Script(enginetest.Chat, enginetest.Reply("It works."))
				c.wantVerb("retry", failed.ID)
				c.set("edge = \"left\"", "mode = \"floating\"")
				c.until("the other edge", func() bool { x, _, w, _ := d.place(); return x == 16 && w == 400 })
				time.Sleep(300 * time.Millisecond) // what takes the focus may do so late
				g.end()
				g.checkFocus(t, window)
			})
		}
	}
}

// hundredUpdates is an answer in a hundred pieces.
func hundredUpdates() enginetest.Answer {
	var parts []enginetest.Answer
	for range 100 {
		parts = append(parts, enginetest.Text("and so on "), enginetest.Pause(20*time.Millisecond))
	}
	return enginetest.All(append(parts, enginetest.Finish("stop"))...)
}

func TestTypingComesByItsKeyAndTheKeyboardGoesBackToWhereItWas(t *testing.T) {
	for _, wm := range managers {
		for _, above := range []string{"true", "false"} {
			t.Run(wm+" above="+above, func(t *testing.T) {
				s := enginetest.Start(t)
				c := prepare(t, managed(wm), "")
				c.settings = fmt.Sprintf("[engine]\nkind = \"chat\"\nbase_url = %q\n[panel]\nabove = %s\n", s.URL, above)
				c.set()
				c.terminal("other", c.file("other.txt", page))
				other := c.front()
				c.terminal("notes", c.file("page.txt", page))
				window := c.front()
				c.start([]string{"ASIDE_API_KEY=" + secret})
				c.ready()
				d := c.display()
				c.wantVerb("panel", "hide")
				c.until("no panel", func() bool { return c.panelWindow() == "" })

				c.xdotool("key", "ctrl+alt+shift+space")
				c.until("the keyboard in the panel", func() bool { return d.focused() == d.panel() && d.panel() != 0 })
				if wm != "xfwm4" { // which gives a window that raises itself the keyboard
					c.xdotool("windowraise", fmt.Sprint(other))
				}
				c.xdotool("type", "why is that")
				c.xdotool("key", "Escape")
				c.until("the keyboard where it was", func() bool { return d.focused() == xproto.Window(window) })

				c.xdotool("key", "ctrl+alt+shift+space")
				c.until("the keyboard in the panel", func() bool { return d.focused() == d.panel() && d.panel() != 0 })
				c.xdotool("key", "ctrl+alt+shift+space")
				c.until("the keyboard where it was", func() bool { return d.focused() == xproto.Window(window) })

				c.wantVerb("panel", "type")
				c.until("the keyboard in the panel", func() bool { return d.focused() == d.panel() && d.panel() != 0 })
				s.Script(enginetest.Chat, enginetest.Reply("Because."))
				c.xdotool("type", "why")
				c.xdotool("key", "Return")
				c.until("the keyboard where it was", func() bool { return d.focused() == xproto.Window(window) })
				if v := c.ended(); v.Question != "why" || v.Answer != "Because." {
					t.Errorf("typed was %q, the answer %q", v.Question, v.Answer)
				}

				c.wantVerb("panel", "type")
				c.until("the keyboard in the panel", func() bool { return d.focused() == d.panel() && d.panel() != 0 })
				c.wantVerb("panel", "hide")
				c.until("the keyboard where it was", func() bool { return c.panelWindow() == "" && d.focused() == xproto.Window(window) })

				c.wantVerb("panel", "show")
				c.until("the panel", func() bool { return d.panel() != 0 })
				c.xdotool("mousemove", "1000", "735", "click", "1")
				c.until("the keyboard in the panel", func() bool { return d.focused() == d.panel() })
				c.xdotool("windowkill", fmt.Sprint(window))
				c.until("the keyboard still there", func() bool { return c.gone(window) && d.focused() == d.panel() })
				c.xdotool("key", "Escape")
				c.until("the keyboard in the window that is left", func() bool { return d.focused() == xproto.Window(other) })
			})
		}
	}
}

// gone reports whether a window is there no longer.
func (c *core) gone(window uint64) bool {
	_, err := c.Output(c.ctx, "xprop", "-id", fmt.Sprint(window), "WM_NAME")
	return err != nil
}

func TestTypingNeedsNoWindowManager(t *testing.T) {
	c := prepare(t, managed(""), "")
	c.settings = "[engine]\nkind = \"offline\"\n"
	c.set()
	c.start(nil)
	c.ready()
	d := c.display()
	before := d.focused()
	for range 2 {
		c.wantVerb("panel", "type")
		c.until("the keyboard in the panel", func() bool { return d.focused() == d.panel() })
		c.xdotool("key", "Escape")
		c.until("the keyboard where it was", func() bool { return d.focused() == before })
	}
}

// focused is the window that has the keyboard.
func (d *display) focused() xproto.Window {
	d.c.Helper()
	reply, err := xproto.GetInputFocus(d.conn).Reply()
	if err != nil {
		d.c.Fatal(err)
	}
	return reply.Focus
}

func TestThePanelFollowsItsDisplays(t *testing.T) {
	c := prepare(t, whole(), "")
	c.settings = "[engine]\nkind = \"offline\"\n[panel]\n"
	c.set()
	c.terminal("notes", c.file("page.txt", page))
	c.start(nil)
	c.ready()
	d := c.display()
	d.stands("on one display", 880, 0, 400, 800)
	c.xrandr("--setmonitor", "one", "640/200x800/200+0+0", "screen")
	c.xrandr("--setmonitor", "two", "640/200x600/200+640+100", "none")
	d.stands("on the right one of two", 880, 100, 400, 600)
	c.set("display = \"one\"")
	d.stands("on the one that is named", 240, 0, 400, 800)
	c.set("display = \"active\"")
	c.xdotool("search", "--onlyvisible", "--name", "notes", "windowmove", "700", "200")
	c.wantVerb("panel", "hide")
	c.wantVerb("panel", "show")
	d.stands("on that of the active window", 880, 100, 400, 600)
	c.xrandr("--delmonitor", "two")
	d.stands("on the one that is left", 240, 0, 400, 800)
	c.xrandr("--delmonitor", "one")
	d.stands("on one display", 880, 0, 400, 800)
	c.xrandr("--newmode", "small", "60", "1024", "1024", "1024", "1024", "768", "768", "768", "768")
	c.xrandr("--addmode", "screen", "small")
	c.xrandr("--output", "screen", "--mode", "small")
	d.stands("on a smaller display", 624, 0, 400, 768)
	bar := c.panelBar("0, 0, 30, 0, 0, 0, 0, 0, 0, 1023, 0, 0")
	d.stands("below a bar", 624, 30, 400, 738)
	bar("0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0")
	d.stands("without the bar", 624, 0, 400, 768)
	c.set("reserve = true")
	c.until("a place that is reserved", func() bool {
		out, err := c.Output(c.ctx, "xprop", "-root", "_NET_WORKAREA")
		return err == nil && strings.Contains(out, "0, 0, 624, 768")
	})
	d.stands("where it was", 624, 0, 400, 768)
}

// panelBar makes a bar of the desktop's of the window in front, which reserves
// a place. What it returns changes that.
func (c *core) panelBar(place string) func(place string) {
	c.Helper()
	window := fmt.Sprint(c.front())
	set := func(place string) {
		c.Helper()
		const name = "_NET_WM_STRUT_PARTIAL"
		if out, err := c.Output(c.ctx, "xprop", "-id", window, "-f", name, "32c", "-set", name, place); err != nil {
			c.Fatal(out)
		}
	}
	set(place)
	return set
}

func (c *core) xrandr(args ...string) {
	c.Helper()
	if out, err := c.Output(c.ctx, "xrandr", args...); err != nil {
		c.Fatal(out)
	}
}

// uppermost is the window over all others, as the window manager tells.
func (d *display) uppermost() xproto.Window {
	d.c.Helper()
	out, err := d.c.Output(d.c.ctx, "xprop", "-root", "_NET_CLIENT_LIST_STACKING")
	if err != nil {
		d.c.Fatal(out)
	}
	var w xproto.Window
	if _, err := fmt.Sscanf(out[strings.LastIndex(out, " ")+1:], "%v", &w); err != nil {
		d.c.Fatal(out)
	}
	return w
}

// drag moves the pointer from a place in the panel's window with its button
// down.
func (d *display) drag(x, y, dx, dy int) {
	d.c.Helper()
	left, top, _, _ := d.place()
	move := func(part int) {
		d.c.xdotool("mousemove", fmt.Sprint(left+x+dx*part/10), fmt.Sprint(top+y+dy*part/10))
	}
	move(0)
	d.c.xdotool("mousedown", "1")
	for part := range 10 {
		move(part + 1)
	}
	d.c.xdotool("mouseup", "1")
	time.Sleep(200 * time.Millisecond) // the panel looks where the pointer is
}

func TestAPanelThatWasDraggedStandsThereTheNextTime(t *testing.T) {
	c := prepare(t, whole(), "")
	c.settings = "[engine]\nkind = \"offline\"\n[panel]\n"
	c.set()
	c.start(nil)
	c.ready()
	d := c.display()
	d.drag(2, 300, -60, 0)
	d.stands("made wider", 820, 0, 460, 800)
	c.set("mode = \"floating\"")
	d.stands("afloat", 804, 16, 460, 480)
	d.drag(200, 20, -300, 100)
	d.stands("moved", 504, 116, 460, 480)
	d.drag(200, 478, 0, 90)
	d.stands("made higher", 504, 116, 460, 570)
	c.set("mode = \"floating\"", "strip = true")
	d.stands("a strip at its outer edge", 908, 116, 56, 96)
	d.drag(20, 60, 100, 0)
	d.stands("moved as a strip", 1008, 116, 56, 96)
	c.end()
	c.start(nil)
	c.ready()
	d.stands("after another start", 1008, 116, 56, 96)
	c.set("mode = \"floating\"")
	d.stands("opened", 604, 116, 460, 570)
	c.set("width = 300")
	d.stands("full, of another width", 980, 0, 300, 800)
}

func TestAStripOpensByAClickWithoutTheKeyboard(t *testing.T) {
	c := prepare(t, whole(), "")
	c.settings = "[engine]\nkind = \"offline\"\n[panel]\nstrip = true\n"
	c.set()
	c.terminal("notes", c.file("page.txt", page))
	window := c.front()
	g := c.guardFocus()
	c.start(nil)
	c.ready()
	d := c.display()
	d.stands("a strip", 1224, 0, 56, 800)
	c.xdotool("mousemove", "1250", "400", "click", "1")
	d.stands("open", 880, 0, 400, 800)
	c.xdotool("mousemove", "906", "24", "click", "1")
	d.stands("folded away", 1224, 0, 56, 800)
	g.end()
	g.checkFocus(t, window)
	c.wantVerb("panel", "type")
	d.stands("open to be typed into", 880, 0, 400, 800)
	c.until("the keyboard in the panel", func() bool { return d.focused() == d.panel() })
}

func TestThePanelIsAsLargeAsTheScaleOfItsDisplaySaysFromTheFirst(t *testing.T) {
	for mode, at := range map[string][4]int{"full": {680, 0, 600, 800}, "floating": {656, 24, 600, 480}} {
		t.Run(mode, func(t *testing.T) {
			c := prepare(t, whole(), "")
			c.settings = "[engine]\nkind = \"offline\"\n[panel]\n"
			c.set("mode = \"" + mode + "\"")
			if err := os.MkdirAll(filepath.Join(c.Dir, "config", "fyne"), 0o700); err != nil {
				t.Fatal(err)
			}
			c.file(filepath.Join("config", "fyne", "settings.json"), `{"scale":1.5}`)
			c.start(nil)
			c.ready()
			c.display().stands("half as large again", at[0], at[1], at[2], at[3])
		})
	}
}

func TestThePanelFollowsTheScaleOfItsDisplay(t *testing.T) {
	c := prepare(t, whole(), "")
	c.settings = "[engine]\nkind = \"offline\"\n[panel]\n"
	c.set()
	if err := os.MkdirAll(filepath.Join(c.Dir, "config", "fyne"), 0o700); err != nil {
		t.Fatal(err)
	}
	scale := func(by string) { c.file(filepath.Join("config", "fyne", "settings.json"), `{"scale":`+by+`}`) }
	scale("1")
	c.start(nil)
	c.ready()
	d := c.display()
	d.stands("at its own size", 880, 0, 400, 800)
	c.within(10*time.Second, "another scale", func() bool {
		scale("1.5") // Fyne does not hear of every change of its settings
		time.Sleep(300 * time.Millisecond)
		_, _, w, _ := d.place()
		return w == 600
	})
	d.stands("half as large again", 680, 0, 600, 800)
	c.set("strip = true")
	d.stands("a strip of that scale", 1196, 0, 84, 800)
}
