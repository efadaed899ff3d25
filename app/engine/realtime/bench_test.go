package realtime

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"aside/app/engine"
	"aside/app/engine/enginetest"
)

// figures are durations of one kind.
type figures []time.Duration

func (f figures) report(b *testing.B, what string) {
	slices.Sort(f)
	total := time.Duration(0)
	for _, d := range f {
		total += d
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(total)/float64(len(f)), "ms-"+what)
	b.ReportMetric(ms(f[len(f)*95/100]), "ms-"+what+"-P95")
}

// BenchmarkRelease is from the release of the key, after a second of speech,
// until the service has the last of it, the commit and the wish for an answer;
// and how many bytes were left to be sent then. Beside it stands the floor: the
// same three events written to the same service by the bare library, in a
// session of its own.
func BenchmarkRelease(b *testing.B) {
	s, e := answering(b)
	floor, _, err := websocket.Dial(b.Context(), e.address, nil) //nolint:bodyclose // Dial closes it
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = floor.CloseNow() }()
	floor.SetReadLimit(-1)
	go discard(b.Context(), floor)
	var ours, bare figures
	left, turns := 0, 0
	for b.Loop() {
		x, err := e.Start(b.Context(), engine.Prompt{Turn: "t1", Speak: true})
		if err != nil {
			b.Fatal(err)
		}
		next := time.Now()
		for f := range speech(time.Second).Frames() {
			next = next.Add(f.Duration())
			time.Sleep(time.Until(next))
			if err := x.Send(f); err != nil {
				b.Fatal(err)
			}
		}
		up := time.Now()
		if err := x.Commit(); err != nil {
			b.Fatal(err)
		}
		turns++
		asked, err := s.Await(soon(b), "response.create", 2*turns-1)
		if err != nil {
			b.Fatal(err)
		}
		ours = append(ours, asked[len(asked)-1].At.Sub(up))
		for _, event := range s.Events("") {
			if event.At.After(up) {
				left += event.Bytes
			}
		}
		if _, err := drain(soon(b), x); err != nil {
			b.Fatal(err)
		}
		_ = x.Close()
		bare = append(bare, write(b, s, floor, 2*turns))
	}
	b.ReportMetric(0, "ns/op") // it is mostly speech
	ours.report(b, "up→asked")
	bare.report(b, "bare")
	b.ReportMetric(float64(left)/float64(turns), "bytes-after-up")
}

// write sends an utterance and how it ends, and returns how long that took.
func write(b *testing.B, s *enginetest.Live, to *websocket.Conn, n int) time.Duration {
	b.Helper()
	if err := to.Write(b.Context(), websocket.MessageText, said(make([]int16, 24000)).data); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Await(soon(b), "input_audio_buffer.append", 1); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for _, m := range []message{said(make([]int16, 480)), written(sent{Type: "input_audio_buffer.commit"}), written(sent{Type: "response.create"})} {
		if err := to.Write(b.Context(), websocket.MessageText, m.data); err != nil {
			b.Fatal(err)
		}
	}
	asked, err := s.Await(soon(b), "response.create", n)
	if err != nil {
		b.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // it answers meanwhile
	return asked[len(asked)-1].At.Sub(began)
}

func discard(ctx context.Context, c *websocket.Conn) {
	for {
		if _, _, err := c.Read(ctx); err != nil {
			return
		}
	}
}

// BenchmarkFirstSound is from the moment at which the service has its first
// sound ready until the engine hands it on.
func BenchmarkFirstSound(b *testing.B) {
	s, e := answering(b)
	ready := make(chan time.Time, 1)
	s.Script(enginetest.LiveAll(
		enginetest.LiveWords("It works. "),
		func(*enginetest.Talk) { ready <- time.Now() },
		enginetest.LiveSay("", 300*time.Millisecond)))
	var took figures
	for b.Loop() {
		x := says(b, e, engine.Prompt{Turn: "t1", Speak: true}, time.Second)
		if err := x.Commit(); err != nil {
			b.Fatal(err)
		}
		for heard := false; !heard; {
			event, err := x.Recv(soon(b))
			if err != nil {
				b.Fatal(err)
			}
			_, heard = event.(engine.Speech)
		}
		took = append(took, time.Since(<-ready))
		_ = x.Close()
	}
	b.ReportMetric(0, "ns/op")
	took.report(b, "sound→frame")
}
