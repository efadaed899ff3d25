//go:build unix

package device_test

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"

	"aside/app/desk"
	"aside/audio"
	"aside/audio/device"
)

// player plays sound as it comes, until it is cut off.
type player interface {
	play(b *testing.B, c audio.Clip)
	cut(b *testing.B)
}

// ownPlayer opens a stream when the first sound is there.
type ownPlayer struct {
	system *device.System
	p      *device.Playback
	done   chan struct{}
}

func (o *ownPlayer) play(b *testing.B, c audio.Clip) {
	b.Helper()
	p, err := o.system.Play(b.Context(), device.PlayOptions{})
	if err != nil {
		b.Fatal(err)
	}
	o.p, o.done = p, make(chan struct{})
	go func() {
		defer close(o.done)
		_ = write(b.Context(), p, c) // cut off
	}()
}

func (o *ownPlayer) cut(b *testing.B) {
	b.Helper()
	o.p.Flush()
	if err := o.p.Close(); err != nil {
		b.Error(err)
	}
	<-o.done
}

// paplay is the sound server's own player. It is started with the first sound,
// as it would be, or waits for it: a floor.
type paplay struct {
	desk  *desk.Desk
	waits bool
	cmd   *exec.Cmd
	in    io.WriteCloser
}

func (o *paplay) start(b *testing.B) {
	b.Helper()
	o.cmd = o.desk.Command(b.Context(), "pacat", "--raw", "--latency-msec=20", "--rate=24000", "--channels=1", "--format=s16le", "-d", "speaker")
	in, err := o.cmd.StdinPipe()
	if err == nil {
		err = o.cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	o.in = in
}

func (o *paplay) play(b *testing.B, c audio.Clip) {
	b.Helper()
	if !o.waits {
		o.start(b)
	}
	if err := binary.Write(o.in, binary.LittleEndian, c.Samples); err != nil { // less than a pipe holds
		b.Fatal(err)
	}
}

func (o *paplay) cut(*testing.B) {
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait() // it was killed
}

// BenchmarkLoudspeaker is from the first sound that has come until it is heard,
// and from the wish for silence until nothing is heard, both in the loudspeaker's
// recording, which works in blocks of 10 ms. Beside it stands the sound server's
// own player, started with the first sound, or long before it. Each run has all of
// them, in an order of its own.
func BenchmarkLoudspeaker(b *testing.B) {
	d := desk.Start(b, desk.Options{Sound: true})
	ear, err := d.Listen(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	waiting := &paplay{desk: d, waits: true}
	names := []string{"ours", "malgo", "paplay", "paplay-waiting"}
	all := []player{&ownPlayer{system: open(b, d, device.Pulse)}, &ownPlayer{system: open(b, d, device.Malgo)}, &paplay{desk: d}, waiting}
	place := ear.Clock()
	sound := tone(audio.RateSpeak, time.Second, 1000)
	starts, stops := make([]misses, len(all)), make([]misses, len(all))
	for b.Loop() {
		for _, i := range rand.Perm(len(all)) {
			if all[i] == waiting {
				waiting.start(b)
				time.Sleep(100 * time.Millisecond) // its start is not what is measured
			}
			from := place(time.Now())
			all[i].play(b, sound)
			time.Sleep(100*time.Millisecond + rand.N(block)) // at any moment of a block
			to := place(time.Now())
			all[i].cut(b)
			for ear.Len() < to+audio.Samples(200*time.Millisecond, desk.RecordRate) { // the recording is behind
				time.Sleep(time.Millisecond)
			}
			first, last := heardBetween(b, ear.Samples(), from)
			starts[i].add(float64(first-from) * 1000 / desk.RecordRate)
			stops[i].add(float64(last-to) * 1000 / desk.RecordRate)
		}
	}
	b.ReportMetric(0, "ns/op") // it is mostly sound
	for i, name := range names {
		b.ReportMetric(starts[i].mean(), "ms-sound-"+name)
		b.ReportMetric(stops[i].mean(), "ms-silence-"+name)
	}
	b.ReportMetric(starts[0].most, "ms-sound-ours-most")
	b.ReportMetric(stops[0].most, "ms-silence-ours-most")
}

// heardBetween is the first and the last place of a recording with a sound.
func heardBetween(b *testing.B, samples []int16, from int) (first, last int) {
	b.Helper()
	first = -1
	for at, v := range samples[from:] {
		if max(v, -v) > 300 {
			if first < 0 {
				first = from + at
			}
			last = from + at + 1
		}
	}
	if first < 0 {
		b.Fatal("nothing is heard")
	}
	return first, last
}
