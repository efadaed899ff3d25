package offline

import (
	"slices"
	"strings"
	"testing"

	"aside/vision"
)

func TestQuestionsAreUnderstood(t *testing.T) {
	for _, tt := range []struct {
		words  string
		intent intent
		about  string
	}{
		{"What is on my screen?", wantLook, ""},
		{"what’s on the screen", wantLook, ""},
		{"Hey Aside, what do you see, please?", wantLook, ""},
		{"describe this window", wantLook, ""},
		{"Read it to me!", wantRead, ""},
		{"please read all of the text", wantRead, ""},
		{"What does the error say?", wantError, ""},
		{"is there any exception?", wantError, ""},
		{"read the selection", wantSelection, ""},
		{"what does the selected text say", wantSelection, ""},
		{"find TODO", wantFind, "TODO"},
		{"Find main.go:42, please.", wantFind, "main.go:42"},
		{"what does it say about “Total Files”?", wantFind, "Total Files"},
		{"What’s it say", wantQuote, ""},
		{"where is the licence", wantFind, "the licence"},
		{"Louder, please.", wantControl, "louder"},
		{"quieter", wantControl, "softer"},
		{"another voice", wantControl, "voice"},
		{"say it again", wantControl, "again"},
		{"STOP", wantControl, "stop"},
		{"Could you speak a little slower?", wantControl, "slower"},
		{"小声一点", wantControl, "softer"},
		{"how do I make this loop faster", wantQuote, ""},
		{"how do I fix this error", wantQuote, ""},
		{"find", wantQuote, ""},
		{"first question", wantQuote, ""},
		{"", wantQuote, ""},
		{"what does the function Load return", wantQuote, ""},
	} {
		if q := understand(tt.words); q.intent != tt.intent || q.about != tt.about {
			t.Errorf("%q: intent %d about %q, want %d about %q", tt.words, q.intent, q.about, tt.intent, tt.about)
		}
	}
}

func TestEveryPhraseMeansWhatItSays(t *testing.T) {
	for _, p := range phrases() {
		q := understand(strings.Replace(p.words, "*", "the thing", 1))
		about := p.about
		if p.intent == wantFind {
			about = "the thing"
		}
		if q.intent != p.intent || q.about != about {
			t.Errorf("%q: intent %d about %q", p.words, q.intent, q.about)
		}
	}
}

