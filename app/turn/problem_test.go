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
		audio.ErrNoServer, audio.ErrNoMicrophone, audio.ErrAbsent, audio.ErrNoLoudspeaker, audio.ErrMoved,
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

func TestALoudspeakerThatFailsLeavesTheAnswerInThePanel(t *testing.T) {
	for code, err := range map[string]error{
		"audio_unavailable": audio.ErrNoServer, "speaker_lost": audio.ErrLost, "speaker_none": audio.ErrNoLoudspeaker,
	} {
		if p := speakerProblem(fmt.Errorf("play: %w", err)); p.Code != code || p.Message == "" || p.Hint == "" {
			t.Errorf("%v is told as %+v", err, *p)
		}
	}
	if p := ProblemOf(audio.ErrUnsupported); p.Code != "audio_unsupported" {
		t.Errorf("no way to the devices is told as %+v", *p)
	}
}
