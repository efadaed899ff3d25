package panel

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"aside/app/control"
)

// These are the costs of making what is drawn; the drawing itself is the
// graphics card's. What a window does with it is measured in app/e2e.

// answerOf is an answer of that many tokens, with everything that answers have.
func answerOf(tokens int) []string {
	const section = "## Why it fails\n\nThe **listener** is closed twice: `Shutdown` closes it, and the deferred call closes it again, " +
		"which is harmless and yet reported. See [the docs](https://go.dev/doc).\n\n- first of all\n- and then\n  1. in order\n\n" +
		"```go\nif err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {\n\treturn fmt.Errorf(\"serve: %w\", err) // why\n}\n```\n\n" +
		"| name | size |\n|---|--:|\n| a.go | 12 |\n| b.go | 3400 |\n\nWith $x^2 \\le y$ the rest follows. "
	var all []string
	for len(all) < tokens {
		for text := section; text != ""; {
			n := min(len(text), 4)
			all = append(all, text[:n])
			text = text[n:]
		}
	}
	return all[:tokens]
}

const (
	streamTokens = 800 // 80 a second for 10 s
	perUpdate    = 7   // that come between two frames
	streamTime   = 10 * time.Second
)

// stream feeds an answer as it comes and reports the share of a core that all
// updates take, and the worst of them in the stream that others on this machine
// disturbed least.
func stream(b *testing.B, update func(text string, grows bool)) {
	b.Helper()
	tokens := answerOf(streamTokens)
	update(strings.Join(tokens, ""), true) // the fonts are read once: see warm
	worst, all := time.Hour, time.Duration(0)
	for b.Loop() {
		here := time.Duration(0)
		var text strings.Builder
		for i, t := range tokens {
			text.WriteString(t)
			if i%perUpdate != 0 && i != len(tokens)-1 {
				continue
			}
			began := time.Now()
			update(text.String(), i != len(tokens)-1)
			took := time.Since(began)
			all += took
			here = max(here, took)
		}
		worst = min(worst, here)
	}
	b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
	b.ReportMetric(100*all.Seconds()/float64(b.N)/streamTime.Seconds(), "%core")
}

func BenchmarkStreaming(b *testing.B) {
	app := test.NewApp()
	b.Cleanup(app.Quit)
	s := &sheet{colours(true), 368}
	b.Run("ours", func(b *testing.B) {
		var a *answer
		last := ""
		stream(b, func(text string, grows bool) {
			if a == nil || !strings.HasPrefix(text, last) { // the next one
				a = newAnswer(s, actions{})
			}
			last = text
			a.set(text, grows)
			a.say("The listener is closed twice:")
		})
	})
	b.Run("a plain RichText", func(b *testing.B) {
		r := widget.NewRichText()
		r.Wrapping = fyne.TextWrapWord
		r.Resize(fyne.NewSize(368, 800))
		stream(b, func(text string, _ bool) {
			r.ParseMarkdown(text)
			r.Resize(fyne.NewSize(368, r.MinSize().Height))
		})
	})
}

func BenchmarkMegabyte(b *testing.B) {
	app := test.NewApp()
	b.Cleanup(app.Quit)
	s := &sheet{colours(true), 368}
	text := strings.Join(answerOf((1<<20)/4), "")
	whole := func(a *answer, grows bool) (worst time.Duration) {
		for a.behind = true; a.behind; {
			began := time.Now()
			a.set(text, grows)
			worst = max(worst, time.Since(began))
		}
		return worst
	}
	b.Run("at once", func(b *testing.B) {
		var worst time.Duration
		for b.Loop() {
			worst = max(worst, whole(newAnswer(s, actions{}), false))
		}
		b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
	})
	b.Run("one more token", func(b *testing.B) {
		a := newAnswer(s, actions{})
		whole(a, true)
		more := text + "\n\nAnd"
		for b.Loop() {
			more += " more"
			a.set(more, true)
		}
	})
}

func BenchmarkOffer(b *testing.B) {
	p, _ := newTestPump(0)
	s := control.Snapshot{Turn: &control.View{ID: "t"}}
	for b.Loop() {
		s.Seq++
		p.offer(s, false)
	}
}

// BenchmarkColour colours a block of 4 KB, which is the most that is coloured
// with one update.
func BenchmarkColour(b *testing.B) {
	code := strings.Repeat("if err := srv.Serve(ln); err != nil {\n\treturn fmt.Errorf(\"serve: %w\", err) // why\n}\n", 50)[:longestPart]
	g := grammarOf("go")
	b.SetBytes(int64(len(code)))
	for b.Loop() {
		g.colour(code, style{}, lexing{})
	}
}
