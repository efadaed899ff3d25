package panel

import "testing"

func TestSentencesAreFoundByTheirWords(t *testing.T) {
	for _, c := range []struct{ name, text, sentence, want string }{
		{"as it stands", "One. Two. Three.", "Two.", "Two."},
		{"spaces differ", "One.  Two\u00a0three. Four", "Two three.", "Two\u00a0three."},
		{"quotes around it are not said", "He said “go on” twice.", "said go on twice.", "said “go on” twice."},
		{"case does not matter", "Use Close.", "use close", "Use Close."},
		{"absent", "One.", "Two.", ""},
		{"nothing said", "One.", "", ""},
		{"nothing but marks", "One.", "…", ""},
	} {
		from, to, ok := find(c.text, c.sentence)
		if got := c.text[from:to]; got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLastHeardIsTheEndOfWhatWasSaid(t *testing.T) {
	texts := []string{"The linker found two versions.", "", "To silence it, pin the version. Or not."}
	for _, c := range []struct {
		heard, rest string
		at          int
		ok          bool
	}{
		{"The linker found two versions.", "", 0, true},
		{"The linker found two versions. To silence it, pin the version.", " Or not.", 2, true},
		{"The linker found", " two versions.", 0, true},
		{"Something else entirely, which nobody wrote.", "", 0, false},
		{"", "", 0, false},
	} {
		at, end, ok := lastHeard(texts, c.heard)
		if at != c.at || ok != c.ok || ok && texts[at][end:] != c.rest {
			t.Errorf("%q: text %d, byte %d, %v", c.heard, at, end, ok)
		}
	}
}

func FuzzFindStaysWithinTheText(f *testing.F) {
	f.Add("One. Two “three”.", "two three")
	f.Fuzz(func(t *testing.T, text, sentence string) {
		if from, to, ok := find(text, sentence); ok && (from < 0 || from > to || to > len(text)) {
			t.Errorf("%d…%d of %d bytes", from, to, len(text))
		}
	})
}