func TestEveryControlThatIsHeardIsOne(t *testing.T) {
	for _, words := range controls() {
		if q := understand(words); q.intent != wantControl {
			t.Errorf("%q: intent %d", words, q.intent)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	f.Add("what does it say about “x”?")
	f.Add("find please")
	f.Fuzz(func(t *testing.T, words string) {
		if q := understand(words); q.intent == wantFind && !strings.Contains(words, q.about) {
			t.Errorf("%q: to find %q, which nobody asked for", words, q.about)
		}
	})
}

// said joins what an answer shows and what it says.
func said(parts []part) (text, aloud string) {
	for _, p := range parts {
		text += p.text
		aloud += p.aloud
	}
	return text, aloud
}

func screen() page {
	return page{lines: []string{
		"compiling server", "    warning: unused variable x", "", "error: cannot open file settings",
		"see settings.toml for the path of the file", "done in 12 seconds",
	}}
}

func TestAnswersFromTheScreen(t *testing.T) {
	for _, tt := range []struct {
		question         string
		shows, says, not []string
	}{
		{"what is on my screen", []string{"5 lines", "looks like an error", "\n    warning: unused"}, []string{"5 lines", "error: cannot open file settings"}, nil},
		{"read this", []string{"compiling server\n    warning"}, []string{"compiling server", "done in 12 seconds"}, nil},
		{"what does the error say", []string{"error: cannot open file settings"}, []string{"cannot open file settings"}, []string{"compiling", "warning"}},
		{"find SETTINGS", []string{"in 2 lines", "cannot open file settings", "see settings.toml"}, []string{"2 lines"}, []string{"compiling"}},
		{"find file path", []string{"in one line", "see settings.toml"}, nil, []string{"error"}},
		{"find unicorn", []string{"“unicorn” is not on the screen"}, []string{"not on the screen"}, []string{"```"}},
		{"how many seconds did the servers take", []string{"does not reason", "aside key set", "compiling server", "done in 12 seconds"}, []string{"does not reason"}, []string{"warning"}},
		{"why is the sky blue", []string{"does not reason", "Nothing on the screen"}, nil, []string{"```"}},
	} {
		text, aloud := said(answer(understand(tt.question), screen()))
		for _, w := range tt.shows {
			if !strings.Contains(text, w) {
				t.Errorf("%q does not show %q:\n%s", tt.question, w, text)
			}
		}
		for _, w := range tt.says {
			if !strings.Contains(aloud, w) {
				t.Errorf("%q does not say %q:\n%s", tt.question, w, aloud)
			}
		}
		for _, w := range tt.not {
			if strings.Contains(text, w) {
				t.Errorf("%q shows %q:\n%s", tt.question, w, text)
			}
		}
	}
}

func TestWhatIsFoundIsCountedBeforeItIsCut(t *testing.T) {
	many := page{lines: slices.Repeat([]string{"a wombat"}, maxFound+7)}
	text, aloud := said(answer(understand("find wombat"), many))
	for _, s := range []string{text, aloud} {
		if !strings.Contains(s, "is in 37 lines; the first 30 are:") {
			t.Errorf("it is told as %q", s)
		}
	}
	if got := strings.Count(text, "a wombat"); got != maxFound {
		t.Errorf("%d lines are shown", got)
	}
}

func TestWithoutTextOrPictureTheAnswerSaysSo(t *testing.T) {
	if text, _ := said(answer(understand("read this"), page{})); !strings.Contains(text, "no text") {
		t.Errorf("got %q", text)
	}
	if text := blind(understand("who was Ada?")).text; !strings.Contains(text, "who was Ada?") || !strings.Contains(text, "--screen window") {
		t.Errorf("got %q", text)
	}
	if text, _ := said(selection(" \n")); !strings.Contains(text, "Nothing is selected") {
		t.Errorf("got %q", text)
	}
}

func TestEveryAnswerSaysOnceWhoGivesIt(t *testing.T) {
	for _, question := range []string{
		"what is on my screen", "read this", "what does the error say", "find settings", "find unicorn",
		"read the selection", "why is the sky blue",
	} {
		for _, seen := range []page{screen(), {}, {lines: []string{"fine"}}} {
			q := understand(question)
			parts := append(opening(q, []vision.Shot{{Title: "notes"}}), answer(q, seen)...)
			if q.intent == wantSelection {
				parts = selection(strings.Join(seen.lines, "\n"))
			}
			text, aloud := said(parts)
			for _, s := range []string{strings.ToLower(text), strings.ToLower(aloud)} {
				if strings.Count(s, "offline reader") != 1 || strings.Index(s, "offline reader") > len("this is the ") {
					t.Errorf("%q is answered with %q", question, s)
				}
			}
			if !strings.Contains(strings.ToLower(parts[0].text), "offline reader") {
				t.Errorf("%q begins with %q", question, parts[0].text)
			}
		}
	}
}

func TestAFenceIsLongerThanAnyInTheText(t *testing.T) {
	for _, lines := range [][]string{{"plain"}, {"```", "evil"}, {"a `````b", "`"}, {"````"}} {
		block := fenced(lines)
		fence, _, _ := strings.Cut(block, "text\n")
		if strings.Trim(fence, "`") != "" || len(fence) < 3 {
			t.Fatalf("the fence is %q", fence)
		}
		if got := strings.Count(block, fence); got != 2 {
			t.Errorf("%q holds the fence %d times", block, got)
		}
	}
}

func TestLongTextIsSaidOnlyInPart(t *testing.T) {
	lines := slices.Repeat([]string{"a line that goes on and on *with* `marks` <b>"}, 200)
	got := aloud(lines)
	if len(got) > 700 || !strings.HasSuffix(got, "The rest is in the panel.") || strings.ContainsAny(got, "*`<") {
		t.Errorf("it says %q", got)
	}
}

func TestTheWindowIsNamedBeforeItIsRead(t *testing.T) {
	look := understand("what is on my screen")
	for _, tt := range []struct {
		shot vision.Shot
		want string
	}{
		{vision.Shot{Title: "notes", Program: "xterm"}, "Offline reader: This is the window “notes” of xterm."},
		{vision.Shot{Title: "XTerm", Program: "xterm"}, "Offline reader: This is the window of XTerm."},
		{vision.Shot{Program: "xterm"}, "Offline reader: This is the window of xterm."},
		{vision.Shot{Title: "[x](http://evil)\n# `y`"}, "Offline reader: This is the window of x (http://evil) y."},
		{vision.Shot{Capture: vision.CaptureDisplay}, "Offline reader: This is the whole display."},
		{vision.Shot{}, "Offline reader: This is the picture."},
	} {
		if _, got := said(opening(look, []vision.Shot{tt.shot})); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if len(opening(understand("read this"), []vision.Shot{{Title: "x"}})) != 0 {
		t.Error("reading begins with more than the text")
	}
}

func TestErrorsAreToldFromOtherLines(t *testing.T) {
	lines := []string{
		"ok  0 errors", "TypeError: x is not a function", "NullPointerException", "panic: index out of range",
		"no errors found", "bash: foo: command not found", "do not worry", "Permission denied",
	}
	got := errorLines(lines)
	want := []string{"TypeError: x is not a function", "NullPointerException", "panic: index out of range", "Permission denied"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := errorLines([]string{"bash: foo: command not found", "do not worry"}); !slices.Equal(got, []string{"bash: foo: command not found"}) {
		t.Errorf("got %q", got)
	}
}
