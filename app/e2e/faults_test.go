package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/app/engine/enginetest"
)

// wantFailure asks by the command line and wants a code on stderr and exit 1,
// a question that is kept, and a core that goes on.
func (c *core) wantFailure(question, code string) {
	c.Helper()
	cmd := c.Command(c.ctx, filepath.Join(binaries(c.TB), "aside"), "ask", "--screen", "none", question)
	var said strings.Builder
	cmd.Stderr = &said
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 || !strings.Contains(said.String(), code) {
		c.Errorf("%s: %v, said %q", code, err, said.String())
	}
	c.wantKept(question)
}

// wantKept wants a question in the history and a core that answers.
func (c *core) wantKept(question string) {
	c.Helper()
	c.remembered(question)
	// What has ended comes into the index, which follows a moment later.
	c.until("the index to have "+question, func() bool {
		out, err := c.aside("history", "search", question)
		return err == nil && strings.Contains(out, question)
	})
	if _, err := c.Status(c.ctx); err != nil {
		c.Errorf("the core is gone: %v", err)
	}
}

func TestWhateverTheServiceDoesTheQuestionIsKept(t *testing.T) {
	c, s := chattingOn(t, desk.Options{Sound: true}, "")
	for question, f := range map[string]struct {
		answer enginetest.Answer
		code   string
	}{
		"asked with a bad key":  {enginetest.Status(401, `{"error":{"message":"Incorrect API key provided: sk-0000","code":"invalid_api_key"}}`), "key_rejected"},
		"asked too often":       {enginetest.Status(429, `{"error":{"message":"Rate limit reached"}}`, "Retry-After", "60"), "rate_limited"},
		"asked a broken server": {enginetest.Status(500, `{"error":{"message":"oops"}}`), "server_error"},
		"asked a cut stream":    {enginetest.All(enginetest.Text("half an "), enginetest.Cut()), "stream_cut"},
		"asked a captive page":  {enginetest.Page(), "net_not_api"},
	} {
		s.Script(enginetest.Chat, f.answer)
		c.wantFailure(question, f.code)
	}
	s.Script(enginetest.Chat, enginetest.Reply("It works again."))
	if out, err := c.aside("ask", "--screen", "none", "and now"); err != nil || !strings.Contains(out, "It works again.") {
		t.Errorf("after all that: %v, %s", err, out)
	}
}

func TestWithoutANetworkTheQuestionIsKept(t *testing.T) {
	without, code := alone(t), "net_unreachable"
	if without == nil {
		code = "net_" // an address that is kept for examples: nobody answers, or a router says so
	}
	c := prepare(t, desk.Options{Sound: true}, "[engine]\nkind = \"chat\"\nbase_url = \"https://192.0.2.1/v1\"\n")
	c.start([]string{"ASIDE_API_KEY=" + secret}, without...)
	c.wantFailure("asked without a network", code)
}

func TestWithoutASoundServerTypedQuestionsWork(t *testing.T) {
	c, _ := chattingOn(t, desk.Options{Display: true, WM: "openbox", Width: 800, Height: 600}, "")
	c.ready()
	c.keyDown()
	c.watch("the reason", func(s control.Snapshot) bool { return s.Error != nil && s.Error.Code == "audio_unavailable" })
	c.keyUp()
	c.watch("the end", func(s control.Snapshot) bool { return s.Phase == "idle" })
	if out, err := c.aside("ask", "typed without sound"); err != nil || !strings.Contains(out, "It works.") {
		t.Errorf("%v: %s", err, out)
	}
	c.wantKept("typed without sound")
}

func TestWithoutAMicrophoneTypedQuestionsWork(t *testing.T) {
	c, _ := chatting(t, "")
	if out, err := c.Output(c.ctx, "pactl", "unload-module", "module-remap-source"); err != nil {
		t.Fatal(err, out)
	}
	if out, err := c.Output(c.ctx, "pactl", "unload-module", "module-null-sink"); err != nil {
		t.Fatal(err, out)
	}
	c.keyDown()
	c.watch("the reason", func(s control.Snapshot) bool { return s.Error != nil && s.Error.Code == "mic_none" })
	c.keyUp()
	if out, err := c.aside("ask", "--screen", "none", "typed without microphone"); err != nil || !strings.Contains(out, "It works.") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestWithoutADisplayTheShellIsEnough(t *testing.T) {
	c, _ := chattingOn(t, desk.Options{Sound: true}, "")
	if out, err := c.aside("ask", "asked without a display"); err != nil || !strings.Contains(out, "It works.") {
		t.Errorf("%v: %s", err, out)
	}
	cmd := c.Command(c.ctx, filepath.Join(binaries(t), "aside"), "look")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "screen_none") {
		t.Errorf("look: %v, %s", err, out)
	}
	if said := c.log.String(); strings.Count(said, "aside: display_none: ") != 1 || strings.Contains(said, "goroutine ") {
		t.Errorf("the core said\n%s", said)
	}
}

