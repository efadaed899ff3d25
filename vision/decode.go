package vision

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif" // the formats that Decode reads
	_ "image/jpeg"
	_ "image/png"
	"time"
)

// maxDecoded bounds what Decode unpacks, in pixels: a small file may claim to
// be a huge picture.
const maxDecoded = 50_000_000

var errNotPicture = errors.New("not a PNG, JPEG or GIF of a reasonable size")

// Decode makes a shot of a PNG, JPEG or GIF that the user gave instead of the
// screen. Its Sent is empty: it is fitted and encoded like any other.
func Decode(picture []byte) (Shot, error) {
	header, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return Shot{}, fmt.Errorf("%w: %w", errNotPicture, err)
	}
	if header.Width <= 0 || header.Height <= 0 || header.Width > maxDecoded/header.Height {
		return Shot{}, fmt.Errorf("%w: %d×%d", errNotPicture, header.Width, header.Height)
	}
	decoded, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return Shot{}, fmt.Errorf("%w: %w", errNotPicture, err)
	}
	size := decoded.Bounds().Size()
	pixels := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(pixels, pixels.Rect, image.White, image.Point{}, draw.Src) // behind what is transparent
	draw.Draw(pixels, pixels.Rect, decoded, decoded.Bounds().Min, draw.Over)
	return Shot{Taken: time.Now(), Capture: CaptureNone, Bounds: pixels.Rect, Pixels: pixels}, nil
}
