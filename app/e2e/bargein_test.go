package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// story is what the scripted service reads out: it lasts some eight seconds.
const story = "Shutdown closes the listener, and then the deferred call closes it once more, which is what the error tells you. " +
	"Keep only one of the two, and the second will find it open."

// said answers a request for speech with a sound file.
func said(t testing.TB, path string) enginetest.Answer {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return func(r *enginetest.Response) { r.Write("audio/wav", raw) }
}

// talking starts a core that a voice may cut off, and a service that has a lot
// to say.
func talking(t testing.TB, settings string) (*core, *enginetest.Server) {
	t.Helper()
	c, s := chattingOn(t, desk.Options{Sound: true}, settings)
	answer, err := c.Voice(c.ctx, story)
	if err != nil {
		t.Fatal(err)
	}
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("The listener is closed twice."), enginetest.Finish("stop")))
	s.Script(enginetest.Speech, said(t, answer))
	return c, s
}

const byVoice = "[sound]\nbarge_in = \"voice\"\n"

// echo makes the microphone hear the loudspeaker, as it does in a room.
func (c *core) echo() {
	c.Helper()
	c.pactl("load-module", "module-loopback", "source=speaker.monitor", "sink=micin", "latency_msec=40", "remix=yes")
	index := ""
	for line := range strings.Lines(c.pactl("list", "short", "sink-inputs")) {
		if fields := strings.Fields(line); strings.Contains(line, "module-loopback") {
			index = fields[0]
		}
	}
	c.pactl("set-sink-input-volume", index, "60%")
}

func (c *core) pactl(args ...string) string {
	c.Helper()
	out, err := c.Output(c.ctx, "pactl", args...)
	if err != nil {
		c.Fatal(err)
	}
	return out
}

// cancellers counts the echo cancellers that the sound server runs.
func (c *core) cancellers() int {
	c.Helper()
	return strings.Count(c.pactl("list", "short", "modules"), "module-echo-cancel")
}

// asks types a question whose answer is spoken, and waits until somebody can
// speak into it.
func (c *core) asks() (turn string) {
	c.Helper()
	go func() { _, _ = c.aside("ask", "--speak", "--screen", "none", "why is it closed twice") }() // it waits for the end
	return c.watch("the wait for a voice", func(s control.Snapshot) bool {
		return s.Phase == "speaking" && s.Microphone == "voice" && s.Level > 0
	}).Turn.ID
}

// checkAttention wants that the microphone was open while the core listened or
// spoke, and at no other time.
func (c *core) checkAttention() {
	c.Helper()
	for _, s := range c.sound.microphones() {
		if open := beyond(s, time.Now(), during(c.log.String(), "listening", "speaking")); open > 0 {
			c.Errorf("microphone %d was open for %v while the core neither listened nor spoke", s.index, open)
		}
	}
	c.keepsMicrophone()
}

func TestItsOwnVoiceDoesNotCutTheAnswerOff(t *testing.T) {
	c, s := talking(t, byVoice)
	c.echo()
	mic := c.tap("mic")
	for range 2 { // the canceller has rested before the second
		id := c.asks()
		c.until("an open microphone", c.microphoneOpen)
		c.wantPhase("speaking", "voice")
		if v := c.ended(); v.ID != id || v.Outcome != "answered" {
			t.Errorf("the turn is %+v, %+v", v, v.Problem)
		}
		c.wantPhase("idle", "closed")
	}
	if n := len(s.Requests(enginetest.Transcriptions)); n != 0 {
		t.Errorf("%d utterances were sent", n)
	}
	if len(during(c.log.String(), "listening")) > 0 {
		t.Error("it listened to itself")
	}
	if !begins(mic.stop()) {
		t.Error("there was no echo to be cancelled")
	}
	c.checkAttention()
	c.wantVerb("settings", "set", "sound.barge_in", "key")
	c.until("the end of the echo canceller", func() bool { return c.cancellers() == 0 })
}

// begins reports whether a voice begins in what was recorded.
func begins(samples []int16) bool {
	var o audio.Onset
	for f := range (audio.Clip{Rate: desk.RecordRate, Samples: samples}).Frames() {
		if o.Hear(f) {
			return true
		}
	}
	return false
}

