package e2e

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"sync"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// Pieces of speech are tones that are loud and soft in turn: so the
// loudspeaker's recording tells where each begins and ends.
const (
	pieceLength = 400 * time.Millisecond
	pieces      = 5
	softPiece   = 3000 // its peak
	loudPiece   = 12000
	pieceLimit  = 6000 // between the two
)

// pieceOf is the sound of a piece: 1 kHz, so that every millisecond has a peak.
func pieceOf(n int, d time.Duration) audio.Clip {
	peak := float64(softPiece)
	if n%2 == 0 {
		peak = loudPiece
	}
	c := audio.Clip{Rate: audio.RateSpeak, Samples: make([]int16, audio.Samples(d, audio.RateSpeak))}
	for i := range c.Samples {
		c.Samples[i] = int16(peak * math.Cos(2*math.Pi*1000*float64(i)/audio.RateSpeak))
	}
	return c
}

// raw sends sound as it is.
func raw(c audio.Clip) enginetest.Answer {
	return func(r *enginetest.Response) {
		b, err := binary.Append(nil, binary.LittleEndian, c.Samples)
		if err != nil {
			panic(err) // samples have a fixed size
		}
		r.Write("audio/pcm", b)
	}
}

func hush(d time.Duration) audio.Clip {
	return audio.Clip{Rate: audio.RateSpeak, Samples: make([]int16, audio.Samples(d, audio.RateSpeak))}
}

// extent is where a piece was heard, in milliseconds of the recording.
type extent struct{ from, to int }

// extents finds the pieces in a recording.
func extents(b *testing.B, samples []int16) (all []extent) {
	b.Helper()
	const ms, steady = desk.RecordRate / 1000, 5
	class := func(at int) int { // 0 for silence, 1 and 2 for soft and loud
		switch peak := audio.Peak(samples[at*ms : (at+1)*ms]); {
		case peak < loud:
			return 0
		case peak < pieceLimit:
			return 1
		}
		return 2
	}
	run, last := 0, 0
	for at := range len(samples) / ms {
		is := class(at)
		run++
		if is != last {
			run, last = 1, is
		}
		switch want := 2 - len(all)%2; {
		case is == want && run == steady:
			all = append(all, extent{at - steady + 1, at + 1})
		case is != 0 && is != want && len(all) > 0:
			all[len(all)-1].to = at + 1
		}
	}
	if len(all) != pieces {
		b.Fatalf("%d pieces are heard, want %d: %v", len(all), pieces, all)
	}
	// The edge between two pieces belongs to the later one.
	for i := range all[1:] {
		all[i].to = min(all[i].to, all[i+1].from)
	}
	return all
}

// speech is what a benchmark of spoken answers works with.
type speech struct {
	*core
	heard *desk.Recording
	taken map[string][]float64
}

// note keeps a figure in milliseconds.
func (s speech) note(what string, ms float64) { s.taken[what] = append(s.taken[what], ms) }

// report reports the means, and how far the worst is from zero.
func (s speech) report(b *testing.B) {
	b.ReportMetric(0, "ns/op") // it is mostly speech
	for what, all := range s.taken {
		sum, most := 0.0, 0.0
		for _, ms := range all {
			sum, most = sum+ms, max(most, math.Abs(ms))
		}
		b.ReportMetric(sum/float64(len(all)), "ms-"+what)
		b.ReportMetric(most, "ms-"+what+"-most")
	}
}

// listen records while play is at work and returns the pieces that were heard,
// and how a moment is told by their clock.
func (s speech) listen(b *testing.B, play func()) (all []extent, place func(time.Time) float64) {
	b.Helper()
	clock, from := s.heard.Clock(), s.heard.Len()
	play()
	time.Sleep(300 * time.Millisecond) // the recording is behind
	return extents(b, s.heard.Samples()[from:]), func(at time.Time) float64 {
		return float64(clock(at)-from) * 1000 / desk.RecordRate
	}
}

// gaps notes how long it was silent between two pieces.
func (s speech) gaps(all []extent) {
	for i := range all[1:] {
		s.note("gap", float64(all[i+1].from-all[i].to))
	}
}

// sentence is the words of a piece.
func sentence(n int) string { return fmt.Sprintf("It is %d.", n+1) }

// sentences notes when each was said to be spoken, until the turn has ended.
func (s speech) sentences() (told func() map[string]time.Time) {
	var mu sync.Mutex
	var done sync.WaitGroup
	first := map[string]time.Time{}
	done.Go(func() {
		began := false
		_ = s.Call(s.ctx, control.VerbWatch, nil, func(raw json.RawMessage) error { // it ends with errEnough
			var seen control.Snapshot
			if err := json.Unmarshal(raw, &seen); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if seen.Phase == "speaking" {
				began = true
				if _, known := first[seen.Turn.Sentence]; !known {
					first[seen.Turn.Sentence] = time.Now()
				}
			}
			if began && seen.Phase == "idle" {
				return errEnough
			}
			return nil
		})
	})
	return func() map[string]time.Time {
		done.Wait()
		return first
	}
}

