package chat

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// speech sounds like words for d: 240 ms of a hum, then 160 ms of nearly
// nothing, again and again.
func speech(d time.Duration) audio.Clip {
	c := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(d, audio.RateListen))}
	for i := range c.Samples {
		t := float64(i) / audio.RateListen
		loud := 20.0
		if math.Mod(t, 0.4) >= 0.16 {
			loud = 6000
		}
		c.Samples[i] = int16(loud * math.Sin(2*math.Pi*220*t))
	}
	return c
}

// speaking is an exchange that has been sent all of the clip, but does not
// know yet that this was all.
func speaking(t *testing.T, e *Engine, said audio.Clip) engine.Exchange {
	t.Helper()
	if e.config.Language == "" {
		e.config.Language = "en"
	}
	x, err := e.Start(t.Context(), engine.Prompt{Turn: "t1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	for f := range said.Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// heard commits and returns the words that were understood.
func heard(t *testing.T, x engine.Exchange) (string, error) {
	t.Helper()
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	events, err := drain(t.Context(), x)
	words := ""
	for _, e := range of[engine.Transcript](events) {
		words += e.Text
	}
	return words, err
}

const frameBytes = 2 * audio.RateListen / 50

func TestAtReleaseAtMostOneFrameIsLeftToSend(t *testing.T) {
	s, e := answering(t)
	said := speech(3*time.Second + 20*time.Millisecond)
	x := speaking(t, e, said)
	before, err := s.AwaitBytes(t.Context(), enginetest.Transcriptions, 2*len(said.Samples)-frameBytes)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.Requests("")); n > 0 {
		t.Fatalf("%d requests came to an end", n)
	}
	if words, err := heard(t, x); err != nil || words != "What is this?" {
		t.Fatalf("%q, %v", words, err)
	}
	const boundary = 2 + 2 + 60 + 2 + 2 // a line end, dashes on both sides, a line end
	if after := s.Came(enginetest.Transcriptions) - before; after > frameBytes+boundary {
		t.Errorf("%d bytes came after the release, want %d at most", after, frameBytes+boundary)
	}
	r := s.Requests(enginetest.Transcriptions)
	checkHeard(t, r, said)
	if got := r[0].Header.Get("Idempotency-Key"); got != "t1-hear-live" || len(r[0].Pieces) < 2 {
		t.Errorf("named %q, in %d pieces", got, len(r[0].Pieces))
	}
}

func TestWhatIsSaidLeavesWhileItIsSaid(t *testing.T) {
	s, e := answering(t)
	said := speech(2 * time.Second)
	x := speaking(t, e, audio.Clip{})
	sent := 0
	for f := range said.Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
		sent += 2 * len(f.Samples)
		if sent >= audio.RateListen*2 { // a second: it has begun
			if _, err := s.AwaitBytes(t.Context(), enginetest.Transcriptions, sent-frameBytes); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := heard(t, x); err != nil {
		t.Fatal(err)
	}
	checkHeard(t, s.Requests(enginetest.Transcriptions), said)
}

func TestTheQuestionCountsAsSentAtItsEnd(t *testing.T) {
	_, e := answering(t)
	x := speaking(t, e, speech(time.Second))
	released := time.Now()
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	first, err := x.Recv(t.Context())
	if sent, ok := first.(engine.Sent); err != nil || !ok || sent.At.Before(released) {
		t.Errorf("first came %#v, %v; released at %v", first, err, released)
	}
}

// room is a clip of noise of one loudness.
func room(d time.Duration, loud int16) audio.Clip {
	c := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(d, audio.RateListen))}
	for i := range c.Samples {
		c.Samples[i] = int16(i*7919%int(2*loud+1)) - loud
	}
	return c
}

func after(first, then audio.Clip) audio.Clip {
	return audio.Clip{Rate: audio.RateListen, Samples: slices.Concat(first.Samples, then.Samples)}
}

func TestNothingLeavesForNothing(t *testing.T) {
	bump := func(d time.Duration) audio.Clip {
		return audio.Clip{Rate: audio.RateListen, Samples: speech(time.Second).Samples[audio.Samples(160*time.Millisecond, audio.RateListen):][:audio.Samples(d, audio.RateListen)]}
	}
	quiet, silence := room(time.Second, 40), audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.RateListen/4)}
	for name, c := range map[string]audio.Clip{
		"silence":      {Rate: audio.RateListen, Samples: make([]int16, 2*audio.RateListen)},
		"a quiet room": room(2*time.Second, 40),
		"a loud room":  room(2*time.Second, 900),
		"a loud room, after a microphone's start": after(silence, room(2*time.Second, 900)),
		"a tap, even if something is said":        speech(250 * time.Millisecond),
		"a tap on a microphone that was open":     speech(400*time.Millisecond + 250*time.Millisecond),
		"a bump":                                  after(after(quiet, bump(100*time.Millisecond)), quiet),
	} {
		t.Run(name, func(t *testing.T) {
			s, e := answering(t)
			x := speaking(t, e, c)
			if x.(*exchange).upload != nil {
				t.Error("it would be sent")
			}
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			if n := s.Came(enginetest.Transcriptions); n > 0 {
				t.Errorf("%d bytes left", n)
			}
		})
	}
}

