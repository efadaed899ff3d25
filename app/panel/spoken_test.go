package panel

import (
	"strings"
	"testing"

	"aside/app/engine/spoken"
)

// saidOf is what the core tells of an answer, sentence by sentence.
func saidOf(markdown string) (all []string) {
	splitter := spoken.Splitter{Whole: true}
	for _, p := range append(splitter.Add(markdown), splitter.Rest()...) {
		if p.Sentence != "" {
			all = append(all, p.Sentence)
		}
	}
	return all
}

func TestWhatIsSaidIsFoundInWhatIsDrawn(t *testing.T) {
	for _, markdown := range []string{
		"It is **very** _simple_, `x_y` is ~~not~~ it. Then *go*.",
		`So $x^2 + y_1$ is \(\frac{a}{b}\), $$\pi_{max} \le \sqrt[3]{n}$$ and \(\text{if }x\). Good.`,
		"So:\n\n$$\nx^2\n$$\n\nwhere $x_i$ is $n$th. Good.\n\n- \\[ y \\] is it.",
		"It costs $5, not $6. Set $HOME and $A_B.",
		"See [the manual](https://x.y/z) or [Go](https://go.dev) for it. [This](https://a.b) too.",
		"Open https://x.y/z now, or www.a.b, then (see https://x.y/a) go on.",
		"It is so[^1] and so [2]. Good.",
		"Look ![a cat](https://x.y/z.png) here, and ![](https://x.y/z.png) there.",
		"Press <kbd>Ctrl</kbd>+<kbd>C</kbd><br>twice, H<sub>2</sub>O <b>now</b>. List<String> too.",
		"- [ ] Open it\n- [x] **Close:** it\n1. __Then__ this",
		"It is ==marked==, a == b && c. Run `git push --force`, `a[0]` or `<div>`.",
		`It is \*not\* \_x\_ and \<b\> &amp; &lt;c&gt; &hellip; "d".`,
		"设$x^2$为 $5，==高亮== 和 **粗体**。见 [手册](https://x.y)。",
		"Done 🎉 &amp; dusted ✅ at 5 °C.",
	} {
		var drawn []string
		for _, b := range blocks(part{text: markdown}, 46) {
			drawn = append(drawn, audible(b.runs))
		}
		for _, sentence := range saidOf(markdown) {
			found := false
			for _, text := range drawn {
				_, _, ok := find(text, sentence)
				found = found || ok
			}
			if !found {
				t.Errorf("%q is not in\n%s", sentence, strings.Join(drawn, "\n"))
			}
		}
	}
}

func TestWhatIsNotSaidLeavesEveryLetterInItsPlace(t *testing.T) {
	for _, b := range blocks(part{text: "See [it](https://x.y)[^1], `a[0]` <b>here</b> 和 ![图](https://x.y/z.png)。"}, 46) {
		if got, want := audible(b.runs), "See it          , a[0]    here     和    。"; got != want || len(got) != len(plain(b.runs)) {
			t.Errorf("%q of %q", got, plain(b.runs))
		}
	}
}
