package spoken

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestTheFirstPieceIsAClause(t *testing.T) {
	for _, tt := range []struct {
		name, markdown string
		want           []string // written, | where the sentence goes on
	}{
		{"behind a comma", "The port is taken, so choose another one, please. Then go, slowly.", []string{"The port is taken,|", "so choose another one, please.", "Then go, slowly."}},
		{"not behind fewer than three words", "Yes, of course, it works.", []string{"Yes, of course,|", "it works."}},
		{"behind a colon", "There are two ways: wait, or go.", []string{"There are two ways:|", "wait, or go."}},
		{"behind a dash", "It is closed — nobody opened it.", []string{"It is closed —|", "nobody opened it."}},
		{"before what joins", "The error means that the linker found two versions.", []string{"The error means|", "that the linker found two versions."}},
		{"before a preposition, later", "The first test failed in line five.", []string{"The first test failed|", "in line five."}},
		{"not where a word leans on the next", "The first error is in line five.", []string{"The first error is in line five."}},
		{"not behind a short sentence only", "Yes. The port is taken, so wait.", []string{"Yes.", "The port is taken,|", "so wait."}},
		{"once", "Yes, it really does. The port is taken, so wait.", []string{"Yes, it really does.", "The port is taken, so wait."}},
		{"no place", "It needs a newer version of Go.", []string{"It needs a newer version of Go."}},
		{"numbers", "It has about 1,000 or 3.5 of them.", []string{"It has about 1,000|", "or 3.5 of them."}},
		{"a list of numbers", "The open ports are 80, 443 and 22.", []string{"The open ports are 80, 443|", "and 22."}},
		{"a time", "It starts daily at 10:30 sharp.", []string{"It starts daily at 10:30 sharp."}},
		{"an abbreviation", "Use some other port, e.g., 8080 here.", []string{"Use some other port,|", "e.g., 8080 here."}},
		{"an abbreviation first", "Ask a colleague e.g., Dr. Smith there.", []string{"Ask a colleague e.g., Dr. Smith there."}},
		{"a formula", `So we say \(a, b\) or $x, y = z$ here.`, []string{`So we say a, b|`, `or x, y = z here.`}},
		{"a price", "The new one costs $5, which is fine.", []string{"The new one costs $5,|", "which is fine."}},
		{"code", "Please just run `ls a, b that c` now.", []string{"Please just run ls a, b that c now."}},
		{"a link", "Please see also [the manual, and more](https://x.y/a,b) for it.", []string{"Please see also the manual, and more|", "for it."}},
		{"parentheses", "The new one (fast, small and light) works, too.", []string{"The new one (fast, small and light) works,|", "too."}},
		{"emphasis", "**The port is taken**, so wait.", []string{"The port is taken,|", "so wait."}},
		{"an item", "1. Open the file, then save it.", []string{"Open the file,|", "then save it."}},
		{"Chinese", "端口已经被占用，请换一个。然后，好，重新启动吧。", []string{"端口已经被占用，|", "请换一个。", "然后，好，重新启动吧。"}},
		{"Chinese with narrow marks", "端口已经被占用,请换一个。", []string{"端口已经被占用,|", "请换一个。"}},
		{"Chinese, short", "好的，这个端口已经被占用，请换。", []string{"好的，这个端口已经被占用，|", "请换。"}},
		{"Chinese with English", "错误 linker error：有两个版本。", []string{"错误 linker error：|", "有两个版本。"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range pieces(tt.markdown) {
				if p.Open {
					p.Sentence += "|"
				}
				got = append(got, p.Sentence)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("said as %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAClauseIsReadyAsSoonAsItsEndHasCome(t *testing.T) {
	for _, c := range []struct{ before, now, want string }{
		{"The port is taken,", " ", "The port is taken,"},
		{"The error means that", " ", "The error means"},
		{"端口已经被占用", "，", "端口已经被占用，"},
	} {
		var s Splitter
		if got := s.Add(c.before); len(got) != 0 {
			t.Errorf("%q: too early", aloud(got))
		}
		if got := s.Add(c.now); len(got) != 1 || got[0].Sentence != c.want {
			t.Errorf("%+v is ready, want %q", got, c.want)
		}
	}
}

func TestAClauseWithoutPunctuationDoesNotSoundLikeAnEnd(t *testing.T) {
	if got := pieces("The error means that it is late."); got[0].Aloud != "The error means," {
		t.Errorf("%q", got[0].Aloud)
	}
}

func TestWhatIsLeftOutIsToldOnce(t *testing.T) {
	const code, table, formula, rest = "The code is in the panel.", "The table is in the panel.", "The formula is in the panel.", "The rest is in the panel."
	for _, tt := range []struct {
		name, markdown string
		want           []string
	}{
		{"code", "Try this:\n```go\nx\n```\nIt works.\n```\ny\n```\n", []string{"Try this:", code, "It works."}},
		{"code that never ends", "Try this:\n```go\nx", []string{"Try this:", code}},
		{"indented code", "Run:\n\n    ls\n\nDone.", []string{"Run:", code, "Done."}},
		{"code behind a clause", "Please try this one: \n```\nx\n```\nIt works.", []string{"Please try this one:", code, "It works."}},
		{"an empty block", "Yes.\n```\n\n```\nDone.", []string{"Yes.", "Done."}},
		{"a table", "Here:\n| a | b |\n|---|---|\n| 1 | 2 |\nDone.", []string{"Here:", table, "Done."}},
		{"a table without pipes around it", "Here:\n\na | b\n--- | :-:\n1 | 2\n\nDone.", []string{"Here:", table, "Done."}},
		{"formulas", "Here:\n$$\nx\n$$\nor\n\\[ y \\]\nDone.", []string{"Here:", formula, "or", "Done."}},
		{"a formula in Chinese", "如下：\n\n- $$x$$。\n\n好。", []string{"如下：", "公式在面板里。", "好。"}},
		{"a formula that is code", "Here:\n\n    $$x$$\n", []string{"Here:", code}},
		{"both", "Here:\n| a |\n|---|\n\n```\nx\n```\n", []string{"Here:", table, code}},
		{"nothing else", "```\nx\n```\n", []string{code}},
		{"nothing before", "```\nx\n```\nIt works.", []string{"It works.", code}},
		{"nothing before, in Chinese", "```\nx\n```\n这样就可以了。", []string{"这样就可以了。", "代码在面板里。"}},
		{"Chinese", "请运行：\n```\nls\n```\n| a |\n|---|\n", []string{"请运行：", "代码在面板里。", "表格在面板里。"}},
		{"an English answer about Chinese", "The word 代码 means code in English.\n```\nx\n```\n", []string{"The word 代码 means code in English.", code}},
		{"too many sentences", strings.Repeat("One. ", 14), append(slices.Repeat([]string{"One."}, mostSentences), rest)},
		{"just enough sentences", strings.Repeat("One. ", mostSentences), slices.Repeat([]string{"One."}, mostSentences)},
		{"code behind too many sentences", strings.Repeat("One. ", 14) + "\n```\nx\n```\n", append(slices.Repeat([]string{"One."}, mostSentences), rest)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			s := Splitter{Whole: !strings.Contains(tt.name, "clause")}
			for _, p := range append(s.Add(tt.markdown), s.Rest()...) {
				got = append(got, p.Aloud)
				if ours := p.Sentence == ""; ours == strings.Contains(tt.markdown, p.Aloud) {
					t.Errorf("%q stands for %q", p.Aloud, p.Sentence)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("said %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhatStandsBehindABreakIsForTheEye(t *testing.T) {
	for _, tt := range []struct {
		name, markdown string
		want           []string
	}{
		{"a break", "It is closed. Open it.\n\n---\n\nThe whole story. It is long.", []string{"It is closed.", "Open it."}},
		{"right below a sentence", "It is closed.\n---\nThe whole story.", []string{"It is closed."}},
		{"right below a sentence in Chinese", "端口被占用。\n---\n全部。", []string{"端口被占用。"}},
		{"stars", "Yes.\n\n***\n\nMore.", []string{"Yes."}},
		{"lines, with spaces", "Yes.\n\n  _ _ _  \n\nMore.", []string{"Yes."}},
		{"behind a list", "- Yes, one\n---\nMore.", []string{"Yes, one"}},
		{"at the end", "Yes.\n\n---", []string{"Yes."}},
		{"code behind it", "Yes.\n\n---\n\n```\nx\n```\n", []string{"Yes."}},
		{"before everything", "---\ntitle: x\n---\nYes. No.", []string{"title: x", "Yes.", "No."}},
		{"below a heading", "The fix\n---\nOpen it.", []string{"The fix", "Open it."}},
		{"in code", "Yes.\n```\n---\n```\nMore.", []string{"Yes.", "More."}},
		{"quoted", "Yes.\n\n> ---\n\nMore.", []string{"Yes.", "More."}},
		{"of a table", "Yes.\n\na | b\n---|---\n1 | 2\n\nMore.", []string{"Yes.", "More."}},
		{"two dashes", "Yes.\n\n--\n\nMore.", []string{"Yes.", "More."}},
		{"none", "Yes. No.\n\nMore.", []string{"Yes.", "No.", "More."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := sentences(tt.markdown); !slices.Equal(got, tt.want) {
				t.Errorf("said %q, want %q", got, tt.want)
			}
		})
	}
}

func TestABreakMayComeInPieces(t *testing.T) {
	if got := aloud(pieces("It is so.", "\n", "\n-", "-", "-", "\n", "More ", "of it.")); !slices.Equal(got, []string{"It is so."}) {
		t.Errorf("said %q", got)
	}
}

// firsts are beginnings of answers as models write them.
func firsts() []string {
	return []string{
		"The linker found two versions of libfoo, because your build adds the system path first.",
		"Your test fails because the server is not running on port 8080.",
		"That error means the file `settings.toml` cannot be parsed: there is a missing quote in line 12.",
		"You are looking at a terminal with the output of a failed build.",
		"Yes. The loop never ends, since the counter is reset in every round.",
		"It looks like the pull request is waiting for a review from two people.",
		"To fix it, add the missing import at the top of the file.",
		"This regular expression matches an email address, but it misses addresses with a plus sign.",
		"The graph shows the latency of the last seven days, with a peak on Tuesday.",
		"This is the settings page of your router. The firewall is off.",
		"The function returns a pointer to a local variable, which is freed when it ends.",
		"No, that command only lists the files; it deletes nothing.",
		"构建失败是因为链接器找到了两个版本的库，请删除旧的那个。",
		"这个错误的意思是端口已经被占用了，换一个端口就可以。",
		"这是一个终端窗口，里面是编译的输出。",
	}
}

// begins returns how many tokens of an answer it takes until the voice begins.
// Tokens are about words, and two Chinese characters.
func begins(s *Splitter, answer string) (n int) {
	for from, i := 0, 0; i <= len(answer); i++ {
		end := i == len(answer) || answer[i] == ' ' || answer[i] >= 0xC0 && i-from >= 6 // a character has three bytes
		if !end || i == from {
			continue
		}
		n++
		if len(s.Add(answer[from:i])) > 0 {
			return n
		}
		from = i
	}
	return n + 1 // the end itself
}

func TestTheVoiceBeginsEarly(t *testing.T) {
	whole, clauses := 0, 0
	for _, f := range firsts() {
		w, c := begins(&Splitter{Whole: true}, f), begins(&Splitter{}, f)
		t.Logf("%2d tokens, not %2d: %q", c, w, pieces(f)[0].Aloud)
		whole, clauses = whole+w, clauses+c
	}
	n := len(firsts())
	t.Logf("on the average %.1f tokens, not %.1f", float64(clauses)/float64(n), float64(whole)/float64(n))
	if clauses > 8*n {
		t.Errorf("the voice begins after %.1f tokens", float64(clauses)/float64(n))
	}
}

// FuzzAClauseChangesNoWords: what is highlighted while it is said is found by
// its letters.
func FuzzAClauseChangesNoWords(f *testing.F) {
	for _, s := range firsts() {
		f.Add(s)
	}
	f.Add(`so we say $(x, \frac{1}{2})$, or \(a, b\) because $5, and $x, y = 1$ or $n$`)
	f.Add("[the one page]: https://x.y and ==so, it is==, <b>or</b> List<T>, [^1]: not")
	f.Add("one two <a three, four> [five, six](seven) `eight, nine` **ten, _eleven_** &amp; twelve")
	f.Fuzz(func(t *testing.T, markdown string) {
		if strings.Contains(markdown, "|") {
			t.Skip("a clause may have been said before the line turns out to be a table's head")
		}
		var cut strings.Builder
		for _, p := range pieces(markdown) {
			cut.WriteString(p.Sentence)
		}
		whole := strings.Join(sentences(markdown), "")
		if squeeze(cut.String()) != squeeze(whole) {
			t.Errorf("cut: %q, whole: %q", cut.String(), whole)
		}
	})
}

// squeeze is the letters and digits of text, by which the panel finds it.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

func TestWhatHasBeenSaidIsCutToItsEnd(t *testing.T) {
	s := Transcript()
	for range 2 {
		pieces := append(s.Add(strings.Repeat("It is so. ", mostSentences+3)), s.Rest()...)
		if len(pieces) != mostSentences+3 || pieces[mostSentences].Sentence != "It is so." {
			t.Errorf("%d pieces: %v", len(pieces), pieces)
		}
	}
}
