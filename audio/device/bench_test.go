//go:build unix

package device_test

import (
	"errors"
	"io"
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
			b.StartTimer()
		}
	})
}

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
