package audio

import (
	"math"
	"time"
)

// The chime: short enough to be no word, and soft.
const (
	chimeLength = 60 * time.Millisecond
	chimePitch  = 880.0 // hertz
	chimePeak   = 0.05  // of full scale, -26 dB
)

// Chime is the tone that says "now": a sine that swells and fades, without a
// click at either end.
func Chime(rate int) Clip {
	c := Clip{Rate: rate, Samples: make([]int16, Samples(chimeLength, rate))}
	n := float64(len(c.Samples))
	for i := range c.Samples {
		swell := math.Sin(math.Pi * float64(i) / n)
		wave := math.Sin(2 * math.Pi * chimePitch * float64(i) / float64(rate))
		c.Samples[i] = int16(chimePeak * math.MaxInt16 * swell * swell * wave)
	}
	return c
}
