//go:build unix

package device_test

import (
	"math"
	"testing"
	"time"

	"aside/app/desk"
	"aside/audio"
	"aside/audio/device"
)

// BenchmarkPlayed is how far what is said to be played is ahead of what is heard,
// while sound comes as it does from a network: nothing for a while in the middle.
// Beside it stands the guess that all that was written is heard.
func BenchmarkPlayed(b *testing.B) {
	d := desk.Start(b, desk.Options{Sound: true})
	ear, err := d.Listen(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, backend := range []device.Backend{device.Pulse, device.Malgo} {
		s, err := device.Open(b.Context(), device.Options{Backend: backend, Application: application, Server: d.PulseServer})
		if err != nil {
			b.Fatal(err)
		}
		for _, stall := range []time.Duration{0, 200 * time.Millisecond, 500 * time.Millisecond} {
			b.Run(string(backend)+"/stall="+stall.String(), func(b *testing.B) {
				var off, guessed misses
				for b.Loop() {
					playedOnce(b, s, ear, stall, &off, &guessed)
				}
				b.ReportMetric(0, "ns/op") // it is mostly sound
				b.ReportMetric(off.mean(), "ms-ahead")
				b.ReportMetric(off.most, "ms-off-most")
				b.ReportMetric(guessed.mean(), "ms-written-ahead")
			})
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// misses are how far guesses were ahead, in milliseconds, and the worst of them
// either way.
type misses struct {
	sum, most float64
	n         int
}

func (m *misses) add(ms float64) {
	m.sum, m.most, m.n = m.sum+ms, max(m.most, math.Abs(ms)), m.n+1
}

func (m *misses) mean() float64 { return m.sum / float64(m.n) }

// told is what was said of a playback at a moment.
type told struct {
	at              time.Time
	played, written time.Duration
}

// playedOnce plays two halves of a tone with a stall between them, asks every
// 10 ms what is played, and compares it to the loudspeaker's recording.
func playedOnce(b *testing.B, s *device.System, ear *desk.Recording, stall time.Duration, off, guessed *misses) {
	b.Helper()
	place, from := ear.Clock(), ear.Len()
	p, err := s.Play(b.Context(), device.PlayOptions{})
	if err != nil {
		b.Fatal(err)
	}
	half := tone(audio.RateSpeak, 400*time.Millisecond, 1000)
	done := make(chan struct{})
	written := make(chan time.Duration, 1000) // of the test, all of it
	go func() {
		defer close(done)
		for i := range 2 {
			if i > 0 {
				time.Sleep(stall)
			}
			for f := range half.Frames() {
				if err := p.Write(b.Context(), f); err != nil {
					b.Error(err)
					return
				}
				written <- f.Duration()
			}
		}
		if err := p.Drain(b.Context()); err != nil {
			b.Error(err)
		}
	}()
	all, sum := []told{}, time.Duration(0)
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case d := <-written:
			sum += d
			continue
		case <-tick.C:
			all = append(all, told{time.Now(), p.Played(), sum})
			continue
		case <-done:
		}
		tick.Stop()
		break
	}
	if err := p.Close(); err != nil {
		b.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // the recording is behind
	heard := loudBefore(ear.Samples(), from)
	for _, t := range all {
		now := heard(place(t.at))
		off.add(float64(t.played-now) / 1e6)
		guessed.add(float64(t.written-now) / 1e6)
	}
}

// loudBefore returns how much sound a recording holds between two places.
func loudBefore(samples []int16, from int) func(to int) time.Duration {
	const block = desk.RecordRate / 1000 // a period of the tone
	return func(to int) (sum time.Duration) {
		for at := from; at+block <= min(to, len(samples)); at += block {
			if audio.Peak(samples[at:at+block]) > 1000 {
				sum += time.Millisecond
			}
		}
		return sum
	}
}
