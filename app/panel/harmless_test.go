package panel

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestWhatWouldLookLikeSomethingElseIsNotDrawn(t *testing.T) {
	for _, c := range []struct {
		name, text string
		code       bool
		want       string
	}{
		{"plain text", "Plain – 日本語 é", false, "Plain – 日本語 é"},
		{"turned around", "file\u202egpj.exe", false, "filegpj.exe"},
		{"turned around in code", "if \u2066admin\u2069 {", true, "if ⟨U+2066⟩admin⟨U+2069⟩ {"},
		{"controls", "a\x00b\x1b[31mc\x7f", false, "ab[31mc"},
		{"lines stay", "a\n\tb", false, "a\n\tb"},
		{"not seen", "a\u200bb\ufeffc\U000e0041", false, "abc"},
		{"a family of emoji", "👨\u200d👩", false, "👨\u200d👩"},
		{"marks without end", "a" + strings.Repeat("\u0301", 40), false, "a" + strings.Repeat("\u0301", mostMarks)},
	} {
		if got := harmless(c.text, c.code); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNoPartOfTheWindowDrawsWhatIsHarmful(t *testing.T) {
	b, _ := newTestBody(t)
	const bad = `\u202e\u2066\u0007\ufeff`
	b.showing(snapshot(t, `{"phase":"idle","model":"m`+bad+`","hint":"h`+bad+`","turn":{"id":"t1","question":"q`+bad+`","outcome":"answered","answer":"# a`+bad+`\n\n- b`+bad+`\n\n|c`+bad+`|\n|-|\n|d|\n\n[e`+bad+`](https://a.example/`+bad+`)\n\n`+"```go"+bad+`\n//`+bad+`\n`+"```"+`","shots":[{"program":"p`+bad+`","title":"t`+bad+`","pictures":[]}]}}`))
	if got := read(b.Container); strings.ContainsFunc(strings.ReplaceAll(got, "\n", ""), harmful) {
		t.Errorf("%q", got)
	}
}

func FuzzHarmlessKeepsWhatCanBeSeen(f *testing.F) {
	f.Add("a\u202eb", true)
	f.Fuzz(func(t *testing.T, text string, code bool) {
		got := harmless(text, code)
		if strings.ContainsFunc(got, harmful) || utf8.ValidString(text) && !utf8.ValidString(got) || harmless(got, code) != got {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func TestAClickOnASentenceSaysItFromThere(t *testing.T) {
	b, d := newTestBody(t)
	b.showing(snapshot(t, `{"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"It is closed twice. **Keep** only one of them, the other is not needed at all. Test it.","timings":{"first_text":500,"first_sound":700,"done":900}}}`))
	v := b.turns["t1"].answer.view(0)
	tap := func(word string) {
		for _, p := range v.prose.drawn {
			if i := strings.Index(p.text, word); i >= 0 {
				x := p.x + p.width*(float32(i)+0.5)/float32(len(p.text))
				v.speech.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, p.y+5)})
				return
			}
		}
		t.Fatalf("nothing says %q", word)
	}
	tap("twice")
	tap("needed")
	tap("Test")
	v.speech.Tapped(&fyne.PointEvent{Position: fyne.NewPos(360, 400)}) // beside the text
	want := "say It is closed twice.|say Keep only one of them, the other is not needed at all.|say Test it."
	if got := strings.Join(d.all, "|"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	test.WidgetRenderer(v.speech)
}

func TestSentencesEndWhereTheyEnd(t *testing.T) {
	const text = "Version 1.2 is out. 第一句。第二句！ Last"
	for word, want := range map[string]string{"1.2": "Version 1.2 is out.", "一": "第一句。", "二": "第二句！", "Last": "Last"} {
		if got := sentenceAt(text, strings.Index(text, word)); got != want {
			t.Errorf("at %s: %q, want %q", word, got, want)
		}
	}
}

func TestALinkSaysWhereItLeadsBeforeItIsOpened(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(snapshot(t, `{"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"answered","answer":"See [the docs](https://go.dev/a/long/path?with=secrets)."}}`))
	var found *link
	visible(b.Container, func(o fyne.CanvasObject) {
		if l, ok := o.(*link); ok {
			found = l
		}
	})
	shows := func() bool {
		return strings.Contains(strings.ReplaceAll(read(b.tip.Container), "\n", ""), "https://go.dev/a/long/path?with=secrets")
	}
	found.MouseIn(nil)
	if !shows() || b.offered("t1") == "" {
		t.Errorf("it says %q and offers %q", read(b.tip.Container), b.offered("t1"))
	}
	found.MouseOut()
	if shows() || b.offered("t1") != "" {
		t.Error("it stays")
	}
	found.FocusGained()
	if !shows() {
		t.Error("the keyboard is not told")
	}
	found.FocusLost()
}

func TestToolsGoWithAPointerThatLeavesTheWindowAndComeBackWithIt(t *testing.T) {
	b, _ := newTestBody(t)
	b.showing(snapshot(t, answered))
	over := b.turns["t1"].over
	over.MouseIn(nil)
	b.left()
	if got := b.offered("t1"); got != "" {
		t.Errorf("it offers %q", got)
	}
	over.MouseMoved(nil) // Fyne takes it for the same visit
	if got := b.offered("t1"); got == "" {
		t.Error("it offers nothing")
	}
}
