package turn

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// slowSpeaker takes a while to begin, as a headset does.
type slowSpeaker struct{ fakeSpeaker }

func (s *slowSpeaker) Play(ctx context.Context, rate int) (Playback, error) {
	select {
	case <-time.After(500 * time.Millisecond):
		return s.fakeSpeaker.Play(ctx, rate)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// says runs test on a voice that has blocks of a second to say. One without
// words goes on with the sentence before.
func says(t *testing.T, blocks []string, test func(v *voice)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		v := newVoice(t.Context(), &slowSpeaker{fakeSpeaker{diary: &diary{}}}, Settings{Pace: 1, Volume: 1}, func(voiceState, error) {})
		defer v.close()
		for _, words := range blocks {
			s := speech(words)
			v.add(utterance{frame: s.Frame, sentence: s.Sentence})
		}
		test(v)
	})
}

func TestAVoiceThatIsHeldAgainBeforeItGoesOnKeepsItsPlace(t *testing.T) {
	for name, wait := range map[string]time.Duration{"at once": 0, "while the loudspeaker begins": 100 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			says(t, []string{"One.", "Two.", "Three."}, func(v *voice) {
				time.Sleep(2 * time.Second) // half a second of the second sentence
				v.hold()
				v.resume()
				time.Sleep(wait)
				v.hold()
				if at, sentence, _ := v.position(); at < time.Second || sentence != "Two." {
					t.Errorf("held again at %v, %q", at, sentence)
				}
				v.resume()
				time.Sleep(600 * time.Millisecond)
				if _, sentence, _ := v.position(); sentence != "Two." {
					t.Errorf("it goes on with %q", sentence)
				}
				if heard := v.heard(); heard != "One. Two." {
					t.Errorf("heard was %q", heard)
				}
			})
		})
	}
}

func TestWhatWasSkippedIsNotSaidAfterAHold(t *testing.T) {
	says(t, []string{"One.", "", "Two."}, func(v *voice) {
		synctest.Wait() // the first block is on its way
		v.skip()
		time.Sleep(1700 * time.Millisecond) // half a second to begin, and into the second sentence
		v.hold()
		v.resume()
		time.Sleep(700 * time.Millisecond)
		if at, sentence, _ := v.position(); at < 2*time.Second || sentence != "Two." {
			t.Errorf("it goes on at %v, with %q", at, sentence)
		}
	})
}

func TestSoundWhoseWordsComeLaterIsHeardWithoutThem(t *testing.T) {
	says(t, []string{"", "One.", "Two."}, func(v *voice) {
		time.Sleep(2 * time.Second) // half a second of the first sentence
		if heard := v.heard(); heard != "One." {
			t.Errorf("heard was %q", heard)
		}
	})
}
