//go:build unix

package device_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside/app/desk"
	"aside/audio"
	"aside/audio/device"
)

// application is how the tests show up in the server's lists.
const application = "Aside test"

// rig is a sound server of one's own and a System of one backend on it.
type rig struct {
	*testing.T
	desk    *desk.Desk
	system  *device.System
	backend device.Backend
}

// onEach runs a test with each backend, and fails it when a goroutine or a
// stream is left behind.
func onEach(t *testing.T, test func(r rig)) {
	t.Helper()
	for _, b := range []device.Backend{device.Pulse, device.Malgo} {
		t.Run(string(b), func(t *testing.T) { on(t, b, test) })
	}
}

func on(t *testing.T, b device.Backend, test func(r rig)) {
	t.Helper()
	d := desk.Start(t, desk.Options{Sound: true})
	goroutines := runtime.NumGoroutine()
	s, err := device.Open(t.Context(), device.Options{Backend: b, Application: application, Server: d.PulseServer})
	if errors.Is(err, audio.ErrUnsupported) && os.Getenv("ASIDE_TEST_ALL") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	test(rig{t, d, s, b})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := d.Until(context.Background(), "goroutines to end", func() bool { return runtime.NumGoroutine() <= goroutines }); err != nil {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), goroutines, stacks[:runtime.Stack(stacks, true)])
	}
}

func (r rig) record() *device.Recording {
	r.Helper()
	rec, err := r.system.Record(r.Context(), device.RecordOptions{})
	if err != nil {
		r.Fatal(err)
	}
	return rec
}

func (r rig) play() *device.Playback {
	r.Helper()
	play, err := r.system.Play(r.Context(), device.PlayOptions{})
	if err != nil {
		r.Fatal(err)
	}
	return play
}

// pactl runs a command of the sound server.
func (r rig) pactl(args ...string) {
	r.Helper()
	if _, err := r.desk.Output(r.Context(), "pactl", args...); err != nil {
		r.Fatal(err)
	}
}

// streams counts ours among those the server lists.
func (r rig) streams(list func(context.Context) ([]desk.Stream, error)) int {
	r.Helper()
	all, err := list(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	pid, n := strconv.Itoa(os.Getpid()), 0
	for _, s := range all {
		if s.PID == pid && s.Application == application {
			n++
		}
	}
	return n
}

func (r rig) wantStreams(list func(context.Context) ([]desk.Stream, error), want int, when string) {
	r.Helper()
	if got := r.streams(list); got != want {
		r.Errorf("%d streams %s, want %d", got, when, want)
	}
}

// server finds the process of the sound server.
func (r rig) server() *os.Process {
	r.Helper()
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		r.Fatal(err)
	}
	for _, path := range commands {
		line, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(line), "pulseaudio\x00") || !strings.Contains(string(line), r.desk.Dir) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		p, err := os.FindProcess(pid)
		if err != nil {
			r.Fatal(err)
		}
		return p
	}
	r.Fatal("no sound server runs")
	return nil
}

func (r rig) signal(s syscall.Signal) {
	r.Helper()
	if err := r.server().Signal(s); err != nil {
		r.Fatal(err)
	}
}

// restart starts a sound server where the desk's was.
func (r rig) restart() {
	r.Helper()
	_, path, _ := strings.Cut(r.desk.PulseServer, ":")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		r.Fatal(err)
	}
	_, err := r.desk.Launch(r.desk.Command(context.WithoutCancel(r.Context()), "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
		"--use-pid-file=no", "--disable-shm=yes", "--log-level=error",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+path,
		"-L", "module-null-sink sink_name=speaker norewinds=1",
		"-L", "module-null-sink sink_name=micin channels=1 norewinds=1",
		"-L", "module-remap-source source_name=mic master=micin.monitor"))
	if err != nil {
		r.Fatal(err)
	}
	err = r.desk.Until(r.Context(), "sound server", func() bool {
		_, err := r.desk.Output(r.Context(), "pactl", "info")
		return err == nil
	})
	if err != nil {
		r.Fatal(err)
	}
}

// speak plays samples into the virtual microphone. The function it returns
// waits until they have been played.
func (r rig) speak(c audio.Clip) (wait func()) { r.Helper(); return r.speakOn("micin", c) }

