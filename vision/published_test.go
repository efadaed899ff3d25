package vision

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// The rules as the services publish them, said again in whole numbers where
// that is possible. A picture that has been fitted must be left alone by them,
// and cost what they say.
type published struct {
	models []string
	fit    func(native image.Point) image.Point
	tokens func(sent image.Point) int
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// within shrinks to a longest side.
func within(p image.Point, longest int) image.Point {
	if long := max(p.X, p.Y); long > longest {
		return image.Pt(max(1, p.X*longest/long), max(1, p.Y*longest/long))
	}
	return p
}

// tiled: fit into 2,048 by 2,048, then the shorter side to 768, then count the
// tiles of 512.
func tiled(base, each int, models ...string) published {
	return published{models, func(p image.Point) image.Point {
		native := p
		p = within(p, 2048)
		// The second step is from the native size, as rounding twice would
		// cost a line of pixels.
		if short := min(native.X, native.Y); min(p.X, p.Y) > 768 {
			return image.Pt(native.X*768/short, native.Y*768/short)
		}
		return p
	}, func(p image.Point) int {
		return base + each*ceilDiv(p.X, 512)*ceilDiv(p.Y, 512)
	}}
}

// patched: fit into 2,048; if that has too many patches of 32, shrink by
// f = √(budget·32²/(w·h)), and by the lesser of ⌊w·f/32⌋/(w·f/32) and the same
// of h. With a = w·f/32 and b = h·f/32, a/b = w/h and a·b = budget.
func patched(budget, hundredths int, models ...string) published {
	root := func(num, den int) int { // ⌊√(budget·num/den)⌋
		n := int(math.Sqrt(float64(budget*num) / float64(den)))
		for (n+1)*(n+1)*den <= budget*num {
			n++
		}
		for n*n*den > budget*num {
			n--
		}
		return n
	}
	return published{models, func(native image.Point) image.Point {
		p := within(native, 2048)
		if ceilDiv(p.X, 32)*ceilDiv(p.Y, 32) <= budget {
			return p
		}
		w, h := native.X, native.Y
		a, b := root(w, h), root(h, w)
		if a*h <= b*w { // ⌊a⌋/a is the lesser
			return image.Pt(32*a, 32*a*h/w)
		}
		return image.Pt(32*b*w/h, 32*b)
	}, func(p image.Point) int {
		return ceilDiv(ceilDiv(p.X, 32)*ceilDiv(p.Y, 32)*hundredths, 100)
	}}
}

// clauded: as large as the longest side and the patches of 28 allow.
func clauded(longest, budget int, models ...string) published {
	tokens := func(p image.Point) int { return ceilDiv(p.X, 28) * ceilDiv(p.Y, 28) }
	return published{models, func(p image.Point) image.Point {
		for side := min(longest, max(p.X, p.Y)); ; side-- {
			if q := within(p, side); tokens(q) <= budget {
				return q
			}
		}
	}, tokens}
}

// smart is smart_resize of qwen-vl-utils, with the most pixels that we allow.
func smart(factor int, models ...string) published {
	const least, most = 4, 1280
	f := float64(factor)
	resize := func(p image.Point) (w, h float64, over bool) {
		x, y := float64(p.X), float64(p.Y)
		w, h = max(f, math.RoundToEven(x/f)*f), max(f, math.RoundToEven(y/f)*f)
		switch {
		case w*h > most*f*f:
			beta := math.Sqrt(x * y / (most * f * f))
			return max(f, math.Floor(x/beta/f)*f), max(f, math.Floor(y/beta/f)*f), true
		case w*h < least*f*f:
			beta := math.Sqrt(least * f * f / (x * y))
			return math.Ceil(x*beta/f) * f, math.Ceil(y*beta/f) * f, false
		}
		return w, h, false
	}
	return published{models, func(p image.Point) image.Point {
		if w, h, over := resize(p); over {
			return image.Pt(int(w), int(h))
		}
		return p // it is snapped there, by less than half a patch
	}, func(p image.Point) int {
		w, h, _ := resize(p)
		return int(w / f * h / f)
	}}
}

func everyRule() []published {
	same := func(p image.Point) image.Point { return within(p, 3072) }
	return []published{
		tiled(85, 170, "gpt-4o", "gpt-4o-2024-11-20", "openai/chatgpt-4o-latest", "gpt-4.1", "gpt-4.5-preview"),
		tiled(2833, 5667, "gpt-4o-mini"),
		tiled(70, 140, "gpt-5", "gpt-5-chat-latest", "gpt-5.1"),
		tiled(75, 150, "o1", "o1-pro", "o3"),
		tiled(65, 129, "computer-use-preview"),
		patched(1536, 162, "gpt-4.1-mini", "gpt-5-mini", "gpt-5.4-mini"),
		patched(1536, 246, "gpt-4.1-nano", "gpt-5-nano", "gpt-5.4-nano"),
		patched(1536, 172, "o4-mini"),
		patched(1536, 100, "", "somebody-7b", "gpt-5.2", "gpt-5-codex", "gpt-5.3-codex"),
		patched(2500, 100, "gpt-5.4", "gpt-5.5"),
		patched(2500, 120, "gpt-5.6"),
		clauded(1568, 1568, "claude-3-5-sonnet-latest", "anthropic/claude-opus-4-1", "claude-haiku-4-5"),
		clauded(2576, 4784, "claude-opus-4-7", "claude-sonnet-5"),
		{[]string{"gemini-2.5-flash", "google/gemini-2.0-pro"}, same, func(p image.Point) int { return 258 * ceilDiv(p.X, 768) * ceilDiv(p.Y, 768) }},
		{[]string{"gemini-3-pro", "gemini-flash-latest"}, same, func(image.Point) int { return 1101 }},
		smart(28, "qwen2-vl", "qwen2.5-vl-7b-instruct"),
		smart(32, "qwen3-vl:8b", "qwen/qwen3.5"),
	}
}

// twoHundred sizes: screens that are sold, sizes at the edges of the rules, and
// any others up to two of the largest screens side by side.
func twoHundred() []image.Point {
	sizes := []image.Point{
		{1280, 720}, {1366, 768}, {1440, 900}, {1600, 900}, {1920, 1080}, {1920, 1200}, {2256, 1504}, {2560, 1440},
		{2880, 1800}, {3000, 2000}, {3440, 1440}, {3840, 1080}, {3840, 2160}, {5120, 1440}, {5120, 2880}, {7680, 4320},
		{15360, 8640}, {1080, 1920}, {1800, 2400}, {1600, 961}, {1536, 1024}, {2048, 768}, {2048, 769}, {2049, 768},
		{512, 512}, {513, 512}, {1, 1}, {27, 28}, {14, 42}, {10, 50}, {1, 150}, {9000, 60}, {60, 9000}, {2048, 2048}, {1024, 1024},
		{1092, 1092}, {951, 1268}, {784, 1568},
	}
	dice := rand.New(rand.NewPCG(2, 0))
	for len(sizes) < 200 {
		long := 1 + dice.IntN(1<<(5+dice.IntN(10)))
		p := image.Pt(long, max(1, long/190, dice.IntN(long)))
		if dice.IntN(3) == 0 {
			p.X, p.Y = p.Y, p.X
		}
		sizes = append(sizes, p)
	}
	return sizes
}

func TestTwoHundredSizesFitAndCostWhatTheServicesPublish(t *testing.T) {
	tried := map[Rule]bool{}
	for _, want := range everyRule() {
		for _, model := range want.models {
			r := RuleFor(model)
			tried[r] = true
			for _, native := range twoHundred() {
				sent := r.Fit(native)
				if fit := want.fit(native); sent != fit {
					t.Errorf("%s takes %v as %v, its rule as %v", model, native, sent, fit)
				}
				if again := want.fit(sent); again != sent {
					t.Errorf("%s would make %v of the %v that are sent for %v", model, again, sent, native)
				}
				if got, cost := r.Tokens(sent), want.tokens(sent); got != cost {
					t.Errorf("%s counts %d tokens for %v, its rule %d", model, got, sent, cost)
				}
			}
		}
	}
	for _, f := range families() {
		if !tried[f.rule] {
			t.Errorf("no size was tried on %s", f.prefix)
		}
	}
}

func TestThePublishedExamplesHold(t *testing.T) {
	for _, tt := range []struct {
		model        string
		native, sent image.Point
		tokens       int
	}{
		{"gpt-4.1-mini", image.Pt(1800, 2400), image.Pt(1056, 1408), 2353}, // 1,452 patches
		{"gpt-5.2", image.Pt(1920, 1080), image.Pt(1649, 928), 1508},
		{"gpt-5.4", image.Pt(2560, 1440), image.Pt(2048, 1152), 2304},
		{"gpt-4o", image.Pt(1190, 1050), image.Pt(870, 768), 765},
		{"gpt-4o", image.Pt(2048, 512), image.Pt(2048, 512), 765},
		{"claude-3-5-sonnet", image.Pt(951, 1268), image.Pt(951, 1268), 1564},
		{"claude-3-5-sonnet", image.Pt(3000, 3000), image.Pt(1092, 1092), 1521},
		{"gemini-2.5-pro", image.Pt(1920, 1080), image.Pt(1920, 1080), 1548},
	} {
		r := RuleFor(tt.model)
		if got := r.Fit(tt.native); got != tt.sent || r.Tokens(got) != tt.tokens {
			t.Errorf("%s takes %v as %v for %d tokens, want %v for %d", tt.model, tt.native, got, r.Tokens(got), tt.sent, tt.tokens)
		}
	}
}
