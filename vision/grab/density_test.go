package grab

import "testing"

func TestTheDensityIsThatOfTheResources(t *testing.T) {
	for resources, want := range map[string]float64{
		"":                                     0,
		"Xft.dpi:\t96\n":                       1,
		"Xft.dpi: 192":                         2,
		"  Xft.dpi :  144.0  \r\n":             1.5,
		"*font: fixed\nXft.dpi:120\nXft.rgba:": 1.25,
		"Xft.dpi: 96\nXft.dpi: 192\n":          2,
		"! Xft.dpi: 192\n":                     0,
		"MyXft.dpi: 192\n":                     0,
		"Xft.dpi 192\n":                        0,
		"Xft.dpi:\n":                           0,
		"Xft.dpi: many\n":                      0,
		"Xft.dpi: NaN\n":                       0,
		"Xft.dpi: Inf\n":                       0,
		"Xft.dpi: -96\n":                       0,
		"Xft.dpi: 0\n":                         0,
		"Xft.dpi: 1e300\n":                     0,
	} {
		if got := density(resources); got != want {
			t.Errorf("%q says %v, want %v", resources, got, want)
		}
	}
}

func FuzzDensity(f *testing.F) {
	f.Add("Xft.dpi:\t96\n")
	f.Add("Xft.dpi: 0x1p7\nXft.dpi: 1e999")
	f.Fuzz(func(t *testing.T, resources string) {
		if d := density(resources); d != 0 && !(d >= 0.25 && d <= 16) {
			t.Errorf("%q says %v", resources, d)
		}
	})
}
