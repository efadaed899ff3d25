package grab

import (
	"image"
	"slices"
	"sync"

	"aside/vision"
)

// maxSpare is how many pictures are kept to be used again: one that goes with a
// question, and the next.
const maxSpare = 2

// spare keeps the pixels of shots that nobody looks at any more: to touch new
// memory takes longer than to take the picture. The zero spare is ready for
// use. It is safe for concurrent use.
type spare struct {
	mu   sync.Mutex
	kept [][]byte // the oldest first
	last int      // bytes that were needed last
}

// picture returns a picture with the bounds r. What is in it is left over from
// another.
func (s *spare) picture(r image.Rectangle) *image.RGBA {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = 4 * r.Dx() * r.Dy()
	s.kept = slices.DeleteFunc(s.kept, s.excessive)
	best := -1
	for i, b := range s.kept {
		if cap(b) >= s.last && (best < 0 || cap(b) < cap(s.kept[best])) {
			best = i
		}
	}
	p := &image.RGBA{Stride: 4 * r.Dx(), Rect: r}
	if best < 0 {
		p.Pix = make([]byte, s.last)
		return p
	}
	p.Pix = s.kept[best][:s.last]
	s.kept = slices.Delete(s.kept, best, best+1)
	return p
}

// excessive reports whether a buffer is far larger than what is needed now.
func (s *spare) excessive(b []byte) bool { return cap(b) > 4*s.last }

// put takes the pixels of a picture back, which is empty from then on.
func (s *spare) put(p *image.RGBA) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := p.Pix[:0]
	*p = image.RGBA{}
	if cap(b) == 0 || s.excessive(b) {
		return
	}
	if len(s.kept) == maxSpare {
		s.kept = slices.Delete(s.kept, 0, 1)
	}
	s.kept = append(s.kept, b)
}

// drop lets go of all.
func (s *spare) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
}

// Free gives the pixels of a shot back, which saves the next one most of its
// time. Nobody may look at them afterwards: the picture is empty then, and
// whoever holds its bytes sees another one. A shot need not be freed, and may be
// twice.
func (s *Screen) Free(shot vision.Shot) {
	if shot.Pixels != nil {
		s.spare.put(shot.Pixels)
	}
}
