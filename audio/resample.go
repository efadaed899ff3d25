package audio

import (
	"math"
	"slices"
)

// The quality of the resampler. With 16 zero crossings a side and a Kaiser
// window of beta 8 what lies beyond the new Nyquist frequency is about 80 dB
// down; the pass band reaches to 90 % of it.
const (
	zeroCrossings = 16
	kaiserBeta    = 8.0
	passBand      = 0.90
	tableSteps    = 256 // entries of the table for each input sample
)

// Resampler converts a stream of samples from one rate to another by
// band-limited interpolation: every output sample is the input convolved with
// a windowed sinc centred on its moment (J. O. Smith, "Digital Audio
// Resampling Home Page", CCRMA). Moments are kept as exact fractions, so that
// a long stream does not drift.
type Resampler struct {
	from, to int
	half     int       // input samples the filter reaches to each side
	table    []float32 // the filter's right half, tableSteps a sample; nil to pass unchanged
	history  []float32 // input still needed; history[half] is at or before the next moment
	rest     int       // the next moment is rest/to input samples after history[half]
}

// NewResampler returns a resampler between two rates in hertz. If they are the
// same, or one of them is not positive, samples pass unchanged.
func NewResampler(from, to int) *Resampler {
	r := &Resampler{from: from, to: to}
	if from == to || from <= 0 || to <= 0 {
		return r
	}
	cutoff := min(1, float64(to)/float64(from)) * passBand // of the input's Nyquist frequency
	r.half = int(math.Ceil(zeroCrossings / cutoff))
	r.table = make([]float32, r.half*tableSteps+2)
	norm := bessel0(kaiserBeta)
	for i := range r.table {
		t := float64(i) / tableSteps
		x := min(1, t/float64(r.half))
		window := bessel0(kaiserBeta*math.Sqrt(1-x*x)) / norm
		r.table[i] = float32(cutoff * sinc(cutoff*t) * window)
	}
	r.reset()
	return r
}

func (r *Resampler) reset() {
	r.history = append(r.history[:0], make([]float32, r.half)...)
	r.rest = 0
}

// Process takes the next input samples and returns the output that is ready;
// the filter's reach, about 1 ms at 16 kHz, is held back.
func (r *Resampler) Process(samples []int16) []int16 {
	if r.table == nil {
		return slices.Clone(samples)
	}
	for _, s := range samples {
		r.history = append(r.history, float32(s))
	}
	out := make([]int16, 0, len(samples)*r.to/r.from+1)
	at := 0 // of the next moment's neighbourhood in history
	for at+2*r.half < len(r.history) {
		out = append(out, r.interpolate(r.history[at:at+2*r.half+1]))
		r.rest += r.from
		at += r.rest / r.to
		r.rest %= r.to
	}
	r.history = append(r.history[:0], r.history[at:]...)
	return out
}

// Flush returns the output that was held back and makes the resampler new.
func (r *Resampler) Flush() []int16 {
	if r.table == nil {
		return nil
	}
	out := r.Process(make([]int16, r.half))
	r.reset()
	return out
}

// interpolate returns the value rest/to samples after the middle of near.
func (r *Resampler) interpolate(near []float32) int16 {
	shift := float64(r.rest) / float64(r.to)
	var sum float64
	for i, s := range near {
		at := math.Abs(float64(i-r.half)-shift) * tableSteps
		k := int(at)
		if k+1 >= len(r.table) {
			continue
		}
		part := float32(at - float64(k))
		sum += float64(s * (r.table[k] + part*(r.table[k+1]-r.table[k])))
	}
	return toInt16(sum)
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel0 is the modified Bessel function of the first kind and order zero,
// by its power series.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}
