package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
)

// BenchmarkVoiceCutsIn speaks into an answer. The time from the first sound of
// the voice to the last of the answer is taken from recordings of the microphone
// and the loudspeaker, which both work in blocks of 50 ms. Beside it stands what
// the core and the sound server use while an answer is spoken, with and without
// somebody who waits for a voice.
func BenchmarkVoiceCutsIn(b *testing.B) {
	c, _ := talking(b, byVoice)
	c.keepsMicrophone()
	wav, _ := c.spoken("and what about the second one", 0)
	mic, speaker := c.tap("mic"), c.tap("speaker.monitor")
	var took, longest time.Duration
	turns := 0
	for b.Loop() {
		c.asks()
		time.Sleep(time.Second)
		before := mic.len()
		if err := c.Play(c.ctx, wav); err != nil {
			b.Fatal(err)
		}
		c.watch("that it listens", func(s control.Snapshot) bool { return s.Phase == "listening" })
		c.wantVerb("cancel")
		time.Sleep(300 * time.Millisecond) // the recordings are behind
		cut := speaker.last().Sub(mic.first(before))
		took, longest, turns = took+cut, max(longest, cut), turns+1
	}
	b.ReportMetric(0, "ns/op") // it is mostly speech
	b.ReportMetric(float64(took.Milliseconds())/float64(turns), "ms-voice→silence")
	b.ReportMetric(float64(longest.Milliseconds()), "ms-voice→silence-max")
	mic.end()
	speaker.end()
	for _, way := range []string{"voice", "key"} {
		c.wantVerb("settings", "set", "sound.barge_in", way)
		core, server := c.usesWhileSpeaking()
		b.ReportMetric(core, "%cpu-core-"+way)
		b.ReportMetric(server, "%cpu-server-"+way)
	}
}

// usesWhileSpeaking is the share of a processor that the core and the sound
// server use while an answer is spoken.
func (c *core) usesWhileSpeaking() (core, server float64) {
	c.Helper()
	pids := [2]string{strconv.Itoa(c.cmd.Process.Pid), c.soundServer()}
	c.startsToSpeak()
	time.Sleep(time.Second)
	began := time.Now()
	var before [2]time.Duration
	for i, pid := range pids {
		before[i] = cpu(c.TB, pid)
	}
	time.Sleep(4 * time.Second)
	took := time.Since(began)
	core = 100 * float64(cpu(c.TB, pids[0])-before[0]) / float64(took)
	server = 100 * float64(cpu(c.TB, pids[1])-before[1]) / float64(took)
	c.wantVerb("cancel")
	c.wantPhase("idle", "closed")
	return core, server
}

// soundServer is the process of the desk's sound server.
func (c *core) soundServer() string {
	c.Helper()
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		c.Fatal(err)
	}
	for _, path := range commands {
		line, err := os.ReadFile(path)
		if err == nil && strings.HasPrefix(string(line), "pulseaudio\x00") && strings.Contains(string(line), c.Dir) {
			return filepath.Base(filepath.Dir(path))
		}
	}
	c.Fatal("no sound server runs")
	return ""
}

// tap records a source, and when each part of it came.
type tap struct {
	end func()

	mu      sync.Mutex
	samples []int16
	odd     []byte
	parts   []part
}

type part struct {
	to int // samples
	at time.Time
}

func (c *core) tap(source string) *tap {
	c.Helper()
	p := &tap{}
	cmd := c.Command(context.WithoutCancel(c.ctx), "parec", "-d", source, "--raw", "--format=s16le",
		"--rate="+strconv.Itoa(desk.RecordRate), "--channels=1", "--latency-msec=10", "--client-name=desk-tap")
	cmd.Stdout = p
	end, err := c.Launch(cmd)
	if err != nil {
		c.Fatal(err)
	}
	p.end = end
	c.until("a recording", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return len(p.parts) > 0 })
	return p
}

// Write takes raw samples from the recorder.
func (p *tap) Write(raw []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.odd = append(p.odd, raw...)
	for ; len(p.odd) >= 2; p.odd = p.odd[2:] {
		p.samples = append(p.samples, int16(p.odd[0])|int16(p.odd[1])<<8)
	}
	p.parts = append(p.parts, part{len(p.samples), time.Now()})
	return len(raw), nil
}

func (p *tap) stop() []int16 {
	p.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.samples
}

func (p *tap) len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.samples)
}

// after returns what was recorded from a sample on.
func (p *tap) after(sample int) []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.samples[sample:])
}

// first is when the first sound from a sample on came.
func (p *tap) first(from int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, _ := loudPart(p.samples[from:])
	return p.when(from + at)
}

// last is when the last sound came.
func (p *tap) last() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, to := loudPart(p.samples)
	return p.when(to)
}

// when says when a sample came.
func (p *tap) when(sample int) time.Time {
	i := slices.IndexFunc(p.parts, func(q part) bool { return q.to > sample })
	return p.parts[max(0, i)].at
}

// cpu is what a process has used so far.
func cpu(t testing.TB, pid string) time.Duration {
	t.Helper()
	raw, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
