package offline

import (
	"errors"
	"slices"
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

func TestTheSilenceAroundWhatIsSaidIsShort(t *testing.T) {
	need(t, flite())
	for i, words := range []string{"The quick brown fox jumps over the lazy dog.", "Yes.", "She sells fish, is what he says", "Half of it is soft stuff."} {
		said := uttered(t, Voices()[i%len(Voices())], words).Resample(audio.RateSpeak)
		quiet := slices.Repeat([]int16{30, -30}, audio.Samples(150*time.Millisecond, audio.RateSpeak)) // 300 ms
		said.Samples = slices.Concat(quiet, said.Samples, quiet, quiet)
		var start audio.StartTrimmer
		end := audio.EndTrimmer{Keep: 120 * time.Millisecond}
		left := audio.Clip{Rate: audio.RateSpeak}
		for f := range said.Frames() {
			left.Append(end.Trim(start.Trim(f)))
		}
		before, behind := around(left)
		wasBefore, wasBehind := around(said)
		if before > 10*time.Millisecond || behind > 120*time.Millisecond || wasBefore < 300*time.Millisecond || wasBehind < 600*time.Millisecond {
			t.Errorf("%q: %v of silence before it and %v behind, of %v and %v", words, before, behind, wasBefore, wasBehind)
		}
		if lost := said.Duration() - left.Duration() - (wasBefore - before) - (wasBehind - behind); lost.Abs() > 4*time.Millisecond { // it is measured in steps
			t.Errorf("%q: %v of the words are lost", words, lost)
		}
		t.Logf("%q: silence before it %v, was %v; behind it %v, was %v", words, before, wasBefore, behind, wasBehind)
	}
}

// around measures the silence before and behind speech, in steps of 2 ms.
func around(c audio.Clip) (before, behind time.Duration) {
	const step = 2 * time.Millisecond
	n := audio.Samples(step, c.Rate)
	loud := func(at int) bool { return audio.Decibels(audio.RMS(c.Samples[at:at+n])) > -45 }
	first, last := 0, len(c.Samples)-n
	for first < last && !loud(first) {
		first += n
	}
	for last > first && !loud(last) {
		last -= n
	}
	return audio.Duration(first, c.Rate), audio.Duration(len(c.Samples)-n-last, c.Rate)
}
