package grab

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"testing"
)

// decode makes a picture of raw, which holds its rows.
func decode(l layout, raw []byte, r image.Rectangle) *image.RGBA {
	p := image.NewRGBA(r)
	l.place(p, raw, r, r, false)
	return p
}

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
			p := decode(c.layout, c.raw, image.Rect(5, 5, 7, 6))
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
	if got := decode(l, raw, image.Rect(0, 0, 3, 2)).RGBAAt(0, 1); got != (color.RGBA{255, 0, 0, 255}) {
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
	for program, want := range map[string]bool{
		"KeePassXC": true, "org.gnome.World.Secrets": true, "org.gnome.seahorse.Application": true,
		"my.secrets": false, "org.secrets.Viewer": false, "org.gnome.": false,
	} {
		if got := newRules(Options{}).private(window{title: "Database", programs: []string{program}}); got != want {
			t.Errorf("%s is private: %t, want %t", program, got, want)
		}
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

func TestRowsOfEveryLengthAreTurned(t *testing.T) {
	for n := range 40 {
		src, fast, slow := make([]byte, 4*n), make([]byte, 4*n), make([]byte, 4*n)
		for i := range src {
			src[i] = byte(37*i + n)
		}
		swap(fast, src)
		bgrx().row(slow, src)
		if !bytes.Equal(fast, slow) {
			t.Errorf("%d pixels are %v, want %v", n, fast, slow)
		}
	}
}

func TestALargePictureIsReadInStrips(t *testing.T) {
	for _, c := range []struct {
		area image.Rectangle
		want int
	}{
		{image.Rect(0, 0, 3840, 2160), 1}, {image.Rect(10, 20, 10, 20), 0}, {image.Rect(5, 7, 7685, 4327), 2}, {image.Rect(0, 0, 32767, 4000), 8},
	} {
		next, n := c.area.Min.Y, 0
		for strip := range bgrx().strips(c.area) {
			if strip.Min != image.Pt(c.area.Min.X, next) || strip.Max.X != c.area.Max.X || strip.Empty() || 4*strip.Dx()*strip.Dy() > maxStrip {
				t.Errorf("%v has the strip %v", c.area, strip)
			}
			next, n = strip.Max.Y, n+1
		}
		if next != c.area.Max.Y || n != c.want {
			t.Errorf("%v ends at %d, in %d strips, want %d", c.area, next, n, c.want)
		}
	}
}

func TestAPictureThatIsTooLargeIsOfWhatLiesAroundThePointer(t *testing.T) {
	giant := image.Rect(100, 100, 15460, 8740)
	for _, c := range []struct {
		of   image.Rectangle
		at   image.Point
		want image.Rectangle
	}{
		{image.Rect(0, 0, 7680, 4320), image.Pt(9, 9), image.Rect(0, 0, 7680, 4320)},
		{giant, image.Pt(8000, 4000), image.Rect(4160, 1840, 11840, 6160)},
		{giant, image.Pt(-1, -1), image.Rect(100, 100, 7780, 4420)},
		{giant, image.Pt(15459, 9999), image.Rect(7780, 4420, 15460, 8740)},
		{image.Rect(0, 0, 2500, 32000), image.Pt(9, 16000), image.Rect(0, 13840, 2500, 18160)},
	} {
		if got := within(c.of, c.at); got != c.want {
			t.Errorf("of %v at %v it is %v, want %v", c.of, c.at, got, c.want)
		}
	}
}
