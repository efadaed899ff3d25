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

// sharing starts a core whose live voice does a part of a turn, and a chat the
// rest.
func sharing(t *testing.T, part string) (*core, *enginetest.Server, *enginetest.Live) {
	t.Helper()
	chat, live := enginetest.Start(t), enginetest.StartLive(t)
	c := prepare(t, desk.Options{Sound: true}, fmt.Sprintf("[engine]\nkind = \"realtime\"\nbase_url = %q\nrealtime_part = %q\n", enginetest.Both(t, chat, live), part))
	c.start([]string{"ASIDE_API_KEY=" + secret})
	return c, chat, live
}

// asksAloud holds the key while a voice speaks, and returns the turn once it is
// over, what the loudspeaker played of it, and how loud.
func (c *core) asksAloud(wav string) (v control.View, sound []int16) {
	c.Helper()
	heard, err := c.Listen(c.ctx)
	if err != nil {
		c.Fatal(err)
	}
	c.holds(wav)
	v = c.ended()
	c.recordedAll(heard)
	return v, heard.Stop()
}

// holds holds the key while a voice speaks.
func (c *core) holds(wav string) {
	c.Helper()
	c.wantVerb("press")
	c.until("an open microphone", c.microphoneOpen)
	if err := c.Play(c.ctx, wav); err != nil {
		c.Fatal(err)
	}
	c.wantVerb("release")
}

func TestALiveVoiceAnswersInWordsAndTheServiceForSpeechSpeaksThem(t *testing.T) {
	c, chat, live := sharing(t, "answer")
	live.Script(enginetest.LiveAll(enginetest.LiveWords("The window greets the elephant. "), enginetest.LiveWords("That is all.\n\n---\n\nMore.")))
	wav, voice := c.spoken("what does this window say", 0)
	v, sound := c.asksAloud(wav)
	if v.Outcome != "answered" || v.Engine != "realtime" || v.Model != "gpt-realtime" || !strings.HasPrefix(v.Answer, "The window greets the elephant. That is all.") {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
	if v.Usage == nil || v.Usage.Input != enginetest.InputTokens {
		t.Errorf("it cost %+v", v.Usage)
	}
	said := chat.Requests(enginetest.Speech)
	if len(said) != 2 || said[0].Fields["input"] != "The window greets the elephant." || len(chat.Requests("")) != 2 {
		t.Errorf("said was %+v", said)
	}
	if from, to := loudPart(sound); audio.Duration(to-from, desk.RecordRate) < 2*190*time.Millisecond {
		t.Errorf("%v were heard", audio.Duration(to-from, desk.RecordRate))
	}
	items := live.Items()
	if len(items) != 2 {
		t.Fatalf("the live voice has %d items", len(items))
	}
	c.checkWords(items[0].Sound.Resample(voice.Rate), voice)
	if complaints := live.Errors(); len(complaints) > 0 {
		t.Errorf("the live voice had to complain: %q", complaints)
	}
}

func TestALiveVoiceHearsAndTheChatAnswersWhatItHeard(t *testing.T) {
	c, chat, live := sharing(t, "hear")
	live.Hears(enginetest.LiveHearing{Text: "what does this window say", Input: 70, Output: 5})
	chat.Script(enginetest.Chat, enginetest.Reply("The window greets the elephant."))
	wav, _ := c.spoken("what does this window say", 0)
	v, sound := c.asksAloud(wav)
	if v.Outcome != "answered" || v.Engine != "chat" || v.Model != "gpt-4o" || v.Question != "what does this window say" || v.Answer != "The window greets the elephant." {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
	if v.Usage == nil || v.Usage.Input != enginetest.InputTokens+70 || v.Usage.Output != enginetest.OutputTokens+5 {
		t.Errorf("it cost %+v", v.Usage)
	}
	if n := len(chat.Requests(enginetest.Transcriptions)); n > 0 || len(live.Events("response.create")) > 0 || len(live.Items()) > 0 {
		t.Errorf("%d utterances were posted; the live voice was asked %d times and keeps %d items", n, len(live.Events("response.create")), len(live.Items()))
	}
	if from, to := loudPart(sound); audio.Duration(to-from, desk.RecordRate) < 190*time.Millisecond {
		t.Errorf("%v were heard", audio.Duration(to-from, desk.RecordRate))
	}
	if usage := c.wantVerb("usage"); !strings.Contains(usage, "gpt-4o-transcribe") || !strings.Contains(usage, "gpt-4o ") {
		t.Errorf("counted is %s", usage)
	}
}
