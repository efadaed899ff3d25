package vision

import (
	"image"
	"testing"
)

func TestAPictureFitsTheModelsRule(t *testing.T) {
	tests := []struct {
		model  string
		native image.Point
		want   image.Point
		tokens int
	}{
		{"gpt-4o", image.Pt(1920, 1080), image.Pt(1365, 768), 85 + 6*170},
		{"openai/gpt-4o", image.Pt(640, 480), image.Pt(640, 480), 85 + 2*170},
		{"gpt-4o-mini", image.Pt(512, 512), image.Pt(512, 512), 2833 + 5667},
		{"gpt-5.4", image.Pt(1920, 1080), image.Pt(1920, 1080), 2040},
		{"gpt-5.4", image.Pt(3840, 2160), image.Pt(2048, 1152), 2304},
		{"somebody-7b", image.Pt(926, 845), image.Pt(926, 845), 783},
		{"claude-opus", image.Pt(1000, 1000), image.Pt(1000, 1000), 1296},
		{"gpt-4o", image.Pt(1, 9000), image.Pt(1, 2048), 85 + 4*170},
	}
	for _, tt := range tests {
		r := RuleFor(tt.model)
		got := r.Fit(tt.native)
		if got != tt.want || r.Tokens(got) != tt.tokens {
			t.Errorf("%s takes %v as %v for %d tokens, want %v for %d", tt.model, tt.native, got, r.Tokens(got), tt.want, tt.tokens)
		}
	}
}

func TestAnEmptyPictureFitsAsNothing(t *testing.T) {
	if got := (Rule{}).Fit(image.Point{}); got != (image.Point{}) {
		t.Errorf("an empty picture fits as %v", got)
	}
}

func FuzzFitKeepsTheRule(f *testing.F) {
	f.Add("gpt-4o", 1920, 1080)
	f.Add("qwen3-vl", 15360, 8640)
	f.Add("", 1, 100000)
	f.Fuzz(func(t *testing.T, model string, w, h int) {
		w, h = 1+abs(w)%20000, 1+abs(h)%20000
		r := RuleFor(model)
		got := r.Fit(image.Pt(w, h))
		switch {
		case got.X < 1 || got.Y < 1 || got.X > w || got.Y > h:
			t.Fatalf("%s: %d×%d fits as %v", model, w, h, got)
		case r.MaxSide > 0 && max(got.X, got.Y) > r.MaxSide:
			t.Fatalf("%s: %d×%d as %v is longer than %d", model, w, h, got, r.MaxSide)
		case r.Budget > 0 && r.patches(got) > r.Budget:
			t.Fatalf("%s: %d×%d as %v has %d patches", model, w, h, got, r.patches(got))
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}
