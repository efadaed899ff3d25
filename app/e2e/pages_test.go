package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/disintegration/imaging"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
	"aside/audio"
)

// panelScale is how much larger the panel is made to be read: its letters are
// small for tesseract.
const panelScale = 3

// word is something that can be read on the display.
type word struct {
	text string
	x, y int // its middle
}

// reads is what can be read on the panel, from its top to its end.
func (c *core) reads() []word {
	c.Helper()
	return c.readsIn("eng")
}

// readsIn is reads in languages of tesseract's.
func (c *core) readsIn(languages string) []word {
	c.Helper()
	shot := filepath.Join(c.Dir, "panel.png")
	x, y, w, h := c.panelPlace()
	if out, err := c.Output(c.ctx, "maim", "-g", fmt.Sprintf("%dx%d+%d+%d", w, h, x, y), shot); err != nil {
		c.Fatalf("maim: %v: %s", err, out)
	}
	raw, err := os.ReadFile(shot)
	if err != nil {
		c.Fatal(err)
	}
	if dir := os.Getenv("ASIDE_SHOTS"); dir != "" {
		_ = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(c.Name(), "/", "-")+".png"), raw, 0o600) // only to be looked at
	}
	by := 1
	if !c.sharp {
		by = panelScale
		c.enlarge(shot, raw)
	}
	cmd := c.Command(c.ctx, "tesseract", shot, "stdout", "-l", languages, "--psm", "11", "tsv")
	cmd.Env = append(cmd.Env, "OMP_THREAD_LIMIT=1") // several only wait for one another
	out, err := cmd.Output()
	if err != nil {
		c.Fatalf("tesseract: %v", err)
	}
	var all []word
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) < 12 || strings.TrimSpace(f[11]) == "" || f[0] != "5" {
			continue
		}
		var n [4]int // left, top, width, height
		for i := range n {
			n[i], _ = strconv.Atoi(f[6+i])
		}
		all = append(all, word{f[11], x + (n[0]+n[2]/2)/by, y + (n[1]+n[3]/2)/by})
	}
	return all
}

// enlarge writes a picture of the panel as tesseract reads it best: black on
// white, and large.
func (c *core) enlarge(path string, raw []byte) {
	c.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		c.Fatal(err)
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if r, g, b, _ := img.At(2, h/2).RGBA(); r+g+b < 3*0x8000 {
		img = imaging.Invert(img)
	}
	if err := imaging.Save(imaging.Resize(img, panelScale*w, 0, imaging.Lanczos), path); err != nil {
		c.Fatal(err)
	}
}

// panelPlace is where the panel stands.
func (c *core) panelPlace() (x, y, w, h int) {
	c.Helper()
	out, err := c.Output(c.ctx, "xdotool", "getwindowgeometry", "--shell", c.panelWindow())
	if err != nil {
		c.Fatal(err)
	}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "X":
			x = n
		case "Y":
			y = n
		case "WIDTH":
			w = n
		case "HEIGHT":
			h = n
		}
	}
	return x, y, w, h
}

// see waits until a word can be read on the panel, and returns the topmost.
func (c *core) see(text string) word {
	c.Helper()
	return c.seeIn("eng", text)
}

// seeIn is see in languages of tesseract's.
func (c *core) seeIn(languages, text string) word {
	c.Helper()
	var found word
	var last []word
	c.until(fmt.Sprintf("%q on the panel", text), func() bool {
		last = c.readsIn(languages)
		for _, w := range last {
			if strings.Contains(w.text, text) && (found == word{} || w.y < found.y) {
				found = w
			}
		}
		return found != word{}
	})
	return found
}

// click clicks on a place of the display.
func (c *core) click(x, y int) {
	c.Helper()
	c.xdotool("mousemove", strconv.Itoa(x), strconv.Itoa(y), "sleep", "0.1", "click", "1")
}

// menu opens a page of the panel, as a user does.
func (c *core) menu(item string) {
	c.Helper()
	var at word
	c.until("the menu", func() bool { // a panel that has just come may miss a click, and may still move
		x, y, w, _ := c.panelPlace()
		c.click(x+w-c.px(24), y+c.px(24))
		for _, found := range c.reads() {
			if found.text == item {
				at = found
			}
		}
		return at != word{}
	})
	c.click(at.x, at.y)
}

// changesKey gives the talk key another combination, on the page of the
// settings, until the file holds line.
func (c *core) changesKey(line string) {
	c.Helper()
	c.xdotool("key", "Next") // the page down key
	c.see("Microphone")
	change := c.see("Change")
	c.click(change.x, change.y)
	c.see("Press")
	c.otherKeyDown()
	c.otherKeyUp()
	c.until("the new key in the file", func() bool {
		text, err := os.ReadFile(filepath.Join(c.Dir, "config", "aside", "settings.toml"))
		return err == nil && strings.Contains(string(text), line)
	})
}

// otherKeyDown holds the combination of changesKey.
func (c *core) otherKeyDown() {
	c.Helper()
	c.xdotool("keydown", "ctrl", "keydown", "shift", "keydown", "k")
}

func (c *core) otherKeyUp() {
	c.Helper()
	c.xdotool("keyup", "k", "keyup", "shift", "keyup", "ctrl")
}

