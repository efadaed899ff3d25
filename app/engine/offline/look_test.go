package offline

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

func TestTextThatTheProgramTellsIsEnough(t *testing.T) {
	all := strings.Split(prose, "\n")
	for _, tt := range []struct {
		name  string
		words []string
		want  bool
	}{
		{"everything", all, true},
		{"everything and what is scrolled away", slices.Concat(all, all), true},
		{"everything but a line", all[1:], true},
		{"nothing", nil, false},
		{"empty lines", make([]string, 100), false},
		{"only tabs and buttons", []string{"Notes", "Mail", "New tab", "Back", "Reload"}, false},
		{"half", all[:2], false},
		{"so much that it may have been cut", slices.Repeat(all, 40), false},
	} {
		for _, size := range []float64{11, 14, 20, 28} {
			p := ink(written(t, "regular", size, prose).RGBA)
			if got := enough(tt.words, p, lineHeight(p)); got != tt.want {
				t.Errorf("%s, %v pixels: %v", tt.name, size, got)
			}
		}
	}
	if code, p := strings.Split(python, "\n"), ink(written(t, "mono", 14, python).RGBA); !enough(code, p, lineHeight(p)) {
		t.Error("code is not enough")
	}
	if p := ink(written(t, "han", 14, simplifiedText).RGBA); !enough(strings.Split(simplifiedText, "\n"), p, lineHeight(p)) {
		t.Error("Chinese is not enough")
	}
}

func TestWhatTheProgramTellsIsNotReadAgain(t *testing.T) {
	only(t) // there is no tesseract
	s := vision.Shot{Title: "notes", Words: []string{"if ready {", "\tgo()  ", "}", "error: cannot open"}, Pixels: drawn("if ready {", "   go()", "}", "error: cannot open")}
	r := ask(t, New(Config{}), engine.Prompt{Question: "read this"}, &s, audio.Clip{})
	if r.err != nil || !strings.Contains(r.text(), "This is the text, as the program tells it.") || !strings.Contains(r.text(), "if ready {\n    go()\n}\nerror: cannot open") {
		t.Errorf("%v, %q", r.err, r.text())
	}
	r = ask(t, New(Config{}), engine.Prompt{Question: "find wombat"}, &s, audio.Clip{})
	if r.err != nil || !strings.Contains(r.text(), "as far as the program tells") {
		t.Errorf("%v, %q", r.err, r.text())
	}
	s.Words = s.Words[:1]
	if r = ask(t, New(Config{}), engine.Prompt{Question: "read this"}, &s, audio.Clip{}); engine.Code(r.err) != "offline_missing" {
		t.Errorf("the rest was not read: %v, %q", r.err, r.text())
	}
}

// shown has an engine answer a question about several pictures.
func shown(t *testing.T, p engine.Prompt, shots ...vision.Shot) reaction {
	t.Helper()
	x, err := New(Config{}).Start(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for _, s := range shots {
		if err := x.Show(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	return receive(t, x)
}

func TestSeveralPicturesAreReadInTheirOrder(t *testing.T) {
	need(t, tesseract())
	path, err := tesseract().find()
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "log")
	script(t, tesseract(), fmt.Sprintf("echo begin >> %s; %s \"$@\"; echo end >> %s", log, path, log))
	var shots []vision.Shot
	for i, text := range []string{"the first wombat", "the second wombat", "the third wombat", "the fourth wombat", "the fifth wombat"} {
		shots = append(shots, vision.Shot{
			Title: fmt.Sprintf("window %d error", i+1), Program: "xterm", At: time.Duration(i) * 1500 * time.Millisecond, Pixels: drawn(text, "and more of it"),
		})
	}
	r := shown(t, engine.Prompt{Look: true}, shots...)
	want := "```text\n[1: the window “window 1 error” of xterm]\n\nthe first wombat\n\nand more of it\n\n" +
		"[2, after 1.5 s: the window “window 2 error” of xterm]\n\nthe second wombat"
	if r.err != nil || !strings.Contains(r.text(), want) || !strings.Contains(r.text(), "the fourth wombat") || strings.Contains(r.text(), "fifth") {
		t.Errorf("%v\n%s", r.err, r.text())
	}
	if first := "Offline reader: These are 4 pictures: the window “window 1 error” of xterm, then the"; !strings.HasPrefix(r.text(), first) || !strings.Contains(r.text(), "It has 8 lines of text.") {
		t.Errorf("it begins with %q", r.text()[:200])
	}
	if got := lines(t, log); strings.Join(got, " ") != strings.TrimSpace(strings.Repeat("begin end ", 4)) {
		t.Errorf("they were not read one after the other: %q", got)
	}
	selected := slices.Clone(shots[:2])
	selected[0].Selection = "old"
	selected[1].Selection = "new"
	if r := shown(t, engine.Prompt{Question: "read the selection"}, selected...); !strings.Contains(r.text(), "new") {
		t.Errorf("got %q", r.text())
	}
}

func TestAQuestionThatNeedsNoPictureHasNoneRead(t *testing.T) {
	stuck(t, tesseract())
	for _, question := range []string{"read the selection", "louder"} {
		x, err := New(Config{}).Start(t.Context(), engine.Prompt{Question: question})
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if err := x.Show(shot()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-x.(*exchange).looks[0].done:
		case <-time.After(10 * time.Second):
			t.Errorf("%q: the picture is read", question)
		}
	}
}

func TestReadingEndsAsSoonAsItIsNotNeeded(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("there is no /proc")
	}
	notes := stuck(t, tesseract())
	x, err := New(Config{}).Start(t.Context(), engine.Prompt{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for range 2 { // one is read, the other waits
		if err := x.Show(shot()); err != nil {
			t.Fatal(err)
		}
	}
	pids := noted(t, notes) // it begins while the user is still speaking
	ended := time.Now()
	if err := x.Commit(); err != nil { // nothing was said
		t.Fatal(err)
	}
	if r := receive(t, x); engine.Code(r.err) != "no_speech" {
		t.Errorf("got %v", r.err)
	}
	for _, pid := range pids {
		for ; lives(pid); time.Sleep(5 * time.Millisecond) {
			if time.Since(ended) > time.Second {
				t.Fatalf("process %d still runs", pid)
			}
		}
	}
}

func BenchmarkTextThatIsTold(b *testing.B) {
	s := newSheet(1920, 1080, color.White, color.Black)
	s.write(face(b, "mono", 16), 10, 10, 22, strings.Split(python, "\n")...)
	shot := vision.Shot{Pixels: s.RGBA, Words: strings.Split(python, "\n")}
	var r reader
	for b.Loop() {
		if p, _, err := r.read(b.Context(), shot); err != nil || !p.told {
			b.Fatal(err)
		}
	}
}
