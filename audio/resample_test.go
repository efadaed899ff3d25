package audio_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"aside/audio"
)

func TestResamplerKeepsToneAndLength(t *testing.T) {
	for _, rates := range [][2]int{{48000, 16000}, {44100, 16000}, {8000, 16000}, {24000, 48000}, {16000, 24000}, {22050, 24000}, {192000, 16000}, {16000, 11025}} {
		t.Run(fmt.Sprintf("%d to %d", rates[0], rates[1]), func(t *testing.T) {
			in := audio.Clip{Rate: rates[0], Samples: tone(rates[0], time.Second, 1000, 10000)}
			out := in.Resample(rates[1])
			if d := out.Duration() - in.Duration(); d.Abs() > time.Millisecond {
				t.Errorf("lasts %v, want %v", out.Duration(), in.Duration())
			}
			middle := out.Samples[rates[1]/10 : rates[1]*9/10]
			if got := strength(middle, rates[1], 1000); math.Abs(got-10000) > 50 {
				t.Errorf("tone has amplitude %.0f, want 10000", got)
			}
			rest := math.Sqrt(max(0, math.Pow(audio.RMS(middle), 2)-math.Pow(strength(middle, rates[1], 1000), 2)/2))
			if rest > 15 {
				t.Errorf("%.1f RMS beside the tone, want less than 15", rest)
			}
		})
	}
}

func TestResamplerRemovesWhatTheNewRateCannotHold(t *testing.T) {
	in := audio.Clip{Rate: 48000, Samples: tone(48000, time.Second, 11000, 20000)}
	out := in.Resample(16000).Samples
	if got := audio.RMS(out[1600 : len(out)-1600]); got > 5 {
		t.Errorf("an 11 kHz tone left %.1f RMS at 16 kHz, want next to none", got)
	}
}

func TestResamplerGivesTheSameInSmallPieces(t *testing.T) {
	in := noise(44100, 200*time.Millisecond, 3000)
	want := audio.Clip{Rate: 44100, Samples: in}.Resample(16000).Samples
	r := audio.NewResampler(44100, 16000)
	var got []int16
	for i := 0; i < len(in); i += 37 {
		got = append(got, r.Process(in[i:min(len(in), i+37)])...)
	}
	got = append(got, r.Flush()...)
	if len(got) != len(want) {
		t.Fatalf("%d samples, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("sample %d is %d, want %d", i, got[i], want[i])
		}
	}
}

func TestResamplerOfOneRateChangesNothing(t *testing.T) {
	in := noise(16000, 20*time.Millisecond, 3000)
	out := audio.Clip{Rate: 16000, Samples: in}.Resample(16000).Samples
	for i := range in {
		if in[i] != out[i] {
			t.Fatalf("sample %d is %d, want %d", i, out[i], in[i])
		}
	}
}