func TestTheKeyIsChangedByPressingItAndTheFileIsFollowed(t *testing.T) {
	c := prepare(t, sharp("openbox"), "# mine\n[panel]\ntheme = \"light\"\n[hotkey]\ntalk = \"Ctrl+Alt+Space\" # as ever\n")
	c.terminal("notes", c.file("page.txt", page))
	c.start(sharply(c), alone(t)...)
	c.ready()
	c.menu("Settings")
	c.see("Address")
	c.xdotool("key", "End")
	c.see("File")
	c.xdotool("key", "Home")
	c.see("Address")
	c.changesKey(`talk = "Ctrl+Shift+K" # as ever`)
	text, err := os.ReadFile(filepath.Join(c.Dir, "config", "aside", "settings.toml"))
	if err != nil || !strings.HasPrefix(string(text), "# mine\n") {
		t.Errorf("the file is %q, %v", text, err)
	}
	c.see("Change") // the page is still there
	c.otherKeyDown()
	c.watch("listening by the new key", func(s control.Snapshot) bool { return s.Phase == "listening" })
	c.otherKeyUp()
	c.watch("the end", func(s control.Snapshot) bool { return s.Phase == "idle" })
	c.keyDown() // the old one
	c.keyUp()
	if s := c.watch("any", func(control.Snapshot) bool { return true }); s.Phase != "idle" {
		t.Errorf("the old key still works: %s", s.Phase)
	}

	c.menu("Settings")
	c.see("Address")
	path := filepath.Join(c.Dir, "config", "aside", "settings.toml")
	if text, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "[engine]\nmodel = \"whizzbang\"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	c.see("whizzbang")
	c.xdotool("key", "Escape")
	c.see("Hold") // the conversation, which has had no question
}

// next goes to the next of the first steps: its button stands before that which
// skips them, and after the way back.
func (c *core) next() {
	c.Helper()
	skip := c.see("Skip")
	c.click(skip.x-c.px(60), skip.y)
}

func TestAFreshHomeIsShownTheFirstStepsOnce(t *testing.T) {
	c := prepare(t, sharp("openbox"), "")
	if err := os.Remove(filepath.Join(c.Dir, "config", "aside", "settings.toml")); err != nil {
		t.Fatal(err)
	}
	c.terminal("notes", c.file("page.txt", page))
	window := c.front()
	c.start(sharply(c), alone(t)...)
	c.ready()
	c.see("Step")
	if got := c.front(); got != window {
		t.Error("the first steps have taken the focus")
	}
	c.next()
	c.see("hold")
	c.keyDown()
	c.see("listens")
	c.keyUp()
	c.see("works")
	c.next()
	look := c.see("Look")
	for _, w := range c.reads() {
		if w.text == "Look" && w.y > look.y {
			look = w // the button, below the sentence
		}
	}
	c.click(look.x, look.y)
	if v := c.ended(); v.Outcome != "answered" || !strings.Contains(v.Answer, "quick brown fox") {
		t.Errorf("the first question ended as %s: %s", v.Outcome, v.Answer)
	}
	c.until("the end of the first steps", func() bool { return !c.welcome().Due })
}

// welcome says whether the first steps are due.
func (c *core) welcome() (w control.Welcome) {
	c.Helper()
	err := c.Call(c.ctx, control.VerbWelcome, control.WelcomeArgs{}, func(raw json.RawMessage) error { return json.Unmarshal(raw, &w) })
	if err != nil {
		c.Fatal(err)
	}
	return w
}

func TestTheMicrophoneIsTriedAndOpenOnlyMeanwhile(t *testing.T) {
	c, _ := chattingOn(t, desk.Options{Sound: true}, "")
	c.keepsMicrophone() // it is open though nobody asks: that is checked here
	wav, _ := c.spoken("what does this window say", 100*time.Millisecond)
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	opened, loudest, last := false, 0.0, control.Heard{}
	err = c.Call(c.ctx, control.VerbListen, control.ListenArgs{MS: 4000, Play: true}, func(raw json.RawMessage) error {
		if err := json.Unmarshal(raw, &last); err != nil {
			return err
		}
		loudest = max(loudest, last.Level)
		switch {
		case last.State == "open" && !opened:
			opened = true
			c.wantPhase("idle", "tried") // and it is told
			if !c.microphoneOpen() {
				t.Error("it is said to be open and is not")
			}
			return c.Play(c.ctx, wav)
		case last.State == "playing" && c.microphoneOpen():
			t.Error("it is open while it is played back")
		}
		return nil
	})
	if err != nil || !last.Speech || loudest < 0.3 {
		t.Errorf("it ended with %+v, as loud as %.2f: %v", last, loudest, err)
	}
	if played := (audio.Clip{Rate: desk.RecordRate, Samples: heard.Stop()}); !audio.HasSpeech(played) {
		t.Error("what was heard is not played back")
	}
	c.wantPhase("idle", "closed")
	if c.microphoneOpen() {
		t.Error("it is still open")
	}
}

func TestATurnHasTheMicrophoneThatIsBeingTried(t *testing.T) {
	c, _ := chattingOn(t, desk.Options{Sound: true}, "")
	c.keepsMicrophone() // likewise
	err := c.Call(c.ctx, control.VerbListen, control.ListenArgs{MS: 9000}, func(json.RawMessage) error {
		c.wantVerb("press")
		return nil
	})
	if f, ok := errors.AsType[*control.Failure](err); !ok || f.Problem.Code != "trial_busy" {
		t.Errorf("the try ended with %v", err)
	}
	c.wantPhase("listening", "open")
	c.wantVerb("cancel")
	c.wantPhase("idle", "closed")
	if c.microphoneOpen() {
		t.Error("it is still open")
	}
}

func TestASampleOfTheVoiceIsHeard(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Sound: true}, "")
	heard, err := c.Listen(c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.wantVerb("try", "voice")
	if n := len(s.Requests(enginetest.Speech)); n != 1 {
		t.Errorf("the service was asked %d times to speak", n)
	}
	if audio.RMS(heard.Stop()) < 50 {
		t.Error("nothing was heard")
	}
	if out := c.wantVerb("try"); !strings.Contains(out, "answered after") {
		t.Errorf("a try says %q", out)
	}
}
