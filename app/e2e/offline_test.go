package e2e

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/audio"
)

const page = `The quick brown fox jumps over the lazy dog.

compiling server
error: cannot open file settings
done in 12 seconds
`

// offline starts a core without a key and, where that can be, without any
// network.
func offline(t testing.TB, o desk.Options) *core {
	t.Helper()
	c := prepare(t, o, "")
	c.start(nil, alone(t)...)
	return c
}

// ask holds the key while the words are spoken.
func (c *core) ask(words string) (down, up time.Time) {
	c.Helper()
	wav, err := c.Voice(c.ctx, words)
	if err != nil {
		c.Fatal(err)
	}
	down = time.Now()
	c.keyDown()
	time.Sleep(150 * time.Millisecond)
	if err := c.Play(c.ctx, wav); err != nil {
		c.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	c.keyUp()
	return down, time.Now()
}

func TestASpokenQuestionIsAnsweredFromTheWindowWithNoNetwork(t *testing.T) {
	c := offline(t, whole())
	c.ready()
	c.terminal("notes", c.file("page.txt", page))
	window := c.front()
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	g := c.guard()
	down, up := c.ask("what is on my screen")
	v := c.ended()
	g.end()
	g.check(t, window, down, up)

	if v.Outcome != "answered" || v.Engine != "offline" || !strings.Contains(v.Question, "on my screen") {
		t.Fatalf("got %+v, %+v", v, v.Problem)
	}
	for _, words := range []string{"quick brown fox", "cannot open file"} {
		if !strings.Contains(v.Answer, words) {
			t.Errorf("the answer does not quote %q:\n%s", words, v.Answer)
		}
	}
	if !audio.HasSpeech(audio.Clip{Rate: desk.RecordRate, Samples: heard.Stop()}) {
		t.Error("the answer was not spoken")
	}
	if len(v.Shots) != 1 || v.Shots[0].Title != "notes" || v.Shots[0].Program == "" || v.Shots[0].Sent {
		t.Errorf("the shot is %+v", v.Shots)
	}
}

func TestTheLookKeyAnswersWithoutWordsAndWithoutFocus(t *testing.T) {
	c := offline(t, whole())
	c.ready()
	c.terminal("notes", c.file("page.txt", page))
	window := c.front()
	g := c.guardFocus()
	c.xdotool("key", "ctrl+alt+l")
	v := c.ended()
	time.Sleep(time.Second) // of the voice and the panel
	g.end()
	g.checkFocus(t, window)
	if v.Outcome != "answered" || !v.Look || !strings.Contains(v.Answer, "quick brown fox") {
		t.Errorf("got %+v", v)
	}
	out, err := c.aside("look", "--json")
	var got control.View
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || !strings.Contains(got.Answer, "quick brown fox") {
		t.Errorf("aside look --json: %v\n%s", err, out)
	}
	out, err = c.aside("ask", "--screen", "window", "--json", "what does the error say")
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || !strings.Contains(got.Answer, "cannot open file") {
		t.Errorf("aside ask --json: %v\n%s", err, out)
	}
}

func TestTheEndComesSoonAndClosesTheMicrophone(t *testing.T) {
	c := offline(t, whole())
	c.ready()
	c.keyDown()
	c.until("an open microphone", c.microphoneOpen)
	asked := time.Now()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	c.until("the end of the core", func() bool { return c.cmd.Process.Signal(syscall.Signal(0)) != nil })
	if took := time.Since(asked); took > 3*time.Second {
		t.Errorf("the end took %v", took)
	}
	c.keyUp()
	if streams, err := c.Microphones(c.ctx); err != nil || len(streams) > 0 {
		t.Errorf("the microphone is still open: %+v, %v", streams, err)
	}
	c.until("the end of the panel", func() bool { return c.panelWindow() == "" })
}
