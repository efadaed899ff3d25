// Command gen draws Aside's icons into the folder above it; `go generate
// ./assets` runs it there. The same source always makes the same bytes.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"slices"
)

func main() {
	for _, p := range pictures() {
		data, err := p.encode()
		if err == nil {
			err = os.WriteFile(p.name, data, 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "gen: draw %s: %v\n", p.name, err)
			os.Exit(1)
		}
	}
}

// picture is one file to draw.
type picture struct {
	name string
	size int // pixels on either side
	draw func(canvas)
}

// pictures lists all files. Every one is drawn on a field of 64 by 64 units.
func pictures() []picture {
	return []picture{
		{"icon.png", 512, icon},
		{"tray-ready.png", 64, ready},
		{"tray-listening.png", 64, listening},
		{"tray-thinking.png", 64, thinking},
		{"tray-speaking.png", 64, speaking},
		{"tray-offline.png", 64, offline},
		{"tray-problem.png", 64, problem},
	}
}

func (p picture) encode() ([]byte, error) {
	c := newCanvas(p.size)
	p.draw(c)
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err := encoder.Encode(&out, slim(c.img))
	return out.Bytes(), err
}

// slim returns the picture with a palette when it has few enough colours,
// which makes the file smaller.
func slim(img *image.NRGBA) image.Image {
	index := make(map[color.NRGBA]bool)
	var palette color.Palette
	bounds := img.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if c := img.NRGBAAt(x, y); !index[c] {
				index[c] = true
				palette = append(palette, c)
			}
		}
	}
	if len(palette) > 256 {
		return img
	}
	slices.SortFunc(palette, func(a, b color.Color) int {
		x, y := a.(color.NRGBA), b.(color.NRGBA)
		return int(x.A)<<24 + int(x.R)<<16 + int(x.G)<<8 + int(x.B) -
			(int(y.A)<<24 + int(y.R)<<16 + int(y.G)<<8 + int(y.B))
	})
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.Set(x, y, img.NRGBAAt(x, y))
		}
	}
	return small
}
