package vision

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
)

const (
	// jpegQuality keeps small text: between 75 and 90 hardly a letter differs.
	jpegQuality = 85
	// pngLargest is the size in pixels above which JPEG is much the quicker.
	pngLargest = 1 << 20
	// flatColours is how many colours a sample of a flat interface has at most.
	flatColours = 64
)

// Encode fits pixels to the model's rule and puts them into a wire format: PNG
// for a flat interface at its own size, JPEG otherwise. It may take some tens
// of milliseconds; between its steps it heeds ctx. The pixels are not changed.
func Encode(ctx context.Context, pixels *image.RGBA, r Rule) (Encoded, error) {
	native := pixels.Rect.Size()
	if native.X <= 0 || native.Y <= 0 {
		return Encoded{}, ErrBlank
	}
	size := r.Fit(native)
	picture := upright(pixels)
	if size != native {
		picture = shrink(picture, size)
	}
	if err := ctx.Err(); err != nil {
		return Encoded{}, err
	}
	e := Encoded{
		Size: size, Scale: float64(size.X) / float64(native.X),
		Detail: "high", Tokens: r.Tokens(size),
	}
	var out bytes.Buffer
	if size == native && size.X*size.Y <= pngLargest && flat(picture) {
		e.MIME = "image/png"
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		if err := encoder.Encode(&out, picture); err != nil {
			return Encoded{}, err
		}
	} else {
		e.MIME = "image/jpeg"
		if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: jpegQuality}); err != nil {
			return Encoded{}, err
		}
	}
	e.Bytes = out.Bytes()
	return e, ctx.Err()
}

// upright is the same picture with its corner at the origin.
func upright(p *image.RGBA) *image.RGBA {
	return &image.RGBA{Pix: p.Pix[p.PixOffset(p.Rect.Min.X, p.Rect.Min.Y):], Stride: p.Stride, Rect: p.Rect.Sub(p.Rect.Min)}
}

// flat reports whether a sample of the picture has few colours, as interfaces
// without photographs do.
func flat(p *image.RGBA) bool {
	seen := make(map[[3]byte]struct{}, flatColours+1)
	size := p.Rect.Size()
	step := max(1, size.X*size.Y/4096)
	for i := 0; i < size.X*size.Y; i += step {
		o := p.PixOffset(i%size.X, i/size.X)
		seen[[3]byte(p.Pix[o:o+3])] = struct{}{}
		if len(seen) > flatColours {
			return false
		}
	}
	return true
}

// Uniform reports whether every pixel has the same colour, as a locked or
// protected screen has. A picture without pixels is uniform.
func Uniform(p *image.RGBA) bool {
	if p == nil || p.Rect.Empty() {
		return true
	}
	width := 4 * p.Rect.Dx()
	first := p.Pix[p.PixOffset(p.Rect.Min.X, p.Rect.Min.Y):][:width]
	for x := 4; x < width; x += 4 {
		if [4]byte(first[x:x+4]) != [4]byte(first[:4]) {
			return false
		}
	}
	for y := p.Rect.Min.Y + 1; y < p.Rect.Max.Y; y++ {
		if !bytes.Equal(first, p.Pix[p.PixOffset(p.Rect.Min.X, y):][:width]) {
			return false
		}
	}
	return true
}
