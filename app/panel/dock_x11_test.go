//go:build !windows && !darwin

package panel

import "testing"

func TestBarsTakeTheirPlaceFromTheirOwnDisplayOnly(t *testing.T) {
	desktop := area{0, 0, 3000, 2120}
	wide, tall := area{0, 0, 1920, 1080}, area{1920, 200, 1080, 1920}
	for _, c := range []struct {
		name       string
		bar        []uint32
		wide, tall area
	}{
		{"on top of the left one", []uint32{0, 0, 30, 0, 0, 0, 0, 0, 0, 1919, 0, 0}, area{0, 30, 1920, 1050}, tall},
		{"below the right one", []uint32{0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 1920, 2999}, wide, area{1920, 200, 1080, 1880}},
		{"at the right of all", []uint32{0, 50, 0, 0, 0, 0, 200, 2119, 0, 0, 0, 0}, wide, area{1920, 200, 1030, 1920}},
		{"at the left of all", []uint32{60, 0, 0, 0, 0, 1079, 0, 0, 0, 0, 0, 0}, area{60, 0, 1860, 1080}, tall},
		{"on top of the right one, which begins lower", []uint32{0, 0, 225, 0, 0, 0, 0, 0, 1920, 2999, 0, 0}, wide, area{1920, 225, 1080, 1895}},
		{"nonsense that takes all", []uint32{3000, 0, 0, 0, 0, 2119, 0, 0, 0, 0, 0, 0}, wide, tall},
		{"nonsense", []uint32{0, 0, 1 << 31, 0, 9, 3, 0, 0, 1 << 31, 7, 0, 0}, wide, tall},
	} {
		if got := without(wide, wide, desktop, c.bar); got != c.wide {
			t.Errorf("%s: the left display has %v, want %v", c.name, got, c.wide)
		}
		if got := without(tall, tall, desktop, c.bar); got != c.tall {
			t.Errorf("%s: the right display has %v, want %v", c.name, got, c.tall)
		}
	}
}
