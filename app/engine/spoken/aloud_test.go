package spoken

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSignsAndUnitsBecomeWords(t *testing.T) {
	for written, want := range map[string]string{
		"It takes 5 ms.":                    "It takes 5 milliseconds.",
		"It takes 1 s or 2.5s.":             "It takes 1 second or 2.5 seconds.",
		"It has 10 GB, not 512MB.":          "It has 10 gigabytes, not 512 megabytes.",
		"It reads 5 MB/s at 3.2 GHz.":       "It reads 5 megabytes per second at 3.2 gigahertz.",
		"3.5× faster, or 2x.":               "3.5 times faster, or 2 times.",
		"Keep it ≤ 5 ms and ≥2.":            "Keep it at most 5 milliseconds and at least 2.",
		"It costs ~5 or ≈ 6 of them.":       "It costs about 5 or about 6 of them.",
		"a -> b → c":                        "a to b to c",
		"File→Save":                         "File to Save",
		"10–20 of them":                     "10 to 20 of them",
		"10–20 ms, 10-20 ms, 5%–10%":        "10 to 20 milliseconds, 10 to 20 milliseconds, 5 percent to 10 percent",
		"1,284 files and 12,345,678 lines":  "1284 files and 12345678 lines",
		"50 % of it, 12.5%":                 "50 percent of it, 12.5 percent",
		"Press Ctrl+C or Ctrl+Shift+T.":     "Press Control C or Control Shift T.",
		"Press Ctrl + C or Alt + Tab.":      "Press Control C or Alt Tab.",
		"Press Cmd-Q, Alt+F4.":              "Press Command Q, Alt F4.",
		"20 °C or 90°":                      "20 degrees Celsius or 90 degrees",
		"a 1920×1080 picture, 3 × 4":        "a 1920 by 1080 picture, 3 times 4",
		"x = 5 & y != 6, ±2":                "x equals 5 and y is not 6, plus or minus 2",
		"Some editors, e.g. vim, i.e., vi.": "Some editors, for example, vim, that is, vi.",
		"Wait 30s, or 120s.":                "Wait 30 seconds, or 120 seconds.",
		"It runs at 60 km/h.":               "It runs at 60 kilometres per hour.",
		"50%-60% of it":                     "50 percent to 60 percent of it",
		"See issue #42.":                    "See issue number 42.",
		"a < 5 > b":                         "a less than 5 more than b",
		"响应时间是 5 ms，最多 10 GB。":              "响应时间是 5毫秒，最多 10吉字节。",
		"快了 3.5×，占 50%。":                    "快了 3.5倍，占 百分之50。",
		"大约 10–20 个，≤ 5，~3 次":               "大约 10到20 个，小于等于5，大约3 次",
		"按 Ctrl+C 退出，A → B":                 "按 Control C 退出，A到B",
		"一共 1,284 个文件，10~20 ms":             "一共 1284 个文件，10到20毫秒",
		"气温20℃左右，100 km/h":                  "气温摄氏20度左右，100公里每小时",
		"气温 20 °C，分辨率 1920×1080":            "气温 摄氏20度，分辨率 1920乘1080",
	} {
		if got := Aloud(written); got != want {
			t.Errorf("%q is said as %q, want %q", written, got, want)
		}
	}
}

func TestSignsOfCodeAreSaid(t *testing.T) {
	for markdown, want := range map[string]string{
		"If a == b, or a===b.":                                              "If a equals b, or a equals b.",
		"Not a != b, and not a!=b.":                                         "Not a is not b, and not a is not b.",
		"So a <= b && c>=d || e.":                                           "So a at most b and c at least d or e.",
		"Here x := 5 and f: x => x + 1.":                                    "Here x colon equals 5 and f: x to x plus 1.",
		"Pass --force-with-lease, (--all) or -rf.":                          "Pass dash dash force-with-lease, (dash dash all) or dash rf.",
		"It waits... then --- or -- goes -5.":                               "It waits... then --- or -- goes -5.",
		"Run `git push --force` or `rm -rf x`.":                             "Run git push dash dash force or rm dash rf x.",
		"Run `find . -name x`, then `cd ..`.":                               "Run find dot dash name x, then cd dot dot.",
		"Run `go test ./...` with `.env`.":                                  "Run go test dot/ dot dot dot with dot env.",
		"It is `err != nil && !ok`, or `!f(x)`.":                            "It is err is not nil and not ok, or not f(x).",
		"See `a - b`, `x-1`, `f(a)-1`, `utf-8`, `a * b`, `n % 2`, `* * *`.": "See a minus b, x minus 1, f(a) minus 1, utf-8, a times b, n mod 2, * * *.",
		"See `ps | wc`, `f(a...)`, `a.b`, `x[0]`.":                          "See ps pipe wc, f(a dot dot dot), a.b, x[0].",
		"O(n^2), x^3, 2^10, e^-1, `n^k`.":                                   "O(n squared), x cubed, 2 to the 10, e to the -1, n to the k.",
		"如果 `x == nil` 就运行 `git push --force`。":                             "如果 x等于nil 就运行 git push 杠杠 force。",
		"当 a != b && c <= d 时，n^2 > 5。":                                     "当 a不等于b并且c小于等于d 时，n的平方大于5。",
		"运行 `cd ..` 和 `ps | wc`，用 -v 或 `!ok`。":                              "运行 cd 点点 和 ps 管道 wc，用 杠 v 或 非ok。",
		"See [!] and <!-- --> wow! a, `a ! b`, ^.":                          "See [!] and wow! a, a ! b, ^.",
	} {
		var got []string
		s := Splitter{Whole: true}
		for _, p := range append(s.Add(markdown), s.Rest()...) {
			got = append(got, p.Aloud)
		}
		if joined := strings.Join(got, " "); joined != want {
			t.Errorf("%q is said as %q, want %q", markdown, joined, want)
		}
	}
}

