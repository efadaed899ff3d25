package panel

import (
	"errors"
	"fmt"
	"image"
	"testing"

	"fyne.io/fyne/v2/test"

	"aside/app/control"
	"aside/assets"
)

// aPicture is one that was fetched.
func aPicture() picture { return picture{small: image.NewGray(image.Rect(0, 0, 8, 5))} }

func TestThumbnailShowsOnlyThePictureOfItsTurn(t *testing.T) {
	test.NewTempApp(t)
	b := newThumb(&sheet{colours(true), 368})
	if !b.want("aa") || b.want("aa") {
		t.Fatal("a picture is to be fetched once")
	}
	late := b.taker()
	late(aPicture(), nil)
	if b.image.Image == nil || b.want("aa") {
		t.Fatal("the picture that came is not kept")
	}
	if !b.want("bb") || b.image.Image != nil {
		t.Error("the picture of the turn before stands beside the new words")
	}
	late(aPicture(), nil)
	if b.image.Image != nil {
		t.Error("a picture that came late is shown for another turn")
	}
	b.taker()(aPicture(), nil)
	if b.image.Image == nil {
		t.Error("its own picture is not shown")
	}
}

func TestPictureThatDidNotComeIsAskedForAgainButNotForEver(t *testing.T) {
	test.NewTempApp(t)
	b := newThumb(&sheet{colours(true), 368})
	asked := 0
	for range 100 {
		if b.want("aa") {
			asked++
			b.taker()(picture{}, errAny)
		}
	}
	if asked != fetchTries {
		t.Errorf("it was asked for %d times, want %d", asked, fetchTries)
	}
}

func TestWhyThereIsNoPictureIsSaid(t *testing.T) {
	for code, err := range map[string]error{
		"shot_differs": errTampered, "shot_unreadable": errAny, "shot_gone": control.Fail("shot_gone", "m", "h"),
	} {
		f, ok := errors.AsType[*control.Failure](pictureProblem(fmt.Errorf("fetch picture: %w", err)))
		if !ok || f.Problem.Code != code || f.Problem.Message == "" || f.Problem.Hint == "" {
			t.Errorf("%v is told as %+v", err, f)
		}
	}
}

func TestTheFrameOfAThumbnailFitsItsPicture(t *testing.T) {
	test.NewTempApp(t)
	b := newThumb(&sheet{colours(true), 368})
	for _, c := range []struct {
		name       string
		img        image.Image
		x, y, w, h float32
	}{
		{"before it is there", nil, 0, 0, 72, 44},
		{"a window", image.NewGray(image.Rect(0, 0, 100, 60)), 0, 0, 72, 44},
		{"a wide one", image.NewGray(image.Rect(0, 0, 70, 14)), 0, 14, 72, 16},
		{"a high one", image.NewGray(image.Rect(0, 0, 10, 42)), 0, 0, 12, 44},
	} {
		b.show(c.img)
		at, size := b.ground.Position(), b.ground.Size()
		if at.X != c.x || at.Y != c.y || size.Width != c.w || size.Height != c.h {
			t.Errorf("%s: the frame stands at %v and is %v", c.name, at, size)
		}
	}
}

func TestTheHaloStandsAroundTheDot(t *testing.T) {
	test.NewTempApp(t)
	for _, side := range []float32{16, 20, 44} {
		m := newMark(&sheet{colours(true), 368}, side)
		for level := range 11 {
			m.set(assets.Listening, float64(level)/10, 0)
			for _, o := range m.parts {
				at, size := o.Position(), o.Size()
				if at.X != at.Y || 2*at.X+size.Width != side || at.X != float32(int(at.X)) {
					t.Errorf("of %v, at the level %d, a circle of %v stands at %v", side, level, size, at)
				}
			}
		}
	}
}