func TestAVoiceCutsTheAnswerOffAndAsks(t *testing.T) {
	c, s := talking(t, byVoice)
	c.echo()
	s.Script(enginetest.Transcriptions, enginetest.Transcript("and what about the second one"))
	wav, voice := c.spoken("and what about the second one", 0)
	first := c.asks()
	time.Sleep(2 * time.Second)
	if err := c.Play(c.ctx, wav); err != nil {
		t.Fatal(err)
	}
	c.wantPhase("listening", "open")
	next := c.watch("the next answer", func(s control.Snapshot) bool { return s.Phase == "speaking" }).Turn
	if next.ID == first || next.Question != "and what about the second one" {
		t.Errorf("the next turn is %+v", next)
	}
	heard := s.Requests(enginetest.Transcriptions)
	if len(heard) != 1 || heard[0].Utterance.Duration() < voice.Duration() {
		t.Fatalf("%d utterances were sent; the voice lasts %v", len(heard), voice.Duration())
	}
	if lead := audio.Duration(silence(heard[0].Utterance.Samples), audio.RateListen); lead > 400*time.Millisecond {
		t.Errorf("the utterance begins with %v of silence", lead)
	}
	asked := s.Requests(enginetest.Chat)
	if all := texts(asked[len(asked)-1]); !strings.Contains(all, "cut the answer off here") {
		t.Errorf("the second question came with\n%s", all)
	}
	c.wantVerb("cancel")
	c.wantPhase("idle", "closed")
	c.checkAttention()
}

// silence is the place of the first sample that is no silence.
func silence(samples []int16) int {
	return max(0, slices.IndexFunc(samples, func(s int16) bool { return max(s, -s) > loud }))
}

// texts are the messages of a question.
func texts(r enginetest.Request) string {
	var all strings.Builder
	for _, m := range r.Messages {
		all.WriteString(m.Role + ": " + m.Text + "\n")
	}
	return all.String()
}

func TestANoiseLetsTheAnswerGoOn(t *testing.T) {
	c, s := talking(t, byVoice)
	c.echo()
	s.Script(enginetest.Transcriptions, enginetest.Transcript(""))
	first := c.asks()
	time.Sleep(1500 * time.Millisecond)
	// A cough, as far as its loudness goes.
	if err := c.Play(c.ctx, c.file("cough.wav", string(audio.WAV(noise(350*time.Millisecond))))); err != nil {
		t.Fatal(err)
	}
	c.watch("that it listens", func(s control.Snapshot) bool { return s.Phase == "listening" })
	again := c.watch("that it goes on", func(s control.Snapshot) bool { return s.Phase == "speaking" })
	if again.Turn.ID != first || again.Turn.Problem != nil {
		t.Errorf("then %+v is spoken, %+v", again.Turn, again.Turn.Problem)
	}
	if v := c.ended(); v.ID != first || v.Outcome != "answered" || v.Problem != nil {
		t.Errorf("in the end %+v, %+v", v, v.Problem)
	}
	if n := len(s.Requests(enginetest.Chat)); n != 1 {
		t.Errorf("%d questions were asked", n)
	}
	c.checkAttention()
}

// noise is as loud as speech and says nothing.
func noise(d time.Duration) audio.Clip {
	c := audio.Clip{Rate: audio.RateListen, Samples: make([]int16, audio.Samples(d, audio.RateListen))}
	x := uint32(1)
	for i := range c.Samples {
		x = x*1664525 + 1013904223
		c.Samples[i] = int16(x>>16) / 3
	}
	return c
}

func TestTheEchoCancellerOfACoreThatWasKilledIsGoneWithTheNext(t *testing.T) {
	c, _ := talking(t, byVoice)
	c.until("an echo canceller", func() bool { return c.cancellers() == 1 })
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.end()
	if c.cancellers() != 1 {
		t.Fatal("nothing was left")
	}
	c.start([]string{"ASIDE_API_KEY=" + secret})
	c.asks()
	if c.cancellers() != 1 {
		t.Errorf("%d echo cancellers run", c.cancellers())
	}
	c.wantVerb("quit")
	c.until("the end of the echo canceller", func() bool { return c.cancellers() == 0 })
	c.keepsMicrophone() // that of the killed one has no end in its log
}
