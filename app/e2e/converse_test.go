package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// converses waits until the microphone of a conversation waits for somebody to
// speak, after so many turns.
func (c *core) converses(turns int) control.Snapshot {
	c.Helper()
	s := c.watch("a microphone that waits", func(s control.Snapshot) bool {
		return s.Talk != nil && s.Talk.Waits && s.Talk.Turns == turns && s.Microphone == "open"
	})
	if s.Phase != "listening" || !s.Latched {
		c.Errorf("while it waits it is %s", s.Phase)
	}
	return s
}

// silent wants that nothing of ours records, and that no conversation runs.
func (c *core) silent(hint string) {
	c.Helper()
	s := c.watch("the end of the conversation", func(s control.Snapshot) bool { return s.Phase == "idle" })
	if s.Talk != nil || s.Microphone != "closed" || s.Hint != hint {
		c.Errorf("after its end: microphone %s, hint %q, %+v", s.Microphone, s.Hint, s.Talk)
	}
	c.until("a closed microphone", func() bool { return !c.microphoneOpen() })
	before := len(c.sound.microphones())
	time.Sleep(2 * time.Second)
	if n := len(c.sound.microphones()) - before; n > 0 || c.microphoneOpen() {
		c.Errorf("%d microphones were opened after the end", n)
	}
}

// plays says something into the microphone.
func (c *core) plays(words string) {
	c.Helper()
	wav, _ := c.spoken(words, 100*time.Millisecond)
	if err := c.Play(c.ctx, wav); err != nil {
		c.Fatal(err)
	}
}

func TestAConversationGoesOnWithoutTheKeyUntilGoodbye(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Sound: true}, "[screen]\ncapture = \"none\"")
	c.echo() // in a room without an echo canceller
	answer, err := c.Voice(c.ctx, "The listener is closed twice.")
	if err != nil {
		t.Fatal(err)
	}
	s.Script(enginetest.Transcriptions, enginetest.Transcript("why is it closed twice"), enginetest.Transcript("and which one should I keep"), enginetest.Transcript("Goodbye."))
	s.Script(enginetest.Chat, enginetest.Reply("The listener is closed twice."))
	s.Script(enginetest.Speech, said(t, answer))
	c.wantVerb("converse")
	c.converses(0)
	time.Sleep(1500 * time.Millisecond) // of silence, which is not sent
	for n, words := range []string{"why is it closed twice", "and which one should I keep"} {
		c.plays(words)
		v := c.converses(n + 1).Turn
		if v == nil || v.Question != words || v.Outcome != "answered" || v.Problem != nil {
			t.Fatalf("turn %d is %+v", n+1, v)
		}
	}
	c.plays("goodbye")
	c.silent("Goodbye: the conversation has ended.")
	if n := len(s.Requests(enginetest.Chat)); n != 2 {
		t.Errorf("%d questions were asked", n)
	}
	heard := s.Requests(enginetest.Transcriptions)
	if len(heard) != 3 {
		t.Fatalf("%d utterances were sent", len(heard))
	}
	for i, r := range heard {
		if lead := silence(r.Utterance.Samples); lead > 16_000*4/10 {
			t.Errorf("utterance %d begins with %d samples of silence", i, lead)
		}
	}
	if n := len(c.sound.microphones()); n != 3 {
		t.Errorf("the microphone was opened %d times", n)
	}
}

func TestATapEndsAConversation(t *testing.T) {
	c, s := chatting(t, "")
	s.Script(enginetest.Transcriptions, enginetest.Transcript("why is it closed twice"))
	s.Script(enginetest.Chat, enginetest.Reply("The listener is closed twice."))
	s.Script(enginetest.Speech, enginetest.Tone(5*time.Second))
	tap := func() {
		c.keyDown()
		c.keyUp()
		c.silent("The conversation has ended.")
	}
	c.wantVerb("converse")
	c.converses(0)
	tap()
	c.wantVerb("converse")
	c.converses(0)
	c.plays("why is it closed twice")
	c.watch("the answer", func(s control.Snapshot) bool { return s.Phase == "speaking" })
	tap()
	if n := len(s.Requests(enginetest.Chat)); n != 1 {
		t.Errorf("%d questions were asked", n)
	}
}

func TestSilenceEndsAConversation(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Sound: true}, "[talk]\nsilence = 5")
	c.wantVerb("converse")
	c.converses(0)
	began := time.Now()
	c.silent("Nobody spoke: the conversation has ended.")
	if took := time.Since(began); took < 4*time.Second || took > 9*time.Second {
		t.Errorf("it ended after %v", took)
	}
	if n := len(s.Requests(enginetest.Transcriptions)); n > 0 {
		t.Errorf("%d utterances were sent", n)
	}
}

