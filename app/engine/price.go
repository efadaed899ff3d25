package engine

import "strings"

// openAI is the host whose list prices are known.
const openAI = "api.openai.com"

// ListPrice is what a million tokens to and from a model cost by the service's
// public list, in US dollars, if it is known. What they cost is an estimate:
// what was cached costs less, and an account may have prices of its own.
func ListPrice(host, model string) (input, output float64, known bool) {
	if host != openAI {
		return 0, 0, false
	}
	best := ""
	for _, p := range []struct {
		model         string
		input, output float64
	}{
		{"gpt-4o", 2.5, 10}, {"gpt-4o-mini", 0.15, 0.6}, {"gpt-4.1", 2, 8}, {"gpt-4.1-mini", 0.4, 1.6}, {"gpt-4.1-nano", 0.1, 0.4},
		{"gpt-5", 1.25, 10}, {"gpt-5-mini", 0.25, 2}, {"gpt-5-nano", 0.05, 0.4}, {"o3", 2, 8}, {"o4-mini", 1.1, 4.4},
	} {
		rest, ok := strings.CutPrefix(model, p.model)
		dated := rest == "" || strings.HasPrefix(rest, "-20")
		if ok && dated && len(p.model) > len(best) {
			best, input, output = p.model, p.input, p.output
		}
	}
	return input, output, best != ""
}
