package offline

import (
	"image"
	"strings"
)

// When the words that a window's program tells are all that is written there.
const (
	// toldLimit is where its text may have been cut, in bytes: what is seen
	// may be in the rest.
	toldLimit = 8<<10 - 256
	// toldShare is the share of what is seen that must be told. Of drawn pages
	// 0.8 to 1.1 times as much is seen as is there; and menus are not told.
	toldShare = 0.75
	// inkWidth is how many columns of pixels of a character have ink, in heights
	// of a line of it.
	inkWidth = 0.44
)

// enough says that nothing need be read from the pixels: the program tells at
// least about as much text as there is ink for. A browser that tells only its
// tabs, or a terminal that tells nothing, does not.
func enough(words []string, p *image.Gray, height int) bool {
	bytes, told := 0, 0
	for _, l := range words {
		bytes += len(l) + 1
		told += columns(strings.TrimSpace(l))
	}
	return told > 0 && bytes < toldLimit && float64(told) >= toldShare*inkColumns(p, height)
}

// inkColumns is about how many columns of characters are seen, for a usual
// height of a line.
func inkColumns(p *image.Gray, height int) float64 {
	if height == 0 {
		return 0
	}
	width := 0
	for b := range lineStrips(p, height) {
		for x := b.Min.X; x < b.Max.X; x++ {
			for y := b.Min.Y; y < b.Max.Y; y++ {
				if p.Pix[y*p.Stride+x] < inked {
					width++
					break
				}
			}
		}
	}
	return float64(width) / (inkWidth * float64(height))
}

// told makes a page of what a program tells.
func told(words []string) page {
	p := page{told: true}
	for _, l := range words {
		p.lines = append(p.lines, strings.TrimRight(strings.ReplaceAll(l, "\t", "    "), " "))
	}
	return p
}
