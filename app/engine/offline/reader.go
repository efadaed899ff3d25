package offline

import (
	"context"
	"image"
	"strings"
	"time"

	"aside/app/engine"
	"aside/vision"
)

// readLimit bounds one run over a picture.
const readLimit = 45 * time.Second

// reader reads what is written in pictures. It is safe for concurrent use.
type reader struct{ languages languages }

// read reads the text of a shot, whose picture is not changed. missing is not
// nil if the text is in a language that is not installed; what could be read is
// in the page all the same. The error is an *engine.Error, or ctx's.
func (r *reader) read(ctx context.Context, s vision.Shot) (p page, missing *engine.Error, err error) {
	if s.Pixels == nil || s.Pixels.Rect.Empty() {
		return page{}, nil, nil
	}
	picture, dots := ink(upright(s.Pixels)), screenDots
	height := lineHeight(picture)
	if enough(s.Words, picture, height) {
		return told(s.Words), nil, nil
	}
	found, lines := picture, hanLines(picture, height)
	if size := picture.Rect.Size(); height < smallLine && 4*size.X*size.Y <= maxEnlarged {
		picture, dots = double(picture), 2*dots
	}
	if err := ctx.Err(); err != nil {
		return page{}, nil, err
	}
	in := choice{names: []string{english}} // alone it is two to three times faster
	if len(lines) > 0 {
		hint := s.Title + strings.Join(s.Words, "")
		if in, err = r.languages.choose(ctx, sample(found, lines), hint); err != nil {
			return page{}, nil, err
		}
	}
	words, err := ocr(ctx, picture, in.names, layoutMode, dots)
	if err != nil {
		return page{}, nil, err
	}
	return newPage(words), in.missing, nil
}

// upright is the same picture with its corner at the origin.
func upright(p *image.RGBA) *image.RGBA {
	return &image.RGBA{Pix: p.Pix[p.PixOffset(p.Rect.Min.X, p.Rect.Min.Y):], Stride: p.Stride, Rect: p.Rect.Sub(p.Rect.Min)}
}