func TestWhatIsNoNumberStaysAsItIsWritten(t *testing.T) {
	for _, s := range []string{
		"Go 1.26.3 and v2 of it.", "It is 0xFF, not 0x10.", "Commit 3f2a1b7 of 2026-11-25.", "At 10.0.0.1, port 8080.", "Since 1.2.3 s is there.", "In the 1990s and the 80s.", "In 1980s style, in her 30s.", "100s of them",
		"Call 555-1234.", "sha256 and md5 of utf-8", "The path ~/src/main.go", "well-known things", "Room 4g", "Vitamin B12", "a/b is c", "x86 and i7-8650U", "std::string p->next",
		"It is 10:30 now.", "See RFC 2616, section 3.", "the user_5s name", "Plan 5 A", "C++ and C# code", "Ctrl is a key.", "使用 Go 1.26.3 版本", "在 2026-11-25 提交",
	} {
		if got := Aloud(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestFormulasAreSaid(t *testing.T) {
	for markdown, want := range map[string]string{
		"Here $x^2 \\le 5$ ms holds.":                                "Here x squared at most 5 ms holds.",
		"It is $2x$, $4 s$ or $5g$, and 5 g.":                        "It is 2 x, 4 s or 5 g, and 5 grams.",
		`So \(x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}\).`:               "So the formula.",
		`The $n$th of \(\pi\).`:                                      "The nth of pi.",
		"设$x^2$为 $5，不是 $6。":                                          "设x 的平方为 $5，不是 $6。",
		"好的：\n`git commit --amend`\n运行 `git commit --amend`。\n$x^2$": "好的： git commit 杠杠 amend 运行 git commit 杠杠 amend。 x 的平方",
		`所以 $\sum_i x_i$ 最大。`:                                        "所以 公式 最大。",
	} {
		var got []string
		s := Splitter{Whole: true}
		for _, p := range append(s.Add(markdown), s.Rest()...) {
			got = append(got, p.Aloud)
		}
		if joined := strings.Join(got, " "); joined != want {
			t.Errorf("%q is said as %q, want %q", markdown, joined, want)
		}
	}
}

func TestWhatIsWrittenIsKeptBesideWhatIsSaid(t *testing.T) {
	got := pieces("It takes **5 ms**, at 50 %.")
	if len(got) != 2 || got[0] != (Piece{"It takes 5 ms,", "It takes 5 milliseconds,", true}) || got[1] != (Piece{"at 50 %.", "at 50 percent.", false}) {
		t.Errorf("%+v", got)
	}
}

func FuzzAloud(f *testing.F) {
	for _, s := range []string{"10–20 ms, 5 MB/s, ~3.5× ≤ 50 %", "Ctrl+C -> 1,284 × 3", "快了 3.5×，占 50%", "e.g. 1990s 0xFF 10-20 %", "\xff°#1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, words string) {
		got := Aloud(words)
		if utf8.ValidString(words) && !utf8.ValidString(got) {
			t.Errorf("%q became %q", words, got)
		}
		if strings.Trim(words, "abcdefghijklmnopqrstuvwxyz .") == "" && !strings.Contains(words, ".") && got != strings.Join(strings.Fields(words), " ") {
			t.Errorf("plain words %q became %q", words, got)
		}
		if len(got) > 16*len(words)+16 {
			t.Errorf("%d bytes became %d", len(words), len(got))
		}
	})
}
