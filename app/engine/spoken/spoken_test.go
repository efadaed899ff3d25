package spoken

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func pieces(deltas ...string) []Piece {
	var s Splitter
	var all []Piece
	for _, d := range deltas {
		all = append(all, s.Add(d)...)
	}
	return append(all, s.Rest()...)
}

// sentences are the written words of an answer that are spoken, whole.
func sentences(markdown string) (all []string) {
	s := Splitter{Whole: true}
	for _, p := range append(s.Add(markdown), s.Rest()...) {
		if p.Sentence != "" {
			all = append(all, p.Sentence)
		}
	}
	return all
}

func aloud(pieces []Piece) (all []string) {
	for _, p := range pieces {
		all = append(all, p.Aloud)
	}
	return all
}

func TestWhatIsReadOut(t *testing.T) {
	tests := []struct {
		name, markdown string
		want           []string
	}{
		{"sentences", "It is closed. Open it! Why? ", []string{"It is closed.", "Open it!", "Why?"}},
		{"the last needs no space", "One. Two", []string{"One.", "Two"}},
		{"versions and decimals stay whole", "Go 1.26 costs 3.5 ms. Good.", []string{"Go 1.26 costs 3.5 ms.", "Good."}},
		{"abbreviations", "Ask Dr. Smith, e.g. by mail, in the U.S. today. Yes.", []string{"Ask Dr. Smith, e.g. by mail, in the U.S. today.", "Yes."}},
		{"Chinese", "打开文件。然后保存！好", []string{"打开文件。", "然后保存！", "好"}},
		{"headings and lists", "## The fix\n\n1. Open it.\n2. Close it.\n- [x] done\n> quoted", []string{"The fix", "Open it.", "Close it.", "done", "quoted"}},
		{"emphasis", "It is **very** _simple_, `x_y` is ~~not~~ it.", []string{"It is very simple, x_y is not it."}},
		{"an address in Chinese", "请看https://x.y/a，然后重启。好。", []string{"请看 ，然后重启。", "好。"}},
		{"an address and the marks behind it", "Open https://x.y/z, then (see https://x.y/a) log in (https://x.y/b).", []string{"Open, then (see ) log in ."}},
		{"a link with parentheses", "See [Go](https://x.y/Go_(language)) for it.", []string{"See Go for it."}},
		{"a link by reference", "See [the page][home] for it.", []string{"See the page for it."}},
		{"code that looks like markup", "Use `a[0]`, the `<div>` tag, `vector<int>` or [`x*y`](https://x.y).", []string{"Use a[0], the <div> tag, vector<int> or x*y."}},
		{"what is multiplied", "It is 5 * 3 = 15, so 2*3 is *not* 7.", []string{"It is 5 × 3 = 15, so 2 × 3 is not 7."}},
		{"units of one character", "气温20℃，面积50㎡。", []string{"气温20℃，面积50㎡。"}},
		{"narrow marks in Chinese", "端口被占用!然后重启?好的", []string{"端口被占用!", "然后重启?", "好的"}},
		{"a remark", "Yes <!-- not this --> indeed.", []string{"Yes indeed."}},
		{"code blocks", "Try this:\n```go\nx := 1. Really?\n```\nIt works.", []string{"Try this:", "It works."}},
		{"a fence within a longer one", "````\n```\ninside\n```\n````\nout", []string{"out"}},
		{"tables", "Here:\n| a | b |\n|---|---|\n| 1 | 2 |\nDone.", []string{"Here:", "Done."}},
		{"a table without pipes around it", "Here:\n\na | b\n--- | :-:\n1 | 2. No.\n3 | 4\nDone. Go.", []string{"Here:", "Done.", "Go."}},
		{"a pipe that makes no table", "Say a | b. Or not.\nThen c | d", []string{"Say a | b.", "Or not.", "Then c | d"}},
		{"a pipe in code", "Run `ps | wc`. Done.", []string{"Run ps | wc.", "Done."}},
		{"code in an item", "1. ```sh\n   ls -la /x\n   ```\n2. Done.\nMore.", []string{"Done.", "More."}},
		{"code in an item below its words", "- Run:\n\n  ~~~\n  ls. No.\n  ~~~\n\n- Done.", []string{"Run:", "Done."}},
		{"code in an item, closed at the margin", "1. ```\nls\n```\n2. Done.", []string{"Done."}},
		{"code in a quotation", "> ```\n> code\n> ```\nDone. Next.\nMore.", []string{"Done.", "Next.", "More."}},
		{"code in an item of a quotation", "> 1. ```\n>    code\n>    ```\n> quoted\n\nMore.", []string{"quoted", "More."}},
		{"code that ends with its quotation", "> ```\n> code\n\nDone.", []string{"Done."}},
		{"what ends no block", "```\n- ```\n> ```\n    ```\ncode\n```\nDone.", []string{"Done."}},
		{"three backticks within a line", "```ls -la``` lists files.\nThen go.", []string{"ls -la lists files.", "Then go."}},
		{"indented code", "Run:\n\n    ls -la. Really.\n\n\tcd /x\n\nDone.", []string{"Run:", "Done."}},
		{"indented words of a paragraph", "It goes\n    on here.", []string{"It goes", "on here."}},
		{"indented words of a list", "1. One.\n\n    More of it.\n\n        ls\n\n   - Two.\n\n     And more.", []string{"One.", "More of it.", "Two.", "And more."}},
		{"indented code after a list", "- One.\n\nText.\n\n    ls\n\nDone.", []string{"One.", "Text.", "Done."}},
		{"indented code after a rule", "* * *\n\n    ls\n\nDone.", []string{"Done."}},
		{"links", "See [the manual. Really](https://x.y/z) or https://a.b/c now.", []string{"See the manual. Really or now."}},
		{"images and tags", "![a cat](https://x/y.png) <b>Bold</b> move.", []string{"Bold move."}},
		{"emoji and entities", "Done 🎉 &amp; dusted. ✅", []string{"Done & dusted."}},
		{"nothing to say", "---\n***\n\n", nil},
		{"quotation marks", "He said \"stop.\" Then he left.", []string{"He said \"stop.\"", "Then he left."}},
		{"a formula", `So $x^2$ is \(\frac{1}{2}\), not $$\pi$$. Then go.`, []string{"So x² is 1/2, not π.", "Then go."}},
		{"a formula with the marks of sentences", `For $n! + 1$ and \(a. B? c\) it holds. Good.`, []string{"For n! + 1 and a. B? c it holds.", "Good."}},
		{"prices and variables of a shell", "It costs $5. Or $10? Set $HOME and $PATH. Then go.", []string{"It costs $5.", "Or $10?", "Set $HOME and $PATH.", "Then go."}},
		{"a formula in code, and code in a price", "Run `echo $$ $A` for $5 `$x$`. Done.", []string{"Run echo $$ $A for $5 $x$.", "Done."}},
		{"a formula that stands alone", "So:\n\n$$\na. Really = b\n$$\n\nThen go.", []string{"So:", "Then go."}},
		{"one in square brackets", "So:\n\\[\n  x \\\\\n  y\n\\]\nThen go.", []string{"So:", "Then go."}},
		{"one in a line, with a full stop", "So:\n\\[ x. Y \\].\nThen go.", []string{"So:", "Then go."}},
		{"one in an item", "1. First:\n   $$\n   x\n   $$\n2. Then:\n\n   \\[ y \\]\n\n- $$z$$\n> $$\n> q\n> $$\n\nGo.", []string{"First:", "Then:", "Go."}},
		{"one that words follow in the line", "$$\nx\n$$ is so. Go.\n\\[y\\] is it.", []string{"x is so.", "Go.", "y is it."}},
		{"one that begins in a sentence", "So we get $$\nx = 1\n$$\nThen go.", []string{"So we get x = 1", "Then go."}},
		{"one that never ends", "So \\[ x is it.\n\nThen $$ go.", []string{"So [ x is it.", "Then $$ go."}},
		{"one in code", "```\n$$\n```\nA.\n```\n\\[\n```\nB.\n\n    $$\n\nC.", []string{"A.", "B.", "C."}},
		{"what costs a lot", "It is $$$ there. Or $$ here.\nYes.", []string{"It is $$$ there.", "Or $$ here.", "Yes."}},
		{"what is escaped", `It is \*not\* 1\.5 or \_x\_, <b>\<b\></b> in C:\dir for \$5 and \$6, \\(x\\).`, []string{`It is *not* 1.5 or _x_, <b> in C:\dir for $5 and $6, \(x\).`}},
		{"what is highlighted", "It is ==marked here==, ==高亮== too, not a==b or c==d.", []string{"It is marked here, 高亮 too, not a==b or c==d."}},
		{"footnotes", "As said[^1] there[^note].\n\n[^1]: The note of it.\n[^note]: Another.", []string{"As said there.", "The note of it.", "Another."}},
		{"where links lead to", "See [the page][home].\n\n[home]: https://x.y/z \"Its title\"\n [2]: <http://a.b>\nDone.", []string{"See the page.", "Done."}},
		{"keys and breaks", "Press <kbd>Ctrl</kbd>+<kbd>C</kbd><br/>twice, H<sub>2</sub>O <span style=\"x\">now</span>.", []string{"Press Ctrl+C twice, H 2 O now."}},
		{"what looks like tags", "A List<String> and if (a<b) or (c>d), <T>.", []string{"A List<String> and if (a<b) or (c>d), <T>."}},
		{"a task list", "- [ ] Open it\n- [x] **Close** it\n1. [ ] Then this", []string{"Open it", "Close it", "Then this"}},
		{"nested emphasis", "***Very* bold**, **a _nested_ one**, *__both__* and ~~**gone**~~.", []string{"Very bold, a nested one, both and gone."}},
		{"a name in bold", "- **Name:** the thing\n- **Path**: other\n* __Key__ – more", []string{"Name: the thing", "Path: other", "Key – more"}},
		{"a callout", "> [!NOTE]\n> Be careful.", []string{"Be careful."}},
		{"entities", "a &lt; b &amp;&amp; c &gt; d&nbsp;&mdash; &quot;e&quot; &#39;f&#x27; &hellip;", []string{"a < b && c > d — \"e\" 'f' …"}},
		{"code with a stop inside", "Call `a. b` once. Then go.", []string{"Call a. b once.", "Then go."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sentences(tt.markdown); !slices.Equal(got, tt.want) {
				t.Errorf("read out as %q, want %q", got, tt.want)
			}
		})
	}
}

