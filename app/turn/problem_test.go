package turn

import (
	"errors"
	"fmt"
	"testing"

	"aside/audio"
)

func TestEveryErrorOfSoundHasAProblemOfItsOwn(t *testing.T) {
	seen := map[string]error{}
	for _, err := range []error{
		audio.ErrNoServer, audio.ErrNoMicrophone, audio.ErrNoLoudspeaker, audio.ErrMoved,
		audio.ErrStalled, audio.ErrLost, audio.ErrMuted, audio.ErrUnsupported,
	} {
		p := ProblemOf(fmt.Errorf("open microphone: %w", err))
		if p.Code == "internal" || p.Message == "" || p.Hint == "" {
			t.Errorf("%v is told as %+v", err, *p)
		}
		if other := seen[p.Code]; other != nil {
			t.Errorf("%v is told as %v is", err, other)
		}
		seen[p.Code] = err
	}
	if p := ProblemOf(errors.New("what")); p.Code != "internal" {
		t.Errorf("an unknown error is told as %+v", *p)
	}
}
