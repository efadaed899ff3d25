package audio

import (
	"math"
	"testing"
	"time"
)

// said is a stretch of sound as loud as level, in blocks that swell and fade
// four times a second, as syllables do.
func said(level float64, d time.Duration) (all []Frame) {
	for at := time.Duration(0); at < d; at += FrameDuration {
		f := Frame{Rate: RateListen, Samples: make([]int16, Samples(FrameDuration, RateListen))}
		swell := math.Abs(math.Sin(2 * math.Pi * at.Seconds() * 2))
		for i := range f.Samples {
			f.Samples[i] = int16(level * swell * math.Sin(float64(i)*0.3))
		}
		all = append(all, f)
	}
	return all
}

func hush(d time.Duration) []Frame { return said(20, d) }

func TestAPauseIsNoticedAfterWordsOnly(t *testing.T) {
	join := func(parts ...[]Frame) (all []Frame) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	for name, c := range map[string]struct {
		frames []Frame
		over   time.Duration // 0: never
	}{
		"a question":                  {join(hush(time.Second), said(8000, 2*time.Second), hush(3*time.Second)), 3*time.Second + pauseAfter},
		"a breath in the middle":      {join(said(8000, time.Second), hush(900*time.Millisecond), said(8000, time.Second), hush(2*time.Second)), 2900*time.Millisecond + pauseAfter},
		"still speaking":              {join(hush(time.Second), said(8000, 5*time.Second)), 0},
		"silence":                     {hush(12 * time.Second), pauseNever},
		"a click is no word":          {join(hush(time.Second), said(9000, 40*time.Millisecond), hush(4*time.Second)), 0},
		"quiet words in a quiet room": {join(hush(time.Second), said(900, 2*time.Second), hush(2*time.Second)), 3*time.Second + pauseAfter},
	} {
		var p Pause
		at, over := time.Duration(0), time.Duration(0)
		for _, f := range c.frames {
			at += f.Duration()
			if p.Hear(f) {
				over = at
				break
			}
		}
		if d := over - c.over; over == 0 != (c.over == 0) || d > 150*time.Millisecond || d < -150*time.Millisecond {
			t.Errorf("%s: over after %v, want %v", name, over, c.over)
		}
	}
}
