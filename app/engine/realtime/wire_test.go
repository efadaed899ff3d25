package realtime

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

var update = flag.Bool("update", false, "write the golden files anew")

// trace is what was on the wire: what we sent, without sound and pictures, and
// of what the service sent the types. Of several of a kind in a row there is
// one.
func trace(t *testing.T, s *enginetest.Live) []byte {
	t.Helper()
	var b bytes.Buffer
	sound := time.Duration(0)
	for _, e := range s.Events("") {
		if e.Type == "input_audio_buffer.append" {
			sound += soundOf(e)
			continue
		}
		if sound > 0 {
			fmt.Fprintf(&b, "→ input_audio_buffer.append: %v of sound\n", sound)
			sound = 0
		}
		line, err := json.Marshal(elided(e.Fields))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "→ %s\n", line)
	}
	for _, kind := range slices.Compact(s.Told()) {
		fmt.Fprintf(&b, "← %s\n", kind)
	}
	return b.Bytes()
}

func soundOf(e enginetest.LiveEvent) time.Duration {
	encoded, _ := e.Fields["audio"].(string)
	return audio.Duration(len(encoded)*3/4/2, audio.RateSpeak).Round(time.Millisecond)
}

// elided is a value whose strings are not longer than a line.
func elided(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) > 70 {
			return v[:40] + "…"
		}
	case map[string]any:
		short := maps.Clone(v)
		for key, value := range v {
			short[key] = elided(value)
		}
		return short
	case []any:
		short := slices.Clone(v)
		for i := range v {
			short[i] = elided(v[i])
		}
		return short
	}
	return v
}

func TestAWholeTurnOnTheWire(t *testing.T) {
	s, e := answering(t)
	x := says(t, e, engine.Prompt{Turn: "t1", Speak: true}, 500*time.Millisecond, shot(t))
	for f := range speech(500 * time.Millisecond).Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := drain(soon(t), x); err != nil {
		t.Fatal(err)
	}
	if err := s.Until(soon(t), func() bool { return len(s.Events("conversation.item.delete")) > 0 }); err != nil {
		t.Fatal(err)
	}
	if err := s.Until(soon(t), func() bool { return slices.Contains(s.Told(), "conversation.item.deleted") }); err != nil {
		t.Fatal(err)
	}
	got, path := trace(t, s), filepath.Join("testdata", "turn.golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("on the wire was\n%s\nwant\n%s", got, want)
	}
	if utterance := s.Items()[0]; utterance.Sound.Duration() != time.Second {
		t.Errorf("the service heard %v of one second", utterance.Sound.Duration())
	}
	calm(t, s)
}

// counting counts the writes to a connection.
type counting struct {
	net.Conn
	writes, bytes int
}

func (c *counting) Write(p []byte) (int, error) {
	c.writes++
	c.bytes += len(p)
	return c.Conn.Write(p)
}

func TestTheEndOfAnUtteranceLeavesInOneWrite(t *testing.T) {
	_, e := answering(t)
	l, err := e.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	count := &counting{Conn: l.cork.Conn}
	l.cork.Conn = count
	x := newExchange(t.Context(), e, engine.Prompt{Speak: true}, 1)
	x.voice = audio.NewResampler(audio.RateListen, audio.RateSpeak)
	_ = x.voice.Process(speech(100 * time.Millisecond).Samples)
	all := append([]message{said(make([]int16, 480))}, x.last()...)
	if err := l.write(t.Context(), append(all, x.creation())); err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || count.writes != 1 || count.bytes < 1300 {
		t.Errorf("%d messages and the wish for an answer took %d writes of %d bytes", len(all), count.writes, count.bytes)
	}
}

func TestTheKeyIsOnlyInTheHeader(t *testing.T) {
	s, e := answering(t)
	if _, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true}, shot(t)); err != nil {
		t.Fatal(err)
	}
	shake := s.Handshakes()[0]
	if got := shake.Header.Get("Authorization"); got != "Bearer "+canary {
		t.Errorf("Authorization: %q", got)
	}
	if shake.Header.Get("OpenAI-Beta") != "" || shake.Header.Get("Sec-WebSocket-Extensions") != "" || shake.Header.Get("Sec-WebSocket-Protocol") != "" {
		t.Errorf("the handshake says too much: %v", shake.Header)
	}
	shake.Header.Del("Authorization")
	everything := fmt.Sprint(shake, s.Events(""))
	if len(shake.Query) != 1 || shake.Query.Get("model") != "gpt-realtime" || strings.Contains(everything, canary) {
		t.Errorf("the query is %v, the key elsewhere: %t", shake.Query, strings.Contains(everything, canary))
	}
}

func TestWithoutAKeyThereIsNoHeader(t *testing.T) {
	s := enginetest.StartLive(t)
	c := config(s)
	c.Key = ""
	if _, err := ask(t, opened(t, c), engine.Prompt{Turn: "t1", Speak: true}); err != nil {
		t.Fatal(err)
	}
	if h := s.Handshakes()[0].Header; h.Values("Authorization") != nil {
		t.Errorf("it says %v", h)
	}
}

