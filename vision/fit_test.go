package vision

import (
	"bytes"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

// everyFamily is one model of each kind of rule.
func everyFamily() []string {
	return []string{"gpt-4o", "gpt-4.1-mini", "gpt-5.4", "claude-sonnet-4", "claude-opus-4-7", "gemini-2.5-flash", "gemini-3-pro", "qwen2.5-vl", "qwen3-vl", "unknown"}
}

// written is paper of that size with strokes of text within r.
func written(size image.Point, r image.Rectangle) *image.RGBA {
	p := page(size.X, size.Y)
	for y := range size.Y {
		for x := range size.X {
			if !image.Pt(x, y).In(r) {
				p.SetRGBA(x, y, color.RGBA{0xfb, 0xfa, 0xf7, 0xff})
			}
		}
	}
	return p
}

func fitAll(t testing.TB, s Shot, r Rule) []Encoded {
	t.Helper()
	sent, err := Fit(t.Context(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range sent {
		if r.Fit(e.Size) != e.Size {
			t.Errorf("%s would shrink a picture of %v", r.Name, e.Size)
		}
		if !e.Part.In(s.Pixels.Rect) || e.Size.X > e.Part.Dx() || e.Size.Y > e.Part.Dy() {
			t.Errorf("the part %v is sent as %v", e.Part, e.Size)
		}
		if c, _, err := image.DecodeConfig(bytes.NewReader(e.Bytes)); err != nil || image.Pt(c.Width, c.Height) != e.Size {
			t.Errorf("a picture of %v is %d×%d, %v", e.Size, c.Width, c.Height, err)
		}
		if e.Tokens <= 0 || e.Detail == "" {
			t.Errorf("a picture costs %d tokens, with detail %q", e.Tokens, e.Detail)
		}
	}
	return sent
}

// readable checks that whatever is written in a picture is in a part that is
// legible.
func readable(t testing.TB, p *image.RGBA, sent []Encoded, least float64) {
	t.Helper()
	marks := findInk(p)
	for y := 0; y < p.Rect.Dy(); y += 3 {
		for c, marked := range marks.row(y) {
			if !marked {
				continue
			}
			shown := false
			for _, e := range sent {
				shown = shown || e.Scale > least-0.01 && image.Rect(c*inkCell, y, (c+1)*inkCell, y+1).Intersect(p.Rect).In(e.Part)
			}
			if !shown {
				t.Fatalf("what is written at %d,%d is in no part that can be read", c*inkCell, y)
			}
		}
	}
}

func TestALargeDisplayIsCutSoThatAllOfItCanBeRead(t *testing.T) {
	for _, size := range []image.Point{{1920, 1080}, {3840, 2160}, {1080, 1920}} {
		p := page(size.X, size.Y)
		for _, model := range everyFamily() {
			r := RuleFor(model)
			sent := chosen(t, Shot{Pixels: p}, r)
			readable(t, p, sent, legible)
			if glance := sent[0]; len(sent) > 1 && (glance.Part != p.Rect || glance.Detail != "low" || max(glance.Size.X, glance.Size.Y) != glanceSide) {
				t.Errorf("%s begins with %v of %v", model, glance.Size, glance.Part)
			}
		}
	}
}

// chosen is what Fit would send, not encoded: that takes long in a test.
func chosen(t testing.TB, s Shot, r Rule) []Encoded {
	t.Helper()
	var sent []Encoded
	for _, c := range r.choose(s, s.Pixels) {
		if c.part.Empty() || !c.part.In(s.Pixels.Rect) || r.Fit(c.size) != c.size || c.size.X > c.part.Dx() {
			t.Errorf("%s: the part %v is sent as %v", r.Name, c.part, c.size)
		}
		sent = append(sent, Encoded{Part: c.part, Size: c.size, Scale: c.scale(), Detail: c.detail, Tokens: r.cost(c)})
	}
	return sent
}

func TestAGlanceCostsATileModelOnlyItsBase(t *testing.T) {
	if sent := fitAll(t, Shot{Pixels: page(3840, 2160)}, RuleFor("gpt-4o")); sent[0].Tokens != 85 {
		t.Errorf("it costs %d", sent[0].Tokens)
	}
}

func TestWhatIsBlankIsLeftOut(t *testing.T) {
	p := written(image.Pt(3840, 2160), image.Rect(40, 40, 1000, 400))
	sent := fitAll(t, Shot{Pixels: p}, RuleFor("gpt-4o"))
	readable(t, p, sent, legible)
	if len(sent) != 1 || sent[0].Part.Dx() > 1100 || sent[0].Part.Dy() > 450 {
		t.Errorf("sent are %d pictures, first of %v", len(sent), sent[0].Part)
	}
}

func TestOnADenseDisplayLettersAreLarger(t *testing.T) {
	p := page(2880, 1800)
	if sent := fitAll(t, Shot{Pixels: p, Density: 2}, RuleFor("gpt-4.1-mini")); len(sent) != 1 || sent[0].Part != p.Rect {
		t.Errorf("sent are %d pictures", len(sent))
	}
}

// told is what a program says that tells all that is written.
func lines(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "the quick brown fox jumps over the lazy dog, and again, and again, until it is quite enough of it"
	}
	return all
}

func TestWhatGoesAlongAsTextNeedNotBeReadInThePicture(t *testing.T) {
	p := page(2560, 1440)
	s := Shot{Pixels: p, Bounds: image.Rect(100, 100, 2660, 1540), Pointer: image.Pt(1500, 700), Words: lines(400), Complete: true}
	sent := fitAll(t, s, RuleFor("gpt-4o"))
	if len(sent) != 2 || sent[0].Part != p.Rect || sent[1].Part.Size() != image.Pt(loupeWidth, loupeHeight) || sent[1].Scale != 1 || !image.Pt(1400, 600).In(sent[1].Part) {
		t.Fatalf("sent are %d pictures: %v, %v", len(sent), sent[0].Part, sent[len(sent)-1].Part)
	}
	for what, change := range map[string]func(*Shot){
		"words that are not all":     func(s *Shot) { s.Complete = false },
		"too few for what is seen":   func(s *Shot) { s.Words = s.Words[:40] },
		"no words but a full window": func(s *Shot) { s.Words = nil },
	} {
		partly := s
		change(&partly)
		if sent := chosen(t, partly, RuleFor("gpt-4o")); len(sent) < 3 {
			t.Errorf("%s: sent are %d pictures", what, len(sent))
		}
	}
}

func TestWhatIsTooLargeToBeCutIsShownWholeAndAtThePointer(t *testing.T) {
	p := page(6000, 4000)
	sent := chosen(t, Shot{Pixels: p, Bounds: p.Rect, Pointer: image.Pt(5999, 3999)}, RuleFor("claude-sonnet-4"))
	if len(sent) != 2 || sent[0].Part != p.Rect || sent[1].Part != image.Rect(6000-loupeWidth, 4000-loupeHeight, 6000, 4000) {
		t.Errorf("sent are %d pictures", len(sent))
	}
	sent = chosen(t, Shot{Pixels: p, Bounds: p.Rect, Pointer: image.Pt(-5, 9)}, RuleFor("claude-sonnet-4"))
	if at := sent[1].Part.Min; at != image.Pt(6000/2-loupeWidth/2, 4000/2-loupeHeight/2) {
		t.Errorf("with the pointer elsewhere the part is at %v", at)
	}
}

func TestTheSameViewAgainIsShownAroundThePointer(t *testing.T) {
	p := page(1200, 800)
	sent := fitAll(t, Shot{Pixels: p, Bounds: p.Rect, Pointer: image.Pt(300, 200), Near: true}, RuleFor("gpt-4o"))
	if len(sent) != 1 || sent[0].Part != image.Rect(300-nearWidth/2, 0, 300+nearWidth/2, nearHeight) || sent[0].Scale != 1 {
		t.Errorf("sent are %d pictures, first of %v", len(sent), sent[0].Part)
	}
}

func TestAPictureKeepsToWhatAServiceTakes(t *testing.T) {
	noise := image.NewRGBA(image.Rect(0, 0, 2400, 2400))
	random := rand.NewPCG(1, 2)
	for i := 0; i < len(noise.Pix); i += 8 {
		v := random.Uint64()
		for k := range min(8, len(noise.Pix)-i) {
			noise.Pix[i+k] = byte(v >> (8 * k))
		}
	}
	for _, e := range fitAll(t, Shot{Pixels: noise}, RuleFor("gemini-3-pro")) {
		if len(e.Bytes) > maxBytes {
			t.Errorf("a picture of %v weighs %d bytes", e.Size, len(e.Bytes))
		}
	}
}

func TestTextCostsTokens(t *testing.T) {
	for text, want := range map[string]int{"": 0, "four": 1, "fours": 2, "中文字": 2, "a中": 2} {
		if got := TextTokens(text); got != want {
			t.Errorf("%q costs %d, want %d", text, got, want)
		}
	}
}

// FuzzCut cuts pictures of any size that have ink at any place.
func FuzzCut(f *testing.F) {
	f.Add(uint16(1920), uint16(1080), uint64(7))
	f.Add(uint16(3000), uint16(40), uint64(1))
	f.Fuzz(func(t *testing.T, w, h uint16, seed uint64) {
		if w == 0 || h == 0 || int(w)*int(h) > 2<<20 {
			return
		}
		p := image.NewRGBA(image.Rect(0, 0, int(w), int(h)))
		random := rand.New(rand.NewPCG(seed, 1))
		for range random.IntN(40) {
			at := image.Pt(random.IntN(int(w)), random.IntN(int(h)))
			for x := range random.IntN(200) {
				for y := range random.IntN(20) {
					p.SetRGBA(at.X+x, at.Y+y, color.RGBA{byte(x * 90), byte(y), 0, 255})
				}
			}
		}
		r := RuleFor(everyFamily()[int(seed%10)])
		marks := findInk(p)
		parts := r.cut(marks, legible)
		if len(parts) == 0 || len(parts) > maxParts {
			if len(parts) > 0 {
				t.Fatalf("%d parts", len(parts))
			}
			return
		}
		sent := make([]Encoded, len(parts))
		for i, c := range parts {
			sent[i] = Encoded{Part: c.part, Size: c.size, Scale: c.scale()}
			if c.part.Empty() || !c.part.In(p.Rect) || r.Fit(c.size) != c.size {
				t.Errorf("part %v as %v", c.part, c.size)
			}
		}
		readable(t, p, sent, legible)
	})
}

// A window may hang over the edge of the screen but for a row of pixels.
func TestAPictureOfAnySizeIsFitted(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {5000, 1}, {5000, 2}, {5000, 7}, {5000, 8}, {1, 9000}, {7, 9000}, {9000, 40}} {
		p := image.NewRGBA(image.Rectangle{Max: size})
		for i := range p.Pix {
			p.Pix[i] = byte(i/4%3*100) | byte(i%4/3*0xff) // stripes
		}
		for _, model := range []string{"", "claude", "gpt-4o", "gemini-2", "qwen2"} {
			sent, err := Fit(t.Context(), Shot{Pixels: p}, RuleFor(model))
			if err != nil || len(sent) == 0 {
				t.Errorf("%v for %q: %d pictures, %v", size, model, len(sent), err)
			}
			for _, e := range sent {
				if e.Part.Empty() || !e.Part.In(p.Rect) {
					t.Errorf("%v for %q: a part is %v", size, model, e.Part)
				}
			}
		}
	}
}
