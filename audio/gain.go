package audio

import "math"

// MaxVolume is the loudest that Amplify goes: +12 dB.
const MaxVolume = 4.0

// knee is where Amplify begins to limit, as a part of full scale.
const knee = 0.8

// Amplify multiplies samples by volume in place; 1 leaves them as they are,
// 0 is silence, and anything outside 0…MaxVolume is brought inside. Loud parts
// are bent softly below full scale and never wrap around.
func Amplify(samples []int16, volume float64) {
	volume = clampVolume(volume)
	if volume == 1 {
		return
	}
	for i, s := range samples {
		v := float64(s) * volume
		if volume > 1 {
			v = limit(v/fullScale) * fullScale
		}
		samples[i] = toInt16(v)
	}
}

func clampVolume(v float64) float64 {
	if math.IsNaN(v) {
		return 1
	}
	return min(MaxVolume, max(0, v))
}

// limit is the identity up to the knee and a hyperbolic tangent towards full
// scale above it, joined without a corner.
func limit(x float64) float64 {
	a := math.Abs(x)
	if a <= knee {
		return x
	}
	return math.Copysign(knee+(1-knee)*math.Tanh((a-knee)/(1-knee)), x)
}

// toInt16 rounds to the nearest sample value; NaN becomes silence.
func toInt16(v float64) int16 {
	switch {
	case math.IsNaN(v):
		return 0
	case v >= math.MaxInt16:
		return math.MaxInt16
	case v <= math.MinInt16:
		return math.MinInt16
	}
	return int16(math.Round(v))
}