func TestATurnThatIsDroppedBreaksItsRequestOff(t *testing.T) {
	s, e := answering(t)
	x := speaking(t, e, speech(time.Second))
	if _, err := s.AwaitBytes(t.Context(), enginetest.Transcriptions, audio.RateListen); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.AwaitBroken(t.Context(), enginetest.Transcriptions, 1); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Requests("")); n > 0 {
		t.Errorf("%d whole requests", n)
	}
}

func TestAServiceThatTakesNoStreamGetsTheWhole(t *testing.T) {
	words := enginetest.Transcript("What is this?")
	refusal := func(status int) enginetest.Answer { return enginetest.Status(status, `{"error":{"message":"no"}}`) }
	tests := []struct {
		name    string
		hasty   enginetest.Answer   // before the body has been read
		early   bool                // which is known before the release
		answers []enginetest.Answer // after
		whole   bool                // and so it stays
	}{
		{"it wants the length", refusal(411), true, nil, true},
		{"it takes the form for empty", enginetest.Transcript(""), true, nil, true},
		{"it answers before the end", enginetest.Transcript("Wha"), true, nil, true},
		{"it hangs up", enginetest.Cut(), false, nil, true},
		{"it does not understand", nil, false, []enginetest.Answer{refusal(400), words}, true},
		{"it has a problem", nil, false, []enginetest.Answer{refusal(500), words}, true},
		{"it hears nothing", nil, false, []enginetest.Answer{enginetest.Transcript(" "), words}, true},
		{"it breaks off", nil, false, []enginetest.Answer{enginetest.Cut(), words}, true},
		{"it is no JSON", nil, false, []enginetest.Answer{enginetest.Page(), words}, true},
		{"it has too much to do", nil, false, []enginetest.Answer{refusal(429), words}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, e := answering(t)
			if tt.hasty != nil {
				s.Hasty(enginetest.Transcriptions, tt.hasty)
			} else {
				s.Script(enginetest.Transcriptions, tt.answers...)
			}
			said := speech(2 * time.Second)
			x := speaking(t, e, said).(*exchange)
			if tt.early {
				<-x.upload.done
			}
			if words, err := heard(t, x); err != nil || words != "What is this?" {
				t.Fatalf("%q, %v", words, err)
			}
			all := s.Requests(enginetest.Transcriptions)
			checkHeard(t, all[len(all)-1:], said)
			if got := all[len(all)-1].Header.Get("Idempotency-Key"); got != "t1-hear" {
				t.Errorf("the whole is named %q", got)
			}
			if e.hearing.streams() == tt.whole {
				t.Errorf("streams again: %v", e.hearing.streams())
			}
			if x = speaking(t, e, said).(*exchange); (x.upload == nil) != tt.whole {
				t.Errorf("the next one is streamed: %v", x.upload != nil)
			}
		})
	}
}

