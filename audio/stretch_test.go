package audio_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"aside/audio"
)

// stretched passes samples through a stretcher in frames of 20 ms.
func stretched(s *audio.Stretcher, rate int, samples []int16) []int16 {
	var out []int16
	for f := range (audio.Clip{Rate: rate, Samples: samples}).Frames() {
		out = append(out, s.Process(f.Samples)...)
	}
	return append(out, s.Flush()...)
}

func TestStretcherChangesDurationAndKeepsPitch(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		for _, pace := range []float64{0.5, 0.8, 1, 1.25, 1.5, 2, 2.5} {
			t.Run(fmt.Sprintf("%d Hz at pace %v", rate, pace), func(t *testing.T) {
				s := audio.NewStretcher(rate)
				s.SetPace(pace)
				out := stretched(s, rate, tone(rate, time.Second, 220, 10000))
				want := 1 / pace
				if got := audio.Duration(len(out), rate).Seconds(); math.Abs(got-want) > 0.001*want+0.001 {
					t.Errorf("lasts %.3f s, want %.3f s", got, want)
				}
				if got := pitch(out, rate, 210, 230); math.Abs(got-220) > 220*0.01 {
					t.Errorf("pitch is %.1f Hz, want 220", got)
				}
				if got := audio.RMS(out); got < 0.9*7071 || got > 1.1*7071 {
					t.Errorf("RMS is %.0f, want about 7071", got)
				}
			})
		}
	}
}

func TestStretcherAtPaceOneIsTransparent(t *testing.T) {
	in := noise(24000, 500*time.Millisecond, 5000)
	out := stretched(audio.NewStretcher(24000), 24000, in)
	if len(out) != len(in) {
		t.Fatalf("%d samples, want %d", len(out), len(in))
	}
	for i := range in {
		if in[i] != out[i] {
			t.Fatalf("sample %d is %d, want %d", i, out[i], in[i])
		}
	}
}

func TestStretcherChangesPaceWithinTheNextTenthOfASecond(t *testing.T) {
	const rate = 24000
	s := audio.NewStretcher(rate)
	frame := tone(rate, 20*time.Millisecond, 200, 8000)
	for range 50 {
		s.Process(frame)
	}
	s.SetPace(2)
	var got int
	for range 5 { // 100 ms of input
		got += len(s.Process(frame))
	}
	if want := audio.Samples(50*time.Millisecond, rate); got > want*3/2 {
		t.Errorf("100 ms of input became %v at pace 2, want about 50 ms", audio.Duration(got, rate))
	}
}

func TestStretcherOnPaceChangesOverTimeKeepsTheSum(t *testing.T) {
	const rate = 16000
	s := audio.NewStretcher(rate)
	second := hum(rate, time.Second, 10000)
	var out []int16
	for _, pace := range []float64{1, 2, 0.5, 1} {
		s.SetPace(pace)
		out = append(out, s.Process(second)...)
	}
	out = append(out, s.Flush()...)
	want := 1 + 0.5 + 2 + 1.0
	if got := audio.Duration(len(out), rate).Seconds(); math.Abs(got-want) > 0.1 {
		t.Errorf("lasts %.3f s, want %.1f s", got, want)
	}
}

func TestStretcherKeepsPaceWithinItsLimits(t *testing.T) {
	for _, tt := range []struct{ asked, want float64 }{{9, audio.MaxPace}, {0, audio.MinPace}, {math.NaN(), 1}} {
		s := audio.NewStretcher(16000)
		s.SetPace(tt.asked)
		out := stretched(s, 16000, make([]int16, 16000))
		if got := 1 / audio.Duration(len(out), 16000).Seconds(); math.Abs(got-tt.want) > 0.01 {
			t.Errorf("pace asked %v is %.2f, want %v", tt.asked, got, tt.want)
		}
	}
}

func FuzzStretcher(f *testing.F) {
	f.Add(16000, 1.3, []byte("some speech that is not speech at all"))
	f.Fuzz(func(t *testing.T, rate int, pace float64, raw []byte) {
		if rate < 1 || rate > 48000 {
			return
		}
		s := audio.NewStretcher(rate)
		for i, b := range raw {
			if i == len(raw)/2 {
				s.SetPace(pace)
			}
			block := make([]int16, int(b)*4)
			for k := range block {
				block[k] = int16(int(b) * k * 37)
			}
			s.Process(block)
		}
		s.Flush()
	})
}

// BenchmarkStretcher is how much of a core a voice takes at each pace, and how
// much higher or lower it becomes. Its floor is the resampler, which changes the
// pitch as well.
func BenchmarkStretcher(b *testing.B) {
	const rate = 24000
	voice := hum(rate, 2*time.Second, 10000)
	frame := voice[:audio.Samples(audio.FrameDuration, rate)]
	run := func(name string, process func([]int16) []int16) {
		b.Run(name, func(b *testing.B) {
			out := process(voice)
			for b.Loop() {
				process(frame)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(audio.FrameDuration)*100, "%core")
			b.ReportMetric(100*math.Abs(finePitch(out, rate)/110-1), "%pitch")
		})
	}
	for _, pace := range []float64{0.5, 0.8, 1.25, 1.5, 2, 2.5} {
		s := audio.NewStretcher(rate)
		s.SetPace(pace)
		run(fmt.Sprintf("pace=%v", pace), s.Process)
	}
	// At twice the pace a period of the voice is one of the octave, too.
	run("resampled=1.5", audio.NewResampler(rate, rate*2/3).Process)
	run("resampled=2", audio.NewResampler(rate, rate/2).Process)
}

// finePitch is the pitch of a voice, in fractions of a hertz: the median over
// its loud parts, each by how soon it is like itself again.
func finePitch(samples []int16, rate int) float64 {
	const part = 50 * time.Millisecond
	const low, high = 40.0, 300.0 // an octave and more around that of hum
	n, longest := audio.Samples(part, rate), int(float64(rate)/low)+2
	var all []float64
	for at := 0; at+n+longest < len(samples); at += n {
		if audio.RMS(samples[at:at+n]) < 1000 {
			continue
		}
		alike := func(lag int) float64 {
			var dot, power float64
			for i, v := range samples[at : at+n] {
				w := float64(samples[at+lag+i])
				dot, power = dot+float64(v)*w, power+w*w
			}
			return dot / math.Sqrt(power+1)
		}
		best, most := 0, 0.0
		for lag := int(float64(rate) / high); lag < longest; lag++ {
			v := alike(lag)
			if again := best > 0 && float64(lag) > 1.5*float64(best); v > most && !again || v > 1.2*most {
				best, most = lag, v // after two periods it is like itself, too
			}
		}
		before, after := alike(best-1), alike(best+1) // the top of a parabola through the three
		all = append(all, float64(rate)/(float64(best)+(before-after)/(2*(before-2*most+after))))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
