package audio_test

import (
	"testing"
	"time"

	"aside/audio"
)

func TestClipTakesTheRateOfItsFirstFrameAndRefusesOthers(t *testing.T) {
	var c audio.Clip
	if !c.Append(audio.Frame{Rate: 16000, Samples: make([]int16, 320)}) {
		t.Fatal("first frame refused")
	}
	if c.Append(audio.Frame{Rate: 8000, Samples: make([]int16, 160)}) {
		t.Fatal("frame of another rate taken")
	}
	if c.Rate != 16000 || c.Duration() != 20*time.Millisecond {
		t.Fatalf("clip is %v at %d Hz, want 20ms at 16000 Hz", c.Duration(), c.Rate)
	}
}

func TestClipEndsAtTheLongestUtterance(t *testing.T) {
	c := audio.Clip{Rate: 100}
	minute := audio.Frame{Rate: 100, Samples: make([]int16, 7000)}
	if !c.Append(minute) || c.Append(minute) {
		t.Fatal("want 70 s taken whole and 140 s not")
	}
	if got := c.Duration(); got != audio.MaxUtterance {
		t.Fatalf("clip is %v, want %v", got, audio.MaxUtterance)
	}
}

func TestClipFramesAreCopiesThatMakeUpTheClip(t *testing.T) {
	c := audio.Clip{Rate: 16000, Samples: tone(16000, 50*time.Millisecond, 440, 1000)}
	var again audio.Clip
	var lengths []time.Duration
	for f := range c.Frames() {
		lengths = append(lengths, f.Duration())
		again.Append(f)
		clear(f.Samples)
	}
	if len(lengths) != 3 || lengths[0] != audio.FrameDuration || lengths[2] != 10*time.Millisecond {
		t.Fatalf("frames last %v, want 20ms 20ms 10ms", lengths)
	}
	for i := range c.Samples {
		if c.Samples[i] != again.Samples[i] {
			t.Fatalf("sample %d is %d, want %d", i, again.Samples[i], c.Samples[i])
		}
	}
}

func TestLevel(t *testing.T) {
	for _, tt := range []struct {
		name    string
		samples []int16
		want    float64
	}{
		{"nothing at all", nil, 0},
		{"digital silence", make([]int16, 100), 0},
		{"below the meter", tone(16000, time.Second, 440, 20), 0},
		{"half way, -30 dBFS", tone(16000, time.Second, 440, 32768*0.0316*1.4142), 0.5},
		{"the loudest square", square(100), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := audio.Level(tt.samples); got < tt.want-0.01 || got > tt.want+0.01 {
				t.Errorf("level is %.3f, want %.3f", got, tt.want)
			}
		})
	}
}

func square(n int) []int16 {
	s := make([]int16, n)
	for i := range s {
		s[i] = -32768
	}
	return s
}

func TestPeakOfTheMostNegativeSampleDoesNotOverflow(t *testing.T) {
	if got := audio.Peak([]int16{5, -32768, 7}); got != 32768 {
		t.Errorf("peak is %d, want 32768", got)
	}
}

func TestAmplify(t *testing.T) {
	for _, tt := range []struct {
		name     string
		volume   float64
		in, want int16
	}{
		{"one changes nothing", 1, 32767, 32767},
		{"zero is silence", 0, 32767, 0},
		{"half", 0.5, -20000, -10000},
		{"double, below the knee", 2, 10000, 20000},
		{"below zero counts as zero", -3, 20000, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := []int16{tt.in}
			if audio.Amplify(s, tt.volume); s[0] != tt.want {
				t.Errorf("%d times %v is %d, want %d", tt.in, tt.volume, s[0], tt.want)
			}
		})
	}
}

func TestAmplifyBendsButKeepsOrder(t *testing.T) {
	ramp := make([]int16, 0, 65536)
	for v := -32768; v <= 32767; v++ {
		ramp = append(ramp, int16(v))
	}
	audio.Amplify(ramp, audio.MaxVolume)
	for i := 1; i < len(ramp); i++ {
		if ramp[i] < ramp[i-1] {
			t.Fatalf("louder input %d became quieter: %d after %d", i-32768, ramp[i], ramp[i-1])
		}
	}
	if ramp[0] > -32000 || ramp[65535] < 32000 {
		t.Errorf("full scale became %d and %d", ramp[0], ramp[65535])
	}
}
