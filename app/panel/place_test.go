package panel

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/settings"
)

var (
	wideScreen = display{name: "HDMI-1", whole: area{0, 0, 1920, 1080}, free: area{0, 30, 1920, 1050}}
	tallScreen = display{name: "DP-2", whole: area{1920, 200, 1080, 1920}, free: area{1920, 200, 1080, 1920}, primary: true}
	twoScreens = screen{displays: []display{wideScreen, tallScreen}, desktop: area{0, 0, 3000, 2120}}
)

func TestThePanelGoesToADisplayThatExists(t *testing.T) {
	on := func(x int) screen {
		s := twoScreens
		s.active = area{x, 300, 800, 600}
		return s
	}
	for _, c := range []struct {
		name       string
		screen     screen
		wish, edge string
		want       string
	}{
		{"the right one of two", twoScreens, "edge", "right", "DP-2"},
		{"the left one of two", twoScreens, "edge", "left", "HDMI-1"},
		{"the primary one", twoScreens, "primary", "left", "DP-2"},
		{"that of the active window", on(100), "active", "right", "HDMI-1"},
		{"that of most of the active window", on(1800), "active", "left", "DP-2"},
		{"no window is active", twoScreens, "active", "left", "HDMI-1"},
		{"that of a name", twoScreens, "HDMI-1", "right", "HDMI-1"},
		{"a name that has gone", twoScreens, "VGA-1", "right", "DP-2"},
		{"nobody tells", screen{}, "edge", "right", ""},
	} {
		if got := c.screen.choose(c.wish, c.edge).name; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestThePanelStandsWhereTheUserWantsIt(t *testing.T) {
	full := settings.Panel{Edge: "right", Width: 400, Mode: "full", Above: true}
	left, floats := full, full
	left.Edge, floats.Mode = "left", "floating"
	dragged := kept{X: 100, Y: 50, Width: 500, Of: 400, Height: 600}
	for _, c := range []struct {
		name   string
		panel  settings.Panel
		narrow bool
		kept   kept
		scale  float32
		want   area
	}{
		{"at the right edge, below a bar", full, false, kept{}, 1, area{1520, 30, 400, 1050}},
		{"at the left edge", left, false, kept{}, 1, area{0, 30, 400, 1050}},
		{"twice as large", full, false, kept{}, 2, area{1120, 30, 800, 1050}},
		{"a strip", full, true, kept{}, 1, area{1864, 30, 56, 1050}},
		{"a strip at the left", left, true, kept{}, 2, area{0, 30, 112, 1050}},
		{"made wider", full, false, kept{Width: 560, Of: 400}, 1, area{1360, 30, 560, 1050}},
		{"made wider, and then the settings say otherwise", full, false, kept{Width: 560, Of: 360}, 1, area{1520, 30, 400, 1050}},
		{"wider than the display", full, false, kept{Width: 1200, Of: 400}, 2, area{0, 30, 1920, 1050}},
		{"floating, never dragged", floats, false, kept{}, 1, area{1504, 46, 400, 630}},
		{"floating where it was dragged to", floats, false, dragged, 1, area{100, 80, 500, 600}},
		{"floating where there is no more room", floats, false, kept{X: 1800, Y: 900, Height: 600}, 1, area{1520, 480, 400, 600}},
		{"a floating strip, at the outer edge", floats, true, dragged, 1, area{544, 80, 56, 96}},
	} {
		if got := standing(c.panel, c.narrow, wideScreen, c.kept, c.scale); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAPlaceIsReservedOnlyAtTheEdgeOfTheDesktop(t *testing.T) {
	p := settings.Panel{Edge: "right", Width: 400, Mode: "full", Above: true, Reserve: true}
	left, floats, below := p, p, p
	left.Edge, floats.Mode, below.Above = "left", "floating", false
	for _, c := range []struct {
		name  string
		panel settings.Panel
		on    display
		want  strut
	}{
		{"at the right edge of all", p, tallScreen, strut{false, 400, 200, 2119}},
		{"at the left edge of all", left, wideScreen, strut{true, 400, 30, 1079}},
		{"between two displays", p, wideScreen, strut{}},
		{"between two displays, at the left", left, tallScreen, strut{}},
		{"floating", floats, tallScreen, strut{}},
		{"not above others", below, tallScreen, strut{}},
	} {
		if got := reserved(c.panel, standing(c.panel, false, c.on, kept{}, 1), c.on, twoScreens.desktop); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestAWindowThatIsDraggedStaysOnADisplayAndLargeEnough(t *testing.T) {
	limits := pullLimits{twoScreens, 1, wideScreen.free}
	from := area{1000, 100, 400, 600}
	d := &dock{stand: settings.Panel{Edge: "right", Width: 400, Mode: "floating"}}
	left := &dock{stand: settings.Panel{Edge: "left", Width: 400, Mode: "floating"}}
	for _, c := range []struct {
		name   string
		pull   func(area, int, int) area
		dx, dy int
		want   area
	}{
		{"moved", d.carry, 10, -20, area{1010, 80, 400, 600}},
		{"moved against a bar", d.carry, 0, -500, area{1000, 30, 400, 600}},
		{"moved to the other display", d.carry, 900, 300, area{1920, 400, 400, 600}},
		{"made wider", d.widen, -100, 5, area{900, 100, 500, 600}},
		{"made as narrow as can be", d.widen, 390, 0, area{1160, 100, 240, 600}},
		{"made wider at the left edge", left.widen, 100, 0, area{1000, 100, 500, 600}},
		{"made higher than there is room", d.heighten, 0, 900, area{1000, 100, 400, 980}},
		{"made as low as can be", d.heighten, 0, -590, area{1000, 100, 400, 240}},
	} {
		if got := limits.hold(from, c.pull(from, c.dx, c.dy)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPlacesAreKeptPerDisplayAndSurviveDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aside", "panel.json")
	p := readPlaces(path)
	p.On, p.Of = wideScreen.key(), "edge"
	p.put(wideScreen.key(), kept{X: 10, Y: 20, Width: 500, Of: 400, Height: 700})
	if err := p.write(path); err != nil {
		t.Fatal(err)
	}
	if got := readPlaces(path); got.Kept["HDMI-1 1920x1080"] != p.Kept[wideScreen.key()] || got.On != p.On || got.Of != "edge" {
		t.Errorf("kept is %+v, want %+v", got, p)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for name, text := range map[string]string{
		"no JSON": "{", "too wide": `{"kept":{"a":{"width":99999}}}`, "too low": `{"kept":{"a":{"height":3}}}`,
		"far away": `{"kept":{"a":{"x":1e30,"height":500}}}`, "too long": `{"kept":{"a":{}}}` + strings.Repeat(" ", maxPlacesFile),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := readPlaces(path); len(got.Kept) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for n := range 2 * maxPlaces {
		p.put(display{name: strings.Repeat("x", n)}.key(), kept{})
	}
	if len(p.Kept) > maxPlaces {
		t.Errorf("%d displays are kept", len(p.Kept))
	}
}

func TestAStripIsOpenWhileThereIsSomethingToRead(t *testing.T) {
	start := time.Now()
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	var o opening
	o.see("a", false, 500, at(0))
	if o.isOpen(false, at(0)) {
		t.Error("an answer of old opens it")
	}
	o.see("b", true, 0, at(1))
	if !o.isOpen(false, at(1)) {
		t.Error("a turn does not open it")
	}
	o.see("b", true, 500, at(10))
	o.see("b", false, 500, at(11))
	if !o.isOpen(false, at(50)) || o.isOpen(false, at(60)) || !o.isOpen(true, at(60)) {
		t.Error("500 letters take 45 seconds to read, or as long as a question is being typed")
	}
	o.see("c", true, 0, at(100))
	o.shut()
	o.see("c", true, 100, at(101))
	if o.isOpen(false, at(101)) {
		t.Error("the turn that was folded away comes back")
	}
	if o.open(); !o.isOpen(false, at(9999)) {
		t.Error("what the user has opened folds by itself")
	}
	o.shut()
	if o.see("d", true, 0, at(10000)); !o.isOpen(false, at(10000)) {
		t.Error("the next turn does not open it")
	}
}

func FuzzPlacesAreSaneWhateverTheFileHolds(f *testing.F) {
	f.Add([]byte(`{"on":"a","of":"edge","kept":{"a":{"x":1,"y":2,"width":400,"of":400,"height":300}}}`))
	f.Add([]byte(`{"kept":{"a":{"x":null,"width":-1}}}`))
	path := filepath.Join(f.TempDir(), "panel.json")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		for key, k := range readPlaces(path).Kept {
			at := standing(settings.Panel{Width: 400, Mode: "floating"}, false, wideScreen, k, 2)
			if at.empty() || at != at.with(wideScreen.free) {
				t.Errorf("%q stands at %v", key, at)
			}
		}
	})
}
