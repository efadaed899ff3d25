package offline

import (
	"errors"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"aside/app/engine"
	"aside/audio"
	"aside/vision"
)

// needLanguages skips a test without languages to read, unless all must be
// there.
func needLanguages(t *testing.T, names ...string) {
	t.Helper()
	need(t, tesseract())
	var l languages
	installed, err := l.installed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if !slices.Contains(installed, n) {
			if os.Getenv("ASIDE_TEST_ALL") != "" {
				t.Fatalf("%s is not installed", packageOf(n))
			}
			t.Skipf("%s is not installed", packageOf(n))
		}
	}
}

// written is a sheet with lines on it.
func written(t *testing.T, font string, size float64, text string) sheet {
	t.Helper()
	s := newSheet(int(40*size), int(32*size), color.White, color.Black)
	if int(size)%4 == 0 {
		s = newSheet(int(40*size), int(32*size), color.Gray{20}, color.Gray{220})
	}
	s.write(face(t, font, size), 12, 9, int(1.5*size), strings.Split(text, "\n")...)
	return s
}

// alike is the share of the characters of want, but for spaces, that got has
// in their order.
func alike(got, want string) float64 {
	squeezed := func(s string) []rune { return []rune(strings.Join(strings.Fields(s), "")) }
	x, y := squeezed(got), squeezed(want)
	longest := make([]int, len(y)+1)
	for _, r := range x {
		before := 0
		for j := range y {
			above := longest[j+1]
			if r == y[j] {
				longest[j+1] = before + 1
			} else {
				longest[j+1] = max(above, longest[j])
			}
			before = above
		}
	}
	return float64(longest[len(y)]) / float64(len(y))
}

func TestChineseIsReadAsItIsWritten(t *testing.T) {
	needLanguages(t, simplifiedHan, traditionalHan)
	var r reader
	for _, tt := range []struct {
		name, text string
		sizes      []float64
		least      float64
	}{
		{"simplified", simplifiedText, []float64{12, 16}, 0.95}, {"traditional", traditionalText, []float64{12, 20}, 0.9},
		{"code with comments", mixedText, []float64{14}, 0.85},
	} {
		for _, size := range tt.sizes {
			t.Run(fmt.Sprintf("%s, %v pixels", tt.name, size), func(t *testing.T) {
				p, missing, err := r.read(t.Context(), vision.Shot{Pixels: written(t, "han", size, tt.text).RGBA})
				if err != nil || missing != nil {
					t.Fatalf("%v, missing %v", err, missing)
				}
				got := strings.Join(p.lines, "\n")
				if share := alike(got, tt.text); share < tt.least {
					t.Errorf("%.0f %% of the characters were read:\n%s", 100*share, got)
				}
				runes := []rune(got)
				for i := 1; i+1 < len(runes); i++ {
					if runes[i] == ' ' && unicode.Is(unicode.Han, runes[i-1]) && unicode.Is(unicode.Han, runes[i+1]) {
						t.Errorf("there is a space in %q", string(runes[max(0, i-4):min(len(runes), i+5)]))
					}
				}
			})
		}
	}
}

func TestWhatLooksLikeHan(t *testing.T) {
	for _, tt := range []struct {
		name, font, text string
		want             bool
	}{
		{"code", "mono", python, false}, {"prose", "regular", prose, false},
		{"crowded letters", "regular", strings.Repeat("gBg8 §gß Eg& @g% #g$ ", 3), false},
		{"simplified", "han", simplifiedText, true}, {"traditional", "han", traditionalText, true},
		{"code with comments", "han", mixedText, true},
	} {
		for _, size := range []float64{11, 12, 13, 14, 15, 16, 20, 28, 40} {
			p := ink(written(t, tt.font, size, tt.text).RGBA)
			if lines := hanLines(p, lineHeight(p)); (len(lines) > 0) != tt.want {
				t.Errorf("%s, %v pixels: %v", tt.name, size, lines)
			}
		}
	}
}

