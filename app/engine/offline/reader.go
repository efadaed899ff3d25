package offline

import (
	"bytes"
	"context"
	"image"
	"strconv"
	"time"
)

// readLimit bounds the reading of one picture.
const readLimit = 45 * time.Second

// read reads the text in a picture, which is not changed. The error is an
// *engine.Error, or ctx's.
func read(ctx context.Context, pixels *image.RGBA) (page, error) {
	if pixels == nil || pixels.Rect.Empty() {
		return page{}, nil
	}
	p, dots := ink(upright(pixels)), 96
	if size := p.Rect.Size(); lineHeight(p) < smallLine && 4*size.X*size.Y <= maxEnlarged {
		p, dots = double(p), 2*dots
	}
	if err := ctx.Err(); err != nil {
		return page{}, err
	}
	table, err := child{
		program: tesseract(), limit: readLimit,
		// Mode 3 looks for columns and lines by itself.
		args: []string{"stdin", "stdout", "-l", "eng", "--psm", "3", "--dpi", strconv.Itoa(dots), "tsv"},
		in:   bytes.NewReader(graymap(p)),
	}.run(ctx)
	if err != nil {
		return page{}, err
	}
	return newPage(parseTSV(string(table))), nil
}

// upright is the same picture with its corner at the origin.
func upright(p *image.RGBA) *image.RGBA {
	return &image.RGBA{Pix: p.Pix[p.PixOffset(p.Rect.Min.X, p.Rect.Min.Y):], Stride: p.Stride, Rect: p.Rect.Sub(p.Rect.Min)}
}
