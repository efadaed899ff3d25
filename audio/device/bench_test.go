//go:build unix

package device_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"aside/app/desk"
	"aside/audio"
	"aside/audio/device"
)

// each runs a benchmark with each backend on one sound server.
func each(b *testing.B, run func(b *testing.B, s *device.System)) {
	d := desk.Start(b, desk.Options{Sound: true})
	for _, backend := range []device.Backend{device.Pulse, device.Malgo} {
		s, err := device.Open(b.Context(), device.Options{Backend: backend, Application: application, Server: d.PulseServer})
		if errors.Is(err, audio.ErrUnsupported) {
			continue
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(backend), func(b *testing.B) { run(b, s) })
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstSample is from the wish to record to the first sound. Its floor
// is the sound server's own program for that.
func BenchmarkFirstSample(b *testing.B) {
	each(b, func(b *testing.B, s *device.System) {
		for b.Loop() {
			r, err := s.Record(b.Context(), device.RecordOptions{})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := r.Read(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if err := r.Close(); err != nil {
				b.Fatal(err)
			}
			anyTime()
			b.StartTimer()
		}
	})
	d := desk.Start(b, desk.Options{Sound: true})
	b.Run("parec", func(b *testing.B) {
		for b.Loop() {
			cmd := d.Command(b.Context(), "parec", "--latency-msec=10", "--rate=16000", "--channels=1", "--format=s16le")
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(out, make([]byte, 2)); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // it was killed
			anyTime()
			b.StartTimer()
		}
	})
}

// anyTime waits for a moment of no relation to the blocks in which the sound
// server works: 50 ms long while nobody records.
func anyTime() { time.Sleep(150*time.Millisecond + rand.N(100*time.Millisecond)) }

// BenchmarkFirstSound is from the first frame to the moment when it leaves for
// the loudspeaker.
func BenchmarkFirstSound(b *testing.B) {
	each(b, func(b *testing.B, s *device.System) {
		sound := tone(audio.RateSpeak, time.Second, 300)
		for b.Loop() {
			p, err := s.Play(b.Context(), device.PlayOptions{})
			if err != nil {
				b.Fatal(err)
			}
			for f := range sound.Frames() {
				if err := p.Write(b.Context(), f); err != nil {
					b.Fatal(err)
				}
				if p.Played() > 0 {
					break
				}
			}
			b.StopTimer()
			if err := p.Close(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}

// BenchmarkFlush is what it takes to silence the loudspeaker.
func BenchmarkFlush(b *testing.B) {
	each(b, func(b *testing.B, s *device.System) {
		sound := tone(audio.RateSpeak, 200*time.Millisecond, 300)
		for b.Loop() {
			b.StopTimer()
			p, err := s.Play(b.Context(), device.PlayOptions{})
			if err != nil {
				b.Fatal(err)
			}
			if err := write(b.Context(), p, sound); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			p.Flush()
			b.StopTimer()
			if err := p.Close(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}

// BenchmarkDevices is what it takes to find the microphone that the settings
// name, before it is opened.
func BenchmarkDevices(b *testing.B) {
	each(b, func(b *testing.B, s *device.System) {
		for b.Loop() {
			if _, err := s.Devices(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The chirp that somebody says. Its pitch tells at every moment how far it is.
const (
	chirpLead   = 50 * time.Millisecond  // of silence before it
	chirpWarm   = 500 * time.Millisecond // likewise: more than a warm microphone keeps
	chirpLength = 800 * time.Millisecond
	chirpHeard  = 300 * time.Millisecond // what is listened to after the key
	chirpPiece  = 60 * time.Millisecond  // by which its place is found
)

func chirp() audio.Clip {
	c := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(chirpLength, audio.RateListen))}
	const low, high = 300.0, 3300.0
	for i := range c.Samples {
		t := float64(i) / audio.RateListen
		c.Samples[i] = int16(8000 * math.Sin(2*math.Pi*(low+(high-low)/2*t/chirpLength.Seconds())*t))
	}
	return c
}

// chirpLost returns how much of the chirp a recording lacks at its beginning,
// chirpHeard if nothing of it was heard in that time.
func chirpLost(heard []int16, whole audio.Clip) time.Duration {
	n := audio.Samples(chirpPiece, whole.Rate)
	from, _ := sounding(heard, whole.Rate)
	if len(heard) < from+n || audio.RMS(heard[from:from+n]) < 1000 {
		return chirpHeard
	}
	piece := heard[from : from+n]
	place, most := 0, 0.0
	for at := range len(whole.Samples) - n {
		var sum float64
		for i, s := range piece {
			sum += float64(s) * float64(whole.Samples[at+i])
		}
		if sum > most {
			place, most = at, sum
		}
	}
	return audio.Duration(max(0, place-from), whole.Rate)
}

// listener begins to record and returns what has come by the given moment.
type listener func(ctx context.Context) (until func(time.Time) []int16, err error)

// reader is a recording of this package.
type reader interface {
	Read(ctx context.Context) (audio.Frame, error)
	Close() error
}

func ours(open func(context.Context) (reader, error)) listener {
	return func(ctx context.Context) (func(time.Time) []int16, error) {
		rec, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return func(end time.Time) []int16 {
			defer func() { _ = rec.Close() }()
			ctx, cancel := context.WithDeadline(ctx, end)
			defer cancel()
			var c audio.Clip
			for {
				f, err := rec.Read(ctx)
				if err != nil {
					return c.Samples
				}
				c.Append(f)
			}
		}, nil
	}
}

// parec is the sound server's own program.
func parec(d *desk.Desk) listener {
	return func(ctx context.Context) (func(time.Time) []int16, error) {
		ctx, cancel := context.WithCancel(ctx)
		cmd := d.Command(ctx, "parec", "--raw", "--latency-msec=10", "--rate=16000", "--channels=1", "--format=s16le")
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			cancel()
			return nil, err
		}
		return func(end time.Time) []int16 {
			defer time.AfterFunc(time.Until(end), cancel).Stop()
			raw, _ := io.ReadAll(out)
			_ = cmd.Wait() // it was killed
			samples := make([]int16, len(raw)/2)
			for i := range samples {
				samples[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
			}
			return samples
		}, nil
	}
}

// chirpOnce presses the key when the chirp has gone on for since, and returns
// how much of it is lost.
func chirpOnce(b *testing.B, s *device.System, listen listener, lead, since time.Duration) time.Duration {
	b.Helper()
	play, err := s.Play(b.Context(), device.PlayOptions{Rate: audio.RateListen, Device: "micin"})
	if err != nil {
		b.Fatal(err)
	}
	whole := chirp()
	said := audio.Clip{Rate: whole.Rate, Samples: append(make([]int16, audio.Samples(lead, whole.Rate)), whole.Samples...)}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- write(ctx, play, said) }()
	for play.Played() < lead+since {
		select {
		case err := <-done: // it takes longer than this
			b.Fatalf("the chirp ended: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	pressed := time.Now()
	until, err := listen(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	heard := until(pressed.Add(chirpHeard))
	cancel()
	<-done // what is left of the chirp is not waited for
	if err := play.Close(); err != nil {
		b.Fatal(err)
	}
	return chirpLost(heard, whole)
}

// BenchmarkChirp is how much is lost of what begins 200 ms before the key, with
// it, and 50 ms after it, and in how many of a hundred runs anything is. Without
// a warm microphone the 200 ms are lost in any case.
func BenchmarkChirp(b *testing.B) {
	d := desk.Start(b, desk.Options{Sound: true})
	s, err := device.Open(b.Context(), device.Options{Backend: device.Pulse, Application: application, Server: d.PulseServer})
	if err != nil {
		b.Fatal(err)
	}
	warm := s.Warm(func(context.Context) (device.RecordOptions, error) { return device.RecordOptions{}, nil })
	for _, l := range []struct {
		name   string
		lead   time.Duration
		listen listener
	}{
		{"warm", chirpWarm, ours(func(ctx context.Context) (reader, error) { return warm.Record(ctx) })},
		{"cold", chirpLead, ours(func(ctx context.Context) (reader, error) { return s.Record(ctx, device.RecordOptions{}) })},
		{"parec", chirpLead, parec(d)},
	} {
		if l.name == "cold" {
			warm.Close()
		}
		for _, since := range []time.Duration{200 * time.Millisecond, 0, -50 * time.Millisecond} {
			b.Run(l.name+"/"+(-since).String(), func(b *testing.B) {
				var sum, most time.Duration
				lossy := 0
				for run := time.Duration(0); b.Loop(); run++ {
					// The server works in blocks: the chirp begins anywhere in one.
					lead := l.lead + 7*run%50*time.Millisecond
					lost := chirpOnce(b, s, l.listen, lead, since)
					sum, most = sum+lost, max(most, lost)
					if lost > 0 {
						lossy++
					}
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(sum)/float64(b.N)/1e6, "lost-ms")
				b.ReportMetric(float64(most)/1e6, "most-ms")
				b.ReportMetric(100*float64(lossy)/float64(b.N), "%lossy")
			})
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