// speaking puts a tesseract in front of the PATH that knows only some
// languages, and returns the file that lists how it was called.
func speaking(t *testing.T, known ...string) string {
	t.Helper()
	needLanguages(t, known...)
	path, err := tesseract().find()
	if err != nil {
		t.Fatal(err)
	}
	calls := filepath.Join(t.TempDir(), "calls")
	script(t, tesseract(), fmt.Sprintf(`echo "$@" >> %s
case $1 in
--list-langs) printf 'List of available languages in "/x/" (9):\n%s\nosd\n' ;;
*) exec %s "$@" ;;
esac`, calls, strings.Join(known, `\n`), path))
	return calls
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(content)), "\n")
}

func TestALanguageThatIsMissingIsNamed(t *testing.T) {
	for _, tt := range []struct {
		name, text, title string
		known             []string
		hint              string
	}{
		{"no Chinese", simplifiedText, "", []string{english}, "apt install tesseract-ocr-chi-sim tesseract-ocr-chi-tra"},
		{"no Chinese, and the title is simplified", simplifiedText, "关于这个设置", []string{english}, "apt install tesseract-ocr-chi-sim"},
		{"the other one, by the title", traditionalText, "關於這個設定", []string{english, simplifiedHan}, "apt install tesseract-ocr-chi-tra"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			speaking(t, tt.known...)
			s := vision.Shot{Title: tt.title, Pixels: written(t, "han", 16, tt.text+"\nerror: no such file").RGBA}
			r := ask(t, New(Config{}), engine.Prompt{Question: "what does the error say"}, &s, audio.Clip{})
			warnings := collect[engine.Warning](r)
			if r.err != nil || len(warnings) != 1 || warnings[0].Err.Code != "ocr_language_missing" || warnings[0].Err.Hint != tt.hint {
				t.Fatalf("got %v, warnings %+v", r.err, warnings)
			}
			if !strings.Contains(r.text(), "no such file") || len(collect[engine.Done](r)) != 1 {
				t.Errorf("the answer is %q", r.text())
			}
		})
	}
}

func TestEnglishIsReadAtOnceAndLanguagesAreAskedForOnce(t *testing.T) {
	calls := speaking(t, english, simplifiedHan, traditionalHan)
	e := New(Config{})
	for _, s := range []sheet{written(t, "mono", 14, python), written(t, "han", 14, simplifiedText), written(t, "han", 14, simplifiedText)} {
		shot := vision.Shot{Pixels: s.RGBA}
		if r := ask(t, e, engine.Prompt{Question: "find x"}, &shot, audio.Clip{}); r.err != nil || len(collect[engine.Warning](r)) > 0 {
			t.Fatalf("%v, %+v", r.err, r.events)
		}
	}
	var got []string
	for _, l := range lines(t, calls) {
		_, language, _ := strings.Cut(l, "-l ")
		language, _, _ = strings.Cut(language, " ")
		got = append(got, language)
	}
	want := []string{"eng", "", "chi_sim", "chi_tra", "chi_sim+eng", "chi_sim", "chi_tra", "chi_sim+eng"}
	if !slices.Equal(got, want) {
		t.Errorf("read in %q, want %q", got, want)
	}
}

func TestIconsAreNoChinese(t *testing.T) {
	s := written(t, "regular", 16, prose)
	for y := 400; y < 416; y++ { // a row of finely striped icons, as high as letters
		for x := 16; x < 300; x++ {
			if x%24 < 18 && (y%4 == 0 || x%6 == 0) {
				s.Set(x, y, color.White)
			}
		}
	}
	if p := ink(s.RGBA); len(hanLines(p, lineHeight(p))) == 0 {
		t.Fatal("they do not even look like it")
	}
	for _, known := range [][]string{{english}, {english, simplifiedHan}} {
		t.Run(strings.Join(known, " "), func(t *testing.T) {
			calls := speaking(t, known...)
			shot := vision.Shot{Pixels: s.RGBA}
			r := ask(t, New(Config{}), engine.Prompt{Question: "find gutter"}, &shot, audio.Clip{})
			if r.err != nil || len(collect[engine.Warning](r)) > 0 {
				t.Errorf("%v, %+v", r.err, collect[engine.Warning](r))
			}
			all := lines(t, calls)
			if last := all[len(all)-1]; !strings.Contains(last, "-l eng --psm 3") {
				t.Errorf("read by %q", last)
			}
		})
	}
}

