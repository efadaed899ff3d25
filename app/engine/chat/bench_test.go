package chat

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"mime/multipart"
	"net"
	"net/http"
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

// BenchmarkLead is how much silence is left before the sound of each piece of
// speech, in all the ways in which a service sends it: so much comes with it.
func BenchmarkLead(b *testing.B) {
	for _, lead := range []time.Duration{0, 50 * time.Millisecond, 300 * time.Millisecond, 700 * time.Millisecond} {
		b.Run("came="+lead.String(), func(b *testing.B) {
			s := enginetest.Start(b)
			s.Script(enginetest.Speech, func(r *enginetest.Response) {
				for f := range led(lead).Frames() {
					raw, err := binary.Append(nil, binary.LittleEndian, f.Samples)
					if err != nil {
						b.Error(err)
					}
					r.Write("audio/pcm", raw)
				}
			})
			e, _ := newEngine(b, config(s.URL))
			var sum, most time.Duration
			n := 0
			for b.Loop() {
				events, err := ask(b, e, engine.Prompt{Turn: "t1", Question: "Why?", Speak: true})
				if err != nil {
					b.Fatal(err)
				}
				for _, left := range leads(events) {
					sum, most, n = sum+left, max(most, left), n+1
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(sum.Microseconds())/1000/float64(n), "ms-left")
			b.ReportMetric(float64(most.Microseconds())/1000, "ms-left-most")
		})
	}
}

// led is a word with faint noise before it, as a voice's own.
func led(lead time.Duration) audio.Clip {
	c := audio.Clip{Rate: audio.RateSpeak}
	for i := range audio.Samples(lead, c.Rate) {
		c.Samples = append(c.Samples, int16(i*7919%41-20))
	}
	for i := range audio.Samples(300*time.Millisecond, c.Rate) {
		c.Samples = append(c.Samples, int16(6000*math.Sin(2*math.Pi*220*float64(i)/float64(c.Rate))))
	}
	return c
}

// leads returns how much of each piece comes before its first loud sample.
func leads(events []engine.Event) (all []time.Duration) {
	sounds := true
	for _, e := range events {
		s, ok := e.(engine.Speech)
		if !ok {
			continue
		}
		if s.Sentence != "" {
			all, sounds = append(all, 0), false
		}
		for _, v := range s.Frame.Samples {
			if sounds = sounds || max(v, -v) > 500; sounds {
				break
			}
			all[len(all)-1] += audio.Duration(1, s.Frame.Rate)
		}
	}
	return all
}

// How long the service of BenchmarkAdded takes to hear, to answer and to speak.
const hears, answers, speaks = 250 * time.Millisecond, 300 * time.Millisecond, 150 * time.Millisecond

// BenchmarkAdded is a whole turn against a service that takes its time: what
// comes on top of that between the release of the key and the first sound that
// is handed on. Its floor is the same by three bare posts, one after the other.
func BenchmarkAdded(b *testing.B) {
	s := enginetest.Start(b)
	s.Script(enginetest.Transcriptions, enginetest.All(enginetest.Pause(hears), enginetest.Transcript("Why?")))
	s.Script(enginetest.Chat, enginetest.All(enginetest.Pause(answers), enginetest.Reply("It works. ")))
	s.Script(enginetest.Speech, enginetest.All(enginetest.Pause(speaks), enginetest.Tone(200*time.Millisecond)))
	e, _ := newEngine(b, config(s.URL))
	run := func(name string, turn func(b *testing.B) (up time.Time)) {
		b.Run(name, func(b *testing.B) {
			total := time.Duration(0)
			for b.Loop() {
				total += time.Since(turn(b)) - hears - answers - speaks
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(total.Microseconds())/1000/float64(b.N), "ms-added")
		})
	}
	run("ours", func(b *testing.B) time.Time { return spokenTurn(b, e) })
	run("posts", func(b *testing.B) time.Time { return barePosts(b, s.URL) })
}

// spokenTurn returns when the answer begins to be heard: when the key went up.
func spokenTurn(b *testing.B, e *Engine) (up time.Time) {
	b.Helper()
	x, up := said(b, e, speech(2*time.Second), engine.Prompt{Turn: "t1", Speak: true})
	b.Cleanup(func() { _ = x.Close() })
	for {
		event, err := x.Recv(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if _, ok := event.(engine.Speech); ok {
			return up
		}
	}
}

// barePosts is spokenTurn with nothing but the standard library.
func barePosts(b *testing.B, to string) (up time.Time) {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "question.wav")
	if err == nil {
		_, err = file.Write(audio.WAV(speech(2 * time.Second)))
	}
	if err = errors.Join(err, form.WriteField("model", "whisper-1"), form.Close()); err != nil {
		b.Fatal(err)
	}
	up = time.Now()
	for _, r := range []struct {
		path, kind string
		body       io.Reader
	}{
		{enginetest.Transcriptions, form.FormDataContentType(), &body},
		{enginetest.Chat, "application/json", strings.NewReader(`{"model":"gpt-5-mini","stream":true,"messages":[{"role":"user","content":"Why?"}]}`)},
		{enginetest.Speech, "application/json", strings.NewReader(`{"model":"tts-1","voice":"alloy","input":"It works.","response_format":"pcm"}`)},
	} {
		response, err := http.Post(to+r.path, r.kind, r.body)
		if err != nil {
			b.Fatal(err)
		}
		if r.path != enginetest.Speech { // of which the first bytes are enough
			_, err = io.Copy(io.Discard, response.Body)
		} else {
			_, err = io.ReadFull(response.Body, make([]byte, 960))
		}
		_ = response.Body.Close()
		if err != nil {
			b.Fatal(err)
		}
	}
	return up
}
