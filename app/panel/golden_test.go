package panel

import (
	"flag"
	"fmt"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"aside/app/control"
)

var (
	update     = flag.Bool("update", false, "write the golden renders anew")
	pictureDir = flag.String("pictures", "", "folder for pictures of all golden renders, to be looked at")
)

// token is the name of a colour, as the palette has it.
func (p palette) token(c color.Color) string {
	r, g, b, a := c.RGBA()
	for _, t := range []struct {
		name string
		c    color.NRGBA
	}{
		{"paper", p.paper}, {"raised", p.raised}, {"line", p.line}, {"ink", p.ink}, {"dim", p.dim}, {"faint", p.faint}, {"code", p.code},
		{"spoken", p.spoken}, {"keyword", p.keyword}, {"string", p.text}, {"number", p.number}, {"listening", p.listening},
		{"thinking", p.thinking}, {"speaking", p.speaking}, {"understanding", p.understanding},
	} {
		if tr, tg, tb, ta := t.c.RGBA(); tr == r && tg == g && tb == b && ta == a {
			return t.name
		}
	}
	return fmt.Sprintf("%02x%02x%02x%02x", r>>8, g>>8, b>>8, a>>8)
}

// sketch writes everything that is drawn below o, one object a line: what it
// is, where, how large, in which colour. Fyne brings its own fonts, so it is
// the same on every machine.
func sketch(p palette, o fyne.CanvasObject, at fyne.Position, b *strings.Builder) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	line := func(kind string, c color.Color, words string) {
		n := func(f float32) int { return int(math.Round(float64(f))) }
		size := o.Size()
		fmt.Fprintf(b, "%-5s %4d %4d %4d %4d  %-9s %s\n", kind, n(at.X), n(at.Y), n(size.Width), n(size.Height), p.token(c), words)
	}
	switch o := o.(type) {
	case *canvas.Text:
		if o.Text != "" {
			line("text", o.Color, fmt.Sprintf("%g %q", o.TextSize, o.Text))
		}
	case *canvas.Rectangle:
		if o.FillColor != nil && o.FillColor != color.Transparent {
			line("rect", o.FillColor, "")
		}
	case *canvas.Circle:
		line("ring", o.FillColor, "")
	case *canvas.Arc:
		line("arc", o.FillColor, "")
	case *fyne.Container:
		for _, c := range o.Objects {
			sketch(p, c, at, b)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			sketch(p, c, at, b)
		}
	}
}

// goldens are the states of every widget that a turn has.
func goldens() map[string]string {
	const code = "```go\\nif err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {\\n\\treturn fmt.Errorf(\\\"serve: %w\\\", err) // 2 listeners\\n}\\n```"
	const shot = `"shots":[{"capture":"window","program":"editor","title":"server.go","lines":212,"pictures":[{"width":1280,"height":800,"bytes":84000,"sha256":"ab","whole":true,"mime":"image/png"}],"tokens":1105,"sent":true,"covered":1}]`
	const times = `"usage":{"input":1000,"output":284,"cost":0.0053,"currency":"USD"},"timings":{"sample":12,"request":20,"transcript":300,"first_text":900,"first_sound":1300,"done":2000}`
	return map[string]string{
		"ready":     `{"phase":"idle","model":"gpt-4o"}`,
		"listening": `{"phase":"listening","model":"gpt-4o","level":0.6,"since":"2026-01-01T00:00:00Z","turn":{"id":"t1","question":"why is the listener closed twice","partial":true,` + shot + `}}`,
		"thinking":  `{"phase":"thinking","model":"gpt-4o","since":"2026-01-01T00:00:00Z","turn":{"id":"t1","question":"Why is the listener closed twice?","outcome":"asked",` + shot + `}}`,
		"speaking": `{"phase":"speaking","model":"gpt-4o","level":0.5,"turn":{"id":"t1","question":"Why is the listener closed twice?","outcome":"asked",` + shot + `,
			"answer":"Shutdown closes it, and the deferred call closes it again. Keep only the one in Shutdown and ignore the closed error in Serve.\n\n` + code + `\n\nWith that, the second close is gone",
			"sentence":"Keep only the one in Shutdown and ignore the closed error in Serve.",` + strings.Replace(times, `,"done":2000`, "", 1) + `}}`,
		"answered": `{"phase":"idle","model":"gpt-4o","turn":{"id":"t1","question":"Why is the listener closed twice?","outcome":"answered","engine":"chat","model":"gpt-4o","host":"api.openai.com",` + shot + `,
			"answer":"Shutdown closes it.\n\n` + code + `",` + times + `}}`,
		"markdown": `{"phase":"idle","model":"gpt-4o","turn":{"id":"t1","question":"Show me everything","outcome":"answered","engine":"chat","model":"gpt-4o","host":"api.openai.com",
			"answer":"# Heading one\n\nText with **bold**, *italic*, ` + "`code`" + ` and [a link](https://go.dev/doc).\n\n## Heading two\n\n### Heading three\n\n- one\n- two\n  1. nested\n  2. lists\n     - deep\n- [x] done\n\n> A quote\n> of two lines\n\n| Name | Size | Kind |\n|:--|--:|:-:|\n| a.go | 12 | file |\n| vendor | 3400 | dir |\n\nThe root is $x = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a}$ and\n\n$$\\sum_{i=1}^{n} i^2 \\le \\infty$$\n\n---\n\n` + "```python\\ndef f(x):\\n    # double\\n    return 2 * x + len('abc')\\n```" + `",` + times + `}}`,
		"conversing": `{"phase":"listening","microphone":"open","latched":true,"model":"gpt-realtime","level":0.3,"since":"2026-01-01T00:00:00Z",
			"talk":{"since":"2025-12-31T23:57:50Z","turns":3,"waits":true,"usage":{"input":4100,"output":900,"cost":0.0412,"currency":"USD"}},
			"turn":{"id":"t1","question":"Why is the listener closed twice?","outcome":"answered","engine":"realtime","model":"gpt-realtime","host":"api.openai.com","answer":"Shutdown closes it.",` + times + `}}`,
		"heard": `{"phase":"idle","model":"gpt-4o","turn":{"id":"t1","question":"Why is the listener closed twice?","outcome":"interrupted","heard":"Shutdown closes it, and the deferred call closes it again.",
			"answer":"Shutdown closes it, and the deferred call closes it again. Keep only the one in Shutdown.",` + times + `}}`,
		"failed": `{"phase":"idle","model":"gpt-4o","error":{"code":"net_dns","message":"The service's name cannot be found.","hint":"Check the network."},"turn":{"id":"t1","question":"Why?","outcome":"failed","retry":true,
			"problem":{"code":"net_dns","message":"The service's name cannot be found.","hint":"Check the network."}}}`,
	}
}

