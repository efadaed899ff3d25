package audio_test

import (
	"math"
	"math/rand/v2"
	"time"

	"aside/audio"
)

// tone is a sine of the given frequency and amplitude.
func tone(rate int, d time.Duration, hertz, amplitude float64) []int16 {
	s := make([]int16, audio.Samples(d, rate))
	for i := range s {
		s[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate))))
	}
	return s
}

// noise is white noise of the given RMS, the same every time.
func noise(rate int, d time.Duration, rms float64) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	s := make([]int16, audio.Samples(d, rate))
	for i := range s {
		s[i] = int16(math.Round(max(-32767, min(32767, r.NormFloat64()*rms))))
	}
	return s
}

// hum is what a deep voice is to a period finder: a 110 Hz pulse train with
// overtones that breathes five times a second.
func hum(rate int, d time.Duration, amplitude float64) []int16 {
	s := make([]int16, audio.Samples(d, rate))
	for i := range s {
		t := float64(i) / float64(rate)
		var v float64
		for k := 1.0; k <= 8; k++ {
			v += math.Sin(2*math.Pi*110*k*t) / k
		}
		s[i] = int16(amplitude / 2 * v * max(0, math.Sin(2*math.Pi*2.5*t)))
	}
	return s
}

// strength is how much of a frequency is in samples: the amplitude of a sine
// of that frequency (Goertzel).
func strength(samples []int16, rate int, hertz float64) float64 {
	step := 2 * math.Pi * hertz / float64(rate)
	k := 2 * math.Cos(step)
	var last, before float64
	for _, v := range samples {
		last, before = float64(v)+k*last-before, last
	}
	power := last*last + before*before - k*last*before
	return 2 * math.Sqrt(max(0, power)) / float64(len(samples))
}

// pitch is the frequency between low and high that is strongest in samples.
func pitch(samples []int16, rate int, low, high float64) float64 {
	best, most := 0.0, 0.0
	for f := low; f <= high; f++ {
		if v := strength(samples, rate, f); v > most {
			best, most = f, v
		}
	}
	return best
}

func concat(parts ...[]int16) []int16 {
	var all []int16
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
