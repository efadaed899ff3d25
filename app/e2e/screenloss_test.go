package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
)

// answered asks by the command line and returns the turn, which must have been
// answered.
func (c *core) answered(args ...string) (v control.View) {
	c.Helper()
	out := c.wantVerb(append([]string{"ask", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &v); err != nil || v.Outcome != "answered" {
		c.Fatalf("%v: %v, %s", args, err, out)
	}
	return v
}

// wantBlind asks about the screen and wants an answer by words alone, which
// says why, and that no picture has left. It asks as a script and as a person
// would.
func (c *core) wantBlind(s *enginetest.Server, code, screen string) {
	c.Helper()
	before := len(s.Requests(enginetest.Chat))
	v := c.answered("--screen", screen, "asked without a picture")
	if v.Problem == nil || v.Problem.Code != code || v.Problem.Message == "" || v.Problem.Hint == "" || len(v.Shots) > 0 {
		c.Errorf("want %s, the problem is %+v, the shot %+v", code, v.Problem, v.Shots)
	}
	if out := c.wantVerb("ask", "--screen", screen, "asked by a person"); !strings.Contains(out, "It works.") || !strings.Contains(out, "aside: "+code+": ") {
		c.Errorf("want %s, a person is told %q", code, out)
	}
	asked := s.Requests(enginetest.Chat)[before:]
	if len(asked) != 2 {
		c.Errorf("%d questions were sent", len(asked))
	}
	for _, r := range asked {
		if hasPicture(r) {
			c.Errorf("%s, and a picture was sent", code)
		}
	}
}

// hasPicture reports whether any message of a chat has one.
func hasPicture(r enginetest.Request) bool {
	raw, err := json.Marshal(r.Fields)
	return err != nil || strings.Contains(string(raw), "data:image") || strings.Contains(string(raw), "image_url")
}

// wantLookFailed wants `aside look` to fail with a code: without a picture
// there is nothing to ask.
func (c *core) wantLookFailed(code string) {
	c.Helper()
	out, err := c.aside("look")
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != 1 || !strings.Contains(out, "aside: "+code+": ") {
		c.Errorf("look: %v, %s", err, out)
	}
}

// loneDisplay is a display whose number no other server takes by itself while
// it is free: they count from nought.
func loneDisplay() string { return ":" + strconv.Itoa(20000+os.Getpid()%10000) }

// killDisplay ends the X server as no program can prevent.
func (c *core) killDisplay() {
	c.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		c.Fatal(err)
	}
	for _, path := range all {
		words, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(words), "Xvfb\x00") || !strings.Contains(string(words), "\x00"+c.Display+"\x00") {
			continue // another, or gone
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			c.Fatal(err)
		}
		server, err := os.FindProcess(pid)
		if err != nil {
			c.Fatal(err)
		}
		if err := server.Kill(); err != nil {
			c.Fatal(err)
		}
		return
	}
	c.Fatal("no server has the display ", c.Display)
}