// follows makes scripted hearings of words.
func follows(words ...string) (all []enginetest.LiveHearing) {
	for _, w := range words {
		all = append(all, enginetest.LiveHearing{Text: w})
	}
	return all
}

func TestALiveVoiceIsTalkedToWithoutTheKey(t *testing.T) {
	c, s := living(t, whole())
	c.ready()
	asked := []string{"what does this window say", "and why is it closed twice"}
	s.Hears(follows(append(asked, "Goodbye!")...)...)
	s.Script(enginetest.LiveSay("It greets you. ", time.Second))
	c.terminal("notes", c.file("page.txt", page))
	c.wantVerb("converse")
	c.converses(0)
	time.Sleep(2 * time.Second) // of silence, which is neither sent nor looked at
	c.until("the way out in the panel", func() bool { return strings.Contains(c.panelText(), "say goodbye") })
	if n := len(s.Events("")); n > 0 {
		t.Errorf("before a word the service was sent %d events", n)
	}
	for n, words := range asked {
		c.plays(words)
		v := c.converses(n + 1).Turn
		if v == nil || v.Question != words || v.Outcome != "answered" || v.Problem != nil {
			t.Fatalf("turn %d is %+v", n+1, v)
		}
	}
	if cost := c.converses(2).Talk.Usage; cost == nil || cost.Input != 2*enginetest.InputTokens {
		t.Errorf("it has used %+v", cost)
	}
	c.plays("goodbye")
	c.silent("Goodbye: the conversation has ended.")
	if n := len(s.Events("input_audio_buffer.commit")); n != 0 {
		t.Errorf("%d utterances were ended by us", n)
	}
	if n := len(s.Shown()); n < 2 {
		t.Errorf("%d pictures went along", n)
	}
	if n := len(c.sound.microphones()); n != 3 {
		t.Errorf("the microphone was opened %d times", n)
	}
	if err := s.Until(c.ctx, func() bool { return len(s.Items()) == 4 }); err != nil {
		t.Errorf("the service has %d items", len(s.Items()))
	}
	if complaints := s.Errors(); len(complaints) > 0 {
		t.Errorf("the service had to complain: %q", complaints)
	}
}

func TestALiveConversationIsCutIntoByVoice(t *testing.T) {
	s := enginetest.StartLive(t)
	c := prepare(t, desk.Options{Sound: true}, fmt.Sprintf("[engine]\nkind = \"realtime\"\nbase_url = %q\n[screen]\ncapture = \"none\"\n%s", s.URL, byVoice))
	c.start([]string{"ASIDE_API_KEY=" + secret})
	c.echo()
	s.Hears(follows("tell me about it", "", "and what about the second one")...)
	s.Script(enginetest.LiveSay("On and on. ", 12*time.Second), enginetest.LiveSay("It is fine. ", time.Second))
	c.wantVerb("converse")
	c.converses(0)
	c.plays("tell me about it")
	speaks := func() string {
		return c.watch("the wait for a voice", func(s control.Snapshot) bool {
			return s.Phase == "speaking" && s.Microphone == "voice" && s.Level > 0
		}).Turn.ID
	}
	first := speaks()
	time.Sleep(1500 * time.Millisecond)
	// A cough, as far as its loudness goes.
	if err := c.Play(c.ctx, c.file("cough.wav", string(audio.WAV(noise(350*time.Millisecond))))); err != nil {
		t.Fatal(err)
	}
	c.watch("that it listens", func(s control.Snapshot) bool { return s.Phase == "listening" })
	if id := speaks(); id != first {
		t.Errorf("after a cough %s is spoken, not %s", id, first)
	}
	time.Sleep(time.Second)
	c.plays("and what about the second one")
	talk := c.watch("the second answer", func(s control.Snapshot) bool {
		return s.Talk != nil && s.Talk.Waits && s.Turn != nil && s.Turn.Answer == "It is fine. "
	}).Talk
	if talk.Turns != 2 {
		t.Errorf("it has had %d turns", talk.Turns)
	}
	c.wantVerb("converse", "--stop")
	c.silent("The conversation has ended.")
	if n := len(s.Events("conversation.item.truncate")); n != 1 {
		t.Errorf("%d answers were cut off", n)
	}
	c.checkAttention()
}
