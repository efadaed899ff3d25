package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"aside/app/control"
)

// maxImage bounds a picture given on the command line.
const maxImage = 5 << 20

// askCmd asks a typed question.
type askCmd struct {
	Screen string   `enum:"window,display,region,pick,none," default:"" help:"What to look at: window, display, region (you draw it), pick (you click on a window) or none. Default: the setting screen.capture."`
	Image  string   `type:"existingfile" help:"Send this PNG or JPEG instead of the screen."`
	JSON   bool     `help:"Print the answer as JSON."`
	Speak  bool     `help:"Speak the answer too."`
	Deep   bool     `help:"Think harder about it."`
	Paste  bool     `help:"Send the picture on the clipboard instead of the screen."`
	Along  string   `type:"existingfile" help:"Send this text file along."`
	Text   []string `arg:"" help:"The question."`
}

// Validate is called by kong.
func (a askCmd) Validate() error {
	if (a.Image != "" || a.Paste) && a.Screen != "" {
		return errors.New("--image, --paste and --screen exclude each other")
	}
	return nil
}

func (a askCmd) Run(c *console) error {
	args := control.AskArgs{Text: strings.Join(a.Text, " "), Screen: a.Screen, Speak: a.Speak, Deep: a.Deep}
	if a.Paste {
		var clip control.Clip
		err := c.client.Call(c.ctx, control.VerbClip, nil, func(raw json.RawMessage) error { return json.Unmarshal(raw, &clip) })
		if err != nil {
			return err
		}
		args.Image = clip.Image
	}
	if a.Along != "" {
		text, err := readText(a.Along)
		if err != nil {
			return err
		}
		args.Along = text
	}
	if a.Image != "" {
		image, err := readImage(a.Image)
		if err != nil {
			return err
		}
		args.Image = image
	}
	return ask(c, args, a.JSON)
}

func readImage(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	defer func() { _ = f.Close() }()
	image, err := io.ReadAll(io.LimitReader(f, maxImage+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read picture: %w", err)
	case len(image) > maxImage:
		return nil, control.Fail("too_large", "The picture is larger than 5 MB.", "Save it smaller, or as JPEG.")
	}
	return image, nil
}

func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read text: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, control.MaxAlong+1)) // what is too long the core refuses
	switch {
	case err != nil:
		return "", fmt.Errorf("read text: %w", err)
	case !utf8.Valid(text):
		return "", control.Fail("along_not_text", "The file is no text.", "Give a text file in UTF-8, or a picture with --image.")
	}
	return string(text), nil
}

// lookCmd asks what is on the screen.
type lookCmd struct {
	Screen string `enum:"window,display,region,pick," default:"" help:"What to look at: window, display, region (you draw it) or pick (you click on a window)."`
	JSON   bool   `help:"Print the answer as JSON."`
	Speak  bool   `help:"Speak the answer too."`
}

func (l lookCmd) Run(c *console) error {
	return ask(c, control.AskArgs{Look: true, Screen: l.Screen, Speak: l.Speak}, l.JSON)
}

// aimCmd chooses what the next question looks at.
type aimCmd struct {
	Screen string `arg:"" enum:"window,display,region,pick,none,off" help:"window, display, region (you draw it), pick (you click on a window), none, or off to call it off."`
}

func (a aimCmd) Run(c *console) error {
	return c.client.Do(c.ctx, control.VerbAim, control.AimArgs{Screen: strings.TrimPrefix(a.Screen, "off")})
}

// retryCmd sends a question that failed again.
type retryCmd struct {
	ID    string `arg:"" help:"Of the turn, as aside history lists it."`
	JSON  bool   `help:"Print the answer as JSON."`
	Speak bool   `help:"Speak the answer too."`
	Chat  bool   `help:"By text and not by the live voice that failed."`
}

func (r retryCmd) Run(c *console) error {
	return answer(c, control.VerbRetry, control.RetryArgs{ID: r.ID, Speak: r.Speak, Beside: r.Chat}, r.JSON)
}

// shotCmd writes the picture of a turn, byte for byte, or the text that went
// along with it.
type shotCmd struct {
	ID      string `arg:"" help:"Of the turn, as aside history lists it."`
	Picture int    `default:"1" help:"Which of its pictures: the first is number 1."`
	Text    bool   `help:"The text that went along instead."`
}

func (s shotCmd) Run(c *console) error {
	shot, err := c.client.Shot(c.ctx, s.ID, s.Picture-1)
	if err != nil {
		return err
	}
	if s.Text {
		fmt.Fprintln(c.out, clean(shot.Text))
		return nil
	}
	if len(shot.Bytes) == 0 {
		return control.Fail("shot_none", "No picture was sent, only text.", "Print it with: aside shot --text "+s.ID)
	}
	_, err = c.out.Write(shot.Bytes)
	return err
}

func ask(c *console, args control.AskArgs, asJSON bool) error {
	return answer(c, control.VerbAsk, args, asJSON)
}

// answer prints the answer: as it comes, or whole as JSON. An answer that is
// not whole is a failure.
func answer(c *console, verb string, args any, asJSON bool) error {
	shown := ""
	v, err := c.client.Answer(c.ctx, verb, args, func(v control.View) {
		if asJSON {
			return
		}
		// The answer only grows, save when a part of it was replaced.
		fmt.Fprint(c.out, clean(strings.TrimPrefix(v.Answer, shown)))
		shown = v.Answer
	})
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(c.out)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return err
		}
		return verdict(v)
	}
	if shown != "" && !strings.HasSuffix(shown, "\n") {
		fmt.Fprintln(c.out)
	}
	if p := v.Also; p != nil {
		tell(c.err, p.Code, p.Message, p.Hint)
	}
	if p := v.Problem; p != nil && v.Outcome == "answered" { // by words alone, for one
		tell(c.err, p.Code, p.Message, p.Hint)
	}
	return verdict(v)
}

// verdict is nil for a whole answer, and otherwise says what became of it.
func verdict(v control.View) error {
	switch {
	case v.Outcome == "answered":
		return nil
	case v.Problem != nil:
		return &control.Failure{Problem: *v.Problem}
	}
	return control.Fail(string(v.Outcome), "The question was "+string(v.Outcome)+" before it was answered.", "Ask again.")
}
