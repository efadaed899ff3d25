package vision

import (
	"image"
	"math"
	"strings"
)

// Rule is how a model family prices and shrinks pictures. The zero Rule is
// that of an unknown model: 1,536 patches of 32 pixels, at most 2,048 pixels
// on a side.
type Rule struct {
	Name      string
	MaxSide   int     // longest side, pixels
	MaxShort  int     // shortest side, pixels; 0 means no such limit
	Patch     int     // side of a patch or tile, pixels
	Budget    int     // most patches; 0 means no limit
	Base, Per int     // tokens: Base + Per for each patch or tile
	Factor    float64 // multiplies the tokens; 0 means 1
}

// unknown is the rule of a model that nobody described: what the smallest
// budget among the common families leaves whole.
func unknown() Rule {
	return Rule{Name: "unknown", MaxSide: 2048, Patch: 32, Budget: 1536, Per: 1}
}

// families are the rules by the beginning of the model's name; the first that
// fits counts. The figures are those of the services' own guides to images.
func families() []struct {
	prefix string
	rule   Rule
} {
	patches := func(budget int, factor float64) Rule {
		return Rule{Name: "patches", MaxSide: 2048, Patch: 32, Budget: budget, Per: 1, Factor: factor}
	}
	tiles := func(base, per int) Rule {
		return Rule{Name: "tiles", MaxSide: 2048, MaxShort: 768, Patch: 512, Base: base, Per: per}
	}
	qwen := Rule{Name: "qwen", MaxSide: 3584, Patch: 28, Budget: 1280, Per: 1}
	gemini := Rule{Name: "gemini", MaxSide: 3072, Patch: 768, Budget: 4, Per: 258}
	claude := Rule{Name: "claude", MaxSide: 1568, Patch: 28, Budget: 1568, Per: 1}
	return []struct {
		prefix string
		rule   Rule
	}{
		{"gpt-4o-mini", tiles(2833, 5667)},
		{"gpt-4o", tiles(85, 170)},
		{"chatgpt-4o", tiles(85, 170)},
		{"gpt-4.1-mini", patches(1536, 1.62)},
		{"gpt-4.1-nano", patches(1536, 2.46)},
		{"gpt-4.1", tiles(85, 170)},
		{"o4-mini", patches(1536, 1.72)},
		{"o1", tiles(75, 150)},
		{"o3", tiles(75, 150)},
		{"gpt-5-mini", patches(1536, 1.62)},
		{"gpt-5-nano", patches(1536, 2.46)},
		{"gpt-5.4", patches(2500, 1)},
		{"gpt-5.5", patches(2500, 1)},
		{"gpt-5.6", patches(2500, 1.2)},
		{"gpt-5", tiles(70, 140)},
		{"claude", claude},
		{"gemini", gemini},
		{"qwen", qwen},
	}
}

// RuleFor returns the rule of the family that model belongs to. A name may be
// led by a vendor, as in openai/gpt-4o.
func RuleFor(model string) Rule {
	name := strings.ToLower(model[strings.LastIndexByte(model, '/')+1:])
	for _, f := range families() {
		if strings.HasPrefix(name, f.prefix) {
			return f.rule
		}
	}
	return unknown()
}

func (r Rule) orUnknown() Rule {
	if r.Patch == 0 {
		return unknown()
	}
	return r
}

// Fit returns the largest size with the proportions of native that the model
// takes without shrinking it further. It never enlarges.
func (r Rule) Fit(native image.Point) image.Point {
	r = r.orUnknown()
	long, short := float64(max(native.X, native.Y)), float64(min(native.X, native.Y))
	if short <= 0 {
		return image.Point{}
	}
	scale := min(1, float64(r.MaxSide)/long)
	if r.MaxShort > 0 {
		scale = min(scale, float64(r.MaxShort)/short)
	}
	if r.Budget > 0 {
		area := float64(r.Budget) * float64(r.Patch) * float64(r.Patch)
		if r.patches(scaled(native, scale)) > r.Budget {
			scale = min(scale, math.Sqrt(area/(long*short)))
		}
		// What the area allows may still be cut into too many patches, since
		// those at the edges count whole.
		for r.patches(scaled(native, scale)) > r.Budget {
			scale *= 0.995
		}
	}
	return scaled(native, scale)
}

// Tokens is what a picture of this size costs.
func (r Rule) Tokens(size image.Point) int {
	r = r.orUnknown()
	tokens := float64(r.Base + r.Per*r.patches(size))
	if r.Factor != 0 {
		tokens *= r.Factor
	}
	return int(math.Ceil(tokens))
}

func (r Rule) patches(size image.Point) int {
	return ((size.X + r.Patch - 1) / r.Patch) * ((size.Y + r.Patch - 1) / r.Patch)
}

func scaled(size image.Point, scale float64) image.Point {
	return image.Pt(max(1, int(math.Round(float64(size.X)*scale))), max(1, int(math.Round(float64(size.Y)*scale))))
}
