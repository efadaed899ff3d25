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
	MaxSide   int     // longest side, pixels; 0 means no such limit
	MaxShort  int     // shortest side, pixels; 0 means no such limit
	Patch     int     // side of a patch or tile, pixels
	Budget    int     // most patches; 0 means no limit
	Over      Over    // what is done with a picture of more
	Base, Per int     // tokens: Base + Per for each patch or tile
	Factor    float64 // multiplies the tokens; 0 means 1
}

// Over is how a family shrinks a picture that has more patches than its budget.
type Over int

// The ways that are known.
const (
	// Largest keeps the proportions and shrinks no more than it must.
	Largest Over = iota
	// Whole shrinks to the area of the budget, and then until the side that
	// must give way most is a whole number of patches.
	Whole
	// Snapped gives each side a whole number of patches, by itself. Smaller
	// pictures are snapped to the nearest ones, too, and to at least four.
	Snapped
)

// leastSnapped is how many patches a snapped picture has at least.
const leastSnapped = 4

// unknown is the rule of a model that nobody described: what the smallest
// budget among the common families leaves whole.
func unknown() Rule { return patches(1536, 1).named("unknown") }

func (r Rule) named(name string) Rule {
	r.Name = name
	return r
}

func patches(budget int, factor float64) Rule {
	return Rule{Name: "patches", MaxSide: 2048, Patch: 32, Budget: budget, Over: Whole, Per: 1, Factor: factor}
}

func tiles(base, per int) Rule {
	return Rule{Name: "tiles", MaxSide: 2048, MaxShort: 768, Patch: 512, Base: base, Per: per}
}

// qwen takes up to 16,384 patches, which a machine at home reads for minutes:
// the budget is the one that its authors' examples set.
func qwen(patch int) Rule {
	return Rule{Name: "qwen", Patch: patch, Budget: 1280, Over: Snapped, Per: 1}
}

func claude(side, budget int) Rule {
	return Rule{Name: "claude", MaxSide: side, Patch: 28, Budget: budget, Per: 1}
}

// families are the rules by the beginning of the model's name; the first that
// fits counts. The figures are those of the services' own guides to images.
func families() []struct {
	prefix string
	rule   Rule
} {
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
		{"gpt-4.5", tiles(85, 170)},
		{"o4-mini", patches(1536, 1.72)},
		{"o1", tiles(75, 150)},
		{"o3", tiles(75, 150)},
		{"computer-use-preview", tiles(65, 129)},
		{"gpt-5-mini", patches(1536, 1.62)},
		{"gpt-5-nano", patches(1536, 2.46)},
		{"gpt-5-codex", patches(1536, 1)},
		{"gpt-5.1-codex", patches(1536, 1)},
		{"gpt-5.2", patches(1536, 1)},
		{"gpt-5.3", patches(1536, 1)},
		{"gpt-5.4-mini", patches(1536, 1.62)},
		{"gpt-5.4-nano", patches(1536, 2.46)},
		{"gpt-5.4", patches(2500, 1)},
		{"gpt-5.5", patches(2500, 1)},
		{"gpt-5.6", patches(2500, 1.2)},
		{"gpt-5", tiles(70, 140)},
		{"claude-opus-4-7", claude(2576, 4784)},
		{"claude-opus-4.7", claude(2576, 4784)},
		{"claude-opus-5", claude(2576, 4784)},
		{"claude-sonnet-5", claude(2576, 4784)},
		{"claude", claude(1568, 1568)},
		{"gemini-1", Rule{Name: "gemini", MaxSide: 3072, Patch: 768, Per: 258}},
		{"gemini-2", Rule{Name: "gemini", MaxSide: 3072, Patch: 768, Per: 258}},
		{"gemini", Rule{Name: "gemini", MaxSide: 3072, Patch: 768, Base: 1101}}, // the same at any size
		{"qwen2", qwen(28)},
		{"qwen", qwen(32)},
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

// Fit returns the size that the model would make of a picture of native size,
// so that it need not. It never enlarges.
func (r Rule) Fit(native image.Point) image.Point {
	r = r.orUnknown()
	long, short := max(native.X, native.Y), min(native.X, native.Y)
	if short <= 0 {
		return image.Point{}
	}
	scale := 1.0
	if r.MaxSide > 0 {
		scale = min(scale, float64(r.MaxSide)/float64(long))
	}
	if r.MaxShort > 0 {
		scale = min(scale, float64(r.MaxShort)/float64(short))
	}
	size := scaled(native, scale)
	if r.Budget == 0 || r.patches(size) <= r.Budget {
		return size
	}
	switch r.Over {
	case Whole:
		return r.whole(native)
	case Snapped:
		return r.snapped(native)
	}
	for side := max(size.X, size.Y) - 1; r.patches(size) > r.Budget; side-- {
		size = scaled(native, float64(side)/float64(long))
	}
	return size
}

// across is how many patches lie along each side when native has shrunk to the
// area of the budget: hardly ever a whole number.
func (r Rule) across(native image.Point) (x, y float64) {
	ratio := float64(native.X) / float64(native.Y)
	return math.Sqrt(float64(r.Budget) * ratio), math.Sqrt(float64(r.Budget) / ratio)
}

func (r Rule) whole(native image.Point) image.Point {
	x, y := r.across(native)
	scale := x * float64(r.Patch) / float64(native.X)
	return scaled(native, scale*min(floor(x)/x, floor(y)/y))
}

func (r Rule) snapped(native image.Point) image.Point {
	x, y := r.across(native)
	columns, rows := max(1, int(floor(x))), max(1, int(floor(y)))
	columns, rows = min(columns, r.Budget/rows), min(rows, r.Budget/columns)
	return image.Pt(min(native.X, columns*r.Patch), min(native.Y, rows*r.Patch))
}

// Tokens is what a picture of this size costs.
func (r Rule) Tokens(size image.Point) int {
	r = r.orUnknown()
	tokens := float64(r.Base + r.Per*r.patches(size))
	if r.Factor != 0 {
		tokens *= r.Factor
	}
	return int(math.Ceil(tokens - exact))
}

// patches is how many patches a picture of this size is cut into.
func (r Rule) patches(size image.Point) int {
	if r.Over != Snapped {
		return ((size.X + r.Patch - 1) / r.Patch) * ((size.Y + r.Patch - 1) / r.Patch)
	}
	side := func(n float64) float64 { return max(1, math.RoundToEven(n/float64(r.Patch))) }
	x, y := float64(size.X), float64(size.Y)
	if n := side(x) * side(y); n >= leastSnapped || x*y == 0 {
		return int(n)
	}
	grow := math.Sqrt(leastSnapped/(x*y)) - exact
	return int(math.Ceil(x*grow) * math.Ceil(y*grow))
}

// exact is what the arithmetic of fractions may be wrong by, and more: sides
// in the proportion of three to two are whole numbers of patches.
const exact = 1e-9

func floor(n float64) float64 { return math.Floor(n + exact) }

func scaled(size image.Point, scale float64) image.Point {
	return image.Pt(max(1, int(floor(float64(size.X)*scale))), max(1, int(floor(float64(size.Y)*scale))))
}