func TestWithoutOpenGLTheRestWorks(t *testing.T) {
	o := whole()
	o.Server = []string{"-extension", "GLX"}
	c, _ := chattingOn(t, o, "")
	c.watch("the reason", func(s control.Snapshot) bool { return s.Error != nil && s.Error.Code == "panel_no_window" })
	c.until("the key", func() bool {
		s, err := c.Status(c.ctx)
		return err == nil && s.Devices["hotkey"] == "ready"
	})
	c.terminal("notes", c.file("page.txt", page))
	c.ask("what is on my screen")
	if v := c.ended(); v.Outcome != "answered" {
		t.Errorf("the turn is %+v, %+v", v, v.Problem)
	}
	// An answer later it is still said, and nothing is left that only seems to run.
	for _, verb := range []string{"status", "doctor"} {
		if out, _ := c.aside(verb); !strings.Contains(out, "panel_no_window") { // the doctor may find more
			t.Errorf("%s says\n%s", verb, out)
		}
	}
	if all := c.panels(); len(all) > 0 {
		t.Errorf("there are panels: %v", all)
	}
}

func TestWithoutAWindowManagerTheDisplayIsLookedAt(t *testing.T) {
	o := whole()
	o.WM = ""
	c, s := chattingOn(t, o, "")
	c.ready()
	if out, err := c.Output(c.ctx, "xsetroot", "-mod", "16", "16"); err != nil { // one colour would be blank
		t.Fatal(err, out)
	}
	c.ask("what is on my screen")
	v := c.ended()
	if v.Outcome != "answered" || len(v.Shots) != 1 || v.Shots[0].Capture != "display" {
		t.Errorf("the turn is %+v, %+v, %+v", v, v.Shots, v.Problem)
	}
	asked := s.Requests(enginetest.Chat)
	if len(asked) != 1 || asked[0].Messages[len(asked[0].Messages)-1].Picture() == nil {
		t.Errorf("%d questions came, or no picture", len(asked))
	}
}

func TestATapAndASilenceAskNothing(t *testing.T) {
	c, s := chatting(t, "")
	c.xdotool("key", "ctrl+alt+space")
	c.watch("the hint about a tap", func(s control.Snapshot) bool { return s.Phase == "idle" && s.Hint != "" })
	time.Sleep(time.Second) // so that it is no double tap
	c.keyDown()
	time.Sleep(800 * time.Millisecond)
	c.keyUp()
	c.watch("the hint about silence", func(s control.Snapshot) bool {
		return s.Phase == "idle" && strings.Contains(s.Hint, "Nothing heard")
	})
	if n := len(s.Requests("")); n != 0 {
		t.Errorf("%d requests were made of it", n)
	}
}

func TestBrokenSettingsAreSaidAndTheDefaultsHold(t *testing.T) {
	c := prepare(t, whole(), "this is [not toml") // nothing else is wrong: no other problem takes its place
	c.start(nil)
	c.ready()
	s, err := c.Status(c.ctx)
	if err != nil || s.Error == nil || !strings.HasPrefix(s.Error.Code, "settings_") || s.Error.Hint == "" {
		t.Errorf("status says %+v, %v", s.Error, err)
	}
	if out := c.wantVerb("settings", "get", "panel.width"); !strings.HasSuffix(out, "400") {
		t.Errorf("the default is %q", out)
	}
	if out := c.wantVerb("ask", "--screen", "none", "what is this"); out == "" {
		t.Error("there is no answer")
	}
}

func TestASecondCoreLeavesTheFirstAlone(t *testing.T) {
	c := prepare(t, desk.Options{}, "")
	c.start(nil)
	ctx, cancel := context.WithTimeout(c.ctx, 10*time.Second)
	defer cancel()
	out, err := c.Command(ctx, filepath.Join(binaries(t), "aside"), "start").CombinedOutput()
	if ctx.Err() != nil {
		t.Fatal("the second one stays")
	}
	if err != nil || !strings.Contains(string(out), "runs already") {
		t.Errorf("the second one says %q, %v", out, err)
	}
	if s, err := c.Status(c.ctx); err != nil || s.PID != c.cmd.Process.Pid {
		t.Errorf("the first one was %d, %d answers: %v", c.cmd.Process.Pid, s.PID, err)
	}
}

func TestAKeyThatAnotherProgramHoldsIsSaid(t *testing.T) {
	o := whole()
	first, _ := chattingOn(t, o, "")
	first.ready()
	// A second core on the same display, with a home of its own.
	second := first.Command(context.WithoutCancel(first.ctx), filepath.Join(binaries(t), "aside"), "start")
	dir := t.TempDir()
	for _, v := range []string{"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"} {
		second.Env = append(second.Env, v+"="+dir)
	}
	stop, err := first.Launch(second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop) // before its home is removed
	client := control.Client{Path: filepath.Join(dir, "aside", "control.sock")}
	first.until("the conflict", func() bool {
		s, err := client.Status(first.ctx)
		return err == nil && strings.Contains(s.Devices["hotkey"], "hotkey_conflict")
	})
	raw, err := first.aside("status", "--json")
	var status control.Status
	if err != nil || json.Unmarshal([]byte(raw), &status) != nil || status.Devices["hotkey"] != "ready" {
		t.Errorf("the first one's key is %q, %v", status.Devices["hotkey"], err)
	}
}