func TestARefusalThatIsNotOfTheStreamIsTheAnswer(t *testing.T) {
	for code, answer := range map[string]enginetest.Answer{
		"key_rejected":   enginetest.Status(401, `{"error":{"message":"no"}}`),
		"quota_exceeded": enginetest.Status(402, `{"error":{"message":"no"}}`),
		"rate_limited":   enginetest.Status(429, `{"error":{"message":"no"}}`, "Retry-After", "60"),
	} {
		t.Run(code, func(t *testing.T) {
			s, e := answering(t)
			s.Script(enginetest.Transcriptions, answer)
			_, err := heard(t, speaking(t, e, speech(time.Second)))
			if engine.Code(err) != code || len(s.Requests(enginetest.Transcriptions)) != 1 || !e.hearing.streams() {
				t.Errorf("%v after %d requests", err, len(s.Requests(enginetest.Transcriptions)))
			}
		})
	}
}

func TestAServiceThatHasTakenAStreamIsBelieved(t *testing.T) {
	s, e := answering(t)
	words, fails := enginetest.Transcript("Yes."), enginetest.Status(500, "")
	s.Script(enginetest.Transcriptions, words, enginetest.Transcript(""), fails, words, words, fails, words, fails, words, words)
	steps := []struct {
		name     string
		words    string
		requests int
		streams  bool
	}{
		{"it takes it", "Yes.", 1, true},
		{"what it does not understand is not posted again", "", 1, true},
		{"a problem passes", "Yes.", 2, true},
		{"as this one shows", "Yes.", 1, true},
		{"another passes", "Yes.", 2, true},
		{"but not one after the other", "Yes.", 2, false},
		{"it gets the whole from now on", "Yes.", 1, false},
	}
	for _, tt := range steps {
		n := len(s.Requests(enginetest.Transcriptions))
		words, err := heard(t, speaking(t, e, speech(time.Second)))
		if err != nil && engine.Code(err) != "no_speech" {
			t.Fatal(tt.name, err)
		}
		if n = len(s.Requests(enginetest.Transcriptions)) - n; words != tt.words || n != tt.requests || e.hearing.streams() != tt.streams {
			t.Errorf("%s: %q after %d requests, streams %v", tt.name, words, n, e.hearing.streams())
		}
	}
}

func TestASilentServiceIsNotWaitedForTwice(t *testing.T) {
	u := &upload{}
	for _, tt := range []struct {
		early bool
		want  bool
	}{{true, false}, {false, true}} {
		u.early = tt.early
		if got := u.final(&engine.Error{Code: "net_timeout"}); got != tt.want {
			t.Errorf("early %v: final %v", tt.early, got)
		}
	}
}

func TestABodyThatGrowsIsReadAsItIs(t *testing.T) {
	g := &growing{more: make(chan struct{})}
	ends := 0
	open := func() io.Reader { return &reader{of: g, ctx: t.Context(), sent: func() { ends++ }} }
	one, two := open(), open()
	got := make(chan string)
	go func() {
		b, err := io.ReadAll(one)
		if err != nil {
			t.Error(err)
		}
		got <- string(b)
	}()
	var want strings.Builder
	for range 100 {
		part := strings.Repeat("abcdefg", 70)
		want.WriteString(part)
		g.add([]byte(part), false)
	}
	g.add(nil, true)
	if first := <-got; first != want.String() {
		t.Errorf("%d bytes, want %d", len(first), want.Len())
	}
	if again, err := io.ReadAll(two); err != nil || string(again) != want.String() || ends != 2 {
		t.Errorf("%d bytes the second time, %v, %d ends", len(again), err, ends)
	}
	if _, err := one.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}
