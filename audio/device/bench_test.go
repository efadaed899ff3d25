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

// open opens a backend on a desk for a benchmark.
func open(b *testing.B, d *desk.Desk, backend device.Backend) *device.System {
	b.Helper()
	s, err := device.Open(b.Context(), device.Options{Backend: backend, Application: application, Server: d.PulseServer})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// block is how much sound the server works at while nobody records or plays.
const block = 50 * time.Millisecond

// BenchmarkFirstSample is from the wish to record to the first sound, beside the
// sound server's own recorder. The server works in blocks: in-step, everybody
// begins as soon as the recording before has ended, and waits for the rest of its
// last block of 10 ms, as when another program records; at any moment, everybody
// waits half a block of 50 ms in the mean, and for one more if it was not ready in
// time. Each run has all of them at the same place of a block, in an order of its
// own; the differences are those of such runs.
func BenchmarkFirstSample(b *testing.B) {
	d := desk.Start(b, desk.Options{Sound: true})
	pulse := open(b, d, device.Pulse)
	all := []recorder{{"ours", record(pulse)}, {"malgo", record(open(b, d, device.Malgo))}, {"parec", runParec(d)}}
	for _, when := range []struct {
		name string
		wait func(run int) time.Duration
	}{
		{"in-step", func(int) time.Duration { return 0 }},
		// A step of 0.618 spreads any number of runs evenly.
		{"any-moment", func(run int) time.Duration { return 2*block + time.Duration(run)*618*block/1000%block }},
	} {
		b.Run(when.name, func(b *testing.B) {
			took := map[string]*misses{"malgo": {}, "ours": {}, "ours-less-malgo": {}, "ours-less-parec": {}, "parec": {}}
			for run := 0; b.Loop(); run++ {
				now := map[string]float64{}
				for _, i := range rand.Perm(len(all)) {
					record(pulse)(b) // from whose end the blocks are counted
					time.Sleep(when.wait(run))
					now[all[i].name] = float64(all[i].first(b)) / 1e6
				}
				now["ours-less-malgo"], now["ours-less-parec"] = now["ours"]-now["malgo"], now["ours"]-now["parec"]
				for name, ms := range now {
					took[name].add(ms)
				}
			}
			b.ReportMetric(0, "ns/op") // each is reported by itself
			for name, m := range took {
				b.ReportMetric(m.mean(), "ms-"+name)
			}
			b.ReportMetric(took["ours"].most, "ms-ours-most")
		})
	}
}

// recorder says how long it takes until the first sound is recorded.
type recorder struct {
	name  string
	first func(b *testing.B) time.Duration
}

// record is a recorder of this package.
func record(s *device.System) func(*testing.B) time.Duration {
	return func(b *testing.B) time.Duration {
		b.Helper()
		began := time.Now()
		r, err := s.Record(b.Context(), device.RecordOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
		took := time.Since(began)
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
		return took
	}
}

// runParec is the sound server's own recorder, with its start.
func runParec(d *desk.Desk) func(*testing.B) time.Duration {
	return func(b *testing.B) time.Duration {
		b.Helper()
		cmd := d.Command(b.Context(), "parec", "--raw", "--latency-msec=10", "--rate=16000", "--channels=1", "--format=s16le")
		out, err := cmd.StdoutPipe()
		began := time.Now()
		if err == nil {
			err = cmd.Start()
		}
		if err == nil {
			_, err = io.ReadFull(out, make([]byte, 2))
		}
		if err != nil {
			b.Fatal(err)
		}
		took := time.Since(began)
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		return took
	}
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
