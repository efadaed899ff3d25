package panel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pictures are sent as JPEG or PNG
	_ "image/png"

	"golang.org/x/image/draw"

	"aside/app/control"
)

// maxPixels bounds the pictures that are decoded.
const maxPixels = 50_000_000

// errTampered means that a picture is not the one that the turn says was sent.
var errTampered = errors.New("the picture is not what was sent")

// errNoPicture means that a turn has no such picture.
var errNoPicture = errors.New("the turn has no such picture")

// picture is what was sent, decoded.
type picture struct {
	full  image.Image
	small image.Image // for the thumbnail
	text  string      // that went along with all pictures of the turn
}

// fetchPicture gets the n-th picture that the turn with this ID sent, and makes
// sure that it has the sum that the turn promises.
func fetchPicture(ctx context.Context, core Core, id string, n int, sum string) (picture, error) {
	shot, err := core.Shot(ctx, id, n)
	if err != nil {
		return picture{}, fmt.Errorf("fetch picture: %w", err)
	}
	got := sha256.Sum256(shot.Bytes)
	if hex.EncodeToString(got[:]) != sum {
		return picture{}, fmt.Errorf("fetch picture: %w", errTampered)
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(shot.Bytes))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return picture{}, errors.New("fetch picture: not a picture of a sane size")
	}
	full, _, err := image.Decode(bytes.NewReader(shot.Bytes))
	if err != nil {
		return picture{}, fmt.Errorf("decode picture: %w", err)
	}
	return picture{full, shrink(full, 2*thumbWidth, 2*thumbHeight), shot.Text}, nil
}

// shrink makes a picture that fits within w × h.
func shrink(img image.Image, w, h int) image.Image {
	b := img.Bounds()
	scale := min(float64(w)/float64(b.Dx()), float64(h)/float64(b.Dy()), 1)
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, b, draw.Src, nil)
	return small
}

// pictureProblem says why there is no picture.
func pictureProblem(err error) error {
	_, refused := errors.AsType[*control.Failure](err)
	switch {
	case errors.Is(err, errTampered):
		return control.Fail("shot_differs", "The picture is not the one that was sent.", "It is not shown.")
	case refused, errors.Is(err, control.ErrNotRunning):
		return err
	}
	return control.Fail("shot_unreadable", "The picture cannot be shown.", "It was sent all the same.")
}
