// Command aside-demo shows the main job of Aside on a machine without a
// display: it makes a virtual desktop, opens a window with text, holds the
// real talk key, speaks a question into the virtual microphone, and says what
// came of it. It exits with 0 only if all of that happened.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"aside/app/control"
	"aside/app/desk"
	"aside/audio"
)

const (
	question = "what does the error say"
	page     = `~/work/server $ go build ./...

# example.com/server
./server.go:42:17: cannot use addr (variable of type string)
                   as int value in argument to net.Listen
./server.go:57:9:  undefined: handleRequest

error: build failed with 2 problems

~/work/server $ `
)

func main() {
	out := flag.String("out", "out", "folder for the screenshot and the recording")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := demo(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, "aside-demo:", err)
		os.Exit(1)
	}
}

// say tells the newcomer how far it is.
func say(format string, args ...any) { fmt.Printf("aside: "+format+"\n", args...) }

func demo(ctx context.Context, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	say("there is no display here: making a virtual desktop")
	d, err := desk.Open(ctx, desk.Options{Display: true, WM: "openbox", Width: 1440, Height: 900, Sound: true, Bus: true})
	if err != nil {
		return fmt.Errorf("make a virtual desktop: %w", err)
	}
	defer func() { _ = d.Close() }()
	if _, err := d.Output(ctx, "xsetroot", "-solid", "#3a4250"); err != nil {
		return fmt.Errorf("colour the desktop: %w", err)
	}
	if err := openWindow(ctx, d); err != nil {
		return err
	}
	client, err := startCore(ctx, d)
	if err != nil {
		return err
	}
	defer func() { _ = client.Do(context.WithoutCancel(ctx), control.VerbQuit, nil) }()
	return ask(ctx, d, client, out)
}

// openWindow opens a terminal with something to ask about.
func openWindow(ctx context.Context, d *desk.Desk) error {
	say("opening a window with text")
	text := filepath.Join(d.Dir, "page.txt")
	if err := os.WriteFile(text, []byte(page), 0o600); err != nil {
		return err
	}
	cmd := d.Command(context.WithoutCancel(ctx), "xterm", "-T", "server.go", "-geometry", "86x30+40+60",
		"-fa", "DejaVu Sans Mono", "-fs", "13", "-bg", "#fbfaf7", "-fg", "#1c1e22", "-e", "sh", "-c", "cat "+text+"; sleep 600")
	if _, err := d.Launch(cmd); err != nil {
		return fmt.Errorf("open window: %w", err)
	}
	if _, err := d.Output(ctx, "xdotool", "search", "--sync", "--onlyvisible", "--name", "server.go", "windowactivate", "--sync"); err != nil {
		return fmt.Errorf("open window: %w", err)
	}
	return nil
}

// startCore starts the real program on the desk and waits until it listens to
// its key.
func startCore(ctx context.Context, d *desk.Desk) (control.Client, error) {
	say("starting Aside")
	self, err := os.Executable()
	if err != nil {
		return control.Client{}, err
	}
	cmd := d.Command(context.WithoutCancel(ctx), filepath.Join(filepath.Dir(self), "aside"))
	if key := os.Getenv("ASIDE_API_KEY"); key != "" {
		cmd.Env = append(cmd.Env, "ASIDE_API_KEY="+key)
	}
	cmd.Stderr = os.Stderr
	if _, err := d.Launch(cmd); err != nil {
		return control.Client{}, fmt.Errorf("start aside: %w", err)
	}
	client := control.Client{Path: filepath.Join(d.Dir, "run", "aside", "control.sock")}
	return client, d.Until(ctx, "the talk key", func() bool {
		s, err := client.Status(ctx)
		return err == nil && s.Devices["hotkey"] == "ready" && s.Devices["panel"] == "shown"
	})
}

