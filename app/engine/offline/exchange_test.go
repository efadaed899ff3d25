package offline

import (
	"errors"
	"image"
	"image/draw"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// drawn is a picture of lines of text, black on white, 24 pixels apart.
func drawn(lines ...string) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, 360, 24*len(lines)+40))
	draw.Draw(p, p.Rect, image.White, image.Point{}, draw.Src)
	for i, l := range lines {
		d := font.Drawer{Dst: p, Src: image.Black, Face: basicfont.Face7x13, Dot: fixed.P(20, 30+24*i)}
		d.DrawString(l)
	}
	return p
}

func shot() vision.Shot {
	return vision.Shot{
		Capture: vision.CaptureWindow, Title: "wombat notes", Program: "xterm", Selection: "selected wombats",
		Pixels: drawn("compiling server", "error: cannot open the wombat file", "done in 12 seconds"),
	}
}

// reaction is everything an exchange reported.
type reaction struct {
	events []engine.Event
	err    error // other than io.EOF
}

func receive(t *testing.T, x engine.Exchange) (r reaction) {
	t.Helper()
	for {
		e, err := x.Recv(t.Context())
		switch {
		case errors.Is(err, io.EOF):
			return r
		case err != nil:
			r.err = err
			return r
		}
		r.events = append(r.events, e)
	}
}

func (r reaction) text() string {
	var b strings.Builder
	for _, e := range r.events {
		if e, ok := e.(engine.Text); ok {
			b.WriteString(e.Delta)
		}
	}
	return b.String()
}

func (r reaction) speech() (c audio.Clip, sentences []string) {
	for _, e := range r.events {
		if e, ok := e.(engine.Speech); ok {
			c.Append(e.Frame)
			if e.Sentence != "" {
				sentences = append(sentences, e.Sentence)
			}
		}
	}
	return c, sentences
}

func collect[E engine.Event](r reaction) (all []E) {
	for _, e := range r.events {
		if e, ok := e.(E); ok {
			all = append(all, e)
		}
	}
	return all
}

// ask has an engine answer and closes the exchange.
func ask(t *testing.T, e *Engine, p engine.Prompt, s *vision.Shot, utterance audio.Clip) reaction {
	t.Helper()
	x, err := e.Start(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}()
	for f := range utterance.Frames() {
		if err := x.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	if s != nil {
		if err := x.Show(*s); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	return receive(t, x)
}

func TestASpokenQuestionIsAnsweredFromThePicture(t *testing.T) {
	need(t, flite(), pocketsphinx(), tesseract())
	s := shot()
	r := ask(t, New(Config{}), engine.Prompt{Turn: "1", Capture: vision.CaptureWindow, Speak: true}, &s, uttered(t, "rms", "what is on my screen"))
	if r.err != nil {
		t.Fatal(r.err)
	}
	if first := r.events[0]; first != (engine.Transcript{Text: "what is on my screen", Final: true}) {
		t.Errorf("the first event is %+v", first)
	}
	if last := r.events[len(r.events)-1]; last != (engine.Done{Reason: "stop"}) {
		t.Errorf("the last event is %+v", last)
	}
	for _, want := range []string{"wombat notes", "3 lines", "cannot open the wombat file", "compiling server"} {
		if !strings.Contains(r.text(), want) {
			t.Errorf("the text has no %q:\n%s", want, r.text())
		}
	}
	if got := len(collect[engine.Text](r)); got < 3 {
		t.Errorf("the text came in %d pieces", got)
	}
	sound, sentences := r.speech()
	if len(sentences) < 3 || sentences[0] != "Offline reader: This is the window “wombat notes” of xterm." {
		t.Errorf("it said %q", sentences)
	}
	if sound.Rate != audio.RateSpeak || !audio.HasSpeech(sound) || sound.Duration() < 3*time.Second || sound.Duration() > 30*time.Second {
		t.Errorf("it spoke %v at %d Hz", sound.Duration(), sound.Rate)
	}
}

func TestTypedQuestions(t *testing.T) {
	need(t, tesseract())
	s := shot()
	for _, tt := range []struct {
		prompt engine.Prompt
		shot   *vision.Shot
		want   string
	}{
		{engine.Prompt{Question: "what does the error say"}, &s, "cannot open the wombat file"},
		{engine.Prompt{Question: "read the selection"}, &s, "selected wombats"},
		{engine.Prompt{Look: true}, &s, "done in 12 seconds"},
		{engine.Prompt{Question: "who was Ada Lovelace?"}, nil, "who was Ada Lovelace?"},
	} {
		r := ask(t, New(Config{}), tt.prompt, tt.shot, audio.Clip{})
		if sound, _ := r.speech(); r.err != nil || !strings.Contains(r.text(), tt.want) || len(sound.Samples) != 0 {
			t.Errorf("%+v: %v, %v of speech\n%s", tt.prompt, r.err, sound.Duration(), r.text())
		}
	}
}

func TestSpeechControlsAreHandedOn(t *testing.T) {
	need(t, flite())
	for _, tt := range []struct {
		words, shown string
		speaks       bool
		want         engine.Control
	}{
		{"faster", "Now faster.", false, engine.Control{Name: "faster"}},
		{"quieter", "Now softer.", false, engine.Control{Name: "softer"}},
		{"normal speed", "Normal speed.", false, engine.Control{Name: "normal"}},
		{"speed 1.5", "Another speed.", false, engine.Control{Name: "speed", Value: "1.5"}},
		{"stop", "", false, engine.Control{Name: "stop"}},
		{"say it again", "", false, engine.Control{Name: "again"}},
		{"another voice", "This is another voice.", true, engine.Control{Name: "voice"}},
	} {
		r := ask(t, New(Config{}), engine.Prompt{Question: tt.words, Speak: true}, nil, audio.Clip{})
		if r.err != nil || r.events[0] != engine.Event(tt.want) || r.events[len(r.events)-1] != engine.Event(engine.Done{Reason: "control"}) {
			t.Errorf("%q: %+v, %v", tt.words, r.events, r.err)
		}
		if sound, _ := r.speech(); strings.TrimSpace(r.text()) != tt.shown || audio.HasSpeech(sound) != tt.speaks {
			t.Errorf("%q: %q is shown, %v are said", tt.words, r.text(), sound.Duration())
		}
	}
}

func TestNothingSaidIsNoSpeech(t *testing.T) {
	if r := ask(t, New(Config{}), engine.Prompt{}, nil, audio.Clip{}); engine.Code(r.err) != "no_speech" {
		t.Errorf("got %v", r.err)
	}
}
