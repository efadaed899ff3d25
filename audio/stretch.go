package audio

import "math"

// The slowest and the fastest pace of a Stretcher.
const (
	MinPace = 0.5
	MaxPace = 2.5
)

// The shape of a stretcher's work. The hop is what it puts out at a time. It
// looks for the best place to go on within the reach to either side, which
// holds a whole period of a deep voice.
const (
	stretchHopMS   = 12
	stretchReachMS = 10
)

// Stretcher makes speech faster or slower without changing its pitch: WSOLA
// (W. Verhelst and M. Roelands, ICASSP 1993). Each step takes the piece of
// input near the wanted moment that best continues what was put out last, and
// cross-fades into it. At pace 1 the output is the input.
type Stretcher struct {
	hop, reach int
	pace       float64
	fade       []float64 // rising half of a Hann window, hop long

	in   []int16 // input from some earlier moment on
	next int     // where in it the last piece would go on
	want float64 // where in it the pace wants the next piece
}

// NewStretcher returns a stretcher of pace 1 for mono samples at rate hertz.
func NewStretcher(rate int) *Stretcher {
	s := &Stretcher{
		hop:   max(1, rate*stretchHopMS/1000),
		reach: rate * stretchReachMS / 1000,
		pace:  1,
	}
	s.fade = make([]float64, s.hop)
	for i := range s.fade {
		s.fade[i] = 0.5 - 0.5*math.Cos(math.Pi*(float64(i)+0.5)/float64(s.hop))
	}
	return s
}

// SetPace sets the speed, 2 is twice as fast; it is brought within
// MinPace…MaxPace. It holds from the next 12 ms of output on.
func (s *Stretcher) SetPace(pace float64) {
	if math.IsNaN(pace) {
		return
	}
	s.pace = min(MaxPace, max(MinPace, pace))
}

// Process takes the next samples and returns the output that is ready. About
// 35 ms of input are held back.
func (s *Stretcher) Process(samples []int16) []int16 {
	s.in = append(s.in, samples...)
	var out []int16
	for s.need() <= len(s.in) {
		out = s.step(out)
	}
	s.forget()
	return out
}

// Flush returns what was held back and makes the stretcher new, save the pace.
func (s *Stretcher) Flush() []int16 {
	end := float64(len(s.in))
	var out []int16
	for s.want < end {
		if lack := s.need() - len(s.in); lack > 0 {
			s.in = append(s.in, make([]int16, lack)...)
		}
		out = s.step(out)
	}
	// The last piece reaches past the end by what the pace took too much.
	over := int(math.Round((s.want - end) / s.pace))
	s.in, s.next, s.want = s.in[:0], 0, 0
	return out[:max(0, len(out)-over)]
}

// need returns how much input the next step may touch.
func (s *Stretcher) need() int {
	return max(s.next, int(math.Round(s.want))+s.reach) + s.hop
}

// step appends one hop of output.
func (s *Stretcher) step(out []int16) []int16 {
	at := s.best()
	old, fresh := s.in[s.next:s.next+s.hop], s.in[at:at+s.hop]
	for i, w := range s.fade {
		out = append(out, toInt16(float64(old[i])*(1-w)+float64(fresh[i])*w))
	}
	s.next = at + s.hop
	s.want += float64(s.hop) * s.pace
	return out
}

// best returns where, within reach of the wanted moment, the input is most
// like what would follow the last piece.
func (s *Stretcher) best() int {
	want := int(math.Round(s.want))
	from, to := max(0, want-s.reach), want+s.reach
	if s.pace == 1 && from <= s.next && s.next <= to {
		return s.next // nothing follows better than what really follows
	}
	target := s.in[s.next : s.next+s.hop]
	at, most := want, math.Inf(-1)
	for i := from; i <= to; i++ {
		if v := likeness(target, s.in[i:i+s.hop]); v > most || v == most && abs(i-want) < abs(at-want) {
			at, most = i, v
		}
	}
	return at
}

// likeness is the correlation of a and b over the loudness of b. Every second
// sample is enough to tell.
func likeness(a, b []int16) float64 {
	var dot, power int64
	for i := 0; i < len(a); i += 2 {
		x, y := int64(a[i]), int64(b[i])
		dot += x * y
		power += y * y
	}
	return float64(dot) / math.Sqrt(float64(power)+1)
}

func abs(n int) int { return max(n, -n) }

// forget drops the input that no later step can touch.
func (s *Stretcher) forget() {
	n := min(s.next, max(0, int(s.want)-s.reach-1), len(s.in))
	s.in = append(s.in[:0], s.in[n:]...)
	s.next -= n
	s.want -= float64(n)
}