func TestEveryWidgetIsDrawnAsItWas(t *testing.T) {
	for name, json := range goldens() {
		for _, dark := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s %v", name, dark), func(t *testing.T) {
				theme := map[bool]string{true: "dark", false: "light"}[dark]
				b, _ := newThemedBody(t, theme)
				s := snapshot(t, json)
				s.Since = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
				b.showing(s)
				if turn := b.turns["t1"]; turn != nil {
					turn.over.MouseIn(nil)
				}
				portray(t, b, name+"-"+theme)
				if !dark {
					return
				}
				var got strings.Builder
				for _, part := range b.Objects[1:4] { // what stands between the header and the pages
					sketch(b.sheet.palette, part, fyne.Position{}, &got)
				}
				compare(t, filepath.Join("testdata", "golden", name+".txt"), got.String())
			})
		}
	}
}

// portray writes what the body looks like, if somebody wants to look.
func portray(t *testing.T, b *body, name string) {
	t.Helper()
	if *pictureDir == "" {
		return
	}
	f, err := os.Create(filepath.Join(*pictureDir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, fyne.CurrentApp().Driver().CanvasForObject(b.Container).Capture()); err != nil {
		t.Fatal(err)
	}
}

// compare holds what was drawn against the golden render.
func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("line %d of %s differs: is it better? then go test ./app/panel -run Drawn -update\n%s", i+1, path, strings.Join(g[max(0, min(i, len(g))-2):min(i+3, len(g))], "\n"))
		}
	}
}

func TestWhatLiesOverAndBesideATurnIsDrawnAsItWas(t *testing.T) {
	for _, c := range []struct {
		name string
		show func(*body)
	}{
		{"attached", func(b *body) {
			b.footer.bag.add(attachment{name: "screenshot of the build.png", image: make([]byte, 84000)})
			b.footer.bag.add(attachment{name: "build.log", text: "one\ntwo\nthree"})
			b.footer.deep.set("", b.footer.deep.text.Text, true)
		}},
		{"tip", func(b *body) {
			b.tip.show("https://go.dev/ref/spec/a/very/long/path/that/goes/on?with=a&query=that&says=what&was=on-the-screen")
		}},
		{"picker", func(b *body) {
			known := offers{at: time.Now(), voices: control.Voices{Names: []string{"alloy", "ash", "marin"}, Now: "marin"}, models: control.Models{Names: []string{"gpt-4o", "gpt-4o-mini", "gpt-5", "gpt-5-mini", "o3"}}}
			b.pages.enter(menuItem{page: func(s *sheet) page {
				return newPicker(s, "gpt-4o", known, pickerWishes{fetch: func(func(offers, error)) {}, grown: func() {}})
			}})
		}},
		{"keyboard", func(b *body) {
			fyne.CurrentApp().Driver().CanvasForObject(b.Container).Focus(b.turns["t1"].tools.insert)
		}},
	} {
		for _, theme := range []string{"dark", "light"} {
			t.Run(c.name+" "+theme, func(t *testing.T) {
				b, _ := newThemedBody(t, theme)
				b.showing(snapshot(t, goldens()["answered"]))
				c.show(b)
				portray(t, b, c.name+"-"+theme)
				if theme == "light" {
					return
				}
				var got strings.Builder
				parts := []fyne.CanvasObject{b.footer.Container, b.tip.Container, b.turns["t1"].foot}
				if c.name == "picker" {
					parts = []fyne.CanvasObject{b.pages.holder}
				}
				for _, part := range parts {
					sketch(b.sheet.palette, part, fyne.Position{}, &got)
				}
				compare(t, filepath.Join("testdata", "golden", c.name+".txt"), got.String())
			})
		}
	}
}
