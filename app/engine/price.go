package engine

import "strings"

// openAI is the host whose list prices are known.
const openAI = "api.openai.com"

// Cost is what a question to a model has cost by the service's public list, in
// US dollars, if its prices are known. It is an estimate: what was cached costs
// less, and an account may have prices of its own.
func Cost(host, model string, u Usage) (cost float64, known bool) {
	if host != openAI {
		return 0, false
	}
	const million = 1e6
	best := ""
	for _, p := range []struct {
		model         string
		input, output float64 // dollars for a million tokens
	}{
		{"gpt-4o", 2.5, 10}, {"gpt-4o-mini", 0.15, 0.6}, {"gpt-4.1", 2, 8}, {"gpt-4.1-mini", 0.4, 1.6}, {"gpt-4.1-nano", 0.1, 0.4},
		{"gpt-5", 1.25, 10}, {"gpt-5-mini", 0.25, 2}, {"gpt-5-nano", 0.05, 0.4}, {"o3", 2, 8}, {"o4-mini", 1.1, 4.4},
	} {
		rest, ok := strings.CutPrefix(model, p.model)
		dated := rest == "" || strings.HasPrefix(rest, "-20")
		if ok && dated && len(p.model) > len(best) {
			best, cost = p.model, (float64(u.Input)*p.input+float64(u.Output)*p.output)/million
		}
	}
	return cost, best != ""
}
