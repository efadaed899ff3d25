package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestTheFilesAreWhatTheSourceDraws(t *testing.T) {
	for _, p := range pictures() {
		data, err := os.ReadFile(filepath.Join("..", p.name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("decode %s: %v", p.name, err)
		}
		c := newCanvas(p.size)
		p.draw(c)
		if d := distance(got, c.img); d > 3 {
			t.Errorf("%s differs from its source by up to %d of 255: run go generate ./assets", p.name, d)
		}
	}
}

// distance returns the largest difference of a channel. Rounding may differ a
// little between processors.
func distance(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return 255
	}
	worst := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA), color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B), int(p.A) - int(q.A)} {
				worst = max(worst, d, -d)
			}
		}
	}
	return worst
}
