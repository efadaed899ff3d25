package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/app/settings"
	"aside/audio"
)

// shared is a choice by settings, its services, and what was metered.
type shared struct {
	*choice
	chat    *enginetest.Server
	live    *enginetest.Live
	metered []engine.Capabilities
}

// taking is who answers if the live voice does a part of a turn.
func taking(t *testing.T, part string, change func(*settings.Settings)) *shared {
	t.Helper()
	p := &shared{chat: enginetest.Start(t), live: enginetest.StartLive(t)}
	s := settings.Default()
	s.Engine.Kind, s.Engine.RealtimePart, s.Engine.BaseURL = "realtime", part, enginetest.Both(t, p.chat, p.live)
	if change != nil {
		change(&s)
	}
	e := deciding(t, s, "sk-1", 0)
	e.metered = func(c engine.Engine) engine.Engine {
		p.metered = append(p.metered, c.Capabilities())
		return c
	}
	p.choice = e.decide(t.Context())
	if p.why != nil {
		t.Fatalf("%+v", p.why)
	}
	t.Cleanup(p.service.Close)
	return p
}

// letting keeps no session after a turn, as the suite wants it that looks for
// goroutines.
type letting struct{ *shared }

func (l letting) Start(ctx context.Context, p engine.Prompt) (engine.Exchange, error) {
	x, err := l.shared.Start(ctx, p)
	if err != nil {
		return nil, err
	}
	return letGo{x, l.shared}, nil
}

type letGo struct {
	engine.Exchange
	*shared
}

func (x letGo) Close() error {
	err := x.Exchange.Close()
	x.service.Close()
	return err
}

func TestWhoeverDoesWhichPartTheContractIsKept(t *testing.T) {
	for _, part := range []string{"all", "answer", "hear"} {
		t.Run(part, func(t *testing.T) {
			enginetest.Run(t, func(t *testing.T) engine.Engine { return letting{taking(t, part, nil)} })
			enginetest.RunHanging(t, func(t *testing.T) engine.Engine {
				p := taking(t, part, nil)
				p.live.Script(enginetest.LiveWait(nil))
				p.chat.Script(enginetest.Chat, enginetest.Wait(nil))
				return letting{p}
			})
		})
	}
}

// utterance is something like one: syllables, with pauses between words.
func utterance(d time.Duration) audio.Clip {
	const syllable = audio.RateListen / 50
	c := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(d, audio.RateListen))}
	for i := range c.Samples {
		if n := i / syllable; n%16 < 12 {
			swell := math.Pow(math.Sin(0.05*float64(i%syllable))*(0.8+0.2*math.Sin(float64(n))), 3)
			c.Samples[i] = int16(12000 * swell * math.Sin(0.3*float64(i)))
		}
	}
	return c
}

// asks asks aloud, and returns what comes of it and why that ends, nil if it is
// complete.
func (p *shared) asks(t *testing.T) (events []engine.Event, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	x, err := p.Start(ctx, engine.Prompt{Turn: "t1", Speak: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = x.Close() }()
	for f := range utterance(time.Second).Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	for {
		e, err := x.Recv(ctx)
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, e)
	}
}

// came is what came, in short: words, sentences that are heard, costs.
func came(events []engine.Event) string {
	var question, answer, cost string
	var said []string
	for _, e := range events {
		switch e := e.(type) {
		case engine.Transcript:
			question = e.Text
		case engine.Text:
			answer += e.Delta
		case engine.Speech:
			if e.Sentence != "" {
				said = append(said, e.Sentence)
			}
		case engine.Usage:
			cost += fmt.Sprintf(" %d+%d", e.Input, e.Output)
			if e.Counted {
				cost += "(counted)"
			}
		case engine.Warning:
			cost += " warning:" + e.Err.Code
		}
	}
	return fmt.Sprintf("%s → %s → %s, cost%s", question, strings.TrimSpace(answer), strings.Join(said, " "), cost)
}

func TestALiveVoiceMayLeaveSpeakingToAnother(t *testing.T) {
	p := taking(t, "answer", nil)
	events, err := p.asks(t)
	want := fmt.Sprintf("What is this? → It works. All of it. → It works. All of it., cost %d+%d", enginetest.InputTokens, enginetest.OutputTokens)
	if got := came(events); err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if about := p.Capabilities(); about.Name != "realtime" || about.Model != "gpt-realtime" || !about.Speaks {
		t.Errorf("it is %+v", about)
	}
	if n := len(p.chat.Requests(enginetest.Speech)); n != 2 || len(p.chat.Requests("")) != n {
		t.Errorf("%d sentences were spoken, of %d requests", n, len(p.chat.Requests("")))
	}
}

