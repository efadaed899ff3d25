package e2e

import (
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// loudPart is what of a recording is no silence.
func loudPart(samples []int16) (from, to int) {
	from = -1
	for i, s := range samples {
		if max(s, -s) > loud {
			if from < 0 {
				from = i
			}
			to = i + 1
		}
	}
	return from, to
}

// pitch is how often a second a tone goes up through zero.
func pitch(samples []int16) float64 {
	n := 0
	for i := 1; i < len(samples); i++ {
		if samples[i-1] < 0 && samples[i] >= 0 {
			n++
		}
	}
	return float64(n) / audio.Duration(len(samples), desk.RecordRate).Seconds()
}

func TestAnotherPaceIsHeardAtOnceAndAtTheSamePitch(t *testing.T) {
	const length = 6 * time.Second
	c, s := chatting(t, "")
	s.Script(enginetest.Speech, enginetest.Tone(length))
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("It is a tone."), enginetest.Finish("stop")))
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = c.aside("ask", "--speak", "--screen", "none", "what is this") }() // it waits for the end
	c.until("a sound", func() bool { from, _ := loudPart(heard.Samples()); return from >= 0 })
	time.Sleep(1500 * time.Millisecond)
	said := heard.Len()
	c.wantVerb("say", "speed", "2")
	c.ended()
	time.Sleep(400 * time.Millisecond) // the recording is behind
	samples := heard.Stop()
	from, to := loudPart(samples)
	before := audio.Duration(said-from, desk.RecordRate)
	took := audio.Duration(to-from, desk.RecordRate)
	// All of it took what came before at its own pace, and half of the rest.
	lag := 2*took - length - before
	t.Logf("twice as fast %v after it was said", lag)
	if lag < -150*time.Millisecond || lag > 250*time.Millisecond {
		t.Errorf("it was heard %v after it was said: %v of sound, %v of them before", lag, took, before)
	}
	for what, part := range map[string][]int16{"before": samples[from : from+desk.RecordRate], "after": samples[to-desk.RecordRate : to-desk.RecordRate/10]} {
		if p := pitch(part); p < 440*0.98 || p > 440*1.02 {
			t.Errorf("%s it the tone is %.1f Hz", what, p)
		}
	}
}

func TestAWishSaidAloudLetsTheVoiceGoOn(t *testing.T) {
	c, s := chatting(t, "")
	s.Script(enginetest.Transcriptions, enginetest.Transcript("what is this"), enginetest.Transcript("Say it faster, please."))
	s.Script(enginetest.Speech, enginetest.Tone(12*time.Second))
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("It is a tone."), enginetest.Finish("stop")))
	c.ask("what is this")
	first := c.watch("speech", func(s control.Snapshot) bool { return s.Phase == "speaking" }).Turn.ID
	time.Sleep(time.Second)
	c.ask("say it faster please")
	again := c.watch("speech again", func(s control.Snapshot) bool { return s.Phase == "speaking" })
	if again.Turn.ID != first || again.Hint == "" {
		t.Errorf("then %q is spoken, with the hint %q", again.Turn.Question, again.Hint)
	}
	if v := c.ended(); v.ID != first || v.Outcome != "answered" {
		t.Errorf("in the end: %+v", v)
	}
	if n := len(s.Requests(enginetest.Chat)); n != 1 {
		t.Errorf("the model was asked %d times", n)
	}
	if pace := c.wantVerb("settings", "get", "speak.speed"); !strings.HasPrefix(pace, "1.2") {
		t.Errorf("the pace is %s", pace)
	}
	if list := c.wantVerb("history", "list"); strings.Count(list, "answered") != 1 {
		t.Errorf("the history holds\n%s", list)
	}
}
