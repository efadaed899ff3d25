package audio_test

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"aside/audio"
)

// times amplifies as a microphone does that is set too high or too low.
func times(samples []int16, by, offset float64) []int16 {
	out := slices.Clone(samples)
	for i, s := range out {
		out[i] = int16(max(math.MinInt16, min(math.MaxInt16, math.Round(float64(s)*by+offset))))
	}
	return out
}

func wantQuality(t *testing.T, samples []int16, quiet, clipped bool) {
	t.Helper()
	q := audio.Judge(audio.Clip{Rate: listen, Samples: samples})
	if q.Quiet != quiet || q.Clipped != clipped {
		t.Errorf("judged %+v, want quiet %v, clipped %v", q, quiet, clipped)
	}
}

func TestJudge(t *testing.T) {
	second := time.Second
	talk := concat(quiet(second), hum(listen, 2*second, 9000), quiet(second))
	cut := times(talk, 6, 0)
	for _, tt := range []struct {
		name           string
		samples        []int16
		quiet, clipped bool
	}{
		{"good", talk, false, false},
		{"as loud as it fits", times(talk, 32700/float64(audio.Peak(talk)), 0), false, false},
		{"good among long pauses", concat(quiet(20*second), talk, quiet(20*second)), false, false},
		{"very quiet", times(talk, 0.05, 0), true, false},
		{"very quiet with an offset", times(talk, 0.05, 5000), true, false},
		{"very quiet with a bump", concat(times(talk, 0.05, 0), noise(listen, 40*time.Millisecond, 9000), quiet(second)), true, false},
		{"good with an offset", times(talk, 1, -6000), false, false},
		{"clipped", cut, false, true},
		{"clipped and turned down", times(cut, 0.3, 0), false, true},
		{"clipped on one side by an offset", times(talk, 2, 22000), false, true},
		{"one crack", concat(talk, []int16{32767, 32767, 32767, -32768, -32768}, talk), false, false},
	} {
		t.Run(tt.name, func(t *testing.T) { wantQuality(t, tt.samples, tt.quiet, tt.clipped) })
	}
}

func TestJudgeOfNothing(t *testing.T) {
	for _, samples := range [][]int16{nil, make([]int16, listen)} {
		q := audio.Judge(audio.Clip{Rate: listen, Samples: samples})
		if q.Quiet || q.Clipped || !math.IsInf(q.Level, -1) {
			t.Errorf("silence is judged %+v", q)
		}
	}
	if q := audio.Judge(audio.Clip{}); q.Quiet || q.Clipped {
		t.Errorf("no clip is judged %+v", q)
	}
}

func TestJudgeOfRealSpeech(t *testing.T) {
	if _, err := exec.LookPath("flite"); err != nil && os.Getenv("ASIDE_TEST_ALL") == "" {
		t.Skip(err)
	}
	for _, voice := range []string{"rms", "slt"} {
		path := filepath.Join(t.TempDir(), "speech.wav")
		if out, err := exec.CommandContext(t.Context(), "flite", "-voice", voice, "-t", "What does this error mean?", "-o", path).CombinedOutput(); err != nil {
			t.Fatalf("flite: %v: %s", err, out)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := audio.DecodeWAV(raw)
		if err != nil {
			t.Fatal(err)
		}
		full := 32700 / float64(audio.Peak(c.Samples))
		level := audio.Judge(c).Level
		for _, by := range []float64{full, full / 4, 4 * full, 0.01, 0.04} {
			t.Run(voice, func(t *testing.T) {
				samples := times(c.Samples, by, 300)
				quiet := level+20*math.Log10(by) < -42
				wantQuality(t, samples, quiet, by > full)
				resampled := audio.Clip{Rate: 48000, Samples: times(c.Resample(48000).Samples, by, 0)}.Resample(listen)
				wantQuality(t, resampled.Samples, quiet, by > full)
			})
		}
	}
}
