package grab

import (
	"image"
	"testing"

	"aside/vision"
)

// square is a picture of so many pixels either way.
func square(side int) image.Rectangle { return image.Rect(7, 7, 7+side, 7+side) }

func TestPixelsAreUsedAgain(t *testing.T) {
	var s spare
	first := s.picture(square(100))
	at := &first.Pix[0]
	s.put(first)
	if first.Pix != nil || !first.Rect.Empty() {
		t.Error("one can still look at what was given back")
	}
	s.put(first) // it is empty
	again := s.picture(square(90))
	if &again.Pix[0] != at {
		t.Error("they were not")
	}
	if again.Rect != square(90) || again.Stride != 360 || len(again.Pix) != 4*90*90 {
		t.Errorf("the picture is of %v, %d bytes", again.Rect, len(again.Pix))
	}
	if other := s.picture(square(90)); &other.Pix[0] == at {
		t.Error("two pictures have the same pixels")
	}
	s.put(again)
	if larger := s.picture(square(100)); &larger.Pix[0] != at {
		t.Error("what a smaller picture had left over is lost")
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		freed  []int // pictures given back, by their sides
		then   int   // the next
		reused bool
		kept   int // afterwards
	}{
		"none":                      {nil, 100, false, 0},
		"the one that fits":         {[]int{100, 120}, 99, true, 1},
		"two at most":               {[]int{100, 101, 102, 103}, 60, true, 1},
		"what is too small":         {[]int{10, 20}, 100, false, 2},
		"four times as large":       {[]int{200}, 100, true, 0},
		"more than four times":      {[]int{201, 201}, 100, false, 0},
		"the smaller of two":        {[]int{250, 150}, 100, true, 0},
		"nothing for what is empty": {[]int{100}, 0, false, 0},
	} {
		var s spare
		var all []*image.RGBA
		for _, side := range c.freed {
			all = append(all, s.picture(square(side)))
		}
		for _, p := range all {
			s.put(p)
		}
		if len(s.kept) > maxSpare {
			t.Errorf("%s: %d are kept", name, len(s.kept))
		}
		p := s.picture(square(c.then))
		if reused := cap(p.Pix) > len(p.Pix); reused != c.reused || len(s.kept) != c.kept {
			t.Errorf("%s: reused %v, and %d are kept; want %v and %d", name, reused, len(s.kept), c.reused, c.kept)
		}
	}
}

func TestWhatIsMuchTooLargeIsNotTakenBack(t *testing.T) {
	var s spare
	large := s.picture(square(300))
	s.picture(square(100))
	s.put(large)
	if len(s.kept) != 0 {
		t.Error("it was")
	}
}

func TestAShotWithoutPixelsCanBeFreed(t *testing.T) {
	var s Screen
	s.Free(vision.Shot{})
	s.Free(vision.Shot{Pixels: image.NewRGBA(square(5))}) // of another origin
	if len(s.spare.kept) != 0 {
		t.Error("pixels that nobody needs are kept")
	}
}
