package audio

import (
	"math"
	"slices"
)

// What makes speech hard to understand. Speech from a microphone that is set
// well has about -20 dBFS while it sounds; what stands in no more than the room
// does is not called speech at all (see voiceFloor).
const (
	quietSpeech = -42.0 // dBFS
	soundingBy  = 10.0  // a block sounds unless it is that many times softer than the loud ones, 20 dB

	clipMargin = 0.02 // of the furthest sample: what lies within sticks to the end of the scale
	clipShare  = 0.01 // of what sounds; whole speech has 0.0006 of it, twice the volume that fits has 0.04
	clipFloor  = 3277 // -20 dBFS: what goes no further has room
)

// Quality is how well a clip of speech was recorded. A constant offset, which
// some microphones have, does not count.
type Quality struct {
	Level   float64 // dBFS of what sounds, between the pauses; -Inf if nothing does
	Quiet   bool    // so soft that words will be mistaken
	Clipped bool    // so loud that the peaks are cut off
}

// Judge says how well a clip of speech was recorded. It does not ask whether it
// is speech: see HasSpeech.
func Judge(c Clip) Quality {
	q := Quality{Level: math.Inf(-1)}
	blocks, loud := soundingBlocks(c)
	var power float64
	var n int
	for _, b := range blocks {
		l := min(loudness(b), loud)
		power += l * l * float64(len(b))
		n += len(b)
	}
	if n == 0 {
		return q
	}
	q.Level = Decibels(math.Sqrt(power / float64(n)))
	q.Quiet = q.Level < quietSpeech
	q.Clipped = clipped(blocks, n)
	return q
}

// soundingBlocks are those between the pauses. Nothing louder than loud is said.
func soundingBlocks(c Clip) (sounding [][]int16, loud float64) {
	size := Samples(FrameDuration, c.Rate)
	if size == 0 || len(c.Samples) == 0 {
		return nil, 0
	}
	var blocks [][]int16
	var levels []float64
	for b := range slices.Chunk(c.Samples, size) {
		blocks, levels = append(blocks, b), append(levels, loudness(b))
	}
	sorted := slices.Sorted(slices.Values(levels))
	loud = sorted[max(0, len(sorted)-minVoiced)] // what is louder for less than that is a bump
	for i, b := range blocks {
		if levels[i] > loud/soundingBy {
			sounding = append(sounding, b)
		}
	}
	return sounding, loud
}

// clipped reports whether too many of n samples stick to either end of the
// scale. The end need not be that of int16: a microphone that is overdriven may
// be turned down afterwards.
func clipped(blocks [][]int16, n int) bool {
	var sum float64
	most, least := math.MinInt16, math.MaxInt16
	for _, b := range blocks {
		for _, s := range b {
			sum += float64(s)
			most, least = max(most, int(s)), min(least, int(s))
		}
	}
	mean := sum / float64(n)
	up, down := float64(most)-mean, mean-float64(least)
	if max(up, down) < clipFloor {
		return false
	}
	stuck := 0
	for _, b := range blocks {
		for _, s := range b {
			if v := float64(s) - mean; v >= (1-clipMargin)*up || -v >= (1-clipMargin)*down {
				stuck++
			}
		}
	}
	return float64(stuck) > clipShare*float64(n)
}
