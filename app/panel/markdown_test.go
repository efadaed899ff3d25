package panel

import (
	"strings"
	"testing"

	"aside/app/control"
)

// outline writes blocks as one line each.
func outline(bs []block) string {
	var lines []string
	for _, b := range bs {
		line := strings.Repeat("  ", b.level) + strings.Repeat("> ", b.quotes) + b.marker
		switch b.kind {
		case blockCode:
			line += "[" + b.lang + "]" + b.code
		case blockTable:
			line += b.code
		case blockRule:
			line += "---"
		}
		for _, r := range b.runs {
			switch {
			case r.link != "":
				line += "<" + r.text + "|" + r.link + ">"
			case r.bold:
				line += "*" + r.text + "*"
			case r.italic:
				line += "/" + r.text + "/"
			case r.boxed:
				line += "`" + r.text + "`"
			default:
				line += r.text
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestMarkdownBecomesBlocks(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "Hello\nworld", "Hello world"},
		{"lines of Chinese", "它会影响\n发布版本，\n**只此**\n一处", "它会影响发布版本，*只此*一处"},
		{"a quote after a line of Chinese", "他说\n“好”\n吗", "他说“好”吗"},
		{"lines of Chinese and English", "它会影响\nServe\n的版本\n`code`\n吗", "它会影响 Serve 的版本 `code` 吗"},
		{"lines of Korean", "이것은\n글이다", "이것은 글이다"},
		{"quoted lines of Chinese", "> 引用的文字\n> 共两行", "> 引用的文字共两行"},
		{"emphasis", "a *b* **c** `d`", "a /b/ *c* `d`"},
		{"heading", "## Why\ntext", "*Why*\ntext"},
		{"hard break", "a  \nb", "a\nb"},
		{"lists in lists", "- a\n- b\n  1. c\n  2. d\n", "  •a\n  •b\n    1.c\n    2.d"},
		{"a list may begin anywhere", "4. a\n5. b", "  4.a\n  5.b"},
		{"a list item of two paragraphs", "- a\n\n  b", "  •a\n  b"},
		{"quote", "> a\n> > b", "> a\n> > b"},
		{"code", "    x\n    y", "[]x\ny"},
		{"code in a list", "- a\n  ```go\n  x\n  ```", "  •a\n  [go]x"},
		{"rule", "a\n\n---\n", "a\n---"},
		{"table", "| a | bc |\n|---|---|\n| ddd | e |", "a    bc\n───────\nddd  e"},
		{"numbers of a table", "| a | b |\n|---|--:|\n| c | 100 |\n| d | 7 |", "a    b\n──────\nc  100\nd    7"},
		{"entities and escapes", `a &amp; b \*c\* &#65;`, "a & b *c* A"},
		{"strikethrough", "~~a~~ b", "a b"},
		{"task", "- [x] a", "  •[x] a"},
		{"link", "see [the docs](https://go.dev/doc)", "see <the docs|https://go.dev/doc> (go.dev)"},
		{"a link that says where it leads", "https://go.dev/doc", "<https://go.dev/doc|https://go.dev/doc>"},
		{"a link that lies is told apart", "[https://bank.example](https://evil.example/x)", "<https://bank.example|https://evil.example/x> (evil.example)"},
		{"a link that lies with a part of its target is told apart", "[https://support.company.com](https://t.co/x)", "<https://support.company.com|https://t.co/x> (t.co)"},
		{"a link that lies beside its target is told apart", "[bank.example via t.co](https://t.co/x)", "<bank.example via t.co|https://t.co/x> (t.co)"},
		{"a link that lies before its target is told apart", "[https://bank.example@t.co/x](https://t.co/x)", "<https://bank.example@t.co/x|https://t.co/x> (t.co)"},
		{"another page of the same host", "[https://Go.dev/](https://go.dev/doc)", "<https://Go.dev/|https://go.dev/doc>"},
		{"the host alone says where it leads", "[ go.dev](https://go.dev/doc)", "< go.dev|https://go.dev/doc>"},
		{"a link of spaces", "[&#32;](https://go.dev/doc)", "<go.dev|https://go.dev/doc>"},
		{"a password in a link is dropped", "[a](https://bank.example@evil.example/)", "<a|https://evil.example/> (evil.example)"},
		{"mail", "[write](mailto:a@b.example)", "<write|mailto:a@b.example> (a@b.example)"},
		{"javascript is text", "[a](javascript:alert)", "a"},
		{"a file is text", "[a](file:///etc/passwd)", "a"},
		{"no scheme is text", "[a](//host/x) [b](/x)", "a b"},
		{"an image is its words", "![a cat](http://evil.example/?q=secret)", "/a cat/"},
		{"an image without words", "![](http://evil.example/?q=secret)", "/picture/"},
		{"HTML is text", "a <img src=x onerror=y> b", "a <img src=x onerror=y> b"},
		{"an HTML block is text", "<script>\nalert(1)\n</script>", "<script>\nalert(1)\n</script>"},
		{"nothing", "", ""},
	} {
		if got := outline(blocks(part{text: c.text}, 46)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestATableThatIsTooWideBecomesAList(t *testing.T) {
	long := strings.Repeat("word ", 10) + "end"
	table := "| Name | About |\n|--|--|\n| a | " + long + " |\n| b | short |\n"
	for room, want := range map[int]string{
		58: "Name: a\nAbout: " + long + "\n\nName: b\nAbout: short",
		59: "Name  About\n" + strings.Repeat("─", 59) + "\na     " + long + "\nb     short",
	} {
		if got := blocks(part{text: table}, room)[0].code; got != want {
			t.Errorf("in %d columns it is\n%s\nwant\n%s", room, got, want)
		}
	}
}

func TestHostileMarkdownStaysSmall(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("> ", 2000) + "x", strings.Repeat("- ", 2000) + "x", strings.Repeat("[", 4000),
		strings.Repeat("*a ", 1300), strings.Repeat("`", 4000), strings.Repeat("<a", 2000), strings.Repeat("|a", 1000) + "|\n" + strings.Repeat("|-", 1000) + "|",
		"\x00\xff\xfe[a](\x00)", "[a]: b\n[a]",
	} {
		for _, b := range blocks(part{text: text}, 46) {
			if b.level > deepest || b.quotes > deepest || len(plain(b.runs))+len(b.code) > 16*longestPart {
				t.Errorf("%.20q…: level %d, quotes %d, %d bytes", text, b.level, b.quotes, len(plain(b.runs))+len(b.code))
			}
		}
	}
}

func FuzzMarkdownNeverOpensWhatIsUnsafe(f *testing.F) {
	f.Add("# a\n- [b](https://c) ![d](http://e)\n\n> `f`\n\n| g |\n|---|\n| h |\n<b>\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2*longestPart {
			return
		}
		for _, b := range blocks(part{text: text}, 46) {
			for _, r := range b.runs {
				scheme, _, _ := strings.Cut(strings.ToLower(r.link), ":")
				if r.link != "" && scheme != "http" && scheme != "https" && scheme != "mailto" {
					t.Errorf("%q opens %q", text, r.link)
				}
			}
		}
	})
}

func TestTheCellsOfAColumnBeginInOneLineWhateverTheyAreWrittenIn(t *testing.T) {
	if !hasChinese() {
		t.Skip("no font here has Chinese letters")
	}
	b, _ := newTestBody(t)
	v := scripts()["zh-Hant"].asked(func(v *control.View) {
		v.Shots, v.Outcome, v.Answer = nil, "answered", "| 名稱 | 類型 |\n|:--|:--|\n| a.go | 檔案 |\n| 供應商 | 目錄 |\n"
	})
	b.showing(control.Snapshot{Phase: "idle", Turn: v})
	want, _ := textAt(t, b.turns["t2"].answer.Container, "類型")
	for _, cell := range []string{"檔案", "目錄"} {
		if got, _ := textAt(t, b.turns["t2"].answer.Container, cell); got.X != want.X {
			t.Errorf("%s begins at %v, its head at %v", cell, got.X, want.X)
		}
	}
}