// startDisplay starts another X server in the place of one that was killed.
func (c *core) startDisplay(o desk.Options) {
	c.Helper()
	c.run("Xvfb", c.Display, "-nolisten", "tcp", "-noreset", "-screen", "0", fmt.Sprintf("%dx%dx24", o.Width, o.Height))
	c.until("another display", func() bool {
		_, err := c.Output(c.ctx, "xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		return err == nil
	})
	c.run(o.WM)
}

// run starts a program that lives until the desk closes.
func (c *core) run(words ...string) {
	c.Helper()
	if _, err := c.Launch(c.Command(context.WithoutCancel(c.ctx), words[0], words[1:]...)); err != nil {
		c.Fatal(err)
	}
}

func TestADisplayThatDiesTakesNoTurnWithItAndComesBack(t *testing.T) {
	o := whole()
	o.Server = []string{loneDisplay()}
	c, s := chattingOn(t, o, "")
	c.ready()
	c.answered("--screen", "none", "asked before")
	c.killDisplay()
	c.until("the end of the panel", func() bool {
		s, err := c.Status(c.ctx)
		return err == nil && s.Devices["panel"] == "display_none" && s.Devices["hotkey"] == "hotkey_unavailable"
	})
	began := time.Now()
	if out := c.wantVerb("status"); time.Since(began) > time.Second || !strings.Contains(out, "display_none") {
		t.Errorf("after %v the status is\n%s", time.Since(began), out)
	}
	if v := c.remembered("asked before"); v.Outcome != "answered" || v.Answer != "It works. All of it." {
		t.Errorf("the turn before is %+v", v)
	}
	if v := c.answered("--screen", "none", "asked in the dark"); v.Problem != nil {
		t.Errorf("by words alone: %+v", v.Problem)
	}
	c.wantBlind(s, "screen_none", "window")
	c.wantLookFailed("screen_none")

	c.startDisplay(o)
	c.ready()
	c.wantOnePanel()
	c.terminal("notes", c.file("page.txt", page))
	before := len(s.Requests(enginetest.Chat))
	if v := c.answered("--screen", "window", "asked in the light"); v.Problem != nil || len(v.Shots) == 0 || v.Shots[0].Title != "notes" {
		t.Errorf("the shot is %+v, %+v", v.Shots, v.Problem)
	}
	if asked := s.Requests(enginetest.Chat)[before:]; len(asked) != 1 || !hasPicture(asked[0]) {
		t.Errorf("%d questions came, or no picture", len(asked))
	}
	if s, err := c.Status(c.ctx); err != nil || s.Error != nil {
		t.Errorf("a problem is left: %+v, %v", s.Error, err)
	}
}

func TestThePanelWithoutADisplayEndsWithOneLine(t *testing.T) {
	c := prepare(t, desk.Options{}, "")
	for _, display := range []string{"", ":59999"} {
		cmd := c.Command(c.ctx, filepath.Join(binaries(t), "aside-panel"), "--socket", c.Path)
		cmd.Env = append(cmd.Env, "DISPLAY="+display, "WAYLAND_DISPLAY=")
		out, err := cmd.CombinedOutput()
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 2 || strings.Count(string(out), "\n") != 1 {
			t.Errorf("DISPLAY=%q: %v, %s", display, err, out)
		}
	}
}

func TestAScreenOfOneColourIsNotSent(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Display: true, WM: "openbox", Width: 800, Height: 600}, "")
	c.ready() // our own panel does not make it less blank
	if out, err := c.Output(c.ctx, "xsetroot", "-solid", "#203040"); err != nil {
		t.Fatal(err, out)
	}
	c.wantBlind(s, "screen_blank", "display")
	c.wantLookFailed("screen_blank")
}

func TestAPrivateWindowIsNotSeenAndTheQuestionGoesOn(t *testing.T) {
	c, s := chatting(t, "[screen]\nexclude = [\"notes\"]\n")
	// A page that is red and nothing else is.
	c.terminal("notes", c.file("page.txt", page+"\033]11;red\007\033[2J"))
	c.wantBlind(s, "screen_excluded", "window")
	c.wantLookFailed("screen_excluded")

	s.Script(enginetest.Transcriptions, enginetest.Transcript("spoken before a private window"))
	c.ask("what does this window say")
	v := c.ended()
	if v.Outcome != "answered" || v.Question != "spoken before a private window" || len(v.Shots) > 0 || v.Problem == nil || v.Problem.Code != "screen_excluded" {
		t.Errorf("spoken: %+v, %+v", v, v.Problem)
	}
	for _, r := range s.Requests(enginetest.Chat) {
		raw, err := json.Marshal(r.Fields)
		if err != nil || hasPicture(r) || strings.Contains(string(raw), "notes") || strings.Contains(string(raw), "quick brown") {
			t.Errorf("%v: sent was %s", err, raw)
		}
	}

	// Of the display the rest is seen.
	if out, err := c.Output(c.ctx, "xsetroot", "-mod", "16", "16"); err != nil {
		t.Fatal(err, out)
	}
	if v := c.answered("--screen", "display", "what else is there"); v.Problem != nil || len(v.Shots) == 0 || v.Shots[0].Title == "notes" {
		t.Errorf("the display: %+v, %+v", v.Shots, v.Problem)
	}
	asked := s.Requests(enginetest.Chat)
	picture := asked[len(asked)-1].Messages[len(asked[len(asked)-1].Messages)-1].Picture()
	if picture == nil {
		t.Fatal("there is no picture of the display")
	}
	if share := redness(picture); share > 0 {
		t.Errorf("%.1f %% of the picture is of the private window", 100*share)
	}
}
