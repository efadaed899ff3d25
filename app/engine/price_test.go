package engine

import "testing"

func TestAPriceIsByTheListOfTheServiceThatIsKnown(t *testing.T) {
	for _, c := range []struct {
		host, model   string
		input, output float64
	}{
		{"api.openai.com", "gpt-4o", 2.5, 10},
		{"api.openai.com", "gpt-4o-2024-08-06", 2.5, 10},
		{"api.openai.com", "gpt-4o-mini", 0.15, 0.6},
		{"api.openai.com", "gpt-4o-something-new", 0, 0},
		{"api.openai.com", "unheard-of", 0, 0},
		{"example.com", "gpt-4o", 0, 0},
		{"", "gpt-4o", 0, 0},
	} {
		in, out, known := ListPrice(c.host, c.model)
		if in != c.input || out != c.output || known != (c.input > 0) {
			t.Errorf("%s at %q: %v, %v, %v, want %v, %v", c.model, c.host, in, out, known, c.input, c.output)
		}
	}
}
