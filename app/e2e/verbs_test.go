package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
)

// wantVerb runs a verb that must succeed.
func (c *core) wantVerb(args ...string) string {
	c.Helper()
	out, err := c.aside(args...)
	if err != nil {
		c.Fatalf("%v: %s", err, out)
	}
	return out
}

// wantPhase wants `aside status --json` to say so, soon.
func (c *core) wantPhase(phase control.Phase, microphone string) {
	c.Helper()
	c.until("the phase "+string(phase), func() bool {
		var s control.Status
		err := json.Unmarshal([]byte(c.wantVerb("status", "--json")), &s)
		return err == nil && s.Phase == phase && s.Microphone == microphone
	})
}

func TestTheTalkVerbsDoWhatTheKeyDoes(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Sound: true}, "")
	wav, _ := c.spoken("what does this window say", 100*time.Millisecond)
	for _, way := range []struct{ begin, end string }{{"press", "release"}, {"toggle", "toggle"}} {
		before := len(s.Requests(enginetest.Transcriptions))
		c.wantVerb(way.begin)
		c.wantPhase("listening", "open")
		if err := c.Play(c.ctx, wav); err != nil {
			t.Fatal(err)
		}
		c.wantVerb(way.end)
		if v := c.ended(); v.Outcome != "answered" || v.Question != "What is this?" {
			t.Errorf("%s: the turn is %+v, %+v", way.begin, v, v.Problem)
		}
		c.wantPhase("idle", "closed")
		if n := len(s.Requests(enginetest.Transcriptions)) - before; n != 1 {
			t.Errorf("%s: %d transcriptions", way.begin, n)
		}
	}
	asked := len(s.Requests(""))
	c.wantVerb("press")
	c.wantPhase("listening", "open")
	c.wantVerb("cancel")
	c.wantPhase("idle", "closed")
	if n := len(s.Requests("")); n != asked {
		t.Errorf("what was cancelled made %d requests", n-asked)
	}
}

func TestCancelDropsAQuestionThatIsBeingAnswered(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Sound: true}, "")
	left := make(chan struct{})
	s.Script(enginetest.Chat, enginetest.All(enginetest.Text("It goes on "), enginetest.Gone(left)))
	c.reading("asked and given up", "It goes on")
	c.wantPhase("thinking", "closed")
	c.wantVerb("cancel")
	c.wantPhase("idle", "closed")
	select {
	case <-left:
	case <-time.After(5 * time.Second):
		t.Error("the service still has its client")
	}
}

// smallPicture makes a picture to ask about.
func (c *core) smallPicture() (path string, size image.Point) {
	c.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for i := range 48 {
		p.Set(i, i%32, color.RGBA{uint8(5 * i), 200, 0, 255})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		c.Fatal(err)
	}
	return c.file("small.png", out.String()), p.Rect.Size()
}

func TestAskLooksAtWhatItIsToldTo(t *testing.T) {
	c, s := chatting(t, "")
	c.terminal("notes", c.file("page.txt", page))
	window := c.photograph(c.front()).Bounds().Size()
	small, size := c.smallPicture()
	for i, tt := range []struct {
		flag, value string
		capture     string
		size        image.Point // of the picture that is sent
	}{
		{"--screen", "none", "", image.Point{}},
		{"--screen", "window", "window", window},
		{"--screen", "display", "display", image.Pt(1228, 768)}, // 1280 by 800, as gpt-4o wants it
		{"--image", small, "none", size},
	} {
		var v control.View
		if err := json.Unmarshal([]byte(c.wantVerb("ask", tt.flag, tt.value, "--json", "what is this")), &v); err != nil {
			t.Fatal(err)
		}
		if v.Outcome != "answered" || (len(v.Shots) == 0) != (tt.size == image.Point{}) || len(v.Shots) > 0 && tt.capture != v.Shots[0].Capture {
			t.Errorf("%s: the turn is %+v, %+v", tt.value, v, v.Shots)
		}
		asked := s.Requests(enginetest.Chat)
		m := asked[len(asked)-1].Messages
		var sent image.Point
		if p := m[len(m)-1].Picture(); p != nil {
			sent = p.Bounds().Size()
		}
		if len(asked) != i+1 || sent != tt.size {
			t.Errorf("%s: a picture of %v was sent, want %v", tt.value, sent, tt.size)
		}
	}
}

// retry sends a failed question again, as the panel's button does.
func (c *core) retry(id string) control.View {
	c.Helper()
	var last control.View
	err := c.Call(c.ctx, control.VerbRetry, control.IDArgs{ID: id}, func(raw json.RawMessage) error { return json.Unmarshal(raw, &last) })
	if err != nil {
		c.Fatal(err)
	}
	return last
}

func TestAFailedQuestionCanBeSentAgain(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Sound: true}, "")
	broken := enginetest.Status(401, `{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}`)

	s.Script(enginetest.Chat, broken)
	c.wantFailure("typed and failed", "key_rejected")
	v := c.ended()
	if !v.Retry {
		t.Fatalf("what was typed is not kept: %+v", v)
	}
	s.Script(enginetest.Chat, enginetest.Reply("Typed again."))
	if v = c.retry(v.ID); v.Outcome != "answered" || v.Question != "typed and failed" || v.Answer != "Typed again." {
		t.Errorf("typed: the turn is %+v, %+v", v, v.Problem)
	}

	s.Script(enginetest.Transcriptions, broken)
	wav, voice := c.spoken("what does this window say", 100*time.Millisecond)
	c.wantVerb("press")
	c.wantPhase("listening", "open")
	if err := c.Play(c.ctx, wav); err != nil {
		t.Fatal(err)
	}
	c.wantVerb("release")
	v = *c.watch("the failure", func(s control.Snapshot) bool {
		return s.Phase == "idle" && s.Turn != nil && s.Turn.Outcome == "failed"
	}).Turn
	if !v.Retry {
		t.Fatalf("what was said is not kept: %+v", v)
	}
	s.Script(enginetest.Transcriptions, enginetest.Transcript("said again"))
	tried := len(s.Requests(enginetest.Transcriptions))
	if v = c.retry(v.ID); v.Outcome != "answered" || v.Question != "said again" {
		t.Errorf("said: the turn is %+v, %+v", v, v.Problem)
	}
	again := s.Requests(enginetest.Transcriptions)[tried:]
	if len(again) != 1 || again[0].Utterance.Duration() < voice.Duration() {
		t.Errorf("%d times it was sent again, or not whole", len(again))
	}
}

func TestTheDoctorFindsAWholeDeskWell(t *testing.T) {
	c := offline(t, whole())
	c.ready()
	out := c.wantVerb("doctor")
	for _, part := range []string{"display", "microphone", "loudspeaker", "hotkey", "engine", "keyring"} {
		if !strings.Contains(out, part) {
			t.Errorf("nothing is said of the %s:\n%s", part, out)
		}
	}
}