// speakOn plays samples on a loudspeaker that a microphone records.
func (r rig) speakOn(sink string, c audio.Clip) (wait func()) {
	r.Helper()
	path := filepath.Join(r.TempDir(), "speech.wav")
	if err := os.WriteFile(path, audio.WAV(c), 0o600); err != nil {
		r.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := r.desk.Output(r.Context(), "paplay", "-d", sink, path)
		done <- err
	}()
	return func() {
		if err := <-done; err != nil {
			r.Error(err)
		}
	}
}

// hear reads a recording until enough says so.
func (r rig) hear(rec *device.Recording, enough func(audio.Clip) bool) audio.Clip {
	r.Helper()
	var c audio.Clip
	for !enough(c) {
		f, err := rec.Read(r.Context())
		if err != nil {
			r.Fatalf("after %v: %v", c.Duration(), err)
		}
		c.Append(f)
	}
	return c
}

func lasts(d time.Duration) func(audio.Clip) bool {
	return func(c audio.Clip) bool { return c.Duration() >= d }
}

// readError reads until a recording fails, and says how long that took.
func (r rig) readError(rec *device.Recording) (took time.Duration, err error) {
	began := time.Now()
	for {
		if _, err := rec.Read(r.Context()); err != nil {
			return time.Since(began), err
		}
		if time.Since(began) > 10*time.Second {
			r.Fatal("frames go on and on")
		}
	}
}

func (r rig) wantError(err error, want ...error) {
	r.Helper()
	if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
		r.Errorf("error is %v, want one of %v", err, want)
	}
}

// within fails a test in which f takes longer.
func (r rig) within(d time.Duration, what string, f func()) {
	r.Helper()
	began := time.Now()
	f()
	if took := time.Since(began); took > d {
		r.Errorf("%s took %v, want at most %v", what, took, d)
	}
}

// tone is a sine at a quarter of full scale.
func tone(rate int, d time.Duration, hertz float64) audio.Clip {
	c := audio.Clip{Rate: rate, Samples: make([]int16, audio.Samples(d, rate))}
	for i := range c.Samples {
		c.Samples[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return c
}

// share is how much of the power of samples lies at a frequency, 0…1.
func share(samples []int16, rate int, hertz float64) float64 {
	var re, im, power float64
	for i, s := range samples {
		sin, cos := math.Sincos(2 * math.Pi * hertz * float64(i) / float64(rate))
		re += float64(s) * cos
		im += float64(s) * sin
		power += float64(s) * float64(s)
	}
	if power == 0 {
		return 0
	}
	return 2 * (re*re + im*im) / (float64(len(samples)) * power)
}

// breaks counts the tenths of a second that are not one unbroken tone.
func breaks(samples []int16, rate int, hertz float64) int {
	n := 0
	for block := rate / 10; len(samples) >= block; samples = samples[block:] {
		if share(samples[:block], rate, hertz) < 0.95 {
			n++
		}
	}
	return n
}

// sounding is the part of a recording between the first and the last loud
// 10 ms, and where it begins.
func sounding(samples []int16, rate int) (from, to int) {
	block := max(1, rate/100) // the rate of an empty clip is 0
	from = -1
	for at := 0; at+block <= len(samples); at += block {
		if audio.RMS(samples[at:at+block]) > 500 {
			if from < 0 {
				from = at
			}
			to = at + block
		}
	}
	return max(from, 0), to
}

// write queues a clip frame by frame.
func write(ctx context.Context, p *device.Playback, c audio.Clip) error {
	for f := range c.Frames() {
		if err := p.Write(ctx, f); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}

// drainRecording reads to the end, which must be io.EOF.
func (r rig) drainRecording(rec *device.Recording) audio.Clip {
	r.Helper()
	var c audio.Clip
	for {
		f, err := rec.Read(r.Context())
		if errors.Is(err, io.EOF) {
			return c
		}
		if err != nil {
			r.Fatal(err)
		}
		c.Append(f)
	}
}

// ourStream is the number of our recording in the server's list.
func (r rig) ourStream() string {
	r.Helper()
	all, err := r.desk.Microphones(r.Context())
	if err != nil || len(all) != 1 {
		r.Fatalf("recordings are %+v, %v, want one", all, err)
	}
	return strconv.Itoa(all[0].Index)
}
