package audio_test

import (
	"fmt"
	"math"
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

func BenchmarkStretcher(b *testing.B) {
	s := audio.NewStretcher(24000)
	s.SetPace(1.5)
	frame := hum(24000, 20*time.Millisecond, 10000)
	for b.Loop() {
		s.Process(frame)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(20*time.Millisecond)*100, "%core")
}