func TestASentenceIsReadyBeforeTheNextHasBegun(t *testing.T) {
	var s Splitter
	if got := s.Add("The port is taken. "); len(got) != 1 {
		t.Errorf("ready: %+v", got)
	}
}

func TestAnEndlessSentenceIsCut(t *testing.T) {
	got := sentences(strings.Repeat("word ", 200))
	if len(got) < 3 {
		t.Errorf("%d pieces", len(got))
	}
	for _, g := range got {
		if len(g) > longest+10 {
			t.Errorf("a piece of %d letters", len(g))
		}
	}
}

func TestAnEndlessChineseSentenceIsCut(t *testing.T) {
	han := func(n int) string { return strings.Repeat("很长的句子没有停顿", n)[:3*n] }
	for name, tt := range map[string]struct {
		markdown string
		want     []int // runes
	}{
		"at the last clause mark":      {han(100) + "，" + han(100) + "，" + han(150), []int{202, 150}},
		"at the last space":            {han(100) + " " + han(100) + " " + han(150), []int{201, 150}},
		"between words":                {strings.Repeat("长", 300), []int{80, 220}},
		"not inside a Latin word":      {strings.Repeat("长", 70) + strings.Repeat("w", 30) + strings.Repeat("长", 200), []int{70, 230}},
		"behind a Latin word":          {strings.Repeat("w", 300) + strings.Repeat("长", 10), []int{300, 10}},
		"behind a particle":            {strings.Repeat("长", 59) + "的" + strings.Repeat("长", 240), []int{60, 240}},
		"not because of a space early": {"用 " + strings.Repeat("长", 300), []int{80, 222}},
		"not inside code":              {"运行`" + strings.Repeat("长 ", 150) + "`" + strings.Repeat("短", 20), []int{303, 19}},
		"no place, and soon":           {strings.Repeat("[长", 20000), []int{40000}},
		"one Latin word":               {strings.Repeat("w", 400), []int{400}},
	} {
		var got []int
		for _, s := range sentences(tt.markdown) {
			got = append(got, utf8.RuneCountInString(s))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: pieces of %d runes, want %d", name, got, tt.want)
		}
	}
}

