package vision

import (
	"bytes"
	"image"
)

// Same reports whether two pictures show the same.
func Same(a, b *image.RGBA) bool {
	return a.Rect.Size() == b.Rect.Size() && bytes.Equal(a.Pix, b.Pix)
}
