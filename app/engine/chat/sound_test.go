package chat

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// soundOf is what play makes of a response.
func soundOf(body []byte, contentType string) (c audio.Clip, got format, err error) {
	err = play(bufio.NewReader(bytes.NewReader(body)), contentType, func(in format, f audio.Frame) error {
		got = in
		c.Append(f)
		return nil
	})
	return c, got, err
}

// silentMP3 is frames of MPEG-2 layer III, 24 kHz, mono, 64 kbit/s: 24 ms each.
func silentMP3(n int) []byte {
	frame := append([]byte{0xFF, 0xF3, 0x84, 0xC0}, make([]byte, 188)...)
	return bytes.Repeat(frame, n)
}

func TestMP3IsUnderstood(t *testing.T) {
	for contentType, body := range map[string][]byte{
		"audio/mpeg":               silentMP3(50),
		"application/octet-stream": silentMP3(50),
		"":                         append([]byte("ID3\x04\x00\x00\x00\x00\x00\x02xx"), silentMP3(50)...),
	} {
		got, in, err := soundOf(body, contentType)
		if d := got.Duration(); err != nil || in != formatMP3 || got.Rate != audio.RateSpeak || d < 1150*time.Millisecond || d > 1200*time.Millisecond {
			t.Errorf("%q: %v of %s, %v", contentType, d, in, err)
		}
	}
}

func TestMP3OfAnotherRateIsHeardAsItWas(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/hajimehoshi/go-mp3").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mpeg2.mp3", "classic.mp3"} {
		body, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "example", name))
		if err != nil {
			t.Skip("the decoder came without its examples")
		}
		got, in, err := soundOf(body[:min(len(body), 200<<10)], "application/octet-stream")
		if err != nil || in != formatMP3 || got.Duration() < 3*time.Second || audio.Decibels(audio.RMS(got.Samples)) < -50 {
			t.Errorf("%s: %v of %s at %.0f dB, %v", name, got.Duration(), in, audio.Decibels(audio.RMS(got.Samples)), err)
		}
	}
}

func TestSamplesOfAnotherRateAreResampled(t *testing.T) {
	tone := audio.Clip{Rate: 48000, Samples: slices.Repeat([]int16{9000, 9000, 9000, 9000, -9000, -9000, -9000, -9000}, 3000)}
	for contentType, body := range map[string][]byte{"audio/pcm; rate=48000": audio.WAV(tone)[44:], "audio/wav": audio.WAV(tone)} {
		got, _, err := soundOf(body, contentType)
		if d := got.Duration(); err != nil || got.Rate != audio.RateSpeak || d < 498*time.Millisecond || d > 502*time.Millisecond || audio.RMS(got.Samples) < 5000 {
			t.Errorf("%q: %v at %d Hz, %v", contentType, d, got.Rate, err)
		}
	}
}

func TestWhatStandsBehindTheSamplesOfAFileIsNotPlayed(t *testing.T) {
	tone := audio.Clip{Rate: audio.RateSpeak, Samples: slices.Repeat([]int16{9000, -9000}, 1200)}
	body := append(audio.WAV(tone), "LIST\x04\x00\x00\x00noise"...)
	if got, _, err := soundOf(body, ""); err != nil || !slices.Equal(got.Samples, tone.Samples) {
		t.Errorf("%v, %v", got.Duration(), err)
	}
}

func TestAFileIsHeardBeforeItIsWhole(t *testing.T) {
	s, e := answering(t)
	rest := make(chan struct{})
	tone := audio.Clip{Rate: audio.RateSpeak, Samples: slices.Repeat([]int16{9000, -9000}, audio.RateSpeak/2)}
	wav := audio.WAV(tone)
	half := len(wav) / 2
	s.Script(enginetest.Chat, enginetest.Reply("Yes."))
	s.Script(enginetest.Speech, enginetest.All(
		func(r *enginetest.Response) { r.Write("audio/wav", wav[:half]) }, enginetest.Wait(rest),
		func(r *enginetest.Response) { r.Write("audio/wav", wav[half:]) }))
	x := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?", Speak: true}, audio.Clip{}, nil)
	for {
		event, err := x.Recv(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := event.(engine.Speech); ok {
			break
		}
	}
	close(rest)
	if _, err := drain(t.Context(), x); err != nil {
		t.Error(err)
	}
}

func TestWhatAServiceSendsIsAskedForNextTime(t *testing.T) {
	wav := enginetest.ToneWAV(100 * time.Millisecond)
	noPCM := enginetest.Status(400, `{"error":{"message":"Unsupported response_format: pcm"}}`)
	for name, c := range map[string]struct {
		script []enginetest.Answer
		want   []string
	}{
		"what was asked for":   {[]enginetest.Answer{enginetest.Tone(100 * time.Millisecond)}, []string{"pcm", "pcm"}},
		"a file all the same":  {[]enginetest.Answer{wav}, []string{"pcm", "wav"}},
		"a file, when refused": {[]enginetest.Answer{noPCM, wav}, []string{"pcm", "wav", "wav"}},
		"compressed, when refused": {[]enginetest.Answer{noPCM, enginetest.Status(400, `{"error":{"message":"Unsupported response_format: wav"}}`),
			func(r *enginetest.Response) { r.Write("audio/mpeg", silentMP3(20)) }}, []string{"pcm", "wav", "mp3", "mp3"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Speech, c.script...)
			for _, question := range []string{"One?", "Two?"} {
				s.Script(enginetest.Chat, enginetest.Reply("Yes."))
				events, err := ask(t, e, engine.Prompt{Question: question, Speak: true})
				if err != nil || len(of[engine.Warning](events)) > 0 {
					t.Fatalf("%v, %v", of[engine.Warning](events), err)
				}
			}
			var got []string
			names := map[string]bool{}
			for _, r := range s.Requests(enginetest.Speech) {
				got = append(got, r.Fields["response_format"].(string))
				names[r.Header.Get("Idempotency-Key")+" "+r.Fields["response_format"].(string)] = true
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("asked for %q, want %q", got, c.want)
			}
			for n := range names {
				if strings.Contains(n, "wav") && !strings.Contains(n, "-wav ") {
					t.Errorf("another format was asked for under the name %q", n)
				}
			}
		})
	}
}

func FuzzPlay(f *testing.F) {
	tone := audio.Clip{Rate: 22050, Samples: slices.Repeat([]int16{8000, -8000, 300}, 400)}
	f.Add(audio.WAV(tone), "audio/wav")
	f.Add(silentMP3(3), "audio/mpeg")
	f.Add(silentMP3(3), "")
	f.Add([]byte("RIFF....WAVEfmt \x10\x00\x00\x00"), "audio/pcm; rate=48000")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		n := 0
		err := play(bufio.NewReader(bytes.NewReader(body)), contentType, func(_ format, f audio.Frame) error {
			if n++; f.Rate != audio.RateSpeak || f.Duration() > audio.FrameDuration || len(f.Samples) == 0 {
				t.Errorf("a frame of %v at %d Hz", f.Duration(), f.Rate)
			}
			return nil
		})
		if err == nil && n == 0 {
			t.Error("no sound, and no error")
		}
		if e, ok := errors.AsType[*engine.Error](err); err != nil && (!ok || e.Code == "") {
			t.Errorf("%v has no code", err)
		}
	})
}
