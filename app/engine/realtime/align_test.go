package realtime

import (
	"math"
	"slices"
	"testing"
	"time"

	"aside/audio"
)

// sounding are frames of a voice, or of a pause.
func sounding(d time.Duration, loud bool) (frames []audio.Frame) {
	for range d / audio.FrameDuration {
		f := audio.Frame{Rate: audio.RateSpeak, Samples: make([]int16, audio.RateSpeak/50)}
		for i := range f.Samples {
			if loud {
				f.Samples[i] = int16(6000 * math.Sin(float64(i)/9))
			}
		}
		frames = append(frames, f)
	}
	return frames
}

func TestASentenceBeginsBehindAPause(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	type said struct {
		words string
		voice time.Duration
		pause time.Duration
	}
	for _, tt := range []struct {
		name string
		said []said
		want []time.Duration // where each sentence begins
		rest string
	}{
		{"words ahead of the sound", []said{{words: "It works now. So we can go home. "}, {"", s, 300 * ms}, {"", s, 0}}, []time.Duration{0, 1300 * ms}, ""},
		{"words with the sound", []said{{"It works now. ", s, 300 * ms}, {"So we can go home. ", s, 0}}, []time.Duration{0, 1300 * ms}, ""},
		{"the last words end without a space", []said{{"It works now.", s, 300 * ms}, {" So we can go home.", s, 0}}, []time.Duration{0, 1300 * ms}, ""},
		{"a pause behind the first clause", []said{{words: "It works now, at last, we think, and hope. Go. "}, {"", 600 * ms, 200 * ms}, {"", 2400 * ms, 300 * ms}, {"", s, 0}}, []time.Duration{0, 800 * ms, 3500 * ms}, ""},
		{"a pause within a sentence", []said{{words: "It works now. We think, and hope, and wait for it all the time. Go. "}, {"", s, 300 * ms}, {"", 400 * ms, 200 * ms}, {"", 3 * s, 300 * ms}, {"", s, 0}}, []time.Duration{0, 1300 * ms, 5200 * ms}, ""},
		{"no pause at all", []said{{words: "It works now. So we can go home. "}, {"", 6 * s, 0}}, []time.Duration{0}, "So we can go home."},
		{"words that come late", []said{{"", 200 * ms, 0}, {"It works now. ", s, 0}}, []time.Duration{200 * ms}, ""},
		{"no words", []said{{"", s, 300 * ms}, {"", s, 0}}, nil, ""},
		{"Chinese", []said{{words: "现在可以用了。那么我们回家吧。"}, {"", 1200 * ms, 260 * ms}, {"", s, 0}}, []time.Duration{0, 1460 * ms}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, at := newAligner(), time.Duration(0)
			var begins []time.Duration
			for _, part := range tt.said {
				if part.words != "" {
					a.add(part.words)
				}
				for _, f := range append(sounding(part.voice, true), sounding(part.pause, false)...) {
					if a.next(f) != "" {
						begins = append(begins, at)
					}
					at += f.Duration()
				}
			}
			if rest := a.rest(); !slices.Equal(begins, tt.want) || rest != tt.rest {
				t.Errorf("sentences begin at %v, and %q is left; want %v and %q", begins, rest, tt.want, tt.rest)
			}
		})
	}
}
