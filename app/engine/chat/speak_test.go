package chat

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

func TestSpeechThatFailsLeavesTheTextAndOneWarning(t *testing.T) {
	pcm := func(n int) enginetest.Answer {
		return func(r *enginetest.Response) { r.Write("audio/pcm", bytes.Repeat([]byte{0, 64}, n)) }
	}
	tests := []struct {
		name   string
		answer enginetest.Answer
		hint   string
	}{
		{"refused", enginetest.Status(400, `{"error":{"message":"voice"}}`), "speak.voice"},
		{"wrong key", enginetest.Status(401, `{"error":{"message":"`+canary+`"}}`), "rejected the key"},
		{"no speech at this service", enginetest.Status(404, "404 page not found"), "no OpenAI-compatible service"},
		{"a page", enginetest.Page(), "no sound"},
		{"JSON", enginetest.Status(200, `{"error":{"message":"`+canary+`"}}`), "no sound"},
		{"nothing", enginetest.Status(200, "", "Content-Type", "audio/pcm"), "no sound"},
		{"half a sample", enginetest.Status(200, "x", "Content-Type", "audio/pcm"), "no sound"},
		{"compressed", enginetest.Status(200, "OggS", "Content-Type", "audio/ogg"), "compressed"},
		{"compressed, by its bytes", enginetest.Status(200, "OggS....", "Content-Type", "application/octet-stream"), "compressed"},
		{"MP3 that cannot be read", enginetest.Status(200, "ID3", "Content-Type", "audio/mpeg"), "cannot be read"},
		{"a WAV file that cannot be read", enginetest.Status(200, "RIFF....WAVE", "Content-Type", "audio/wav"), "cannot be read"},
		{"cut in the middle", enginetest.All(pcm(700), enginetest.Cut()), "broke"},
		{"without end", pcm(bodyLimit), "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Chat, enginetest.Reply("One. ", "Two. ", "Three."))
			s.Script(enginetest.Speech, tt.answer)
			events, err := ask(t, e, engine.Prompt{Speak: true})
			if err != nil || answer(events) != "One. Two. Three." {
				t.Fatalf("%q, %v", answer(events), err)
			}
			warnings := of[engine.Warning](events)
			if len(warnings) != 1 {
				t.Fatalf("%d warnings", len(warnings))
			}
			checkError(t, warnings[0].Err, "speech_failed", false, tt.hint)
			most := 1
			if len(of[engine.Speech](events)) > 0 { // it went well at first
				most += 2
			}
			if n := len(s.Requests(enginetest.Speech)); n > most {
				t.Errorf("%d sentences were tried, want %d", n, most)
			}
		})
	}
}

func TestSpeechMayComeAsWAV(t *testing.T) {
	s, e := answering(t)
	s.Script(enginetest.Chat, enginetest.Reply("Yes."))
	s.Script(enginetest.Speech, enginetest.ToneWAV(200*time.Millisecond))
	events, err := ask(t, e, engine.Prompt{Speak: true})
	if err != nil || len(of[engine.Warning](events)) > 0 {
		t.Fatalf("%v, %v", events, err)
	}
	n := 0
	for _, speech := range of[engine.Speech](events) {
		n += len(speech.Frame.Samples)
	}
	if got := audio.Duration(n, audio.RateSpeak); got != 200*time.Millisecond {
		t.Errorf("%v of speech", got)
	}
}

