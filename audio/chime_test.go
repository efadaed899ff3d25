package audio_test

import (
	"slices"
	"testing"
	"time"

	"aside/audio"
)

func TestTheChimeIsShortSoftAndNoSpeech(t *testing.T) {
	for _, rate := range []int{audio.RateListen, audio.RateSpeak, 48000} {
		c := audio.Chime(rate)
		if d := c.Duration(); d == 0 || d > 80*time.Millisecond {
			t.Errorf("at %d Hz it takes %v", rate, d)
		}
		peak, ends := 0, 0
		for i, s := range c.Samples {
			peak = max(peak, int(s), -int(s))
			if i < rate/1000 || i >= len(c.Samples)-rate/1000 {
				ends = max(ends, int(s), -int(s))
			}
		}
		if peak > 3276 || peak < 500 || ends > peak/20 {
			t.Errorf("at %d Hz its peak is %d, its ends %d", rate, peak, ends)
		}
	}
	for _, level := range []float64{0, 20} { // as loud as it may come back, in a quiet room
		room := noise(audio.RateListen, time.Second, level)
		for i, s := range audio.Chime(audio.RateListen).Samples {
			room[1600+i] += s
		}
		for _, clip := range [][]int16{room, slices.Clone(room[:4800])} {
			if audio.HasSpeech(audio.Clip{Rate: audio.RateListen, Samples: clip}) {
				t.Errorf("it is taken for speech in a room of %v", level)
			}
		}
	}
}
