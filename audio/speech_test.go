package audio_test

import (
	"math"
	"testing"
	"time"

	"aside/audio"
)

const listen = audio.RateListen

func quiet(d time.Duration) []int16 { return noise(listen, d, 20) }

func TestHasSpeech(t *testing.T) {
	offset := concat(quiet(time.Second))
	for i := range offset {
		offset[i] += 4000
	}
	ms := time.Millisecond
	word := hum(listen, 200*ms, 8000)
	for _, tt := range []struct {
		name    string
		samples []int16
		want    bool
	}{
		{"nothing", nil, false},
		{"digital silence", make([]int16, 2*listen), false},
		{"a quiet room", quiet(2 * time.Second), false},
		{"a loud fan", noise(listen, 4*time.Second, 2000), false},
		{"a steady tone", tone(listen, 4*time.Second, 440, 8000), false},
		{"a constant offset", offset, false},
		{"a click", concat(quiet(500*ms), noise(listen, 10*ms, 12000), quiet(500*ms)), false},
		{"a bump of 80 ms", concat(quiet(500*ms), hum(listen, 80*ms, 12000), quiet(500*ms)), false},
		{"two bumps far apart", concat(quiet(200*ms), hum(listen, 80*ms, 9000), quiet(400*ms), hum(listen, 80*ms, 9000), quiet(200*ms)), false},
		{"one word", concat(quiet(300*ms), word, quiet(300*ms)), true},
		{"one word at once, then silence", concat(word, quiet(200*ms)), true},
		{"a quiet word", concat(quiet(300*ms), hum(listen, 200*ms, 1000), quiet(300*ms)), true},
		{"a word over a fan", concat(noise(listen, time.Second, 300), hum(listen, 200*ms, 14000), noise(listen, time.Second, 300)), true},
		{"talk without a pause from the first sample", hum(listen, 3*time.Second, 9000), true},
		{"a word after ten silent seconds", concat(quiet(10*time.Second), word), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := audio.HasSpeech(audio.Clip{Rate: listen, Samples: tt.samples}); got != tt.want {
				t.Errorf("speech: %v, want %v", got, tt.want)
			}
		})
	}
}

// tailOf feeds a tail with 20 ms frames and returns how much it takes.
func tailOf(before, after []int16) time.Duration {
	var tail audio.Tail
	for f := range (audio.Clip{Rate: listen, Samples: before}).Frames() {
		tail.Hear(f)
	}
	var kept time.Duration
	for f := range (audio.Clip{Rate: listen, Samples: after}).Frames() {
		kept += f.Duration()
		if tail.Done(f) {
			break
		}
	}
	return kept
}

func TestTailEndsWithTheWord(t *testing.T) {
	ms := time.Millisecond
	said := tone(listen, 40*ms, 200, 8000)
	for _, tt := range []struct {
		name          string
		before, after []int16
		want          time.Duration
	}{
		{"silent already", quiet(time.Second), quiet(time.Second), 20 * ms},
		{"silent already, nothing heard before", nil, quiet(time.Second), 20 * ms},
		{"silent already in a loud room", noise(listen, time.Second, 400), noise(listen, time.Second, 400), 20 * ms},
		{"silent for as long as any closure", concat(quiet(time.Second), said, quiet(80*ms)), quiet(time.Second), 20 * ms},
		{"silent for 60 ms", concat(quiet(time.Second), said, quiet(60*ms)), quiet(time.Second), 40 * ms},
		{"silent for a moment", concat(quiet(time.Second), said, quiet(20*ms)), quiet(time.Second), 80 * ms},
		{"the word ends with the key", concat(quiet(time.Second), said), quiet(time.Second), 100 * ms},
		{"40 ms of the word left", quiet(time.Second), concat(said, quiet(time.Second)), 120 * ms},
		{"a closure after the key", concat(quiet(time.Second), said), concat(quiet(80*ms), said), 120 * ms},
		{"the key in the middle of a closure", concat(quiet(time.Second), said, quiet(40*ms)), concat(quiet(40*ms), noise(listen, 20*ms, 3000), quiet(time.Second)), 120 * ms},
		{"talking on", quiet(time.Second), tone(listen, time.Second, 200, 8000), 120 * ms},
		{"talking on, nothing heard before", nil, tone(listen, time.Second, 200, 8000), 120 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tailOf(tt.before, tt.after); got != tt.want {
				t.Errorf("tail is %v, want %v", got, tt.want)
			}
		})
	}
}

func TestStartTrimmerLeavesTenMilliseconds(t *testing.T) {
	const rate = audio.RateSpeak
	for _, silence := range []time.Duration{0, 3 * time.Millisecond, 10 * time.Millisecond, 137 * time.Millisecond, time.Second} {
		t.Run(silence.String(), func(t *testing.T) {
			speech := tone(rate, 200*time.Millisecond, 300, 8000)
			in := audio.Clip{Rate: rate, Samples: concat(noise(rate, silence, 30), speech)}
			var trimmer audio.StartTrimmer
			var out audio.Clip
			for f := range in.Frames() {
				out.Append(trimmer.Trim(f))
			}
			lead := len(out.Samples) - len(speech)
			most := min(audio.Samples(silence, rate), audio.Samples(12*time.Millisecond, rate))
			least := min(audio.Samples(silence, rate), audio.Samples(8*time.Millisecond, rate))
			if lead < least || lead > most {
				t.Fatalf("%v of silence left, want about 10ms", audio.Duration(lead, rate))
			}
			for i := range speech {
				if out.Samples[lead+i] != speech[i] {
					t.Fatalf("sample %d of the speech is %d, want %d", i, out.Samples[lead+i], speech[i])
				}
			}
		})
	}
}

func TestStartTrimmerHoldsBackSilenceForEver(t *testing.T) {
	var trimmer audio.StartTrimmer
	for range 1000 {
		if f := trimmer.Trim(audio.Frame{Rate: listen, Samples: make([]int16, 320)}); len(f.Samples) != 0 || f.Rate != listen {
			t.Fatalf("silence came through: %d samples at %d Hz", len(f.Samples), f.Rate)
		}
	}
}

func TestDecibels(t *testing.T) {
	if got := audio.Decibels(32768); got != 0 {
		t.Errorf("full scale is %v dBFS, want 0", got)
	}
	if got := audio.Decibels(0); !math.IsInf(got, -1) {
		t.Errorf("silence is %v dBFS, want -Inf", got)
	}
}
