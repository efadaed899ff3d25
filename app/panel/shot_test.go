package panel

import (
	"errors"
	"fmt"
	"image"
	"testing"

	"fyne.io/fyne/v2/test"

	"aside/app/control"
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