// ask holds the key, speaks the question, and checks everything that must
// come of it.
func ask(ctx context.Context, d *desk.Desk, client control.Client, out string) error {
	wav, err := d.Voice(ctx, question)
	if err != nil {
		return fmt.Errorf("speak: %w", err)
	}
	heard, err := d.Listen(ctx)
	if err != nil {
		return fmt.Errorf("listen to the loudspeaker: %w", err)
	}
	kept, err := watchFocus(ctx, d)
	if err != nil {
		return err
	}
	say("holding Ctrl+Alt+Space and asking aloud: %q", question)
	if _, err := d.Output(ctx, "xdotool", "keydown", "ctrl", "keydown", "alt", "keydown", "space"); err != nil {
		return err
	}
	spoken := errors.Join(wait(ctx, 200*time.Millisecond), d.Play(ctx, wav), wait(ctx, 200*time.Millisecond))
	if _, err := d.Output(ctx, "xdotool", "keyup", "space", "keyup", "alt", "keyup", "ctrl"); err != nil || spoken != nil {
		return errors.Join(spoken, err)
	}
	return outcome(ctx, d, client, out, heard, kept)
}

// outcome waits for the answer and checks that all of it happened.
func outcome(ctx context.Context, d *desk.Desk, client control.Client, out string, heard *desk.Recording, kept func() (int, error)) error {
	shot := filepath.Join(out, "screenshot.png")
	v, err := answer(ctx, client, func() error { return screenshot(ctx, d, shot) })
	if err != nil {
		return err
	}
	samples, err := kept()
	if err != nil {
		return err
	}
	recording := filepath.Join(out, "answer.wav")
	if err := keep(recording, heard.Stop()); err != nil {
		return err
	}
	say("heard     %s", v.Question)
	say("answered  by %s, %s:", v.Engine, v.Model)
	fmt.Println("\n" + strings.TrimSpace(v.Answer) + "\n")
	if err := right(v); err != nil {
		return err
	}
	say("screenshot %s, the spoken answer %s", shot, recording)
	say("the window in front kept the focus all the time: %d looks", samples)
	return nil
}

// right checks the words. What a service makes of them is its own affair.
func right(v control.View) error {
	switch {
	case v.Engine != "offline":
		return nil
	case !strings.Contains(v.Question, "error"):
		return fmt.Errorf("the question was understood as %q", v.Question)
	case !strings.Contains(v.Answer, "build failed"):
		return errors.New("the answer does not say what the window says")
	}
	return nil
}

// answer waits for the end of the turn and runs look once the answer is being
// spoken.
func answer(ctx context.Context, client control.Client, look func() error) (control.View, error) {
	var last control.View
	var looked error
	spoke := false
	err := client.Call(ctx, control.VerbWatch, nil, func(raw json.RawMessage) error {
		var s control.Snapshot
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		if s.Phase == "speaking" && !spoke {
			spoke = true
			looked = errors.Join(wait(ctx, 1500*time.Millisecond), look())
		}
		if s.Phase == "idle" && s.Turn != nil && s.Turn.Outcome != "asked" {
			last = *s.Turn
			return errEnough
		}
		if s.Phase == "idle" && s.Hint != "" {
			return fmt.Errorf("no question was understood: %s", s.Hint)
		}
		return nil
	})
	switch {
	case !errors.Is(err, errEnough):
		return last, err
	case last.Outcome != "answered" && last.Problem != nil:
		return last, fmt.Errorf("%s: %s %s", last.Problem.Code, last.Problem.Message, last.Problem.Hint)
	case last.Outcome != "answered":
		return last, fmt.Errorf("the turn ended as %s", last.Outcome)
	case !spoke:
		return last, errors.New("the answer was not spoken")
	}
	return last, looked
}

var errEnough = errors.New("seen enough")

func screenshot(ctx context.Context, d *desk.Desk, path string) error {
	cmd := d.Command(ctx, "maim", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("%w: maim", desk.ErrMissing)
		}
		return fmt.Errorf("take screenshot: %w: %s", err, out)
	}
	return nil
}

// keep writes the recording of the loudspeaker, which must hold a voice.
func keep(path string, samples []int16) error {
	clip := audio.Clip{Rate: desk.RecordRate, Samples: samples}
	if !audio.HasSpeech(clip) {
		return errors.New("the loudspeaker's recording holds no voice")
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("keep recording: %w", err)
	}
	return errors.Join(audio.WriteWAV(f, clip), f.Close())
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
