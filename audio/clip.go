package audio

import (
	"iter"
	"slices"
	"time"
)

// MaxUtterance is the longest recording that is kept.
const MaxUtterance = 120 * time.Second

// Clip is a stretch of sound in memory, for instance one utterance.
type Clip struct {
	Rate    int // hertz
	Samples []int16
}

// Append adds a frame and reports whether all of it was taken. What would
// make the clip longer than MaxUtterance is left out, and so is a frame of
// another rate. A clip without a rate takes that of its first frame.
func (c *Clip) Append(f Frame) bool {
	if c.Rate == 0 {
		c.Rate = f.Rate
	}
	if f.Rate != c.Rate {
		return false
	}
	room := max(0, Samples(MaxUtterance, c.Rate)-len(c.Samples))
	n := min(room, len(f.Samples))
	c.Samples = append(c.Samples, f.Samples[:n]...)
	return n == len(f.Samples)
}

// Duration returns how long the clip sounds.
func (c Clip) Duration() time.Duration { return Duration(len(c.Samples), c.Rate) }

// Frames yields copies of the clip in blocks of FrameDuration, in order. The
// last one may be shorter.
func (c Clip) Frames() iter.Seq[Frame] {
	return func(yield func(Frame) bool) {
		n := max(1, Samples(FrameDuration, c.Rate))
		for block := range slices.Chunk(c.Samples, n) {
			if !yield(Frame{Rate: c.Rate, Samples: slices.Clone(block)}) {
				return
			}
		}
	}
}

// Resample returns the clip at another rate.
func (c Clip) Resample(rate int) Clip {
	r := NewResampler(c.Rate, rate)
	return Clip{Rate: rate, Samples: append(r.Process(c.Samples), r.Flush()...)}
}
