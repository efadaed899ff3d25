package e2e

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

const secret = "sk-test-0123456789abcdef"

// chatting starts a core with a key for a scripted service, on a whole desk.
func chatting(t testing.TB, settings string) (*core, *enginetest.Server) {
	t.Helper()
	c, s := chattingOn(t, whole(), settings)
	c.ready()
	return c, s
}

func chattingOn(t testing.TB, o desk.Options, settings string) (*core, *enginetest.Server) {
	t.Helper()
	s := enginetest.Start(t)
	c := prepare(t, o, fmt.Sprintf("%s\n[engine]\nkind = \"chat\"\nbase_url = %q\n", settings, s.URL))
	c.start([]string{"ASIDE_API_KEY=" + secret})
	return c, s
}

// panelText is what can be read in the panel's window.
func (c *core) panelText() string { return c.textOf(c.panelWindow()) }

// textOf is what can be read in a window.
func (c *core) textOf(window string) string {
	out, err := c.Output(c.ctx, "sh", "-c", "maim -i "+window+" | tesseract stdin stdout --psm 6 2>/dev/null")
	if err != nil {
		return ""
	}
	return out
}

// appendTo adds to a file that a terminal shows.
func (c *core) appendTo(path, text string) {
	c.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		c.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		c.Fatal(err)
	}
}

// sayWhile holds the key and speaks at once, as people do: nobody waits for a
// microphone. change is called when it is open.
func (c *core) sayWhile(wav string, change func()) {
	c.Helper()
	c.keyDown()
	played := make(chan error, 1)
	go func() { played <- c.Play(c.ctx, wav) }()
	c.until("an open microphone", c.microphoneOpen)
	change()
	if err := <-played; err != nil {
		c.Fatal(err)
	}
	c.keyUp()
}

func TestASpokenQuestionGoesOutWithWhatWasInFrontAndComesBackSpoken(t *testing.T) {
	c, s := chatting(t, "")
	gate := make(chan struct{})
	s.Script(enginetest.Transcriptions, enginetest.Transcript("what does this window say"))
	s.Script(enginetest.Chat, enginetest.All(
		enginetest.Text("The window greets ", "the elephant. "), enginetest.Wait(gate),
		enginetest.Text("That is all."), enginetest.Finish("stop")))
	s.Script(enginetest.Speech, enginetest.Tone(700*time.Millisecond))
	path := c.file("page.txt", page)
	c.terminal("notes", path)
	window := c.front()
	wav, voice := c.spoken("what does this window say", 100*time.Millisecond)
	before := c.photograph(window)
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	g := c.guard()

	down := time.Now()
	c.sayWhile(wav, func() { c.appendTo(path, "\033]11;red\007\033[2J") }) // the window turns red while the key is down
	up := time.Now()

	// The stream is held open: all this comes before its end.
	c.watch("the first words", func(s control.Snapshot) bool {
		return s.Turn != nil && strings.Contains(s.Turn.Answer, "the elephant.")
	})
	c.until("speech", func() bool { return c.voices() == 1 })
	c.until("the answer in the panel", func() bool { return strings.Contains(c.panelText(), "elephant") })
	spokenEarly := audio.HasSpeech(recorded(heard))
	close(gate)
	v := c.ended()
	g.end()
	g.check(t, window, down, up)

	if !spokenEarly {
		t.Error("nothing was heard before the stream ended")
	}
	if v.Outcome != "answered" || v.Answer != "The window greets the elephant. That is all." || v.Question != "what does this window say" {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
	c.checkSent(s, voice, before)
	c.checkKept(v)
}

// checkSent looks at every request that has left.
func (c *core) checkSent(s *enginetest.Server, voice audio.Clip, before image.Image) {
	c.Helper()
	c.checkHeard(s, voice)
	c.checkSeen(s, before)
	if said := s.Requests(enginetest.Speech); len(said) != 2 {
		c.Errorf("%d sentences were to be spoken, want 2", len(said))
	}
	for _, r := range s.Requests("") {
		if r.Header.Get("Authorization") != "Bearer "+secret {
			c.Errorf("%s came without the key", r.Path)
		}
	}
}

// checkKept looks at what is on the disk: words, nothing else.
func (c *core) checkKept(v control.View) {
	c.Helper()
	found := false
	err := filepath.WalkDir(c.Dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || strings.HasSuffix(path, ".wav") && strings.HasPrefix(filepath.Base(path), "voice") {
			return nil // the test's own, or gone meanwhile
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		text := string(b)
		if strings.Contains(text, secret) || strings.Contains(text, "IDAT") || strings.Contains(text, "JFIF") {
			c.Errorf("%s holds the key or a picture", path)
		}
		found = found || strings.Contains(text, v.Question) && strings.Contains(path, "history.db")
		return nil
	})
	if err != nil || !found {
		c.Errorf("the question is not in the history: %v", err)
	}
}

func TestTheVoiceBeginsBeforeTheSentenceIsWritten(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Sound: true}, "")
	last := make(chan struct{})
	var slow []enginetest.Answer
	for word := range strings.SplitAfterSeq("The window greets you, and then it ", " ") {
		slow = append(slow, enginetest.Text(word), enginetest.Pause(50*time.Millisecond))
	}
	s.Script(enginetest.Chat, enginetest.All(append(slow, enginetest.Wait(last), enginetest.Text("ends."), enginetest.Finish("stop"))...))
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = c.aside("ask", "--speak", "what does it say") }() // it waits for the end
	c.until("a sound while the service holds the last word back", func() bool {
		from, _ := loudPart(heard.Samples())
		return from >= 0
	})
	close(last)
	if v := c.ended(); v.Outcome != "answered" || !strings.HasSuffix(v.Answer, "it ends.") {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
}

func TestAPressWhileItSpeaksSilencesIt(t *testing.T) {
	c, s := chatting(t, "")
	s.Script(enginetest.Speech, enginetest.Tone(20*time.Second))
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.terminal("notes", c.file("page.txt", page))
	b := bench{core: c, display: c.display(), heard: heard}
	// The loudspeaker works in blocks of 10 ms, and one may have begun.
	quickest(t, "heard after the press", 15*time.Millisecond+10*time.Millisecond, func() time.Duration {
		c.startsToSpeak()
		b.untilLoud()
		place := heard.Clock() // half a second of a tone
		pressed := b.display.press()
		took := b.loudUntil(place(pressed)) // and nothing for a while
		b.display.release()
		v := c.ended()
		if v.Outcome != "interrupted" || v.Heard == "" || c.voices() != 0 {
			t.Errorf("the turn is %s, heard was %q, %d voices", v.Outcome, v.Heard, c.voices())
		}
		return took
	})
}

func TestAFollowUpKnowsWhatWasSaidBefore(t *testing.T) {
	c, s := chatting(t, "")
	for i, q := range []string{"my name is Ada", "what is my name"} {
		if out, err := c.aside("ask", "--screen", "none", "--json", q); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		asked := s.Requests(enginetest.Chat)
		var all strings.Builder
		for _, m := range asked[len(asked)-1].Messages {
			all.WriteString(m.Role + ": " + m.Text + "\n")
		}
		if i == 1 && (!strings.Contains(all.String(), "my name is Ada") || !strings.Contains(all.String(), "assistant: It works.")) {
			t.Errorf("the second question came with\n%s", all.String())
		}
	}
}
