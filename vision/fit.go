package vision

import (
	"context"
	"image"
	"runtime"
	"sync"
	"unicode"
)

const (
	// legible is what letters of the interface's usual size may be shrunk to:
	// Latin prose stands 0.7, Chinese and digits do not.
	legible = 0.8
	// maxParts bounds the pictures that a shot is cut into.
	maxParts = 8
	// glanceSide is the longest side of the small picture that shows how the
	// parts lie together: what the services make of detail "low".
	glanceSide = 512
)

// Sizes in pixels of the part at the pointer that is shown as it is: when the
// whole can be read as text, or is too large to be cut; and when the shot before
// shows the same.
const (
	loupeWidth, loupeHeight = 1024, 768
	nearWidth, nearHeight   = 512, 512
)

// piece is a part of a picture and the size at which it is sent.
type piece struct {
	part   image.Rectangle
	size   image.Point
	detail string
}

// Fit chooses what of a shot an engine puts on the wire, by the model's rule,
// and encodes it. It takes the cheapest that can be read:
//
//   - the part at the pointer as it is, if the shot before shows the same;
//   - the whole, if its letters stay legible at the size that the rule leaves;
//   - the whole and the part at the pointer as it is, if the words of the
//     window go along as text anyway, or if it would take too many parts;
//   - else the whole very small, and its written parts at a legible size, cut
//     between lines of text.
//
// It may take some tens of milliseconds; between its steps it heeds ctx. The
// pixels are not changed. The error is ErrBlank for a shot without pixels, or
// ctx's.
func Fit(ctx context.Context, s Shot, r Rule) ([]Encoded, error) {
	if s.Pixels == nil || s.Pixels.Rect.Empty() {
		return nil, ErrBlank
	}
	r = r.orUnknown()
	p := upright(s.Pixels)
	pieces := r.choose(s, p)
	sent, errs := make([]Encoded, len(pieces)), make([]error, len(pieces))
	working := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for i, c := range pieces {
		group.Go(func() {
			working <- struct{}{}
			defer func() { <-working }()
			sent[i], errs[i] = r.encode(ctx, p, c)
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return sent, nil
}

// choose says what of the picture is sent, and at which size.
func (r Rule) choose(s Shot, p *image.RGBA) []piece {
	if s.Near {
		return []piece{r.loupe(s, p.Rect, nearWidth, nearHeight)}
	}
	whole := piece{p.Rect, r.Fit(p.Rect.Size()), "high"}
	least := legible / max(1, s.Density)
	if whole.scale() >= least {
		return []piece{whole}
	}
	marks := findInk(p)
	if parts := r.cut(marks, least); len(parts) > 0 && !told(s, marks) {
		if len(parts) == 1 {
			return parts
		}
		return append([]piece{r.glance(p.Rect)}, parts...)
	}
	return []piece{whole, r.loupe(s, p.Rect, loupeWidth, loupeHeight)}
}

func (c piece) scale() float64 { return float64(c.size.X) / float64(c.part.Dx()) }

// glance is the whole, very small.
func (r Rule) glance(whole image.Rectangle) piece {
	long := max(whole.Dx(), whole.Dy())
	size := scaled(whole.Size(), min(1, float64(glanceSide)/float64(long)))
	return piece{whole, r.Fit(size), "low"}
}

// loupe is the part around the pointer, or the middle if the pointer is
// elsewhere.
func (r Rule) loupe(s Shot, whole image.Rectangle, w, h int) piece {
	at := s.Pointer.Sub(s.Bounds.Min)
	if !at.In(whole) {
		at = image.Pt(whole.Dx()/2, whole.Dy()/2)
	}
	size := image.Pt(min(w, whole.Dx()), min(h, whole.Dy()))
	corner := at.Sub(size.Div(2))
	corner.X = min(max(0, corner.X), whole.Dx()-size.X)
	corner.Y = min(max(0, corner.Y), whole.Dy()-size.Y)
	part := image.Rectangle{corner, corner.Add(size)}
	return piece{part, r.Fit(size), "high"}
}

// told reports whether the words of a shot are about as many as its picture
// shows: then the picture need not be read.
func told(s Shot, marks ink) bool {
	// A letter of 13 pixels marks some 5 rows of half a cell, a larger one more.
	const marksEach, most = 6, 0.7
	letters := 0
	for _, line := range s.Words {
		for _, c := range line {
			letters++
			if wide(c) {
				letters++
			}
		}
	}
	return s.Complete && letters*marksEach > int(most*float64(marks.total))
}

func wide(c rune) bool {
	return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// TextTokens is about what text costs: a token is four letters of English, or
// one and a half of Chinese.
func TextTokens(text string) int {
	narrow, han := 0, 0
	for _, c := range text {
		if wide(c) {
			han++
		} else {
			narrow++
		}
	}
	return (narrow+3)/4 + (2*han+2)/3
}
