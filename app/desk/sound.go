package desk

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// RecordRate is the sample rate of Listen, in hertz.
const RecordRate = 16000

// startSound runs a sound server with the sink "speaker" as loudspeaker and
// the source "mic" as microphone, fed by whatever is played on the sink
// "micin". norewinds keeps the null sinks at 50 ms blocks: without it they
// work in blocks of two seconds.
func (d *Desk) startSound(ctx context.Context, _ Options) error {
	dir := filepath.Join(d.Dir, "run", "pulse")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	socket := filepath.Join(dir, "native")
	cmd := d.Command(context.WithoutCancel(ctx), "pulseaudio", "-n", "--daemonize=no",
		"--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "--log-target=stderr", "--log-level=error",
		"-L", "module-native-protocol-unix socket="+socket+" auth-anonymous=1",
		"-L", "module-null-sink sink_name=speaker rate=48000 channels=2 norewinds=1 sink_properties=device.description=Loudspeaker",
		"-L", "module-null-sink sink_name=micin rate=48000 channels=1 norewinds=1",
		"-L", "module-remap-source source_name=mic master=micin.monitor source_properties=device.description=Microphone")
	if _, err := d.launch(cmd); err != nil {
		return err
	}
	d.PulseServer = "unix:" + socket
	return d.Until(ctx, "sound server", func() bool {
		out, err := d.Output(ctx, "pactl", "info")
		return err == nil && strings.Contains(out, "Default Source: mic")
	})
}

// Say speaks text into the virtual microphone and returns when it has been
// played. The voice is one that a recogniser understands.
func (d *Desk) Say(ctx context.Context, text string) error {
	wav, err := d.Voice(ctx, text)
	if err != nil {
		return err
	}
	return d.Play(ctx, wav)
}

// Voice speaks text into a WAV file of 16 kHz and returns its path. Doing this
// ahead of Play keeps the time of synthesis out of a test.
func (d *Desk) Voice(ctx context.Context, text string) (path string, err error) {
	f, err := os.CreateTemp(d.Dir, "say-*.wav")
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	_, err = d.Output(ctx, "flite", "-voice", "rms", "-t", text, "-o", f.Name())
	return f.Name(), err
}

// Play plays a sound file into the virtual microphone.
func (d *Desk) Play(ctx context.Context, path string) error {
	_, err := d.Output(ctx, "paplay", "-d", "micin", path)
	return err
}

// Recording is what the virtual loudspeaker plays.
type Recording struct {
	stop func()
	done <-chan struct{}

	mu   sync.Mutex
	data bytes.Buffer
}

// Write takes raw samples from the recorder.
func (r *Recording) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.data.Write(p)
}

// Listen records the virtual loudspeaker: mono, RecordRate.
func (d *Desk) Listen(ctx context.Context) (*Recording, error) {
	r := &Recording{}
	cmd := d.Command(ctx, "parec", "-d", "speaker.monitor", "--raw", "--format=s16le",
		fmt.Sprintf("--rate=%d", RecordRate), "--channels=1", "--latency-msec=10", "--client-name=desk-recorder")
	cmd.Stdout = r
	p, err := d.launch(cmd)
	if err != nil {
		return nil, err
	}
	r.stop, r.done = p.stop, p.done
	return r, d.Until(ctx, "recorder", func() bool { return len(r.Samples()) > 0 })
}

// Samples returns what has been recorded so far.
func (r *Recording) Samples() []int16 {
	r.mu.Lock()
	defer r.mu.Unlock()
	raw := r.data.Bytes()
	samples := make([]int16, len(raw)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return samples
}

// Len is how many samples have been recorded so far.
func (r *Recording) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.data.Len() / 2
}

// Clock finds out, in half a second, which sample of the recording is played at
// a moment. The loudspeaker works in blocks, which are recorded when they
// begin: the place is right just before the next one.
func (r *Recording) Clock() (place func(at time.Time) int) {
	began, behind := time.Now(), 0
	place = func(at time.Time) int {
		return int(at.Sub(began).Seconds()*RecordRate) + behind
	}
	behind = r.Len()
	for time.Since(began) < 500*time.Millisecond {
		behind -= max(0, place(time.Now())-r.Len())
		time.Sleep(time.Millisecond)
	}
	return place
}

// Stop ends the recording and returns all of it.
func (r *Recording) Stop() []int16 {
	r.stop()
	<-r.done
	return r.Samples()
}

// Stream is a connection to the sound server as the server lists it.
type Stream struct {
	Index       int
	Application string
	PID         string
	Corked      bool
}

// Microphones lists the streams that record now, as the server sees them.
// The loopback inside the virtual microphone has no process and is left out.
func (d *Desk) Microphones(ctx context.Context) ([]Stream, error) {
	return d.streams(ctx, "source-outputs")
}

// Loudspeakers lists the streams that play now.
func (d *Desk) Loudspeakers(ctx context.Context) ([]Stream, error) {
	return d.streams(ctx, "sink-inputs")
}

func (d *Desk) streams(ctx context.Context, kind string) ([]Stream, error) {
	out, err := d.Command(ctx, "pactl", "--format=json", "list", kind).Output()
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", kind, err)
	}
	var listed []struct {
		Index      int               `json:"index"`
		Corked     bool              `json:"corked"`
		Properties map[string]string `json:"properties"`
	}
	if err := json.Unmarshal(out, &listed); err != nil {
		return nil, fmt.Errorf("list %s: %w", kind, err)
	}
	var streams []Stream
	for _, s := range listed {
		if pid := s.Properties["application.process.id"]; pid != "" {
			streams = append(streams, Stream{Index: s.Index, Application: s.Properties["application.name"], PID: pid, Corked: s.Corked})
		}
	}
	return streams, nil
}