func FuzzDeltasMakeNoDifference(f *testing.F) {
	f.Add("One. Two [x](y. z) `a. b`\n```\ncode\n```\n| t |\nend", 3)
	f.Add("好。\xff 1. x", 1)
	f.Add("So $x! y$ at $5. Or $a\\\\$ \\[\nx. y\n\\]. And $$ no\n\n\\( a `b` \\) - $$1$$ c", 2)
	f.Add("No. 5 in the U.S. Then, etc. 好.的"+strings.Repeat("长", 600), 2)
	f.Fuzz(func(t *testing.T, markdown string, step int) {
		whole := pieces(markdown)
		step = 1 + (step%7+7)%7
		var parts []string
		for rest := markdown; rest != ""; {
			n := min(step, len(rest))
			parts, rest = append(parts, rest[:n]), rest[n:]
		}
		if cut := pieces(parts...); !slices.Equal(whole, cut) {
			t.Fatalf("whole: %+v, cut: %+v", whole, cut)
		}
		for _, s := range whole {
			if strings.TrimSpace(s.Aloud) == "" {
				t.Fatal("an empty piece")
			}
		}
	})
}

// silenced reports whether what follows markdown is only for the eye.
func silenced(markdown string) bool {
	const more = "More of it."
	return !slices.Contains(sentences(markdown+"\n\n"+more), more)
}

func FuzzCodeIsNotReadOutAndWhatFollowsIs(f *testing.F) {
	f.Add("Run:\n1. this\n    - or", "sh", "ls. Really!\n``\n> ~~~\n- x | y\n--- | ---\n")
	f.Add("> quoted\na | b\n-|-\n1 | 2", "", "\n\n    x\n`````y")
	f.Fuzz(func(t *testing.T, before, info, code string) {
		if strings.ContainsAny(before, "`~") || strings.ContainsAny(info, "`\n") {
			t.Skip("they would be fences of their own")
		}
		if silenced(before) {
			t.Skip("nothing behind it is said")
		}
		mark := "```"
		for strings.Contains(code, mark) {
			mark += "`"
		}
		got := sentences(before + "\n\n" + mark + info + "\n" + code + "\n" + mark + "\nAfter it.")
		if want := append(sentences(before+"\n\n"), "After it."); !slices.Equal(got, want) {
			t.Fatalf("read out as %q, want %q", got, want)
		}
	})
}