// speaks has an answer spoken, each piece as the script says.
func (s speech) speaks(b *testing.B, service *enginetest.Server, script func(n int) enginetest.Answer) {
	b.Helper()
	var byteAt time.Time
	answers := make([]enginetest.Answer, pieces)
	text := ""
	for n := range answers {
		answers[n] = script(n)
		text += sentence(n) + " "
	}
	first := answers[0]
	answers[0] = func(r *enginetest.Response) {
		byteAt = time.Now()
		first(r)
	}
	service.Script(enginetest.Speech, answers...)
	service.Script(enginetest.Chat, enginetest.Reply(text))
	told := s.sentences()
	all, place := s.listen(b, func() { s.wantVerb("ask", "--speak", "--screen", "none", "what is this") })
	s.gaps(all)
	s.note("byte→sound", float64(all[0].from)-place(byteAt))
	s.note("pause", float64(all[0].to-all[0].from)-float64(pieceLength.Milliseconds()))
	for n, at := range told() {
		for i, e := range all {
			if n == sentence(i) {
				s.note("told-late", place(at)-float64(e.from))
			}
		}
	}
}

// BenchmarkSpeech is what an answer of five sentences sounds like: the silence
// between them and within the first, the first byte of speech until it is heard,
// and how much later than it is heard a sentence is said to be spoken. The speech comes at once,
// or stalls on its way; or each piece has 300 ms of silence before it and 500 ms
// behind it. Beside it stands the sound server's own player, once for each piece.
func BenchmarkSpeech(b *testing.B) {
	c, service := chattingOn(b, desk.Options{Sound: true}, "")
	heard, err := c.Listen(c.ctx)
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, once func(b *testing.B, s speech)) {
		b.Run(name, func(b *testing.B) {
			s := speech{c, heard, map[string][]float64{}}
			for b.Loop() {
				once(b, s)
			}
			s.report(b)
		})
	}
	for _, stall := range []time.Duration{0, 200 * time.Millisecond, 500 * time.Millisecond} {
		run("stall="+stall.String(), func(b *testing.B, s speech) {
			s.speaks(b, service, func(n int) enginetest.Answer {
				return enginetest.All(raw(pieceOf(n, pieceLength/2)), enginetest.Pause(stall), raw(pieceOf(n, pieceLength/2)))
			})
		})
	}
	run("silence=800ms", func(b *testing.B, s speech) {
		s.speaks(b, service, func(n int) enginetest.Answer {
			return enginetest.All(raw(hush(300*time.Millisecond)), raw(pieceOf(n, pieceLength)), raw(hush(500*time.Millisecond)))
		})
	})
	run("paplay", func(b *testing.B, s speech) {
		var began time.Time
		all, place := s.listen(b, func() {
			for n := range pieces {
				path := s.file("piece"+strconv.Itoa(n)+".wav", string(audio.WAV(pieceOf(n, pieceLength))))
				if n == 0 {
					began = time.Now()
				}
				if out, err := s.Output(s.ctx, "paplay", "--latency-msec=20", "-d", "speaker", path); err != nil {
					b.Fatal(err, out)
				}
			}
		})
		s.gaps(all)
		s.note("byte→sound", float64(all[0].from)-place(began))
	})
}

// BenchmarkFaster is from the wish for twice the pace until it is heard, and
// how much the pitch changes. Its floor is a tone that is muted by the sound
// server's own program.
func BenchmarkFaster(b *testing.B) {
	c, s := chattingOn(b, desk.Options{Sound: true}, "")
	sums, off := figures{}, 0.0
	for b.Loop() {
		if err := c.Do(c.ctx, control.VerbSay, control.SayArgs{Command: "normal"}); err != nil {
			b.Fatal(err)
		}
		p := c.pace(s, func() {
			if err := c.Do(c.ctx, control.VerbSay, control.SayArgs{Command: "speed", Value: "2"}); err != nil {
				b.Fatal(err)
			}
		})
		sums.add("ms-say→faster", p.lag())
		for _, part := range p.ends() {
			off = max(off, math.Abs(pitch(part)/440-1))
		}
		sums.add("ms-mute→heard(floor)", c.mutes(b))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(100*off, "%pitch-most")
	for what, sum := range sums {
		b.ReportMetric(sum/float64(b.N), what)
	}
}

// mutes plays a tone, mutes it, and returns how long it was heard after that.
func (c *core) mutes(b *testing.B) time.Duration {
	b.Helper()
	heard, err := c.Listen(c.ctx)
	if err != nil {
		b.Fatal(err)
	}
	player := c.Command(c.ctx, "paplay", "--latency-msec=20", "-d", "speaker", c.file("tone.wav", string(audio.WAV(pieceOf(0, 2*time.Second)))))
	if err := player.Start(); err != nil {
		b.Fatal(err)
	}
	c.until("a sound", func() bool { from, _ := loudPart(heard.Samples()); return from >= 0 })
	place := heard.Clock()
	streams, err := c.Loudspeakers(c.ctx)
	if err != nil || len(streams) != 1 {
		b.Fatalf("%d streams, %v", len(streams), err)
	}
	at := place(time.Now())
	if out, err := c.Output(c.ctx, "pactl", "set-sink-input-mute", strconv.Itoa(streams[0].Index), "1"); err != nil {
		b.Fatal(err, out)
	}
	if err := player.Wait(); err != nil {
		b.Fatal(err)
	}
	_, to := loudPart(heard.Stop())
	return audio.Duration(to-at, desk.RecordRate)
}
