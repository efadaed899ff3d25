package engine

import (
	"math"
	"testing"
)

func TestCostIsByTheListOfTheServiceThatIsKnown(t *testing.T) {
	u := Usage{Input: 1000, Output: 100}
	for _, c := range []struct {
		host, model string
		want        float64
	}{
		{"api.openai.com", "gpt-4o", 0.0035},
		{"api.openai.com", "gpt-4o-2024-08-06", 0.0035},
		{"api.openai.com", "gpt-4o-mini", 0.00021},
		{"api.openai.com", "gpt-4o-something-new", 0},
		{"api.openai.com", "unheard-of", 0},
		{"example.com", "gpt-4o", 0},
		{"", "gpt-4o", 0},
	} {
		if got, known := Cost(c.host, c.model, u); math.Abs(got-c.want) > 1e-9 || known != (c.want > 0) {
			t.Errorf("%s at %q: %v, %v, want %v", c.model, c.host, got, known, c.want)
		}
	}
}
