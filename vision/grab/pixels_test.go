package grab

import (
	"encoding/binary"
	"image"
	"image/color"
	"testing"
)

func TestEveryLayoutGivesTheSameColours(t *testing.T) {
	wide := bgrx()
	wide.order = binary.BigEndian
	for name, c := range map[string]struct {
		layout layout
		raw    []byte
	}{
		"BGRX":         {bgrx(), []byte{0, 0, 0xff, 9, 0, 0xff, 0, 9}},
		"XRGB":         {wide, []byte{9, 0xff, 0, 0, 9, 0, 0xff, 0}},
		"RGBX":         {layout{4, 4, binary.LittleEndian, 0xff, 0xff00, 0xff0000}, []byte{0xff, 0, 0, 9, 0, 0xff, 0, 9}},
		"10 bits":      {layout{4, 4, binary.LittleEndian, 0x3ff << 20, 0x3ff << 10, 0x3ff}, []byte{0, 0, 0xf0, 0x3f, 0, 0xfc, 0x0f, 0}},
		"16 bits":      {layout{2, 4, binary.LittleEndian, 0xf800, 0x7e0, 0x1f}, []byte{0, 0xf8, 0xe0, 0x07}},
		"no blue mask": {layout{4, 4, binary.LittleEndian, 0xff0000, 0xff00, 0}, []byte{7, 0, 0xff, 9, 7, 0xff, 0, 9}},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.layout.decode(c.raw, image.Rect(5, 5, 7, 6))
			if r, g := p.RGBAAt(5, 5), p.RGBAAt(6, 5); r != (color.RGBA{255, 0, 0, 255}) || g != (color.RGBA{0, 255, 0, 255}) {
				t.Errorf("got %v and %v", r, g)
			}
		})
	}
}

func TestRowsAreFilledUp(t *testing.T) {
	l := layout{2, 4, binary.LittleEndian, 0xf800, 0x7e0, 0x1f}
	if got := l.stride(3); got != 8 {
		t.Errorf("stride is %d, want 8", got)
	}
	raw := make([]byte, 16)
	raw[8], raw[9] = 0, 0xf8
	if got := l.decode(raw, image.Rect(0, 0, 3, 2)).RGBAAt(0, 1); got != (color.RGBA{255, 0, 0, 255}) {
		t.Errorf("second row begins with %v", got)
	}
}

func TestRulesKnowProgramsAndTitles(t *testing.T) {
	w := window{title: "Bank – Firefox", programs: []string{"firefox-esr", "Navigator"}}
	for _, c := range []struct {
		exclude string
		want    bool
	}{
		{"firefox-esr", true}, {"NAVIGATOR", true}, {" bank ", true}, {"firefox", true}, // in the title
		{"navi", false}, {"", false}, {"  ", false}, {"chromium", false},
	} {
		if got := newRules(Options{Exclude: []string{c.exclude}}).private(w); got != c.want {
			t.Errorf("excluded by %q: %v", c.exclude, got)
		}
	}
	if !newRules(Options{}).private(window{title: "Database", programs: []string{"KeePassXC"}}) {
		t.Error("a password manager may be seen")
	}
	if newRules(Options{Own: []string{"bank"}}).ours(w) {
		t.Error("a title makes a window ours")
	}
}

func TestWhatCanBeSeenThroughIsLaidOverTheRest(t *testing.T) {
	p := image.NewRGBA(image.Rect(10, 10, 13, 11))
	fill(p, p.Rect, 200)
	raw := []byte{9, 9, 9, 255, 10, 20, 30, 255, 0, 0, 100, 128, 0, 0, 0, 0} // BGRA
	bgrx().place(p, raw, image.Rect(9, 10, 13, 11), image.Rect(10, 10, 13, 11), true)
	for x, want := range []color.RGBA{{30, 20, 10, 255}, {200, 100, 100, 255}, {200, 200, 200, 255}} {
		if got := p.RGBAAt(10+x, 10); got != want {
			t.Errorf("pixel %d is %v, want %v", x, got, want)
		}
	}
}
