package offline

import (
	"cmp"
	"slices"
	"strings"
)

// Most lines that an answer quotes.
const (
	maxErrors  = 8
	maxFound   = 30
	maxRelated = 6
)

// errorLines returns the lines that look most like errors, in the order of the
// page. Of a long list, the last ones: they are the newest.
func errorLines(lines []string) []string {
	scores := make([]int, len(lines))
	best := 0
	for i, l := range lines {
		scores[i] = errorScore(l)
		best = max(best, scores[i])
	}
	if best == 0 {
		return nil
	}
	var wrong []string
	for i, l := range lines {
		if 2*scores[i] >= best {
			wrong = append(wrong, strings.TrimSpace(l))
		}
	}
	return wrong[max(0, len(wrong)-maxErrors):]
}

// errorScore says how much a line looks like an error: 0 is not at all.
func errorScore(line string) int {
	score := 0
	for _, w := range fields(line) {
		switch w {
		case "error", "errors", "fatal", "panic", "exception", "traceback", "segfault":
			score = max(score, 4)
		case "failed", "failure", "denied", "undefined", "unable", "cannot", "can't", "invalid", "refused", "aborted", "crashed":
			score = max(score, 3)
		case "warning", "missing", "timeout", "unexpected", "unknown", "not":
			score = max(score, 1)
		default:
			if strings.HasSuffix(w, "error") || strings.HasSuffix(w, "exception") { // TypeError
				score = max(score, 4)
			}
		}
	}
	lower := strings.ToLower(line)
	for _, good := range []string{"0 errors", "no errors", "no error", "without error"} {
		if strings.Contains(lower, good) {
			return 0
		}
	}
	if score == 1 && !strings.Contains(lower, "not found") && !strings.Contains(lower, "warning:") {
		return 0 // such words alone are too common
	}
	return score
}

// containing returns the lines with the words of about: as one piece if there
// are any, else with all of them somewhere, whatever the case.
func containing(about string, lines []string) []string {
	piece := strings.Join(strings.Fields(strings.ToLower(about)), " ")
	wanted := fields(about)
	if piece == "" {
		return nil
	}
	var whole, scattered []string
	for _, l := range lines {
		squeezed := strings.Join(strings.Fields(strings.ToLower(l)), " ")
		has := func(w string) bool { return strings.Contains(squeezed, w) }
		switch {
		case has(piece):
			whole = append(whole, strings.TrimSpace(l))
		case len(wanted) > 0 && !slices.ContainsFunc(wanted, func(w string) bool { return !has(w) }):
			scattered = append(scattered, strings.TrimSpace(l))
		}
	}
	if len(whole) == 0 {
		whole = scattered
	}
	return whole
}

// related returns the lines that share most words with the question, in the
// order of the page. Rare words count more than common ones.
func related(question string, lines []string) []string {
	asked := slices.DeleteFunc(stems(question), func(w string) bool { return slices.Contains(common(), w) })
	frequency := map[string]int{}
	words := make([][]string, len(lines))
	for i, l := range lines {
		words[i] = stems(l)
		for _, w := range words[i] {
			frequency[w]++
		}
	}
	type scored struct {
		at    int
		score float64
	}
	var all []scored
	for i, has := range words {
		s := scored{at: i}
		for _, w := range asked {
			if slices.Contains(has, w) {
				s.score += 1 / float64(frequency[w])
			}
		}
		if s.score > 0 {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	all = all[:min(len(all), maxRelated)]
	slices.SortFunc(all, func(a, b scored) int { return cmp.Compare(a.at, b.at) })
	var best []string
	for _, s := range all {
		best = append(best, strings.TrimSpace(lines[s.at]))
	}
	return best
}

// stems are the different words of s in their order, without the s that makes
// a plural.
func stems(s string) []string {
	var all []string
	for _, w := range fields(s) {
		if len(w) > 3 && !strings.HasSuffix(w, "ss") {
			w = strings.TrimSuffix(w, "s")
		}
		if !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}

// common are words that say nothing about what a question is about, as stems
// makes them.
func common() []string {
	return strings.Fields("a about an and are as at be by can do doe for from have how i in is it me my of on or please say screen should tell that the thi to was what what's when where which who why will with you")
}
