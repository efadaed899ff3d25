package turn

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"aside/audio"
)

func TestEveryErrorOfSoundHasAProblemOfItsOwn(t *testing.T) {
	seen := map[string]error{}
	for _, err := range []error{
		audio.ErrNoServer, audio.ErrNoMicrophone, audio.ErrAbsent, audio.ErrNoLoudspeaker, audio.ErrMoved,
		audio.ErrStalled, audio.ErrLost, audio.ErrMuted, audio.ErrUnsupported, audio.ErrBusy,
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

func TestTheMicrophoneThatIsLostIsNamed(t *testing.T) {
	for code, want := range map[string]struct {
		err *audio.DeviceError
		say string
	}{
		"mic_moved":   {&audio.DeviceError{Name: "Studio", Now: "Webcam", Err: audio.ErrMoved}, "Studio was taken away and the system offered Webcam."},
		"mic_lost":    {&audio.DeviceError{Name: "Studio", Err: audio.ErrLost}, "The microphone Studio went away."},
		"mic_stalled": {&audio.DeviceError{Name: "Studio", Err: fmt.Errorf("no sound: %w", audio.ErrStalled)}, "The microphone Studio is open but gives no sound."},
		"mic_muted":   {&audio.DeviceError{Name: "Studio", Err: audio.ErrMuted}, "The microphone Studio is muted."},
		"mic_absent":  {&audio.DeviceError{Name: "Studio", Err: audio.ErrAbsent}, "The microphone you chose, Studio, is not there."},
	} {
		if p := ProblemOf(fmt.Errorf("open microphone: %w", want.err)); p.Code != code || !strings.HasSuffix(p.Message, want.say) || p.Hint == "" {
			t.Errorf("%v is told as %+v", want.err, *p)
		}
		nameless := &audio.DeviceError{Err: want.err.Err}
		if p := ProblemOf(nameless); p.Code != code || p.Message != ProblemOf(want.err.Err).Message {
			t.Errorf("%v is told as %+v", nameless, *p)
		}
	}
}

func TestTheNameOfADeviceIsMadeFitForAMessage(t *testing.T) {
	for name, want := range map[string]string{
		"Büro 麦克风": "Büro 麦克风", "a\x1b[2Jb\u202ec\n": "a[2Jbc", strings.Repeat("x", 500): strings.Repeat("x", 59) + "…",
	} {
		if got := title(name); got != want {
			t.Errorf("%q becomes %q", name, got)
		}
	}
}

func TestALoudspeakerThatFailsLeavesTheAnswerInThePanel(t *testing.T) {
	for code, err := range map[string]error{
		"audio_unavailable": audio.ErrNoServer, "speaker_lost": audio.ErrLost, "speaker_none": audio.ErrNoLoudspeaker, "speaker_busy": audio.ErrBusy,
	} {
		if p := SpeakerProblem(fmt.Errorf("play: %w", err)); p.Code != code || p.Message == "" || p.Hint == "" {
			t.Errorf("%v is told as %+v", err, *p)
		}
	}
	if p := ProblemOf(audio.ErrUnsupported); p.Code != "audio_unsupported" {
		t.Errorf("no way to the devices is told as %+v", *p)
	}
}
