package audio

import (
	"slices"
	"testing"
	"time"
)

func TestTheSilenceBehindSpeechIsShortened(t *testing.T) {
	sound := slices.Repeat([]int16{9000, -9000}, RateSpeak/20) // 100 ms
	silence := func(d time.Duration) []int16 { return slices.Repeat([]int16{20, -20}, Samples(d, RateSpeak)/2) }
	const keep = 120 * time.Millisecond
	for name, c := range map[string]struct {
		in   []int16
		want time.Duration
	}{
		"none":               {sound, 100 * time.Millisecond},
		"a little":           {slices.Concat(sound, silence(80*time.Millisecond)), 180 * time.Millisecond},
		"much":               {slices.Concat(sound, silence(700*time.Millisecond)), 100*time.Millisecond + keep},
		"a pause":            {slices.Concat(sound, silence(400*time.Millisecond), sound, silence(300*time.Millisecond)), 600*time.Millisecond + keep},
		"nothing but":        {silence(time.Second), keep},
		"behind a last tick": {slices.Concat(sound, silence(300*time.Millisecond), []int16{9000, 9000}, silence(300*time.Millisecond)), 400*time.Millisecond + keep},
	} {
		end := EndTrimmer{Keep: keep}
		var got []int16
		for f := range (Clip{Rate: RateSpeak, Samples: c.in}).Frames() {
			got = append(got, end.Trim(f).Samples...)
		}
		if d := Duration(len(got), RateSpeak); d < c.want || d > c.want+2*time.Millisecond {
			t.Errorf("%s: %v are left, want %v", name, d, c.want)
		}
		if !slices.Equal(got, c.in[:len(got)]) {
			t.Errorf("%s: what is left is not how it began", name)
		}
	}
}

func TestSilenceWithoutEndIsNotKept(t *testing.T) {
	end := EndTrimmer{Keep: 100 * time.Millisecond}
	silence := Frame{Rate: RateSpeak, Samples: make([]int16, RateSpeak)}
	for range 60 {
		end.Trim(silence)
	}
	got := end.Trim(Frame{Rate: RateSpeak, Samples: slices.Repeat([]int16{9000, -9000}, RateSpeak/20)})
	if d := Duration(len(got.Samples), RateSpeak); d != longestPause+100*time.Millisecond {
		t.Errorf("%v are left of a minute", d)
	}
}
