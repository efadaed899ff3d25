package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/engine/enginetest"
)

// keyring starts a real keyring on the desk, unlocked.
func (c *core) keyring() {
	c.Helper()
	cmd := c.Command(context.WithoutCancel(c.ctx), "gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock")
	cmd.Stdin = strings.NewReader("password of the keyring")
	if _, err := c.Launch(cmd); err != nil {
		c.Fatal(err)
	}
	c.until("the keyring", func() bool {
		out, err := c.Output(c.ctx, "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
			"org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
		return err == nil && strings.Contains(out, "true")
	})
}

// walrus is the line of code that the user is given.
const walrus = `fmt.Println("walrus")`

func TestAUserGoesAllTheWayAndTheKeyboardStaysInTheirWindow(t *testing.T) {
	for i, wm := range managers {
		t.Run(wm, func(t *testing.T) {
			if i > 0 && os.Getenv("ASIDE_TEST_LONG") == "" {
				t.Skip("ASIDE_TEST_LONG is not set")
			}
			s := enginetest.Start(t)
			s.Script(enginetest.Speech, enginetest.Tone(200*time.Millisecond))
			c := prepare(t, sharp(wm), "")
			if err := os.Remove(filepath.Join(c.Dir, "config", "aside", "settings.toml")); err != nil {
				t.Fatal(err)
			}
			c.keyring()
			typed := filepath.Join(c.Dir, "typed")
			c.editor(c.file("page.txt", page), typed)
			u := c.user()
			c.start(sharply(c))
			c.ready()

			u.takesTheFirstSteps(s)
			u.asksAboutTheWindow(s)
			u.asksOn(s)
			u.copiesAndInserts(typed)
			u.findsAnEarlierTurn()
			u.changesTheKey(s)
			u.changesTheLanguage()
			u.hidesAndShows()

			u.does("works on")
			u.xdotool("key", "ctrl+u", "type", "done") // what the old key has become is no word
			u.xdotool("key", "Return")
			u.wantTyped(typed, "still here\n"+walrus+"\ndone\n")
			u.checkKeyboard(t)
		})
	}
}

// wantTyped wants the user's own window to have got this and nothing else.
func (u *user) wantTyped(path, text string) {
	u.Helper()
	var got []byte
	err := u.Until(u.ctx, "what was typed", func() bool {
		got, _ = os.ReadFile(path)
		return string(got) == text
	})
	if err != nil {
		u.Errorf("the user's own window got %q", got)
	}
}

// says asks aloud, with the key that holds now, and waits for the answer.
func (u *user) says(s *enginetest.Server, down, up func(), question string, meanwhile func()) control.View {
	u.Helper()
	wav, err := u.Voice(u.ctx, question)
	if err != nil {
		u.Fatal(err)
	}
	s.Script(enginetest.Transcriptions, enginetest.Transcript(question))
	down()
	u.until("an open microphone", u.microphoneOpen)
	if err := u.Play(u.ctx, wav); err != nil {
		u.Fatal(err)
	}
	up()
	meanwhile()
	return u.answers(question)
}

// answers waits for the answer to a question.
func (u *user) answers(question string) control.View {
	u.Helper()
	v := *u.watch("the answer to "+question, func(s control.Snapshot) bool {
		return s.Phase == "idle" && s.Turn != nil && s.Turn.Question == question && s.Turn.Outcome != "asked"
	}).Turn
	if v.Outcome != "answered" {
		u.Errorf("%q ended as %s, %+v", question, v.Outcome, v.Problem)
	}
	return v
}

// takesTheFirstSteps gives the address of a service and a key, tries the talk
// key, and asks the first question.
func (u *user) takesTheFirstSteps(s *enginetest.Server) {
	u.Helper()
	u.does("who answers")
	u.see("Step")
	address := u.see("Address")
	u.enters(func() { u.click(address.x, address.y+u.px(30)) })
	u.xdotool("key", "ctrl+a", "type", s.URL)
	u.xdotool("key", "Tab", "type", secret)
	u.xdotool("key", "Return")
	u.until("a key in the keyring", func() bool {
		out, err := u.aside("key", "status")
		return err == nil && strings.Contains(out, "keyring")
	})
	try := u.see("Try")
	u.click(try.x, try.y)
	if _, err := s.Await(u.ctx, enginetest.Chat, 1); err != nil {
		u.Fatal(err)
	}
	u.see("answered")
	u.next()

	u.does("the key to hold")
	u.see("hold")
	u.keyDown()
	u.see("listens")
	u.keyUp()
	u.see("works")
	u.next()

	u.does("the first question")
	u.see("Look")
	s.Script(enginetest.Chat, enginetest.Reply("A page about a fox."))
	before := u.photograph(uint64(u.own))
	v := u.says(s, u.keyDown, u.keyUp, "what is on my screen", u.leaves)
	if len(v.Shots) != 1 || v.Shots[0].Title != "editor" {
		u.Errorf("the first question showed %+v", v.Shots)
	}
	u.checkPicture(last(s).Picture(), before)
	u.see("fox.")
	u.until("the end of the first steps", func() bool { return !u.welcome().Due })
}

// asksAboutTheWindow asks aloud, and works on while the answer comes.
func (u *user) asksAboutTheWindow(s *enginetest.Server) {
	u.Helper()
	u.does("a question about a window")
	gate := make(chan struct{})
	s.Script(enginetest.Chat, enginetest.All(
		enginetest.Text("The window greets ", "the elephant. "), enginetest.Wait(gate), enginetest.Text("That is all."), enginetest.Finish("stop")))
	before := u.photograph(uint64(u.own))
	v := u.says(s, u.keyDown, u.keyUp, "what does this window say", func() {
		u.see("elephant")
		u.xdotool("type", "still here")
		u.xdotool("key", "Return")
		close(gate)
	})
	if v.Answer != "The window greets the elephant. That is all." {
		u.Errorf("the answer is %q", v.Answer)
	}
	u.checkPicture(last(s).Picture(), before)
}

// asksOn types a follow-up.
func (u *user) asksOn(s *enginetest.Server) {
	u.Helper()
	u.does("a follow-up")
	s.Script(enginetest.Chat, enginetest.Reply("Use this.\n\n---\n\n```go\n"+walrus+"\n```\n"))
	x, y, w, h := u.panelPlace()
	u.enters(func() { u.click(x+w/2, y+h-u.px(65)) })
	u.xdotool("type", "and how do I greet a walrus")
	u.xdotool("key", "Return")
	u.leaves()
	u.answers("and how do I greet a walrus")
	var all strings.Builder
	asked := s.Requests(enginetest.Chat)
	for _, m := range asked[len(asked)-1].Messages {
		all.WriteString(m.Text)
	}
	if !strings.Contains(all.String(), "greets the elephant") {
		u.Error("the follow-up does not know what was said before")
	}
}

// copiesAndInserts takes the code of the answer, first by the clipboard, then
// straight into the user's own window.
func (u *user) copiesAndInserts(typed string) {
	u.Helper()
	u.does("copies the code")
	u.see("Ready") // what comes last is drawn: nothing moves any more
	copies := u.see("Copy")
	u.click(copies.x, copies.y)
	u.until("the code on the clipboard", func() bool { return u.clipboard() == walrus })

	u.does("inserts the code")
	u.copies("mine")
	insert := u.see("Insert")
	u.click(insert.x, insert.y)
	u.until("the code in the user's own window", func() bool { return strings.Contains(u.textOf(fmt.Sprint(u.own)), "walrus") })
	u.xdotool("key", "Return")
	u.wantTyped(typed, "still here\n"+walrus+"\n")
	u.until("the clipboard as it was", func() bool { return u.clipboard() == "mine" })
}

// findsAnEarlierTurn searches the history and opens what was found.
func (u *user) findsAnEarlierTurn() {
	u.Helper()
	u.does("searches the history")
	u.enters(func() { u.menu("History") })
	u.see("Today")
	u.xdotool("type", "--delay", "20", "elephant")
	var hit word
	u.until("the one that was looked for, and no other", func() bool {
		hit = word{}
		for _, w := range u.reads() {
			switch {
			case strings.Contains(w.text, "walrus"), strings.Contains(w.text, "fox"):
				return false
			case strings.Contains(w.text, "elephant"):
				hit = w // the last one stands in the turn
			}
		}
		return hit != word{}
	})
	u.click(hit.x, hit.y)
	u.see("Pin")
	u.xdotool("key", "Escape")
	u.see("Export") // the list, as it was
	u.xdotool("key", "Escape")
	u.leaves()
}

// changesTheKey sets another talk key by pressing it, and asks with it. The old
// one does nothing any more.
func (u *user) changesTheKey(s *enginetest.Server) {
	u.Helper()
	u.does("changes the key")
	u.enters(func() { u.menu("Settings") })
	u.see("Address")
	u.changesKey(`talk = "Ctrl+Shift+K"`)
	u.xdotool("key", "Escape")
	u.leaves()

	u.does("asks with the new key")
	s.Script(enginetest.Chat, enginetest.Reply("It works."))
	before := len(u.sound.microphones())
	u.keyDown()
	u.keyUp()
	u.says(s, u.otherKeyDown, u.otherKeyUp, "does the new key work", func() {})
	if n := len(u.sound.microphones()) - before; n != 1 {
		u.Errorf("the old key and the new one opened the microphone %d times", n)
	}
}

// changesTheLanguage chooses another language for the panel.
func (u *user) changesTheLanguage() {
	u.Helper()
	u.does("changes the language")
	u.enters(func() { u.menu("Settings") })
	u.see("Address")
	var simplified word
	u.within(30*time.Second, "the languages, at rest", func() bool {
		before := simplified
		simplified = word{}
		for _, w := range u.readsIn("eng+chi_sim") {
			if strings.Contains(w.text, "简") {
				simplified = w
			}
		}
		if simplified == (word{}) {
			u.xdotool("key", "--repeat", "8", "Down")
		}
		return simplified != word{} && simplified == before
	})
	u.click(simplified.x, simplified.y)
	u.seeIn("chi_sim", "设") // the page's title
	u.xdotool("key", "Escape")
	u.leaves()
	u.seeIn("chi_sim", "继") // the field, of a panel that can be followed up
}

// hidesAndShows does so by a key and by the verb.
func (u *user) hidesAndShows() {
	u.Helper()
	u.does("hides and shows")
	u.wantVerb("settings", "set", "hotkey.panel", "Super+F9")
	for _, toggle := range []func(){
		func() { u.xdotool("key", "super+F9") },
		func() { u.wantVerb("panel", "toggle") },
	} {
		toggle()
		u.until("no panel", func() bool { return u.panelWindow() == "" })
		toggle()
		u.until("the panel", func() bool { return u.panelWindow() != "" })
	}
}