func TestThereIsLittleSilenceAroundAPieceAndLessWithinASentence(t *testing.T) {
	s, e := answering(t)
	quiet := make([]int16, audio.RateSpeak/2)
	said := audio.Clip{Rate: audio.RateSpeak, Samples: slices.Concat(quiet, slices.Repeat([]int16{9000, -9000}, audio.RateSpeak/10), quiet)} // 200 ms of sound
	s.Script(enginetest.Chat, enginetest.Reply("The port is taken, so choose another one."))
	s.Script(enginetest.Speech, func(r *enginetest.Response) { r.Write("audio/pcm", audio.WAV(said)[44:]) })
	events, err := ask(t, e, engine.Prompt{Speak: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []time.Duration
	for _, speech := range of[engine.Speech](events) {
		if speech.Sentence != "" {
			got = append(got, 0)
		}
		got[len(got)-1] += speech.Frame.Duration()
	}
	if want := []time.Duration{270 * time.Millisecond, 330 * time.Millisecond}; len(got) != 2 || (got[0]-want[0]).Abs() > 2*time.Millisecond || (got[1]-want[1]).Abs() > 2*time.Millisecond {
		t.Errorf("the pieces last %v, want %v", got, want)
	}
}

func TestPlayYieldsFramesOfEveryKindOfSound(t *testing.T) {
	tone := audio.Clip{Rate: audio.RateSpeak, Samples: slices.Repeat([]int16{8000, -8000, 300}, 400)}
	pcm := audio.WAV(tone)[44:]
	for name, body := range map[string][]byte{
		"PCM":                           pcm,
		"PCM and half a sample":         append(slices.Clone(pcm), 7),
		"WAV":                           audio.WAV(tone),
		"WAV whose length is not known": slices.Concat([]byte("RIFF\xff\xff\xff\xff"), audio.WAV(tone)[8:40], []byte("\xff\xff\xff\xff"), pcm),
	} {
		for pace, r := range map[string]io.Reader{"at once": bytes.NewReader(body), "byte by byte": iotest.OneByteReader(bytes.NewReader(body))} {
			t.Run(name+" "+pace, func(t *testing.T) {
				var got []int16
				if err := play(bufio.NewReader(r), "", func(_ format, f audio.Frame) error {
					if f.Rate != audio.RateSpeak || f.Duration() > audio.FrameDuration {
						t.Errorf("a frame of %v at %d Hz", f.Duration(), f.Rate)
					}
					got = append(got, f.Samples...)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, tone.Samples) {
					t.Errorf("%d samples, want %d as they were", len(got), len(tone.Samples))
				}
			})
		}
	}
}

func TestPlayStopsWhenNobodyListens(t *testing.T) {
	gone := errors.New("gone")
	for name, body := range map[string]string{"PCM": strings.Repeat("\x00\x40", 4800), "WAV": string(audio.WAV(utterance()))} {
		n := 0
		err := play(bufio.NewReader(strings.NewReader(body)), "", func(_ format, _ audio.Frame) error { n++; return gone })
		if !errors.Is(err, gone) || n != 1 {
			t.Errorf("%s: %v after %d frames", name, err, n)
		}
	}
}

func TestSpeechThatHangsLeavesTheText(t *testing.T) {
	sound := strings.Repeat("\x00\x40", 480)
	for name, tt := range map[string]struct {
		speech func(w io.Writer) // nil for no answer at all
		within time.Duration
		heard  bool
	}{
		"no answer":              {nil, voiceLimit, false},
		"a head without a body":  {func(w io.Writer) { every(time.Hour, w, "") }, voiceLimit, false},
		"silence after a start":  {func(w io.Writer) { says(sound)(w); every(time.Hour, w, sound) }, voiceLimit, true},
		"a trickle without end":  {func(w io.Writer) { every(5*time.Second, w, sound) }, plainLimit, true},
		"only slow, but it ends": {func(w io.Writer) { time.Sleep(9 * time.Second); says(sound)(w) }, 9 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, e := newInside(t)
				s.responses["/chat/completions"] = s.streams("text/event-stream", says(yes+stop+done))
				s.responses["/audio/speech"] = silent
				if tt.speech != nil {
					s.responses["/audio/speech"] = s.streams("audio/pcm", tt.speech)
				}
				began := time.Now()
				events, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?", Speak: true}, audio.Clip{}, nil))
				warnings := of[engine.Warning](events)
				if err != nil || answer(events) != "Yes." || len(of[engine.Done](events)) != 1 {
					t.Fatalf("%v, %v", events, err)
				}
				if took := time.Since(began); took != tt.within {
					t.Errorf("took %v, want %v", took, tt.within)
				}
				if broken := tt.within >= voiceLimit; broken != (len(warnings) == 1) {
					t.Fatalf("%d warnings", len(warnings))
				} else if broken {
					checkError(t, warnings[0].Err, "speech_failed", false, "does not answer")
				}
				if heard := len(of[engine.Speech](events)) > 0; heard != tt.heard {
					t.Errorf("heard anything: %v", heard)
				}
			})
		})
	}
}

func TestSpeechThatIsListenedToSlowlyIsNotLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := newInside(t)
		s.responses["/chat/completions"] = s.streams("text/event-stream", says(yes+stop+done))
		s.responses["/audio/speech"] = s.streams("audio/pcm", says(strings.Repeat("\x00\x40", 192*480)))
		x := spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?", Speak: true}, audio.Clip{}, nil)
		time.Sleep(5 * time.Minute)
		events, err := drain(t.Context(), x)
		if err != nil || len(of[engine.Warning](events)) > 0 || len(of[engine.Speech](events)) != 192 {
			t.Errorf("%d pieces of speech, %v, %v", len(of[engine.Speech](events)), of[engine.Warning](events), err)
		}
	})
}

func TestATextThatBreaksOffDoesNotWaitForItsSpeech(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := newInside(t)
		s.responses["/chat/completions"] = s.streams("text/event-stream", says(strings.Replace(yes, "Yes.", "Yes. No", 1)))
		s.responses["/audio/speech"] = silent
		began := time.Now()
		events, err := drain(t.Context(), spokenTo(t, e, engine.Prompt{Turn: "t1", Question: "Why?", Speak: true}, audio.Clip{}, nil))
		checkError(t, err, "stream_cut", true, "")
		if took := time.Since(began); took > 0 || answer(events) != "Yes. No" || len(of[engine.Warning](events)) > 0 {
			t.Errorf("%v after %v", events, took)
		}
	})
}