func TestAnAddressBecomesThatOfASession(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.openai.com/v1":   "wss://api.openai.com/v1/realtime?model=m+1",
		"https://voice.example/v1///": "wss://voice.example/v1/realtime?model=m+1",
		"http://127.0.0.1:8080/v1":    "ws://127.0.0.1:8080/v1/realtime?model=m+1",
		"http://voice.example/v1":     "insecure_address",
		"wss://voice.example/v1":      "address_invalid",
	} {
		e, err := New(Config{BaseURL: base, Model: "m 1"})
		if got := engine.Code(err); err != nil {
			if got != want {
				t.Errorf("%s: %v", base, err)
			}
			continue
		}
		if e.address != want {
			t.Errorf("%s becomes %s, want %s", base, e.address, want)
		}
		if host := e.Capabilities().Host; (host == "") != strings.Contains(base, "127.0.0.1") {
			t.Errorf("%s is at %q", base, host)
		}
	}
}

func TestAnEncryptedSessionIsTheSame(t *testing.T) {
	s := enginetest.StartLive(t)
	to, err := url.Parse(strings.TrimSuffix(s.URL, "/v1"))
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(to))
	t.Cleanup(front.Close)
	c := config(s)
	c.BaseURL = front.URL + "/v1"
	e := opened(t, c)
	e.roots = x509.NewCertPool()
	e.roots.AddCert(front.Certificate())
	events, err := ask(t, e, engine.Prompt{Turn: "t1", Speak: true})
	if err != nil || answerOf(events) == "" {
		t.Errorf("%q, %v", answerOf(events), err)
	}
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // it would complain of us
	e.roots = nil
	if _, err := ask(t, e, engine.Prompt{Turn: "t2", Speak: true}); engine.Code(err) != "net_tls" {
		t.Errorf("with a certificate for which nobody vouches: %v", err)
	}
}

func TestTheLastFrameOfTheUtteranceIsThere(t *testing.T) {
	s, e := answering(t)
	for i, d := range []time.Duration{130 * time.Millisecond, 777 * time.Millisecond, 3 * time.Second} {
		x := says(t, e, engine.Prompt{Turn: fmt.Sprint(i), Speak: true}, d)
		if err := x.Commit(); err != nil {
			t.Fatal(err)
		}
		if _, err := drain(soon(t), x); err != nil {
			t.Fatal(err)
		}
		items := s.Items()
		if got := items[len(items)-2].Sound; (got.Duration() - d).Abs() > time.Millisecond {
			t.Errorf("of %v came %v", d, got.Duration())
		}
		_ = x.Close()
	}
}

func TestATypedQuestionIsAnsweredInWriting(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.LiveWords("In writing."))
	x, err := e.Start(t.Context(), engine.Prompt{Turn: "t1", Question: "How?"})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	events, err := drain(soon(t), x)
	if err != nil || answerOf(events) != "In writing." || len(of[engine.Speech](events)) > 0 {
		t.Errorf("%+v, %v", events, err)
	}
	if asked := s.Items()[0]; asked.Text != "How?" {
		t.Errorf("asked was %+v", asked)
	}
	asked, err := s.Await(soon(t), "response.create", 1) // it is noted once it has been answered
	if err != nil {
		t.Fatal(err)
	}
	wish, _ := asked[0].Fields["response"].(map[string]any)
	if fmt.Sprint(wish["output_modalities"]) != "[text]" || !strings.Contains(wish["instructions"].(string), "markdown") {
		t.Errorf("wished for was %v", wish)
	}
}

func FuzzEvents(f *testing.F) {
	for _, s := range []string{
		`{"type":"response.output_audio.delta","delta":"AAAA","item_id":"i","response_id":"r"}`,
		`{"type":"response.done","response":{"status":"failed","status_details":{"error":{"code":7}},"usage":{"input_tokens":1e9}}}`,
		`{"type":"error","error":{"code":null,"message":"m","event_id":"create-1"}}`, `{"type":"error","error":"no"}`,
		`{"type":"session.created","session":{"expires_at":1e300}}`, `{"type":7}`, `[]`, `{`, ``, `{"type":"input_audio_buffer.committed","item_id":"i"}`,
		`{"type":"response.audio.delta","delta":"%"}`, `{"type":"response.created","response":{"id":"r"}}`,
		`{"type":"conversation.item.input_audio_transcription.completed","item_id":"i","transcript":"faster"}`,
	} {
		f.Add([]byte(s), []byte(s))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		e, err := New(Config{BaseURL: "http://127.0.0.1:1/v1", Model: "m", Transcribe: "m"})
		if err != nil {
			t.Fatal(err)
		}
		s := &session{engine: e, out: newOutbox()}
		s.ctx, s.end = context.WithCancelCause(t.Context())
		x := newExchange(t.Context(), e, engine.Prompt{Turn: "t", Speak: true}, 1)
		s.join(x)
		x.voice, x.samples, x.committed = audio.NewResampler(audio.RateListen, audio.RateSpeak), 1, true
		s.ask(x, x.last())
		defer x.still()
		for range 2 {
			for _, data := range [][]byte{first, second} {
				if e, err := parse(data); err == nil {
					s.take(e)
				}
			}
		}
		for _, m := range s.out.take() {
			if !json.Valid(m.data) {
				t.Fatalf("we would send %q", m.data)
			}
		}
	})
}
