package e2e

import (
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
)

// bounce is a worn switch: the talk key's contact closes or opens three times
// within a millisecond, and stays so.
func (d *display) bounce(way byte) {
	d.c.Helper()
	other := byte(xproto.KeyPress + xproto.KeyRelease - way)
	for _, what := range []byte{way, other, way, other} {
		xtest.FakeInput(d.conn, what, d.keys[2], 0, d.root, 0, 0, 0) // not waited for: the next follows at once
	}
	d.fake(way, d.keys[2])
}

func TestAKeyThatBouncesMakesOneRecording(t *testing.T) {
	c, s := chatting(t, "")
	wav, _ := c.spoken("what does this window say", 100*time.Millisecond)
	d := c.display()
	d.fake(xproto.KeyPress, d.keys[0])
	d.fake(xproto.KeyPress, d.keys[1])
	d.bounce(xproto.KeyPress)
	c.until("an open microphone", c.microphoneOpen)
	if err := c.Play(c.ctx, wav); err != nil {
		t.Fatal(err)
	}
	d.bounce(xproto.KeyRelease)
	d.fake(xproto.KeyRelease, d.keys[1])
	d.fake(xproto.KeyRelease, d.keys[0])
	if v := c.ended(); v.Outcome != "answered" {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
	time.Sleep(500 * time.Millisecond) // for what would follow
	if n := len(c.sound.microphones()); n != 1 {
		t.Errorf("the microphone was opened %d times", n)
	}
	if n := len(s.Requests(enginetest.Transcriptions)); n != 1 {
		t.Errorf("%d utterances were sent", n)
	}
}

func TestThePressStopsTheVoiceBeforeItOpensTheMicrophone(t *testing.T) {
	c, s := chatting(t, "")
	s.Script(enginetest.Speech, enginetest.Tone(20*time.Second))
	for range 3 {
		if err := c.Do(c.ctx, control.VerbCancel, nil); err != nil {
			t.Fatal(err)
		}
		spoke, heard := len(c.sound.loudspeakers()), len(c.sound.microphones())
		c.startsToSpeak()
		c.keyDown()
		c.until("an open microphone", c.microphoneOpen)
		c.keyUp()
		c.watch("rest", func(s control.Snapshot) bool { return s.Phase == "idle" })
		voices, microphones := c.sound.loudspeakers()[spoke:], c.sound.microphones()[heard:]
		if len(voices) != 1 || len(microphones) != 1 {
			t.Fatalf("%d voices and %d recordings", len(voices), len(microphones))
		}
		if v, m := voices[0], microphones[0]; v.last == 0 || v.last > m.first {
			t.Errorf("event %d opened the microphone, the voice ended with event %d", m.first, v.last)
		}
	}
}

// startsToSpeak has an answer spoken and returns while it is.
func (c *core) startsToSpeak() {
	c.Helper()
	go func() { _, _ = c.aside("ask", "--speak", "--screen", "none", "what is this") }() // it waits for the end
	c.until("speech", func() bool { return c.voices() == 1 })
}

func TestAWarmMicrophoneIsOpenOnlyAsLongAsItIsWanted(t *testing.T) {
	c, _ := chattingOn(t, desk.Options{Sound: true}, "[sound]\nwarm = true\n")
	sound := c.sound
	c.keepsMicrophone()
	c.watch("the sign that it is open", func(s control.Snapshot) bool { return s.Phase == "idle" && s.Microphone == "warm" })
	c.until("an open microphone", c.microphoneOpen)
	wav, _ := c.spoken("what does this window say", 100*time.Millisecond)
	c.wantVerb("press")
	c.wantPhase("listening", "open")
	if err := c.Play(c.ctx, wav); err != nil {
		t.Fatal(err)
	}
	c.wantVerb("release")
	if v := c.ended(); v.Outcome != "answered" {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
	c.wantVerb("settings", "set", "sound.warm", "false")
	c.wantPhase("idle", "closed")
	c.until("a closed microphone", func() bool { return !c.microphoneOpen() })
	if all := sound.microphones(); len(all) != 1 || all[0].ended.IsZero() {
		t.Errorf("the recordings were %+v, want the one that was kept open", all)
	}
}
