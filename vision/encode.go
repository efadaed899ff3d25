package vision

import (
	"bytes"
	"context"
	"image"
	"image/png"
)

const (
	// pngLargest is the size in pixels above which JPEG is much the quicker.
	pngLargest = 1 << 20
	// pngBytes is the size in bytes above which a PNG is not worth its exactness.
	pngBytes = 1200 << 10
	// maxBytes is what one picture may weigh: the strictest service takes 5 MB
	// of base64.
	maxBytes = 3500 << 10
	// tooLarge is what a picture that weighs more is shrunk by.
	tooLarge = 0.7
	// flatColours is how many colours a sample of a flat interface has at most.
	flatColours = 64
)

// encode puts a piece of p into a wire format: PNG for a flat interface at its
// own size, JPEG otherwise.
func (r Rule) encode(ctx context.Context, p *image.RGBA, c piece) (Encoded, error) {
	picture := upright(p.SubImage(c.part).(*image.RGBA))
	exact := c.size == c.part.Size() && c.size.X*c.size.Y <= pngLargest && flat(picture)
	for {
		if err := ctx.Err(); err != nil {
			return Encoded{}, err
		}
		small := picture
		if c.size != c.part.Size() {
			small = shrink(picture, c.size)
		}
		if err := ctx.Err(); err != nil {
			return Encoded{}, err
		}
		e := Encoded{Part: c.part, Size: c.size, Scale: c.scale(), Detail: c.detail, Tokens: r.cost(c)}
		var err error
		if e.Bytes, e.MIME, err = wire(small, exact); err != nil {
			return Encoded{}, err
		}
		if len(e.Bytes) <= maxBytes {
			return e, nil
		}
		c.size, exact = scaled(c.size, tooLarge), false
	}
}

// cost is what a piece costs: a tile model that is asked to look at it with
// low detail counts no tiles.
func (r Rule) cost(c piece) int {
	if c.detail == "low" && r.Base > 0 {
		r.Per = 0
	}
	return r.Tokens(c.size)
}

// wire encodes a picture: a flat one as PNG, if that does not become too large,
// any other as JPEG of the best quality that does not.
func wire(p *image.RGBA, flat bool) (encoded []byte, mime string, err error) {
	var out bytes.Buffer
	if flat {
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		if err := encoder.Encode(&out, p); err != nil {
			return nil, "", err
		}
		if out.Len() <= pngBytes {
			return out.Bytes(), "image/png", nil
		}
	}
	for _, quality := range []int{85, 70, 50} {
		out.Reset()
		if err := encodeJPEG(&out, p, quality); err != nil {
			return nil, "", err
		}
		if out.Len() <= maxBytes {
			break
		}
	}
	return out.Bytes(), "image/jpeg", nil
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

// Blank reports whether a shot shows nothing: it is uniform, or all of a display
// is that has not been painted over, as our own panel is.
func Blank(s Shot) bool {
	if s.Capture != CaptureDisplay || s.Pixels == nil {
		return Uniform(s.Pixels)
	}
	p, painted := s.Pixels, [4]byte{Paint, Paint, Paint, 0xff}
	seen := painted
	for y := p.Rect.Min.Y; y < p.Rect.Max.Y; y++ {
		row := p.Pix[p.PixOffset(p.Rect.Min.X, y):][:4*p.Rect.Dx()]
		for ; len(row) > 0; row = row[4:] {
			switch c := [4]byte(row[:4]); {
			case c == painted || c == seen:
			case seen == painted:
				seen = c
			default:
				return false
			}
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
