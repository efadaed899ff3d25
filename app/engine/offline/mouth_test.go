package offline

import (
	"errors"
	"strings"
	"testing"
	"time"

	"aside/audio"
)

func TestTheMouthSpeaksInFrames(t *testing.T) {
	for _, tt := range []struct {
		name     string
		program  program
		sentence string
	}{
		{"flite", flite(), "The quick brown fox jumps over the lazy dog."},
		{"flite, several sentences in one", flite(), "This is one. And this is Mr. Fox! What now?"},
		{"espeak-ng, for what is not ASCII", espeak(), "Der Überläufer öffnet schöne Türen für alle Gäste."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			need(t, tt.program)
			only(t, tt.program)
			var all audio.Clip
			err := NewMouth(nil).Say(t.Context(), tt.sentence, func(f audio.Frame) error {
				if f.Rate != audio.RateSpeak || f.Duration() > audio.FrameDuration {
					t.Errorf("a frame lasts %v at %d Hz", f.Duration(), f.Rate)
				}
				all.Append(f)
				return nil
			})
			if err != nil || all.Duration() < 1500*time.Millisecond || all.Duration() > 8*time.Second || !audio.HasSpeech(all) {
				t.Errorf("it spoke %v, %v", all.Duration(), err)
			}
		})
	}
}

func TestTheMouthSaysNothingWithoutWords(t *testing.T) {
	only(t)
	for _, s := range []string{"", " …", "\x00\n", "->"} {
		if err := NewMouth(nil).Say(t.Context(), s, func(audio.Frame) error { return errors.New("spoke") }); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestTheMouthStopsWhenNobodyListens(t *testing.T) {
	need(t, flite())
	enough := errors.New("enough")
	frames := 0
	err := NewMouth(nil).Say(t.Context(), "A sentence that would go on for a while.", func(audio.Frame) error {
		if frames++; frames == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || frames != 3 {
		t.Errorf("%v after %d frames", err, frames)
	}
}

func TestWhatIsSaidIsOneBoundedLine(t *testing.T) {
	if got := sayable("it’s\n\x07“fine” …"); got != `it's "fine" ...` {
		t.Errorf("got %q", got)
	}
	if got := sayable(strings.Repeat("long ", 1000)); len([]rune(got)) > longestSentence+1 {
		t.Errorf("got %d bytes", len(got))
	}
}