func TestTheDoctorNamesTheLanguages(t *testing.T) {
	for _, tt := range []struct {
		known []string
		want  Item
	}{
		{[]string{"chi_sim", "chi_tra", "eng", "osd"}, Item{Found: "chi_sim, chi_tra, eng", OK: true}},
		{[]string{"eng", "chi_sim"}, Item{Found: "eng, chi_sim", OK: true, More: "To read Chinese: apt install tesseract-ocr-chi-tra"}},
		{[]string{"osd"}, Item{More: "To read Chinese: apt install tesseract-ocr-chi-sim tesseract-ocr-chi-tra"}},
	} {
		tt.want.Name, tt.want.Package = "languages of text", "tesseract-ocr-eng"
		if got := languageItem(tt.known); got != tt.want {
			t.Errorf("%q: got %+v", tt.known, got)
		}
	}
}

func TestPunctuationOfHanHasItsOwnForm(t *testing.T) {
	for line, want := range map[string]string{
		"  错误 : 无法打开 , 请检查 ,": "  错误：无法打开，请检查，",
		"# 主机: localhost":     "# 主机: localhost",
		"a, b: c":             "a, b: c",
		"说 ! a 中 , 文":         "说 ! a 中，文",
		"中文  ":                "中文  ",
	} {
		if got := punctuated(line); got != want {
			t.Errorf("%q became %q, want %q", line, got, want)
		}
	}
}

func FuzzPunctuated(f *testing.F) {
	f.Add("错误 : 无法")
	f.Add("\xff, ")
	f.Fuzz(func(t *testing.T, line string) {
		if !utf8.ValidString(line) {
			return
		}
		got := punctuated(line)
		if han(got) != han(line) || utf8.RuneCountInString(strings.ReplaceAll(got, " ", "")) != utf8.RuneCountInString(strings.ReplaceAll(line, " ", "")) {
			t.Errorf("%q became %q", line, got)
		}
	})
}

func FuzzLanguages(f *testing.F) {
	f.Add("List of available languages in \"/usr/share/tessdata/\" (2):\nchi_sim\neng\n")
	f.Add("Error, 1\nscript/HanS\r\n")
	f.Fuzz(func(t *testing.T, listed string) {
		for _, n := range parseLanguages(listed) {
			if n == "" || strings.ContainsAny(n, " +\"\n") || !strings.Contains(listed, n) {
				t.Errorf("%q is a language", n)
			}
		}
	})
}

func FuzzLayout(f *testing.F) {
	f.Add([]byte{10, 20, 30, 5, 'a', 60, 20, 30, 5, 'b'}, true)
	f.Add([]byte{200, 1, 255, 1, 0xe4, 0, 0, 1, 1, 'x'}, false)
	f.Fuzz(func(t *testing.T, content []byte, apart bool) {
		var words []word
		for i := 0; i+5 <= len(content) && len(words) < 300; i += 5 {
			c := content[i : i+5]
			w := word{sure: 90, text: strings.Repeat(string(rune(c[4])+'人'*rune(c[4]&1)), 1+int(c[3]&7))}
			w.box.Min.X, w.box.Min.Y = 37*int(c[0]), 11*int(c[1])
			w.box.Max.X, w.box.Max.Y = w.box.Min.X+1+int(c[2]), w.box.Min.Y+1+int(c[3])
			if w.line = [3]int{0, 0, int(c[1])}; apart {
				w.part = [3]int{0, int(c[0] / 64)}
			}
			if w.text = plain(w.text); w.text != "" {
				words = append(words, w)
			}
		}
		letters, kept := 0, 0
		for _, a := range areasOf(words) {
			for _, r := range a.rows {
				for _, w := range r.words {
					letters += utf8.RuneCountInString(w.text)
				}
			}
		}
		for _, l := range newPage(words).lines {
			kept += utf8.RuneCountInString(strings.ReplaceAll(l, " ", ""))
		}
		if kept != letters {
			t.Errorf("of %d characters %d are left", letters, kept)
		}
	})
}
