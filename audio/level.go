package audio

import "math"

// fullScale is the amplitude that counts as 0 dBFS.
const fullScale = 32768

// meterFloor is the loudness at which a level meter rests, in dBFS. Rooms are
// about -60, quiet speech -45.
const meterFloor = -60

// RMS returns the root mean square of samples, 0…32768.
func RMS(samples []int16) float64 {
	if len(samples) == 0 {
		return 0
	}
	var sum float64
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(samples)))
}

// Peak returns the largest magnitude among samples, 0…32768.
func Peak(samples []int16) int {
	peak := 0
	for _, s := range samples {
		peak = max(peak, int(s), -int(s))
	}
	return peak
}

// Decibels turns an amplitude, 0…32768, into dBFS: 0 is full scale, -Inf is
// silence.
func Decibels(amplitude float64) float64 { return 20 * math.Log10(amplitude/fullScale) }

// Level returns how far a meter should move for samples: 0 at -60 dBFS RMS and
// below, 1 at full scale, even steps of loudness between.
func Level(samples []int16) float64 {
	return min(1, max(0, 1-Decibels(RMS(samples))/meterFloor))
}