func TestALiveVoiceMayOnlyHear(t *testing.T) {
	p := taking(t, "hear", nil)
	p.live.Hears(enginetest.LiveHearing{Text: "What is this?", Input: 70, Output: 5})
	events, err := p.asks(t)
	want := fmt.Sprintf("What is this? → It works. All of it. → It works. All of it., cost 70+5(counted) %d+%d", enginetest.InputTokens, enginetest.OutputTokens)
	if got := came(events); err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if about := p.Capabilities(); about.Name != "chat" || about.Model != "gpt-4o" || p.beside.Capabilities().Name != "chat" {
		t.Errorf("it is %+v", about)
	}
	if n := len(p.chat.Requests(enginetest.Transcriptions)); n > 0 || len(p.live.Events("response.create")) > 0 {
		t.Errorf("%d utterances were posted, %d answers asked of the live voice", n, len(p.live.Events("response.create")))
	}
	if !slices.ContainsFunc(p.metered, func(c engine.Capabilities) bool {
		return c.Name == "realtime" && c.Model == "gpt-4o-transcribe"
	}) {
		t.Errorf("metered are %+v", p.metered)
	}
}

func TestPartsThatFailSaySo(t *testing.T) {
	for _, c := range []struct {
		name, part string
		script     func(*shared)
		code, came string
	}{
		{"ears that are refused", "hear", func(p *shared) { p.live.Hears(enginetest.LiveHearing{Fail: true}) }, "transcript_missing", ""},
		{"ears that hear nothing", "hear", func(p *shared) { p.live.Hears(enginetest.LiveHearing{}) }, "no_speech", ""},
		{"a chat behind ears", "hear", func(p *shared) { p.chat.Script(enginetest.Chat, enginetest.Status(401, `{}`)) }, "key_rejected", ""},
		{"words", "answer", func(p *shared) { p.live.Script(enginetest.LiveEnd("failed", "insufficient_quota")) }, "quota_exceeded", ""},
		{"a voice behind words", "answer", func(p *shared) { p.chat.Script(enginetest.Speech, enginetest.Status(404, `{}`)) }, "", "warning:speech_failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := taking(t, c.part, nil)
			c.script(p)
			events, err := p.asks(t)
			if code := engine.Code(err); err == nil && c.code != "" || err != nil && code != c.code || !strings.Contains(came(events), c.came) {
				t.Errorf("%s, %v", came(events), err)
			}
		})
	}
}

func TestEachPartIsAskedWhereTheSettingsSay(t *testing.T) {
	const there, words, voice = "https://a.example/v1", "https://words.example/v1", "https://voice.example/v1"
	for _, c := range []struct {
		name, part, base, transcribe, speak string
		offline                             bool
		engine, model, host                 string
	}{
		{"all", "all", there, words, voice, false, "realtime", "gpt-realtime", "a.example"},
		{"its words", "answer", there, "", "", false, "realtime", "gpt-realtime", "a.example"},
		{"only the voice leaves", "answer", "http://127.0.0.1:1/v1", "", voice, false, "realtime", "gpt-realtime", "voice.example"},
		{"not even that", "answer", "http://127.0.0.1:1/v1", "", voice, true, "realtime", "gpt-realtime", ""},
		{"its ears", "hear", there, "", "", false, "chat", "gpt-4o", "a.example"},
		{"only ears elsewhere", "hear", "http://127.0.0.1:1/v1", words, "", false, "chat", "gpt-4o", "words.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := taking(t, c.part, func(s *settings.Settings) {
				s.Engine.BaseURL, s.Transcribe.BaseURL, s.Speak.BaseURL, s.Speak.Offline = c.base, c.transcribe, c.speak, c.offline
			})
			if about := p.Capabilities(); about.Name != c.engine || about.Model != c.model || about.Host != c.host {
				t.Errorf("%+v, want %s, %s at %q", about, c.engine, c.model, c.host)
			}
		})
	}
}

func TestWhoeverDoesWhichPartTheEndOfAnUtteranceIsNoticed(t *testing.T) {
	for _, part := range []string{"all", "answer", "hear"} {
		t.Run(part, func(t *testing.T) {
			p := taking(t, part, nil)
			if !p.Capabilities().Detects {
				t.Fatal("it does not say so")
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			x, err := p.Start(ctx, engine.Prompt{Turn: "t1", Speak: true, HandsFree: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = x.Close() }()
			said := utterance(time.Second)
			said.Samples = append(said.Samples, make([]int16, audio.RateListen)...)
			for f := range said.Frames() {
				if err := x.Send(f); err != nil {
					t.Fatal(err)
				}
			}
			for paused := false; !paused; {
				e, err := x.Recv(ctx)
				if err != nil {
					t.Fatal(err)
				}
				paused = e == engine.Event(engine.Paused{})
			}
			if err := x.Commit(); err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = x.Recv(ctx)
			}
			if !errors.Is(err, io.EOF) || len(p.live.Events("input_audio_buffer.commit")) > 0 {
				t.Errorf("it ends with %v; the service was told %d times that the utterance has ended", err, len(p.live.Events("input_audio_buffer.commit")))
			}
		})
	}
}
