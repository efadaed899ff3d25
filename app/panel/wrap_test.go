package panel

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// byRune measures every character as ten wide.
func byRune(r run) float32 { return 10 * float32(utf8.RuneCountInString(r.text)) }

func lineTexts(lines [][]piece) []string {
	var all []string
	for _, l := range lines {
		var text string
		for _, p := range l {
			text += p.text
		}
		all = append(all, text)
	}
	return all
}

func TestWrapBreaksLinesWhereReadersExpectIt(t *testing.T) {
	bold := func(s string) run { return run{s, style{bold: true}} }
	plain := func(s string) run { return run{text: s} }
	for _, c := range []struct {
		name string
		runs []run
		want []string
	}{
		{"nothing", nil, []string{""}},
		{"what fits stays", []run{plain("two words")}, []string{"two words"}},
		{"at a space", []run{plain("three short words")}, []string{"three", "short", "words"}},
		{"the space at the end is dropped", []run{plain("abcdefghij  k")}, []string{"abcdefghij", "k"}},
		{"a word of two styles stays whole", []run{plain("abcdef "), bold("gh"), plain("ijk")}, []string{"abcdef", "ghijk"}},
		{"a long word is chopped", []run{plain("abcdefghijklm")}, []string{"abcdefghij", "klm"}},
		{"a newline begins a line", []run{plain("a\n\nb")}, []string{"a", "", "b"}},
		{"code keeps its indentation", []run{plain("if {\n    go\n}")}, []string{"if {", "    go", "}"}},
		{"Chinese needs no spaces", []run{plain("那它会影响发布版本的吗")}, []string{"那它会影响发布版本的", "吗"}},
		{"no line begins with a full stop", []run{plain("那它会影响发布版本的。")}, []string{"那它会影响发布版本", "的。"}},
		{"a quote closes where it was opened", []run{plain("会影响发布“版本”的吗")}, []string{"会影响发布“版本”的", "吗"}},
		{"a closing quote goes along with its letter", []run{plain("那它会影响发布“版本”的吗")}, []string{"那它会影响发布“版", "本”的吗"}},
		{"an opening quote goes along with its letter", []run{plain("那它会影响发布版“本”的吗")}, []string{"那它会影响发布版", "“本”的吗"}},
		{"a mark of another style goes along", []run{plain("那它会影响发布版"), bold("本的"), plain("”吗")}, []string{"那它会影响发布版本", "的”吗"}},
		{"a no-break space holds", []run{plain("abcdefg 10\u00a0ms")}, []string{"abcdefg", "10\u00a0ms"}},
	} {
		if got := lineTexts(wrap(c.runs, 100, byRune)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNoLineBeginsOrEndsWithAMarkThatBelongsToTheOther(t *testing.T) {
	for marks, wrong := range map[string]func(line, mark string) bool{
		"、。，．：；！？”’」』】〕〉》〗〙〛〞〟）］｝｠｣»›)]},.:;!?%％…—·・ー々っょァ～／": strings.HasPrefix,
		"“‘「『【〔〈《〖〘〚〝（［｛｟｢«‹([{￥$":                           strings.HasSuffix,
	} {
		for _, r := range marks {
			mark := string(r)
			for width := 20; width <= 100; width += 10 {
				for _, runs := range [][]run{
					{{text: "那它会影" + mark + "响发布版本吗"}},
					{{text: "那它会影"}, {mark, style{bold: true}}, {text: "响发布版本吗"}},
				} {
					for _, line := range lineTexts(wrap(runs, float32(width), byRune)) {
						if wrong(line, mark) {
							t.Errorf("a line of %d: %s", width, line)
						}
					}
				}
			}
		}
	}
}

func TestCodeWithinASentenceHasRoomForItsGround(t *testing.T) {
	lines := wrap([]run{{text: "在"}, {"Serve", style{boxed: true}}, {text: "中忽"}, {"a", style{boxed: true}}}, 100, byRune)
	if got, want := lineTexts(lines), []string{"在Serve中忽", "a"}; !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i, want := range []float32{0, 10 + padBoxed, 60 + 2*padBoxed} {
		if got := lines[0][i].x; got != want {
			t.Errorf("%q begins at %v, want %v", lines[0][i].text, got, want)
		}
	}
	if got := lines[1][0].x; got != padBoxed {
		t.Errorf("code at the beginning of a line begins at %v", got)
	}
}

func TestATextThatIsThereAsAWholeEndsOnALineOfMoreThanALetter(t *testing.T) {
	const ten = 10 // what a letter is wide, and high
	for _, c := range []struct {
		name, text string
		width      float32
		want       []string
	}{
		{"one line", "短句。", 100, []string{"短句。"}},
		{"a letter and its mark", "那它会影响发布版本。", 90, []string{"那它会影响发布", "版本。"}},
		{"a short word", "ask it in the bar or so", 210, []string{"ask it in the bar", "or so"}},
		{"enough of it", "ask it in the bar", 130, []string{"ask it in the", "bar"}},
		{"there is no room", "ask it in the bar x", 60, []string{"ask it", "in the", "bar x"}},
		{"a word that cannot come along", "averylongword so", 130, []string{"averylongword", "so"}},
	} {
		if got := lineTexts(wrapWhole([]run{{c.text, style{size: ten}}}, c.width, byRune)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLinesInTheMiddleAreAboutAsLongAsOneAnother(t *testing.T) {
	got := lineTexts(wrapEven([]run{{text: "and ask about what you see now."}}, 280, byRune))
	if want := []string{"and ask about", "what you see now."}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNoLineIsBrokenAtANoBreakSpace(t *testing.T) {
	for _, text := range []string{"见设置\u00a0›\u00a0声音里", "see Settings\u00a0›\u00a0Voice now"} {
		for width := 170; width < 260; width += 10 {
			for _, line := range lineTexts(wrap([]run{{text: text}}, float32(width), byRune)) {
				if strings.HasPrefix(line, "›") || strings.HasSuffix(line, "›") {
					t.Errorf("a line of %d: %q", width, line)
				}
			}
		}
	}
}

func FuzzWrapLosesNoWord(f *testing.F) {
	f.Add("some words, a verylongwordthatdoesnotfit 那它会影响。\n\tend", "boxed", uint8(50))
	f.Fuzz(func(t *testing.T, a, b string, width uint8) {
		if !utf8.ValidString(a + b) {
			return // the protocol carries no such text
		}
		runs := []run{{text: a}, {b, style{boxed: true}}}
		lines := wrap(runs, float32(width), byRune)
		squeeze := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r == '\n' || isSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		if got, want := squeeze(strings.Join(lineTexts(lines), "")), squeeze(a+b); got != want {
			t.Errorf("%q became %q", want, got)
		}
		for _, l := range lines {
			for i, p := range l {
				if end := p.x + p.width; end > float32(width) && (i > 0 || utf8.RuneCountInString(strings.TrimSpace(p.text)) > 1) && strings.TrimSpace(p.text) == p.text {
					t.Errorf("a line of %v is wider than %d: %q", end, width, p.text)
				}
			}
		}
	})
}
