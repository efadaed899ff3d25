package chat

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// uplink lets 1 Mbit/s through to a service, as a slow line does, and all that
// comes back. It returns the URL to ask.
func uplink(b *testing.B, to string) string {
	b.Helper()
	address := strings.TrimSuffix(strings.TrimPrefix(to, "http://"), "/v1")
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", address)
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
			go func() { throttle(out, in); _ = out.Close() }()
		}
	}()
	return "http://" + l.Addr().String() + "/v1"
}

// throttle copies 1250 bytes every 10 ms.
func throttle(w io.Writer, r io.Reader) {
	const block = 1250
	p, next := make([]byte, block), time.Now()
	for {
		n, err := r.Read(p)
		if _, writeErr := w.Write(p[:n]); err != nil || writeErr != nil {
			return
		}
		now := time.Now()
		if next.Before(now.Add(-50 * time.Millisecond)) {
			next = now // it has been idle
		}
		next = next.Add(10 * time.Millisecond * time.Duration(n) / block)
		time.Sleep(time.Until(next))
	}
}

// said says the clip as fast as a user does, and returns when it was released.
func said(b *testing.B, e *Engine, c audio.Clip, p engine.Prompt) (engine.Exchange, time.Time) {
	b.Helper()
	x, err := e.Start(b.Context(), p)
	if err != nil {
		b.Fatal(err)
	}
	next := time.Now()
	for f := range c.Frames() {
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
	return x, up
}

// BenchmarkRelease is from the release of the key, after five seconds of
// speech, until the last of it has reached the service: sent while it was
// spoken, and beside it posted as a whole.
func BenchmarkRelease(b *testing.B) {
	for _, line := range []string{"loopback", "1Mbit"} {
		for _, way := range []string{"streamed", "whole"} {
			b.Run(line+"/"+way, func(b *testing.B) {
				s := enginetest.Start(b)
				to := s.URL
				if line != "loopback" {
					to = uplink(b, to)
				}
				e, _ := newEngine(b, config(to))
				if way == "whole" {
					e.hearing.failed()
				}
				turns, total, bytes := 0, time.Duration(0), 0
				for b.Loop() {
					x, up := said(b, e, speech(5*time.Second), engine.Prompt{Turn: "t1"})
					if _, err := drain(b.Context(), x); err != nil {
						b.Fatal(err)
					}
					pieces := s.Requests(enginetest.Transcriptions)[turns].Pieces
					total += pieces[len(pieces)-1].At.Sub(up)
					for _, p := range pieces {
						if p.At.After(up) {
							bytes += p.Bytes
						}
					}
					turns++
					_ = x.Close()
				}
				b.ReportMetric(0, "ns/op") // it is mostly speech
				b.ReportMetric(float64(total.Microseconds())/1000/float64(turns), "ms-up→last-byte")
				b.ReportMetric(float64(bytes)/float64(turns), "bytes-after-up")
			})
		}
	}
}

// BenchmarkAdded is a whole turn against a service that takes 250 ms to hear,
// 300 ms to answer and 150 ms to speak: what comes on top of them between the
// release of the key and the first sound that is handed on.
func BenchmarkAdded(b *testing.B) {
	s := enginetest.Start(b)
	const hears, answers, speaks = 250 * time.Millisecond, 300 * time.Millisecond, 150 * time.Millisecond
	s.Script(enginetest.Transcriptions, enginetest.All(enginetest.Pause(hears), enginetest.Transcript("Why?")))
	s.Script(enginetest.Chat, enginetest.All(enginetest.Pause(answers), enginetest.Reply("It works. ")))
	s.Script(enginetest.Speech, enginetest.All(enginetest.Pause(speaks), enginetest.Tone(200*time.Millisecond)))
	e, _ := newEngine(b, config(s.URL))
	turns, total := 0, time.Duration(0)
	for b.Loop() {
		x, up := said(b, e, speech(2*time.Second), engine.Prompt{Turn: "t1", Speak: true})
		for {
			event, err := x.Recv(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := event.(engine.Speech); ok {
				break
			}
		}
		total += time.Since(up) - hears - answers - speaks
		turns++
		_ = x.Close()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(total.Microseconds())/1000/float64(turns), "ms-added")
}
